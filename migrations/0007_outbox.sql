-- What has to leave the house, written in the batch of the change, sent after the response, swept by cron.

CREATE TABLE mail_outbox (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT,
  recipient        TEXT NOT NULL,
  recipient_hash   TEXT NOT NULL,
  template         TEXT NOT NULL,
  locale           TEXT NOT NULL,
  -- What the template needs; the mailed token is never in it, only which row and purpose to derive it from.
  payload          TEXT NOT NULL CHECK (json_valid(payload)),
  created_at       INTEGER NOT NULL,
  due_at           INTEGER NOT NULL,
  attempts         INTEGER NOT NULL DEFAULT 0,
  sent_at          INTEGER,
  abandoned_at     INTEGER,
  last_error       TEXT
) STRICT;

CREATE INDEX mail_outbox_due ON mail_outbox (due_at) WHERE sent_at IS NULL AND abandoned_at IS NULL;
CREATE INDEX mail_outbox_by_recipient ON mail_outbox (tenant_id, recipient_hash, created_at);
CREATE INDEX mail_outbox_sent ON mail_outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE event_outbox (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT,
  name             TEXT NOT NULL,
  payload          TEXT NOT NULL CHECK (json_valid(payload)),
  created_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX event_outbox_by_age ON event_outbox (created_at);
CREATE INDEX event_outbox_by_tenant ON event_outbox (tenant_id, created_at);

-- Compare and swap inside a batch: `INSERT OR REPLACE INTO precondition SELECT 1, changes() = 1` aborts the whole batch
-- when the statement before it changed nothing. One row, ever.
CREATE TABLE precondition (
  id  INTEGER PRIMARY KEY,
  ok  INTEGER NOT NULL,
  CONSTRAINT precondition_holds CHECK (ok = 1)
) STRICT;
