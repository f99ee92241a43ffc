-- What a customer is told inside the portal.

CREATE TABLE customer_notifications (
  id                     TEXT PRIMARY KEY,
  tenant_id              TEXT NOT NULL REFERENCES tenants (id),
  organization_id        TEXT,
  recipient_user_id      TEXT NOT NULL REFERENCES customer_users (id),
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

CREATE INDEX customer_notifications_by_recipient ON customer_notifications (recipient_user_id, created_at);
CREATE INDEX customer_notifications_unread ON customer_notifications (recipient_user_id) WHERE status = 'unread';
CREATE INDEX customer_notifications_by_end ON customer_notifications (expires_at);
