-- Invitations of staff to a place, by address: whoever reads the mail decides, and an account they have already serves.

ALTER TABLE staff_memberships ADD COLUMN updated_at INTEGER;

CREATE TABLE staff_membership_invitations (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  -- NULL: the whole tenant.
  organization_id  TEXT REFERENCES organizations (id),
  email            TEXT NOT NULL,
  email_hash       TEXT NOT NULL,
  token            TEXT NOT NULL,
  -- The row the mailed token is derived from. A renewed invitation keeps its id and gets a new one of these.
  token_row        TEXT NOT NULL,
  role_id          TEXT NOT NULL REFERENCES staff_roles (id),
  merchants_json   TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(merchants_json)),
  invited_by       TEXT NOT NULL REFERENCES staff_users (id),
  locale           TEXT NOT NULL DEFAULT 'en',
  expires_at       INTEGER NOT NULL,
  accepted_at      INTEGER,
  cancelled_at     INTEGER,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER
) STRICT;

CREATE UNIQUE INDEX staff_membership_invitations_by_token ON staff_membership_invitations (token);
CREATE UNIQUE INDEX staff_membership_invitations_pending ON staff_membership_invitations (tenant_id, COALESCE(organization_id, ''), email_hash)
  WHERE accepted_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX staff_membership_invitations_by_end ON staff_membership_invitations (expires_at);
