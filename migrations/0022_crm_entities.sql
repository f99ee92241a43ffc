-- The registry of companies and people that accounts are linked to. `external_id` is the row's name in a real CRM.

CREATE TABLE customer_entities (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  organization_id  TEXT NOT NULL REFERENCES organizations (id),
  kind             TEXT NOT NULL CHECK (kind IN ('company', 'person')),
  display_name     TEXT NOT NULL,
  primary_email    TEXT,
  email_hash       TEXT,
  external_id      TEXT,
  -- A person's company.
  company_id       TEXT REFERENCES customer_entities (id),
  search_words     TEXT NOT NULL DEFAULT '[]',
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER,
  deleted_at       INTEGER,
  CHECK (kind = 'person' OR company_id IS NULL)
) STRICT;

CREATE INDEX customer_entities_by_age ON customer_entities (tenant_id, organization_id, kind, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_entities_by_email ON customer_entities (tenant_id, organization_id, email_hash, kind, created_at) WHERE email_hash IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX customer_entities_by_external_id ON customer_entities (tenant_id, organization_id, kind, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX customer_entities_by_company ON customer_entities (company_id) WHERE company_id IS NOT NULL;

CREATE TRIGGER customer_entities_found_after_insert AFTER INSERT ON customer_entities WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO customer_search (organization_id, kind, word, subject_id)
    SELECT DISTINCT NEW.organization_id, NEW.kind, value, NEW.id FROM json_each(NEW.search_words);
END;

CREATE TRIGGER customer_entities_found_after_update AFTER UPDATE OF deleted_at, search_words ON customer_entities
WHEN OLD.deleted_at IS NOT NEW.deleted_at OR OLD.search_words <> NEW.search_words BEGIN
  DELETE FROM customer_search WHERE subject_id = OLD.id;
  INSERT INTO customer_search (organization_id, kind, word, subject_id)
    SELECT DISTINCT NEW.organization_id, NEW.kind, value, NEW.id FROM json_each(NEW.search_words) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER customer_entities_found_after_delete AFTER DELETE ON customer_entities BEGIN
  DELETE FROM customer_search WHERE subject_id = OLD.id;
END;

CREATE TRIGGER customer_entities_counted_after_insert AFTER INSERT ON customer_entities WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO customer_counters (tenant_id, organization_id, kind, n) VALUES (NEW.tenant_id, NEW.organization_id, NEW.kind, 1)
    ON CONFLICT (tenant_id, organization_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER customer_entities_counted_after_update AFTER UPDATE OF deleted_at ON customer_entities WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  UPDATE customer_counters SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id AND kind = OLD.kind;
END;

CREATE TRIGGER customer_entities_counted_after_delete AFTER DELETE ON customer_entities WHEN OLD.deleted_at IS NULL BEGIN
  UPDATE customer_counters SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id AND kind = OLD.kind;
END;
