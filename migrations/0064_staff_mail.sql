-- What a mailed link of staff was sent for, and what staff are told in the back office.

-- An invitation is a link that sets the first password; it lives longer, and whoever sent it hears of its use.
ALTER TABLE staff_user_password_resets ADD COLUMN purpose TEXT NOT NULL DEFAULT 'password_reset' CHECK (purpose IN ('password_reset', 'invitation'));
ALTER TABLE staff_user_password_resets ADD COLUMN issued_by TEXT REFERENCES staff_users (id);

CREATE TABLE staff_notifications (
  id                     TEXT PRIMARY KEY,
  tenant_id              TEXT NOT NULL REFERENCES tenants (id),
  organization_id        TEXT,
  recipient_user_id      TEXT NOT NULL REFERENCES staff_users (id),
  type                   TEXT NOT NULL,
  -- Notifications of one type and group within a day are one.
  group_key              TEXT NOT NULL DEFAULT '',
  title                  TEXT NOT NULL,
  title_key              TEXT,
  title_variables_json   TEXT CHECK (title_variables_json IS NULL OR json_valid(title_variables_json)),
  severity               TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'success', 'error')),
  status                 TEXT NOT NULL DEFAULT 'unread' CHECK (status IN ('unread', 'read', 'actioned', 'dismissed')),
  source_entity_type     TEXT,
  source_entity_id       TEXT,
  link_href              TEXT,
  created_at             INTEGER NOT NULL,
  read_at                INTEGER,
  dismissed_at           INTEGER,
  expires_at             INTEGER NOT NULL
) STRICT;

CREATE INDEX staff_notifications_by_recipient ON staff_notifications (recipient_user_id, created_at);
CREATE INDEX staff_notifications_unread ON staff_notifications (recipient_user_id) WHERE status = 'unread';
CREATE INDEX staff_notifications_by_end ON staff_notifications (expires_at);
