-- Who carries the super-admin flag, found without reading everybody else: the last of them may not be lost.

CREATE INDEX staff_user_acls_super ON staff_user_acls (user_id) WHERE is_super_admin = 1 AND deleted_at IS NULL;
CREATE INDEX staff_role_acls_super ON staff_role_acls (role_id) WHERE is_super_admin = 1 AND deleted_at IS NULL;
