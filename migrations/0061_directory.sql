-- Partners, merchants, what an organization looks like, and how many there are of each.

-- A reseller, who looks after several tenants.
CREATE TABLE partners (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  is_active   INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER,
  deleted_at  INTEGER
) STRICT;

CREATE INDEX partners_by_name ON partners (name COLLATE NOCASE, id) WHERE deleted_at IS NULL;

ALTER TABLE tenants ADD COLUMN partner_id TEXT REFERENCES partners (id);

CREATE INDEX tenants_by_partner ON tenants (partner_id, name COLLATE NOCASE, id) WHERE partner_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX tenants_by_name ON tenants (name COLLATE NOCASE, id) WHERE deleted_at IS NULL;
CREATE INDEX tenants_by_age ON tenants (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tenants_by_change ON tenants (updated_at, id) WHERE deleted_at IS NULL;

-- Who of the staff works for which partner, and therefore sees its tenants.
CREATE TABLE partner_staff (
  user_id     TEXT NOT NULL REFERENCES staff_users (id),
  partner_id  TEXT NOT NULL REFERENCES partners (id),
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (user_id, partner_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX partner_staff_by_partner ON partner_staff (partner_id, user_id);

-- A store or site of an organization.
CREATE TABLE merchants (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  organization_id  TEXT NOT NULL REFERENCES organizations (id),
  name             TEXT NOT NULL,
  slug             TEXT NOT NULL,
  is_active        INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER,
  deleted_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX merchants_by_slug ON merchants (organization_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX merchants_by_name ON merchants (organization_id, name COLLATE NOCASE, id) WHERE deleted_at IS NULL;

-- Colours as #rrggbb: of the pages, and of the mails where they differ.
ALTER TABLE organizations ADD COLUMN accent TEXT;
ALTER TABLE organizations ADD COLUMN mail_accent TEXT;

-- Every slug an organization ever had. One is never given to another organization, not after a rename either: links
-- and bookmarks of the old name must not lead to a stranger.
CREATE TABLE organization_slugs (
  slug             TEXT PRIMARY KEY,
  organization_id  TEXT NOT NULL REFERENCES organizations (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX organization_slugs_by_organization ON organization_slugs (organization_id);

INSERT INTO organization_slugs (slug, organization_id) SELECT slug, id FROM organizations;

CREATE TRIGGER organization_slugs_after_insert AFTER INSERT ON organizations BEGIN
  INSERT INTO organization_slugs (slug, organization_id) VALUES (NEW.slug, NEW.id);
END;

CREATE TRIGGER organization_slugs_after_update AFTER UPDATE OF slug ON organizations WHEN OLD.slug <> NEW.slug BEGIN
  INSERT INTO organization_slugs (slug, organization_id)
    SELECT NEW.slug, NEW.id WHERE NOT EXISTS (SELECT 1 FROM organization_slugs WHERE slug = NEW.slug AND organization_id = NEW.id);
END;

-- How many live rows of a kind there are under what holds them ('' is the platform), so that a total is one row to read.
CREATE TABLE directory_counters (
  parent_id  TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('partner', 'tenant', 'organization', 'merchant')),
  n          INTEGER NOT NULL,
  PRIMARY KEY (parent_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO directory_counters (parent_id, kind, n) SELECT '', 'tenant', count(*) FROM tenants WHERE deleted_at IS NULL;
INSERT INTO directory_counters (parent_id, kind, n)
  SELECT tenant_id, 'organization', count(*) FROM organizations WHERE deleted_at IS NULL GROUP BY tenant_id;
INSERT INTO directory_counters (parent_id, kind, n) SELECT '', 'organization', count(*) FROM organizations WHERE deleted_at IS NULL;

CREATE TRIGGER partners_counted_after_insert AFTER INSERT ON partners WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO directory_counters (parent_id, kind, n) VALUES ('', 'partner', 1) ON CONFLICT (parent_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER partners_counted_after_update AFTER UPDATE OF deleted_at ON partners WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE directory_counters SET n = n - 1 WHERE parent_id = '' AND kind = 'partner';
END;

CREATE TRIGGER tenants_counted_after_insert AFTER INSERT ON tenants WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO directory_counters (parent_id, kind, n)
    SELECT '', 'tenant', 1 UNION ALL SELECT NEW.partner_id, 'tenant', 1 WHERE NEW.partner_id IS NOT NULL
    ON CONFLICT (parent_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER tenants_counted_after_update AFTER UPDATE OF deleted_at, partner_id ON tenants BEGIN
  UPDATE directory_counters SET n = n - 1 WHERE parent_id IN ('', OLD.partner_id) AND kind = 'tenant' AND OLD.deleted_at IS NULL;
  INSERT INTO directory_counters (parent_id, kind, n)
    SELECT '', 'tenant', 1 WHERE NEW.deleted_at IS NULL
    UNION ALL SELECT NEW.partner_id, 'tenant', 1 WHERE NEW.deleted_at IS NULL AND NEW.partner_id IS NOT NULL
    ON CONFLICT (parent_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER organizations_counted_after_insert AFTER INSERT ON organizations WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO directory_counters (parent_id, kind, n) VALUES ('', 'organization', 1), (NEW.tenant_id, 'organization', 1)
    ON CONFLICT (parent_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER organizations_counted_after_update AFTER UPDATE OF deleted_at ON organizations WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE directory_counters SET n = n - 1 WHERE parent_id IN ('', OLD.tenant_id) AND kind = 'organization';
END;

CREATE TRIGGER merchants_counted_after_insert AFTER INSERT ON merchants WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO directory_counters (parent_id, kind, n) VALUES (NEW.organization_id, 'merchant', 1) ON CONFLICT (parent_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER merchants_counted_after_update AFTER UPDATE OF deleted_at ON merchants WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE directory_counters SET n = n - 1 WHERE parent_id = OLD.organization_id AND kind = 'merchant';
END;
