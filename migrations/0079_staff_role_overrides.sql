-- What one organization adds to a role and takes from it, for itself.

CREATE TABLE staff_role_overrides (
  role_id          TEXT NOT NULL REFERENCES staff_roles (id),
  organization_id  TEXT NOT NULL REFERENCES organizations (id),
  added_json       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(added_json)),
  removed_json     TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(removed_json)),
  updated_at       INTEGER NOT NULL,
  PRIMARY KEY (role_id, organization_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX staff_role_overrides_by_place ON staff_role_overrides (organization_id);
