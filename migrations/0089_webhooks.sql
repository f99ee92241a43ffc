-- Webhooks: who hears of which events, what is on its way to them, and how each try went.

CREATE TABLE webhook_endpoints (
  id                       TEXT PRIMARY KEY,
  tenant_id                TEXT NOT NULL REFERENCES tenants (id),
  -- NULL: hears of the whole tenant; otherwise of this organization and of everything under it.
  organization_id          TEXT REFERENCES organizations (id),
  url                      TEXT NOT NULL,
  description              TEXT NOT NULL DEFAULT '',
  -- Names of events, or their beginnings as `prefix.*`.
  events_json              TEXT NOT NULL CHECK (json_valid(events_json)),
  enabled                  INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  -- Why it is off: `admin`, `gone` (it answered 410) or `failing` (for days).
  disabled_reason          TEXT,
  disabled_at              INTEGER,
  -- Wrapped; both sign until the older one's time is over.
  secret_wrapped           TEXT NOT NULL,
  previous_secret_wrapped  TEXT,
  previous_secret_until    INTEGER,
  -- The first failure since the last success.
  failing_since            INTEGER,
  last_success_at          INTEGER,
  -- The earliest of its deliveries that wait, kept by the triggers below and by whoever releases it.
  next_due_at              INTEGER,
  -- Nobody sends to it before: a sender's lease while `lease` names one, a pause after a failure otherwise.
  busy_until               INTEGER NOT NULL DEFAULT 0,
  lease                    TEXT,
  created_at               INTEGER NOT NULL,
  updated_at               INTEGER,
  deleted_at               INTEGER
) STRICT;

CREATE INDEX webhook_endpoints_by_age ON webhook_endpoints (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX webhook_endpoints_listening ON webhook_endpoints (tenant_id) WHERE deleted_at IS NULL AND enabled = 1;
CREATE INDEX webhook_endpoints_due ON webhook_endpoints (next_due_at) WHERE deleted_at IS NULL AND enabled = 1 AND next_due_at IS NOT NULL;

-- One event on its way to one endpoint. The event's id is the message's id, the same in every try.
CREATE TABLE webhook_deliveries (
  endpoint_id   TEXT NOT NULL REFERENCES webhook_endpoints (id),
  event_id      TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  -- When it is tried next; only while it is pending.
  due_at        INTEGER,
  -- Tries ever, which number the attempts, and tries since it was last put on its way.
  attempts      INTEGER NOT NULL DEFAULT 0,
  tries         INTEGER NOT NULL DEFAULT 0,
  last_status   INTEGER,
  last_error    TEXT,
  created_at    INTEGER NOT NULL,
  settled_at    INTEGER,
  PRIMARY KEY (endpoint_id, event_id),
  CHECK ((state = 'pending') = (due_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, event_id) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (endpoint_id, state, event_id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (created_at) WHERE due_at IS NOT NULL;

CREATE TABLE webhook_attempts (
  endpoint_id   TEXT NOT NULL,
  event_id      TEXT NOT NULL,
  number        INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  duration_ms   INTEGER NOT NULL,
  -- NULL: no answer came.
  status        INTEGER,
  error         TEXT,
  -- The beginning of the answer.
  response      TEXT,
  PRIMARY KEY (endpoint_id, event_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_attempts_by_age ON webhook_attempts (at);

-- Events that somebody may want to hear of, until they are dealt out to endpoints after the response.
CREATE TABLE webhook_queue (
  seq       INTEGER PRIMARY KEY,
  event_id  TEXT NOT NULL
) STRICT;

-- The queue's row is part of the change's own batch, so that no event can be missed. It is one row, however many endpoints
-- listen and whatever they listen for: what a request costs must not depend on that. Tests of an endpoint are its own.
CREATE TRIGGER webhook_queue_after_event AFTER INSERT ON event_outbox WHEN NEW.name <> 'webhook.test' BEGIN
  INSERT INTO webhook_queue (event_id) SELECT NEW.id
    WHERE EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.tenant_id = NEW.tenant_id AND e.deleted_at IS NULL AND e.enabled = 1);
END;

CREATE TRIGGER webhook_endpoints_wake_on_insert AFTER INSERT ON webhook_deliveries WHEN NEW.due_at IS NOT NULL BEGIN
  UPDATE webhook_endpoints SET next_due_at = NEW.due_at WHERE id = NEW.endpoint_id AND (next_due_at IS NULL OR next_due_at > NEW.due_at);
END;

CREATE TRIGGER webhook_endpoints_wake_on_update AFTER UPDATE OF due_at ON webhook_deliveries WHEN NEW.due_at IS NOT NULL BEGIN
  UPDATE webhook_endpoints SET next_due_at = NEW.due_at WHERE id = NEW.endpoint_id AND (next_due_at IS NULL OR next_due_at > NEW.due_at);
END;
