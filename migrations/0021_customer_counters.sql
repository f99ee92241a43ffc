-- How many live rows of a kind an organization has, so that the total of an unfiltered list is one row to read.

CREATE TABLE customer_counters (
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('user', 'company', 'person')),
  n                INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, organization_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO customer_counters (tenant_id, organization_id, kind, n)
  SELECT tenant_id, organization_id, 'user', count(*) FROM customer_users WHERE deleted_at IS NULL GROUP BY tenant_id, organization_id;

CREATE TRIGGER customer_users_counted_after_insert AFTER INSERT ON customer_users WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO customer_counters (tenant_id, organization_id, kind, n) VALUES (NEW.tenant_id, NEW.organization_id, 'user', 1)
    ON CONFLICT (tenant_id, organization_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER customer_users_counted_after_update AFTER UPDATE OF organization_id, deleted_at ON customer_users
WHEN OLD.organization_id <> NEW.organization_id OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
  UPDATE customer_counters SET n = n - 1
    WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id AND kind = 'user' AND OLD.deleted_at IS NULL;
  INSERT INTO customer_counters (tenant_id, organization_id, kind, n)
    SELECT NEW.tenant_id, NEW.organization_id, 'user', 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT (tenant_id, organization_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER customer_users_counted_after_delete AFTER DELETE ON customer_users WHEN OLD.deleted_at IS NULL BEGIN
  UPDATE customer_counters SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND organization_id = OLD.organization_id AND kind = 'user';
END;
