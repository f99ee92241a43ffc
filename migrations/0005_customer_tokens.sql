-- Single-use tokens that travel by mail. `token` is the SHA-256 of what the mail carries; the mail's text is derived
-- from the row's id when it is rendered, so the token itself is stored nowhere.

CREATE TABLE customer_user_email_verifications (
  id             TEXT PRIMARY KEY,
  user_id        TEXT NOT NULL REFERENCES customer_users (id),
  token          TEXT NOT NULL,
  purpose        TEXT NOT NULL DEFAULT 'email_verification' CHECK (purpose IN ('email_verification', 'magic_link')),
  -- What a sign-up asked for waits here: it becomes live through this token and no other.
  password_hash  TEXT,
  display_name   TEXT,
  expires_at     INTEGER NOT NULL,
  used_at        INTEGER,
  voided_at      INTEGER,
  created_at     INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX customer_verifications_by_token ON customer_user_email_verifications (token);
CREATE INDEX customer_verifications_pending ON customer_user_email_verifications (user_id, purpose, created_at) WHERE used_at IS NULL AND voided_at IS NULL;
CREATE INDEX customer_verifications_by_end ON customer_user_email_verifications (expires_at);

CREATE TABLE customer_user_password_resets (
  id          TEXT PRIMARY KEY,
  user_id     TEXT NOT NULL REFERENCES customer_users (id),
  token       TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER,
  voided_at   INTEGER,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX customer_resets_by_token ON customer_user_password_resets (token);
CREATE INDEX customer_resets_pending ON customer_user_password_resets (user_id, created_at) WHERE used_at IS NULL AND voided_at IS NULL;
CREATE INDEX customer_resets_by_end ON customer_user_password_resets (expires_at);

CREATE TABLE customer_user_invitations (
  id                           TEXT PRIMARY KEY,
  tenant_id                    TEXT NOT NULL REFERENCES tenants (id),
  organization_id              TEXT NOT NULL REFERENCES organizations (id),
  email                        TEXT NOT NULL,
  email_hash                   TEXT NOT NULL,
  token                        TEXT NOT NULL,
  -- The row the mailed token is derived from. A renewed invitation keeps its id and gets a new one of these.
  token_row                    TEXT NOT NULL,
  customer_entity_id           TEXT,
  role_ids_json                TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(role_ids_json)),
  invited_by_user_id           TEXT,
  invited_by_customer_user_id  TEXT,
  display_name                 TEXT,
  locale                       TEXT NOT NULL DEFAULT 'en',
  expires_at                   INTEGER NOT NULL,
  accepted_at                  INTEGER,
  cancelled_at                 INTEGER,
  created_at                   INTEGER NOT NULL,
  updated_at                   INTEGER
) STRICT;

CREATE UNIQUE INDEX customer_invitations_by_token ON customer_user_invitations (token);
CREATE UNIQUE INDEX customer_invitations_pending ON customer_user_invitations (tenant_id, organization_id, email_hash) WHERE accepted_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX customer_invitations_by_email ON customer_user_invitations (tenant_id, email_hash);
CREATE INDEX customer_invitations_by_end ON customer_user_invitations (expires_at);
