-- What staff lose by a change that touches none of their own rows: an organization's way with a role, their partner, the
-- tree, and a role of theirs that counts in other tenants than the one they hold it in.

-- A role's override counts for whoever sits in the organization.
CREATE TRIGGER staff_role_overrides_revoked_after_insert AFTER INSERT ON staff_role_overrides BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT 'o', o.id, 'staff', o.tenant_id, unixepoch() + 1 FROM organizations o WHERE o.id = NEW.organization_id;
END;

CREATE TRIGGER staff_role_overrides_revoked_after_update AFTER UPDATE OF added_json, removed_json ON staff_role_overrides
WHEN OLD.added_json <> NEW.added_json OR OLD.removed_json <> NEW.removed_json BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT 'o', o.id, 'staff', o.tenant_id, unixepoch() + 1 FROM organizations o WHERE o.id = NEW.organization_id;
END;

CREATE TRIGGER staff_role_overrides_revoked_after_delete AFTER DELETE ON staff_role_overrides BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT 'o', o.id, 'staff', o.tenant_id, unixepoch() + 1 FROM organizations o WHERE o.id = OLD.organization_id;
END;

-- An organization that moves leaves those behind who came from above, and its subtree with it.
CREATE TRIGGER organizations_revoked_after_move AFTER UPDATE OF parent_id ON organizations WHEN OLD.parent_id IS NOT NEW.parent_id BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before) VALUES ('t', NEW.tenant_id, 'staff', NEW.tenant_id, unixepoch() + 1);
END;

-- Who works for a partner counts in all of its tenants.
CREATE TRIGGER partner_staff_revoked_after_delete AFTER DELETE ON partner_staff BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', OLD.user_id, NULL, unixepoch() + 1);
END;

CREATE TRIGGER partners_revoked AFTER UPDATE OF is_active, deleted_at ON partners
WHEN NEW.is_active < OLD.is_active OR (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT 'u', s.user_id, NULL, unixepoch() + 1 FROM partner_staff s WHERE s.partner_id = NEW.id;
END;

-- Of a partner that is gone, or stands still, nobody counts there any more.
CREATE TRIGGER tenants_revoked_after_release AFTER UPDATE OF partner_id ON tenants WHEN OLD.partner_id IS NOT NULL AND OLD.partner_id IS NOT NEW.partner_id BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT 'u', s.user_id, NULL, unixepoch() + 1 FROM partners p JOIN partner_staff s ON s.partner_id = p.id
      WHERE p.id = OLD.partner_id AND p.is_active = 1 AND p.deleted_at IS NULL;
END;

-- Roles of the platform count everywhere and those of a partner's staff in its other tenants, which the rows of the
-- tenants they are held in (0066) say nothing of.
CREATE TRIGGER staff_role_acls_revoked_elsewhere_after_insert AFTER INSERT ON staff_role_acls BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT DISTINCT 'u', m.user_id, NULL, unixepoch() + 1 FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id
      WHERE m.role_id = NEW.role_id AND m.deleted_at IS NULL
      AND (r.tenant_id IS NULL OR (m.organization_id IS NULL AND EXISTS (SELECT 1 FROM partner_staff s WHERE s.user_id = m.user_id)));
END;

CREATE TRIGGER staff_role_acls_revoked_elsewhere_after_update AFTER UPDATE ON staff_role_acls BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT DISTINCT 'u', m.user_id, NULL, unixepoch() + 1 FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id
      WHERE m.role_id = NEW.role_id AND m.deleted_at IS NULL
      AND (r.tenant_id IS NULL OR (m.organization_id IS NULL AND EXISTS (SELECT 1 FROM partner_staff s WHERE s.user_id = m.user_id)));
END;

CREATE TRIGGER staff_roles_revoked_elsewhere AFTER UPDATE OF deleted_at ON staff_roles WHEN OLD.deleted_at IS NOT NEW.deleted_at BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT DISTINCT 'u', m.user_id, NULL, unixepoch() + 1 FROM staff_memberships m WHERE m.role_id = NEW.id AND m.deleted_at IS NULL
      AND (NEW.tenant_id IS NULL OR (m.organization_id IS NULL AND EXISTS (SELECT 1 FROM partner_staff s WHERE s.user_id = m.user_id)));
END;

-- An address that a token names may belong to somebody else by now. The second of the change is left to the token that
-- a change of one's own address hands out.
CREATE TRIGGER staff_users_revoked_after_readdressing AFTER UPDATE OF email ON staff_users WHEN OLD.email <> NEW.email BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.id, NULL, unixepoch());
END;
