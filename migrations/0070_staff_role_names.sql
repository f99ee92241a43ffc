-- People are given roles by name, so that a name means one role.

CREATE UNIQUE INDEX staff_roles_by_name ON staff_roles (COALESCE(tenant_id, ''), lower(name)) WHERE deleted_at IS NULL;
