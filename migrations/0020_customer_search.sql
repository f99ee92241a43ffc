-- What people and companies are found by: one row a word. A search is a few ranges of the primary key, so it costs what
-- it finds and not what there is. The words are cut by the Worker (accents stripped, three characters at least) and
-- written with the row; the triggers keep the index in step with it, whoever writes.

CREATE TABLE customer_search (
  organization_id  TEXT NOT NULL,
  kind             TEXT NOT NULL CHECK (kind IN ('user', 'company', 'person')),
  word             TEXT NOT NULL,
  subject_id       TEXT NOT NULL,
  PRIMARY KEY (organization_id, kind, word, subject_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_search_by_subject ON customer_search (subject_id, word);

-- JSON arrays: the words of the name and of the address.
ALTER TABLE customer_users ADD COLUMN search_name TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customer_users ADD COLUMN search_email TEXT NOT NULL DEFAULT '[]';

CREATE TRIGGER customer_users_found_after_insert AFTER INSERT ON customer_users WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO customer_search (organization_id, kind, word, subject_id)
    SELECT NEW.organization_id, 'user', value, NEW.id FROM json_each(NEW.search_name)
    UNION SELECT NEW.organization_id, 'user', value, NEW.id FROM json_each(NEW.search_email);
END;

CREATE TRIGGER customer_users_found_after_update AFTER UPDATE OF organization_id, deleted_at, search_name, search_email ON customer_users
WHEN OLD.organization_id <> NEW.organization_id OR OLD.deleted_at IS NOT NEW.deleted_at
  OR OLD.search_name <> NEW.search_name OR OLD.search_email <> NEW.search_email BEGIN
  DELETE FROM customer_search WHERE subject_id = OLD.id;
  INSERT INTO customer_search (organization_id, kind, word, subject_id)
    SELECT NEW.organization_id, 'user', value, NEW.id FROM json_each(NEW.search_name) WHERE NEW.deleted_at IS NULL
    UNION SELECT NEW.organization_id, 'user', value, NEW.id FROM json_each(NEW.search_email) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER customer_users_found_after_delete AFTER DELETE ON customer_users BEGIN
  DELETE FROM customer_search WHERE subject_id = OLD.id;
END;

-- What the administrators' list is sorted and filtered by. The id settles equal times, so that pages never overlap.
DROP INDEX customer_users_by_organization;
CREATE INDEX customer_users_by_organization ON customer_users (tenant_id, organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_users_by_state ON customer_users (tenant_id, organization_id, is_active, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX customer_users_locked ON customer_users (tenant_id, organization_id, locked_until) WHERE locked_until IS NOT NULL AND deleted_at IS NULL;
