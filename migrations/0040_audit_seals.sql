-- The audit trail's signed hash chain. D1 has no hash function, so a row carries a MAC when it is written, and one
-- writer seals what came since the last seal, every minute.

CREATE TABLE audit_seals (
  id             TEXT PRIMARY KEY,
  -- '' for platform-wide rows, as in the index over audit_log.
  tenant_id      TEXT NOT NULL,
  first_seq      INTEGER NOT NULL,
  last_seq       INTEGER NOT NULL CHECK (last_seq >= first_seq),
  previous_hash  TEXT NOT NULL,
  hash           TEXT NOT NULL,
  kid            TEXT NOT NULL,
  -- ES256 by the key of that time, for those who trust our published keys …
  signature      TEXT NOT NULL,
  -- … and a MAC under the deployment's own key, which outlives every signing key.
  mac            TEXT NOT NULL,
  sealed_at      INTEGER NOT NULL
) STRICT;

-- Two writers at once: one of them seals a stretch, the other finds it sealed.
CREATE UNIQUE INDEX audit_seals_by_start ON audit_seals (tenant_id, first_seq);
CREATE UNIQUE INDEX audit_seals_by_end ON audit_seals (tenant_id, last_seq);

CREATE TRIGGER audit_seals_are_append_only_update BEFORE UPDATE ON audit_seals BEGIN
  SELECT RAISE(ABORT, 'audit_seals is append-only');
END;

CREATE TRIGGER audit_seals_are_append_only_delete BEFORE DELETE ON audit_seals BEGIN
  SELECT RAISE(ABORT, 'audit_seals is append-only');
END;
