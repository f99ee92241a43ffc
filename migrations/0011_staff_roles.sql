-- RBAC of the staff realm: roles with a priority, what they grant, who works where as what, and what one person holds
-- more or less than their roles.

CREATE TABLE staff_roles (
  id           TEXT PRIMARY KEY,
  -- NULL for the roles of the platform, which hold in every tenant.
  tenant_id    TEXT REFERENCES tenants (id),
  slug         TEXT NOT NULL,
  name         TEXT NOT NULL,
  description  TEXT,
  -- Nobody manages a role or its holders at or above the priority of their own.
  priority     INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 1000),
  is_system    INTEGER NOT NULL DEFAULT 0 CHECK (is_system IN (0, 1)),
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER,
  deleted_at   INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_roles_by_slug ON staff_roles (COALESCE(tenant_id, ''), slug) WHERE deleted_at IS NULL;
CREATE INDEX staff_roles_by_age ON staff_roles (tenant_id, created_at) WHERE deleted_at IS NULL;

CREATE TABLE staff_role_acls (
  id                  TEXT PRIMARY KEY,
  role_id             TEXT NOT NULL REFERENCES staff_roles (id),
  features_json       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features_json)),
  is_super_admin      INTEGER NOT NULL DEFAULT 0 CHECK (is_super_admin IN (0, 1)),
  -- Where the grants hold: NULL everywhere, else a list of organizations.
  organizations_json  TEXT CHECK (organizations_json IS NULL OR json_valid(organizations_json)),
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER,
  deleted_at          INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_role_acls_by_role ON staff_role_acls (role_id) WHERE deleted_at IS NULL;

-- One person, one place, one role; several rows for a person who is several things. Merchants come with the directory.
CREATE TABLE staff_memberships (
  id               TEXT PRIMARY KEY,
  user_id          TEXT NOT NULL REFERENCES staff_users (id),
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  -- NULL: the whole tenant.
  organization_id  TEXT REFERENCES organizations (id),
  role_id          TEXT NOT NULL REFERENCES staff_roles (id),
  created_at       INTEGER NOT NULL,
  deleted_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_memberships_by_user ON staff_memberships (user_id, tenant_id, COALESCE(organization_id, ''), role_id) WHERE deleted_at IS NULL;
CREATE INDEX staff_memberships_by_place ON staff_memberships (tenant_id, organization_id, user_id) WHERE deleted_at IS NULL;
CREATE INDEX staff_memberships_by_role ON staff_memberships (role_id, user_id) WHERE deleted_at IS NULL;

-- Adds to what the roles grant, and takes away from it: a denial wins over every grant.
CREATE TABLE staff_user_acls (
  id                  TEXT PRIMARY KEY,
  user_id             TEXT NOT NULL REFERENCES staff_users (id),
  tenant_id           TEXT NOT NULL REFERENCES tenants (id),
  features_json       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features_json)),
  denied_json         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(denied_json)),
  is_super_admin      INTEGER NOT NULL DEFAULT 0 CHECK (is_super_admin IN (0, 1)),
  -- Restricts the person to a list of organizations; NULL does not.
  organizations_json  TEXT CHECK (organizations_json IS NULL OR json_valid(organizations_json)),
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER,
  deleted_at          INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_user_acls_by_user ON staff_user_acls (user_id, tenant_id) WHERE deleted_at IS NULL;
