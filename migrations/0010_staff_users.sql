-- People of the staff realm. One account per address and home tenant; memberships say where they work.

CREATE TABLE staff_users (
  id                     TEXT PRIMARY KEY,
  -- The home tenant. Staff of the platform have one too.
  tenant_id              TEXT NOT NULL REFERENCES tenants (id),
  email                  TEXT NOT NULL,
  email_hash             TEXT NOT NULL,
  -- NULL until an invitation is accepted.
  password_hash          TEXT,
  display_name           TEXT,
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
  is_active              INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER,
  deleted_at             INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_users_by_email ON staff_users (tenant_id, email_hash) WHERE deleted_at IS NULL;
-- A sign-in may leave the tenant out.
CREATE INDEX staff_users_by_address ON staff_users (email_hash) WHERE deleted_at IS NULL;
CREATE INDEX staff_users_by_age ON staff_users (tenant_id, created_at) WHERE deleted_at IS NULL;

-- Failures of a device that signed in before count here, so that strangers cannot lock its owner out.
CREATE TABLE staff_device_failures (
  user_id                TEXT NOT NULL REFERENCES staff_users (id),
  device                 TEXT NOT NULL,
  failed_login_attempts  INTEGER NOT NULL,
  locked_until           INTEGER,
  updated_at             INTEGER NOT NULL,
  PRIMARY KEY (user_id, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_device_failures_by_age ON staff_device_failures (updated_at);
