-- One row a device's sign-in of staff, and the single-use tokens that reset a password. Tokens are never stored, only
-- their SHA-256.

CREATE TABLE staff_user_sessions (
  id               TEXT PRIMARY KEY,
  user_id          TEXT NOT NULL REFERENCES staff_users (id),
  -- Where the session is active. An access token names exactly this place.
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  organization_id  TEXT REFERENCES organizations (id),
  token_hash       TEXT NOT NULL,
  -- "Remember me": another life and another idle limit.
  remember         INTEGER NOT NULL DEFAULT 0 CHECK (remember IN (0, 1)),
  ip_address       TEXT,
  user_agent       TEXT,
  expires_at       INTEGER NOT NULL,
  last_used_at     INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  deleted_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_user_sessions_by_token ON staff_user_sessions (token_hash);
CREATE INDEX staff_user_sessions_live ON staff_user_sessions (user_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX staff_user_sessions_by_end ON staff_user_sessions (expires_at);
CREATE INDEX staff_user_sessions_ended ON staff_user_sessions (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE staff_user_password_resets (
  id          TEXT PRIMARY KEY,
  user_id     TEXT NOT NULL REFERENCES staff_users (id),
  token       TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER,
  voided_at   INTEGER,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX staff_resets_by_token ON staff_user_password_resets (token);
CREATE INDEX staff_resets_pending ON staff_user_password_resets (user_id, created_at) WHERE used_at IS NULL AND voided_at IS NULL;
CREATE INDEX staff_resets_by_end ON staff_user_password_resets (expires_at);
