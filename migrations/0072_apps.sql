-- Origin apps: whom our tokens are minted for, what of a person's features they may see, and where people may be sent
-- back to.

CREATE TABLE apps (
  id             TEXT PRIMARY KEY,
  -- NULL: an app of the platform, which serves every tenant.
  tenant_id      TEXT REFERENCES tenants (id),
  name           TEXT NOT NULL,
  audience       TEXT NOT NULL,
  -- Grants: a token for the app says of a person's features only what these cover.
  features_json  TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features_json)),
  customers      INTEGER NOT NULL DEFAULT 0 CHECK (customers IN (0, 1)),
  staff          INTEGER NOT NULL DEFAULT 0 CHECK (staff IN (0, 1)),
  -- Whether its tokens tell that somebody is portal admin or super admin.
  admin_claims   INTEGER NOT NULL DEFAULT 0 CHECK (admin_claims IN (0, 1)),
  is_active      INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER,
  deleted_at     INTEGER
) STRICT;

-- Deleted ones count, too: tokens of an app that is gone must not be good at whoever comes after it.
CREATE UNIQUE INDEX apps_by_audience ON apps (audience);
CREATE INDEX apps_by_age ON apps (tenant_id, created_at, id) WHERE deleted_at IS NULL;

-- A host belongs to one app, so that a request for it has one set of rules.
CREATE TABLE app_hosts (
  host    TEXT PRIMARY KEY CHECK (host = lower(host)),
  app_id  TEXT NOT NULL REFERENCES apps (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX app_hosts_by_app ON app_hosts (app_id, host);

-- What an app proves itself with. The secret is shown once; its SHA-256 is kept.
CREATE TABLE app_credentials (
  id           TEXT PRIMARY KEY,
  app_id       TEXT NOT NULL REFERENCES apps (id),
  secret_hash  TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  revoked_at   INTEGER
) STRICT;

CREATE UNIQUE INDEX app_credentials_by_secret ON app_credentials (secret_hash);
CREATE INDEX app_credentials_by_app ON app_credentials (app_id, created_at);
CREATE INDEX app_credentials_revoked ON app_credentials (revoked_at) WHERE revoked_at IS NOT NULL;
