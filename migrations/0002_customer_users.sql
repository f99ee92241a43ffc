-- People of the customer realm. The same address in two tenants is two people.

CREATE TABLE customer_users (
  id                     TEXT PRIMARY KEY,
  tenant_id              TEXT NOT NULL REFERENCES tenants (id),
  organization_id        TEXT NOT NULL REFERENCES organizations (id),
  email                  TEXT NOT NULL,
  email_hash             TEXT NOT NULL,
  -- NULL until a password is live: one given at sign-up waits with its own verification token.
  password_hash          TEXT,
  display_name           TEXT NOT NULL,
  locale                 TEXT NOT NULL DEFAULT 'en',
  email_verified_at      INTEGER,
  failed_login_attempts  INTEGER NOT NULL DEFAULT 0,
  locked_until           INTEGER,
  last_login_at          INTEGER,
  -- Access tokens issued before this instant are void.
  sessions_revoked_at    INTEGER,
  -- Grows with every password change, so that known-device cookies of before are void.
  credential_epoch       INTEGER NOT NULL DEFAULT 0,
  -- Set by a one-time password: its session may only change the password or log out.
  must_change_password   INTEGER NOT NULL DEFAULT 0 CHECK (must_change_password IN (0, 1)),
  person_entity_id       TEXT,
  customer_entity_id     TEXT,
  is_active              INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER,
  deleted_at             INTEGER
) STRICT;

CREATE UNIQUE INDEX customer_users_by_email ON customer_users (tenant_id, email_hash) WHERE deleted_at IS NULL;
CREATE INDEX customer_users_by_organization ON customer_users (tenant_id, organization_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX customer_users_by_company ON customer_users (customer_entity_id, tenant_id, created_at) WHERE customer_entity_id IS NOT NULL;
CREATE INDEX customer_users_by_person ON customer_users (person_entity_id, tenant_id) WHERE person_entity_id IS NOT NULL;

-- Failures of a device that signed in before count here, so that strangers cannot lock its owner out.
CREATE TABLE customer_device_failures (
  user_id                TEXT NOT NULL REFERENCES customer_users (id),
  device                 TEXT NOT NULL,
  failed_login_attempts  INTEGER NOT NULL,
  locked_until           INTEGER,
  updated_at             INTEGER NOT NULL,
  PRIMARY KEY (user_id, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_device_failures_by_age ON customer_device_failures (updated_at);
