-- The audit trail. Appended in the batch of the change it tells of; never updated, never deleted row by row.

CREATE TABLE audit_log (
  id               TEXT PRIMARY KEY,
  -- Per tenant, without gaps: assigned inside the batch. Platform-wide rows have no tenant and count by themselves.
  seq              INTEGER NOT NULL,
  at               INTEGER NOT NULL,
  realm            TEXT NOT NULL CHECK (realm IN ('customer', 'staff')),
  tenant_id        TEXT,
  organization_id  TEXT,
  actor_kind       TEXT NOT NULL CHECK (actor_kind IN ('customer', 'staff', 'anonymous', 'system')),
  actor_id         TEXT,
  action           TEXT NOT NULL,
  outcome          TEXT NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
  target_kind      TEXT NOT NULL,
  target_id        TEXT,
  detail           TEXT NOT NULL CHECK (json_valid(detail)),
  ip_address       TEXT NOT NULL,
  user_agent       TEXT NOT NULL,
  request_id       TEXT NOT NULL,
  -- HMAC-SHA256 over every column but seq, under a key the database never sees.
  mac              TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX audit_log_by_seq ON audit_log (COALESCE(tenant_id, ''), seq);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor_id, at) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_by_target ON audit_log (tenant_id, target_id, at) WHERE target_id IS NOT NULL;

CREATE TRIGGER audit_log_is_append_only_update BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;

CREATE TRIGGER audit_log_is_append_only_delete BEFORE DELETE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;

-- Anonymous attempts are counted, not recorded one by one, so that nobody can make us write without bound.
CREATE TABLE attempt_counters (
  tenant_id  TEXT NOT NULL,
  name       TEXT NOT NULL,
  hour       INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_counters_by_age ON attempt_counters (hour);
