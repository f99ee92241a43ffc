-- RBAC of the customer realm: roles, their ACLs, a user's own ACL, and who holds which role.

CREATE TABLE customer_roles (
  id                   TEXT PRIMARY KEY,
  tenant_id            TEXT NOT NULL REFERENCES tenants (id),
  organization_id      TEXT NOT NULL REFERENCES organizations (id),
  name                 TEXT NOT NULL,
  slug                 TEXT NOT NULL,
  description          TEXT,
  is_default           INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  is_system            INTEGER NOT NULL DEFAULT 0 CHECK (is_system IN (0, 1)),
  customer_assignable  INTEGER NOT NULL DEFAULT 0 CHECK (customer_assignable IN (0, 1)),
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER,
  deleted_at           INTEGER
) STRICT;

-- Per organization, since roles are: a tenant with two organizations seeds each with its own `buyer`.
CREATE UNIQUE INDEX customer_roles_by_slug ON customer_roles (tenant_id, organization_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX customer_roles_by_age ON customer_roles (tenant_id, organization_id, created_at) WHERE deleted_at IS NULL;

CREATE TABLE customer_role_acls (
  id               TEXT PRIMARY KEY,
  role_id          TEXT NOT NULL REFERENCES customer_roles (id),
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  features_json    TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features_json)),
  is_portal_admin  INTEGER NOT NULL DEFAULT 0 CHECK (is_portal_admin IN (0, 1)),
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER,
  deleted_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX customer_role_acls_by_role ON customer_role_acls (role_id, tenant_id) WHERE deleted_at IS NULL;

-- If present, it replaces what the roles grant. Present and empty means nothing is granted.
CREATE TABLE customer_user_acls (
  id               TEXT PRIMARY KEY,
  user_id          TEXT NOT NULL REFERENCES customer_users (id),
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  features_json    TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features_json)),
  is_portal_admin  INTEGER NOT NULL DEFAULT 0 CHECK (is_portal_admin IN (0, 1)),
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER,
  deleted_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX customer_user_acls_by_user ON customer_user_acls (user_id, tenant_id) WHERE deleted_at IS NULL;

CREATE TABLE customer_user_roles (
  user_id     TEXT NOT NULL REFERENCES customer_users (id),
  role_id     TEXT NOT NULL REFERENCES customer_roles (id),
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (user_id, role_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_user_roles_by_role ON customer_user_roles (role_id, user_id);
