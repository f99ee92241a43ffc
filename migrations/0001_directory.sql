-- Tenants and organizations. Times are INTEGER milliseconds UTC, ids TEXT UUIDv7, booleans 0/1.

CREATE TABLE tenants (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  policy      TEXT NOT NULL DEFAULT 'default' CHECK (policy IN ('default', 'strict')),
  is_active   INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER,
  deleted_at  INTEGER
) STRICT;

CREATE TABLE organizations (
  id          TEXT PRIMARY KEY,
  tenant_id   TEXT NOT NULL REFERENCES tenants (id),
  name        TEXT NOT NULL,
  -- Unique across the deployment and never reused: a deleted organization keeps its slug.
  slug        TEXT NOT NULL UNIQUE,
  logo_url    TEXT,
  is_active   INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  parent_id   TEXT REFERENCES organizations (id),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER,
  deleted_at  INTEGER
) STRICT;

CREATE INDEX organizations_by_tenant ON organizations (tenant_id, created_at);
CREATE INDEX organizations_by_parent ON organizations (parent_id) WHERE parent_id IS NOT NULL;
