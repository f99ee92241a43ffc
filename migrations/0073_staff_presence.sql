-- Who is anybody where, asked of one person's rows only. The view that said it in one place was read from end to end,
-- whoever it was asked about, so each trigger now says what it means by itself.

DROP TRIGGER staff_users_present_after_insert;
DROP TRIGGER staff_users_present_after_update;
DROP TRIGGER staff_memberships_present_after_insert;
DROP TRIGGER staff_memberships_present_after_update;
DROP TRIGGER staff_memberships_present_after_delete;
DROP VIEW staff_places;

CREATE TRIGGER staff_users_present_after_insert AFTER INSERT ON staff_users WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT NEW.tenant_id, '', NEW.created_at, NEW.id UNION ALL SELECT NEW.tenant_id, NEW.organization_id, NEW.created_at, NEW.id WHERE NEW.organization_id IS NOT NULL;
END;

CREATE TRIGGER staff_users_present_after_update AFTER UPDATE OF deleted_at, tenant_id, organization_id ON staff_users
WHEN OLD.deleted_at IS NOT NEW.deleted_at OR OLD.tenant_id <> NEW.tenant_id OR OLD.organization_id IS NOT NEW.organization_id BEGIN
  DELETE FROM staff_presence WHERE user_id = NEW.id;
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT NEW.tenant_id, '', NEW.created_at, NEW.id WHERE NEW.deleted_at IS NULL
    UNION SELECT NEW.tenant_id, NEW.organization_id, NEW.created_at, NEW.id WHERE NEW.deleted_at IS NULL AND NEW.organization_id IS NOT NULL
    UNION SELECT m.tenant_id, '', NEW.created_at, NEW.id FROM staff_memberships m WHERE m.user_id = NEW.id AND m.deleted_at IS NULL AND NEW.deleted_at IS NULL
    UNION SELECT m.tenant_id, m.organization_id, NEW.created_at, NEW.id FROM staff_memberships m
      WHERE m.user_id = NEW.id AND m.deleted_at IS NULL AND m.organization_id IS NOT NULL AND NEW.deleted_at IS NULL;
END;

CREATE TRIGGER staff_memberships_present_after_insert AFTER INSERT ON staff_memberships WHEN NEW.deleted_at IS NULL BEGIN
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT NEW.tenant_id, p.value, u.created_at, u.id FROM staff_users u, json_each(json_array('', NEW.organization_id)) p
      WHERE u.id = NEW.user_id AND u.deleted_at IS NULL AND p.value IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM staff_presence s WHERE s.user_id = u.id AND s.tenant_id = NEW.tenant_id AND s.organization_id = p.value);
END;

-- A place that is left is one no more, unless it is home or another membership leads there.
CREATE TRIGGER staff_memberships_present_after_update AFTER UPDATE OF deleted_at, user_id, tenant_id, organization_id ON staff_memberships BEGIN
  DELETE FROM staff_presence WHERE user_id = OLD.user_id AND tenant_id = OLD.tenant_id AND organization_id IN ('', OLD.organization_id)
    AND NOT EXISTS (SELECT 1 FROM staff_users u WHERE u.id = OLD.user_id AND u.deleted_at IS NULL AND u.tenant_id = OLD.tenant_id
      AND (staff_presence.organization_id = '' OR u.organization_id = staff_presence.organization_id))
    AND NOT EXISTS (SELECT 1 FROM staff_memberships m WHERE m.user_id = OLD.user_id AND m.deleted_at IS NULL AND m.tenant_id = OLD.tenant_id
      AND (staff_presence.organization_id = '' OR m.organization_id = staff_presence.organization_id));
  INSERT INTO staff_presence (tenant_id, organization_id, created_at, user_id)
    SELECT NEW.tenant_id, p.value, u.created_at, u.id FROM staff_users u, json_each(json_array('', NEW.organization_id)) p
      WHERE NEW.deleted_at IS NULL AND u.id = NEW.user_id AND u.deleted_at IS NULL AND p.value IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM staff_presence s WHERE s.user_id = u.id AND s.tenant_id = NEW.tenant_id AND s.organization_id = p.value);
END;

CREATE TRIGGER staff_memberships_present_after_delete AFTER DELETE ON staff_memberships BEGIN
  DELETE FROM staff_presence WHERE user_id = OLD.user_id AND tenant_id = OLD.tenant_id AND organization_id IN ('', OLD.organization_id)
    AND NOT EXISTS (SELECT 1 FROM staff_users u WHERE u.id = OLD.user_id AND u.deleted_at IS NULL AND u.tenant_id = OLD.tenant_id
      AND (staff_presence.organization_id = '' OR u.organization_id = staff_presence.organization_id))
    AND NOT EXISTS (SELECT 1 FROM staff_memberships m WHERE m.user_id = OLD.user_id AND m.deleted_at IS NULL AND m.tenant_id = OLD.tenant_id
      AND (staff_presence.organization_id = '' OR m.organization_id = staff_presence.organization_id));
END;
