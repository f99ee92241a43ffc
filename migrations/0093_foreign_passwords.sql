-- Password hashes that came with people from other systems, until their first sign-in replaces them.

-- What a verification of `password_hash` costs, where that is not our own Argon2id: `bcrypt:10`, `pbkdf2-sha256:29000`.
ALTER TABLE customer_users ADD COLUMN password_kind TEXT;

-- Which kinds a tenant has live. Every sign-in in it does the work of each, so that nobody's time tells whose is whose.
CREATE TABLE customer_password_kinds (
  tenant_id  TEXT NOT NULL,
  kind       TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;

-- Whoever replaces a hash replaces it by one of ours: no statement has to remember that.
CREATE TRIGGER customer_users_password_replaced AFTER UPDATE OF password_hash ON customer_users
WHEN OLD.password_kind IS NOT NULL AND NEW.password_kind IS NOT NULL AND OLD.password_hash IS NOT NEW.password_hash BEGIN
  UPDATE customer_users SET password_kind = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER customer_users_kind_counted_after_insert AFTER INSERT ON customer_users
WHEN NEW.password_kind IS NOT NULL AND NEW.deleted_at IS NULL BEGIN
  INSERT INTO customer_password_kinds (tenant_id, kind, n) VALUES (NEW.tenant_id, NEW.password_kind, 1)
    ON CONFLICT (tenant_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER customer_users_kind_counted_after_update AFTER UPDATE OF password_kind, deleted_at ON customer_users
WHEN OLD.password_kind IS NOT NEW.password_kind OR (OLD.password_kind IS NOT NULL AND (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) BEGIN
  UPDATE customer_password_kinds SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND kind = OLD.password_kind AND OLD.deleted_at IS NULL;
  DELETE FROM customer_password_kinds WHERE tenant_id = OLD.tenant_id AND kind = OLD.password_kind AND n <= 0;
  INSERT INTO customer_password_kinds (tenant_id, kind, n)
    SELECT NEW.tenant_id, NEW.password_kind, 1 WHERE NEW.password_kind IS NOT NULL AND NEW.deleted_at IS NULL
    ON CONFLICT (tenant_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER customer_users_kind_counted_after_delete AFTER DELETE ON customer_users
WHEN OLD.password_kind IS NOT NULL AND OLD.deleted_at IS NULL BEGIN
  UPDATE customer_password_kinds SET n = n - 1 WHERE tenant_id = OLD.tenant_id AND kind = OLD.password_kind;
  DELETE FROM customer_password_kinds WHERE tenant_id = OLD.tenant_id AND kind = OLD.password_kind AND n <= 0;
END;
