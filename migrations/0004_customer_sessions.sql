-- One row a device's sign-in. The token itself is never stored, only its SHA-256.

CREATE TABLE customer_user_sessions (
  id            TEXT PRIMARY KEY,
  user_id       TEXT NOT NULL REFERENCES customer_users (id),
  token_hash    TEXT NOT NULL,
  ip_address    TEXT,
  user_agent    TEXT,
  expires_at    INTEGER NOT NULL,
  last_used_at  INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  deleted_at    INTEGER
) STRICT;

CREATE UNIQUE INDEX customer_user_sessions_by_token ON customer_user_sessions (token_hash);
CREATE INDEX customer_user_sessions_live ON customer_user_sessions (user_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX customer_user_sessions_by_end ON customer_user_sessions (expires_at);
CREATE INDEX customer_user_sessions_ended ON customer_user_sessions (deleted_at) WHERE deleted_at IS NOT NULL;
