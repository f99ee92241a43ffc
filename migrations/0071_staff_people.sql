-- What the list of staff is shown, searched and counted by.

-- The organization a person was made in; memberships say where they work, this says whose they are.
ALTER TABLE staff_users ADD COLUMN organization_id TEXT REFERENCES organizations (id);
-- JSON arrays: the words of the name and of the address. And the name without case and accents, for what is no word.
ALTER TABLE staff_users ADD COLUMN search_name TEXT NOT NULL DEFAULT '[]';
ALTER TABLE staff_users ADD COLUMN search_email TEXT NOT NULL DEFAULT '[]';
ALTER TABLE staff_users ADD COLUMN name_folded TEXT NOT NULL DEFAULT '';

-- Who is anybody where: at home, or a member. One row a person and tenant ('' for the organization), and one a person
-- and organization, newest first. Kept by triggers, so that no write can forget it.
CREATE TABLE staff_presence (
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT NOT NULL,
  created_at       INTEGER NOT NULL,
  user_id          TEXT NOT NULL,
  PRIMARY KEY (tenant_id, organization_id, created_at, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_presence_by_user ON staff_presence (user_id, tenant_id, organization_id);

-- How many there are, so that the total of an unfiltered list is one row to read.
CREATE TABLE staff_counters (
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT NOT NULL,
  n                INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_search (
  tenant_id  TEXT NOT NULL,
  word       TEXT NOT NULL,
  user_id    TEXT NOT NULL,
  PRIMARY KEY (tenant_id, word, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_search_by_user ON staff_search (user_id, tenant_id, word);

CREATE TRIGGER staff_presence_after_insert AFTER INSERT ON staff_presence BEGIN
  INSERT INTO staff_counters (tenant_id, organization_id, n) VALUES (NEW.tenant_id, NEW.organization_id, 1)
    ON CONFLICT (tenant_id, organization_id) DO UPDATE SET n = n + 1;
  INSERT INTO staff_search (tenant_id, word, user_id)
    SELECT NEW.tenant_id, value, u.id FROM staff_users u, json_each(u.search_name) WHERE u.id = NEW.user_id AND NEW.organization_id = ''
    UNION SELECT NEW.tenant_id, value, u.id FROM staff_users u, json_each(u.search_email) WHERE u.id = NEW.user_id AND NEW.organization_id = '';
END;

CREATE TRIGGER staff_presence_after_delete AFTER DELETE ON staff_presence BEGIN
  UPDATE staff_counters SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id;
  DELETE FROM staff_search WHERE user_id = OLD.user_id AND tenant_id = OLD.tenant_id AND OLD.organization_id = '';
END;

-- Where a person should be found is written down once, as a view; triggers bring the table in line with it.
CREATE VIEW staff_places AS
  SELECT u.id AS user_id, u.tenant_id, '' AS organization_id, u.created_at FROM staff_users u WHERE u.deleted_at IS NULL
  UNION SELECT u.id, u.tenant_id, u.organization_id, u.created_at FROM staff_users u WHERE u.deleted_at IS NULL AND u.organization_id IS NOT NULL
  UNION SELECT u.id, m.tenant_id, '', u.created_at FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id AND u.deleted_at IS NULL
    WHERE m.deleted_at IS NULL
  UNION SELECT u.id, m.tenant_id, m.organization_id, u.created_at FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id AND u.deleted_at IS NULL
    WHERE m.deleted_at IS NULL AND m.organization_id IS NOT NULL;

INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id) SELECT tenant_id, organization_id, created_at, user_id FROM staff_places;

CREATE TRIGGER staff_users_present_after_insert AFTER INSERT ON staff_users BEGIN
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT tenant_id, organization_id, created_at, user_id FROM staff_places WHERE user_id = NEW.id;
END;

CREATE TRIGGER staff_users_present_after_update AFTER UPDATE OF deleted_at, tenant_id, organization_id ON staff_users
WHEN OLD.deleted_at IS NOT NEW.deleted_at OR OLD.tenant_id <> NEW.tenant_id OR OLD.organization_id IS NOT NEW.organization_id BEGIN
  DELETE FROM staff_presence WHERE user_id = NEW.id;
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT tenant_id, organization_id, created_at, user_id FROM staff_places WHERE user_id = NEW.id;
END;

CREATE TRIGGER staff_users_present_after_delete AFTER DELETE ON staff_users BEGIN
  DELETE FROM staff_presence WHERE user_id = OLD.id;
END;

CREATE TRIGGER staff_memberships_present_after_insert AFTER INSERT ON staff_memberships WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT p.tenant_id, p.organization_id, p.created_at, p.user_id FROM staff_places p WHERE p.user_id = NEW.user_id AND NOT EXISTS
      (SELECT 1 FROM staff_presence s WHERE s.user_id = p.user_id AND s.tenant_id = p.tenant_id AND s.organization_id = p.organization_id);
END;

CREATE TRIGGER staff_memberships_present_after_update AFTER UPDATE OF deleted_at, user_id, tenant_id, organization_id ON staff_memberships BEGIN
  DELETE FROM staff_presence WHERE user_id = OLD.user_id AND NOT EXISTS (SELECT 1 FROM staff_places p WHERE p.user_id = staff_presence.user_id
    AND p.tenant_id = staff_presence.tenant_id AND p.organization_id = staff_presence.organization_id);
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT p.tenant_id, p.organization_id, p.created_at, p.user_id FROM staff_places p WHERE p.user_id = NEW.user_id AND NOT EXISTS
      (SELECT 1 FROM staff_presence s WHERE s.user_id = p.user_id AND s.tenant_id = p.tenant_id AND s.organization_id = p.organization_id);
END;

CREATE TRIGGER staff_memberships_present_after_delete AFTER DELETE ON staff_memberships BEGIN
  DELETE FROM staff_presence WHERE user_id = OLD.user_id AND NOT EXISTS (SELECT 1 FROM staff_places p WHERE p.user_id = staff_presence.user_id
    AND p.tenant_id = staff_presence.tenant_id AND p.organization_id = staff_presence.organization_id);
END;

CREATE TRIGGER staff_users_found_after_update AFTER UPDATE OF search_name, search_email ON staff_users
WHEN OLD.search_name <> NEW.search_name OR OLD.search_email <> NEW.search_email BEGIN
  DELETE FROM staff_search WHERE user_id = NEW.id;
  INSERT INTO staff_search (tenant_id, word, user_id)
    SELECT p.tenant_id, value, p.user_id FROM staff_presence p, json_each(NEW.search_name) WHERE p.user_id = NEW.id AND p.organization_id = ''
    UNION SELECT p.tenant_id, value, p.user_id FROM staff_presence p, json_each(NEW.search_email) WHERE p.user_id = NEW.id AND p.organization_id = '';
END;

-- What a person agreed to, or no longer does. The hash is over the row's own words, so that a changed row shows.
CREATE TABLE staff_user_consents (
  id              TEXT PRIMARY KEY,
  user_id         TEXT NOT NULL REFERENCES staff_users (id),
  tenant_id       TEXT NOT NULL,
  consent_type    TEXT NOT NULL,
  is_granted      INTEGER NOT NULL CHECK (is_granted IN (0, 1)),
  granted_at      INTEGER,
  withdrawn_at    INTEGER,
  source          TEXT,
  ip_address      TEXT,
  integrity_hash  TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_user_consents_by_user ON staff_user_consents (user_id, tenant_id, consent_type);
