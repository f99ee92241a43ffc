-- A session whose end is brought forward to now is over for those who do not ask the database, too.

CREATE TRIGGER customer_sessions_revoked_after_shortening AFTER UPDATE OF expires_at ON customer_user_sessions
WHEN NEW.expires_at < OLD.expires_at AND NEW.expires_at <= (unixepoch() + 1) * 1000 BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    VALUES ('s', NEW.id, (SELECT tenant_id FROM customer_users WHERE id = NEW.user_id), unixepoch() + 1);
END;

CREATE TRIGGER staff_sessions_revoked_after_shortening AFTER UPDATE OF expires_at ON staff_user_sessions
WHEN NEW.expires_at < OLD.expires_at AND NEW.expires_at <= (unixepoch() + 1) * 1000 BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('s', NEW.id, NEW.tenant_id, unixepoch() + 1);
END;
