-- What open streams have to hear of, in the order in which it was committed: events, notifications, and whatever voids the
-- access of those who listen. Every row comes from a trigger in the transaction of the change, so that no statement, of
-- whatever module, can tell somebody something, or end a session, past the streams. Kept for minutes: it is what a stream
-- that broke off resumes from, not a history.
--
-- `seq` is a position: it only grows, and it is a time rather than a count, because clients see it and shall not learn
-- from it how much happens elsewhere.

CREATE TABLE live_feed (
  seq              INTEGER PRIMARY KEY,
  -- e: event, n: notification; the others as in revocations: s session, u user, o organization, t tenant.
  kind             TEXT NOT NULL CHECK (kind IN ('e', 'n', 's', 'u', 'o', 't')),
  -- Where only listeners of one realm are concerned.
  realm            TEXT CHECK (realm IN ('customer', 'staff')),
  tenant_id        TEXT NOT NULL,
  organization_id  TEXT,
  -- The row of event_outbox, the notification, or what was revoked.
  subject          TEXT NOT NULL,
  -- Whose notification it is.
  recipient        TEXT,
  -- The event's name, or the notification's type.
  name             TEXT
) STRICT;

CREATE INDEX live_feed_by_tenant ON live_feed (tenant_id, seq);

-- The beginning, nobody's: the feed always has a newest row, so that "nothing after this position" can be told from "gone".
INSERT INTO live_feed (seq, kind, tenant_id, subject) VALUES (1, 'e', '', '');

-- Events that somebody may hear of (core/src/domain/live), and no others: a row for a failed sign-in would be a page that
-- is written for an address with an account only.
CREATE TRIGGER event_outbox_live AFTER INSERT ON event_outbox WHEN NEW.name IN (
  'auth.invitation.accepted', 'auth.invitation.cancelled', 'auth.user.created', 'auth.user.deleted',
  'auth.user.invited', 'auth.user.locked', 'auth.user.unlocked', 'auth.user.updated',
  'customer_accounts.email.verified', 'customer_accounts.invitation.accepted',
  'customer_accounts.invitation.cancelled', 'customer_accounts.password.reset', 'customer_accounts.role.created',
  'customer_accounts.role.deleted', 'customer_accounts.role.updated', 'customer_accounts.user.created',
  'customer_accounts.user.deleted', 'customer_accounts.user.invited', 'customer_accounts.user.locked',
  'customer_accounts.user.unlocked', 'customer_accounts.user.updated'
) BEGIN
  INSERT INTO live_feed (seq, kind, tenant_id, organization_id, subject, name)
    VALUES (max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 'e', NEW.tenant_id, NEW.organization_id, NEW.id, NEW.name);
END;

CREATE TRIGGER customer_notifications_live AFTER INSERT ON customer_notifications BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, organization_id, subject, recipient, name)
    SELECT max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 'n', 'customer', NEW.tenant_id, u.organization_id, NEW.id, u.id, NEW.type
    FROM customer_users u WHERE u.id = NEW.recipient_user_id;
END;

CREATE TRIGGER staff_notifications_live AFTER INSERT ON staff_notifications BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, organization_id, subject, recipient, name)
    VALUES (max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 'n', 'staff', NEW.tenant_id, NEW.organization_id, NEW.id,
      NEW.recipient_user_id, NEW.type);
END;

-- A session: which realm's and, of a customer, at which organization. Of one whose row is gone already, nobody knows.
CREATE TRIGGER revocations_live_session AFTER INSERT ON revocations WHEN NEW.kind = 's' AND NEW.tenant_id IS NOT NULL BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, organization_id, subject)
    SELECT max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 's',
      CASE WHEN u.id IS NOT NULL THEN 'customer' WHEN EXISTS (SELECT 1 FROM staff_user_sessions t WHERE t.id = NEW.subject) THEN 'staff' END,
      NEW.tenant_id, u.organization_id, NEW.subject
    FROM (SELECT 1) LEFT JOIN customer_user_sessions s ON s.id = NEW.subject LEFT JOIN customer_users u ON u.id = s.user_id;
END;

CREATE TRIGGER revocations_live_customer AFTER INSERT ON revocations WHEN NEW.kind = 'u' AND NEW.tenant_id IS NOT NULL BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, organization_id, subject)
    VALUES (max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 'u', 'customer', NEW.tenant_id,
      (SELECT organization_id FROM customer_users WHERE id = NEW.subject), NEW.subject);
END;

-- An account of staff, wherever its sessions are: a stream is open in the tenant of its session. A session that ended has
-- a row of its own, and one that moved too.
CREATE TRIGGER revocations_live_staff AFTER INSERT ON revocations WHEN NEW.kind = 'u' AND NEW.tenant_id IS NULL BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, subject)
    SELECT max(COALESCE((SELECT max(seq) FROM live_feed), 0), unixepoch() * 1000) + row_number() OVER (), 'u', 'staff', t.tenant_id, NEW.subject
    FROM (SELECT DISTINCT tenant_id FROM staff_user_sessions WHERE user_id = NEW.subject AND deleted_at IS NULL) t;
END;

CREATE TRIGGER revocations_live_place AFTER INSERT ON revocations WHEN NEW.kind IN ('o', 't') AND NEW.tenant_id IS NOT NULL BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, organization_id, subject)
    VALUES (max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), NEW.kind, NEW.realm, NEW.tenant_id,
      CASE NEW.kind WHEN 'o' THEN NEW.subject END, NEW.subject);
END;

CREATE TRIGGER staff_sessions_live_after_move AFTER UPDATE OF tenant_id ON staff_user_sessions WHEN OLD.tenant_id <> NEW.tenant_id BEGIN
  INSERT INTO live_feed (seq, kind, realm, tenant_id, subject)
    VALUES (max(COALESCE((SELECT max(seq) FROM live_feed), 0) + 1, unixepoch() * 1000), 's', 'staff', OLD.tenant_id, NEW.id);
END;
