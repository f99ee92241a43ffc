-- What voids access tokens before they expire, in the order in which it was committed: the source of the revocation feed.
-- Every row comes from a trigger on the table that changed, so that no statement, of whatever module, can end a session or
-- change what somebody may do without saying so here, in the same transaction.
--
-- Times are whole seconds, because a token's `iat` is: a row voids the tokens of its subject whose `iat` is less than
-- `not_before`. Where tokens of the very second of the change may hold what was true before it, `not_before` is the second
-- after. It is taken from the database's clock at the commit, not from the request that changed something: a token that
-- was made from an older state was made before that moment.

CREATE TABLE revocations (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  -- s: session (all its tokens, whenever issued), u: user, o: organization, t: tenant.
  kind        TEXT NOT NULL CHECK (kind IN ('s', 'u', 'o', 't')),
  subject     TEXT NOT NULL,
  -- Where only tokens of one realm are concerned.
  realm       TEXT CHECK (realm IN ('customer', 'staff')),
  -- Whose floor may stand for the row when there are too many; NULL for an account of staff, whose tokens may name any tenant.
  tenant_id   TEXT,
  not_before  INTEGER NOT NULL
) STRICT;

CREATE INDEX revocations_by_subject ON revocations (subject, kind) WHERE kind <> 's';
CREATE INDEX revocations_by_tenant ON revocations (tenant_id, seq);
CREATE INDEX revocations_by_age ON revocations (not_before);

-- Stands for rows of a tenant that were too many: whatever was issued in it before is void.
CREATE TABLE revocation_floors (
  tenant_id   TEXT PRIMARY KEY,
  not_before  INTEGER NOT NULL,
  -- The newest of the rows it stands for.
  covers      INTEGER NOT NULL,
  -- How far the sequence had come when it was written: who has read less has to hear of it.
  seq         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a subject, which says all that the earlier ones said.
CREATE TRIGGER revocations_replace AFTER INSERT ON revocations WHEN NEW.kind <> 's' BEGIN
  UPDATE revocations SET
      not_before = (SELECT max(r.not_before) FROM revocations r WHERE r.subject = NEW.subject AND r.kind = NEW.kind AND r.kind <> 's'),
      realm = CASE WHEN NOT EXISTS (SELECT 1 FROM revocations r WHERE r.subject = NEW.subject AND r.kind = NEW.kind AND r.kind <> 's'
        AND r.realm IS NOT NEW.realm) THEN NEW.realm END
    WHERE seq = NEW.seq;
  DELETE FROM revocations WHERE subject = NEW.subject AND kind = NEW.kind AND kind <> 's' AND seq < NEW.seq;
END;

-- ── Sessions ─────────────────────────────────────────────────────────────────

CREATE TRIGGER customer_sessions_revoked_after_end AFTER UPDATE OF deleted_at ON customer_user_sessions
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    VALUES ('s', NEW.id, (SELECT tenant_id FROM customer_users WHERE id = NEW.user_id), max(NEW.deleted_at / 1000, unixepoch()) + 1);
END;

CREATE TRIGGER customer_sessions_revoked_after_delete AFTER DELETE ON customer_user_sessions
WHEN OLD.deleted_at IS NULL AND OLD.expires_at > unixepoch() * 1000 BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    VALUES ('s', OLD.id, (SELECT tenant_id FROM customer_users WHERE id = OLD.user_id), unixepoch() + 1);
END;

CREATE TRIGGER staff_sessions_revoked_after_end AFTER UPDATE OF deleted_at ON staff_user_sessions
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('s', NEW.id, NEW.tenant_id, max(NEW.deleted_at / 1000, unixepoch()) + 1);
END;

CREATE TRIGGER staff_sessions_revoked_after_delete AFTER DELETE ON staff_user_sessions
WHEN OLD.deleted_at IS NULL AND OLD.expires_at > unixepoch() * 1000 BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('s', OLD.id, OLD.tenant_id, unixepoch() + 1);
END;

-- A session of staff that moves to another place voids the tokens that name the old one. The second of the move is left to
-- the token that the move hands out.
CREATE TRIGGER staff_sessions_revoked_after_move AFTER UPDATE OF tenant_id, organization_id ON staff_user_sessions
WHEN OLD.tenant_id <> NEW.tenant_id OR OLD.organization_id IS NOT NEW.organization_id BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NULL, unixepoch());
END;

-- ── Accounts ─────────────────────────────────────────────────────────────────

-- Switched off, deleted, restricted by a one-time password, of another company: nothing issued up to this second.
CREATE TRIGGER customer_users_revoked AFTER UPDATE OF is_active, deleted_at, must_change_password, customer_entity_id ON customer_users
WHEN NEW.is_active < OLD.is_active OR NEW.must_change_password > OLD.must_change_password OR NEW.deleted_at IS NOT OLD.deleted_at
  OR NEW.customer_entity_id IS NOT OLD.customer_entity_id BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.id, NEW.tenant_id, unixepoch() + 1);
END;

CREATE TRIGGER staff_users_revoked AFTER UPDATE OF is_active, deleted_at, must_change_password ON staff_users
WHEN NEW.is_active < OLD.is_active OR NEW.must_change_password > OLD.must_change_password OR NEW.deleted_at IS NOT OLD.deleted_at BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.id, NULL, unixepoch() + 1);
END;

-- Everything revoked: what was issued before, in the words of our own routes. The session that the same batch may open,
-- after a change of password, has a token of this very second; the sessions that end have rows of their own.
CREATE TRIGGER customer_users_revoked_all AFTER UPDATE OF sessions_revoked_at ON customer_users
WHEN NEW.sessions_revoked_at > COALESCE(OLD.sessions_revoked_at, 0) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.id, NEW.tenant_id, NEW.sessions_revoked_at / 1000);
END;

CREATE TRIGGER staff_users_revoked_all AFTER UPDATE OF sessions_revoked_at ON staff_users
WHEN NEW.sessions_revoked_at > COALESCE(OLD.sessions_revoked_at, 0) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.id, NULL, NEW.sessions_revoked_at / 1000);
END;

-- ── What an account holds ────────────────────────────────────────────────────

-- Roles that come with the account itself concern no token yet.
CREATE TRIGGER customer_user_roles_revoked_after_insert AFTER INSERT ON customer_user_roles
WHEN EXISTS (SELECT 1 FROM customer_users u WHERE u.id = NEW.user_id AND u.created_at < NEW.created_at) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    VALUES ('u', NEW.user_id, (SELECT tenant_id FROM customer_users WHERE id = NEW.user_id), unixepoch() + 1);
END;

CREATE TRIGGER customer_user_roles_revoked_after_delete AFTER DELETE ON customer_user_roles
WHEN EXISTS (SELECT 1 FROM customer_users u WHERE u.id = OLD.user_id AND u.deleted_at IS NULL AND u.email_verified_at IS NOT NULL) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    VALUES ('u', OLD.user_id, (SELECT tenant_id FROM customer_users WHERE id = OLD.user_id), unixepoch() + 1);
END;

CREATE TRIGGER customer_user_acls_revoked_after_insert AFTER INSERT ON customer_user_acls
WHEN EXISTS (SELECT 1 FROM customer_users u WHERE u.id = NEW.user_id AND u.created_at < NEW.created_at) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NEW.tenant_id, unixepoch() + 1);
END;

CREATE TRIGGER customer_user_acls_revoked_after_update AFTER UPDATE ON customer_user_acls BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NEW.tenant_id, unixepoch() + 1);
END;

CREATE TRIGGER staff_memberships_revoked_after_insert AFTER INSERT ON staff_memberships
WHEN EXISTS (SELECT 1 FROM staff_users u WHERE u.id = NEW.user_id AND u.created_at < NEW.created_at) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NULL, unixepoch() + 1);
END;

CREATE TRIGGER staff_memberships_revoked_after_update AFTER UPDATE ON staff_memberships BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NULL, unixepoch() + 1);
END;

CREATE TRIGGER staff_memberships_revoked_after_delete AFTER DELETE ON staff_memberships WHEN OLD.deleted_at IS NULL BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', OLD.user_id, NULL, unixepoch() + 1);
END;

CREATE TRIGGER staff_membership_merchants_revoked_after_insert AFTER INSERT ON staff_membership_merchants
WHEN EXISTS (SELECT 1 FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id WHERE m.id = NEW.membership_id AND u.created_at < NEW.created_at) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT 'u', m.user_id, NULL, unixepoch() + 1 FROM staff_memberships m WHERE m.id = NEW.membership_id;
END;

CREATE TRIGGER staff_membership_merchants_revoked_after_delete AFTER DELETE ON staff_membership_merchants BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before)
    SELECT 'u', m.user_id, NULL, unixepoch() + 1 FROM staff_memberships m WHERE m.id = OLD.membership_id AND m.deleted_at IS NULL;
END;

CREATE TRIGGER staff_user_acls_revoked_after_insert AFTER INSERT ON staff_user_acls
WHEN EXISTS (SELECT 1 FROM staff_users u WHERE u.id = NEW.user_id AND u.created_at < NEW.created_at) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NULL, unixepoch() + 1);
END;

CREATE TRIGGER staff_user_acls_revoked_after_update AFTER UPDATE ON staff_user_acls BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('u', NEW.user_id, NULL, unixepoch() + 1);
END;

-- ── What a role grants: everybody who may hold it, in one row a place ────────

CREATE TRIGGER customer_role_acls_revoked_after_insert AFTER INSERT ON customer_role_acls
WHEN EXISTS (SELECT 1 FROM customer_user_roles WHERE role_id = NEW.role_id) BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT 'o', r.organization_id, 'customer', r.tenant_id, unixepoch() + 1 FROM customer_roles r WHERE r.id = NEW.role_id;
END;

CREATE TRIGGER customer_role_acls_revoked_after_update AFTER UPDATE ON customer_role_acls
WHEN EXISTS (SELECT 1 FROM customer_user_roles WHERE role_id = NEW.role_id) BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT 'o', r.organization_id, 'customer', r.tenant_id, unixepoch() + 1 FROM customer_roles r WHERE r.id = NEW.role_id;
END;

CREATE TRIGGER customer_roles_revoked AFTER UPDATE OF deleted_at ON customer_roles
WHEN OLD.deleted_at IS NOT NEW.deleted_at AND EXISTS (SELECT 1 FROM customer_user_roles WHERE role_id = NEW.id) BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    VALUES ('o', NEW.organization_id, 'customer', NEW.tenant_id, unixepoch() + 1);
END;

CREATE TRIGGER staff_role_acls_revoked_after_insert AFTER INSERT ON staff_role_acls BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT DISTINCT 't', m.tenant_id, 'staff', m.tenant_id, unixepoch() + 1 FROM staff_memberships m WHERE m.role_id = NEW.role_id AND m.deleted_at IS NULL;
END;

CREATE TRIGGER staff_role_acls_revoked_after_update AFTER UPDATE ON staff_role_acls BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT DISTINCT 't', m.tenant_id, 'staff', m.tenant_id, unixepoch() + 1 FROM staff_memberships m WHERE m.role_id = NEW.role_id AND m.deleted_at IS NULL;
END;

CREATE TRIGGER staff_roles_revoked AFTER UPDATE OF deleted_at ON staff_roles WHEN OLD.deleted_at IS NOT NEW.deleted_at BEGIN
  INSERT INTO revocations (kind, subject, realm, tenant_id, not_before)
    SELECT DISTINCT 't', m.tenant_id, 'staff', m.tenant_id, unixepoch() + 1 FROM staff_memberships m WHERE m.role_id = NEW.id AND m.deleted_at IS NULL;
END;

-- ── Places ───────────────────────────────────────────────────────────────────

CREATE TRIGGER organizations_revoked AFTER UPDATE OF is_active, deleted_at ON organizations
WHEN NEW.is_active < OLD.is_active OR (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('o', NEW.id, NEW.tenant_id, unixepoch() + 1);
END;

CREATE TRIGGER tenants_revoked AFTER UPDATE OF is_active, deleted_at ON tenants
WHEN NEW.is_active < OLD.is_active OR (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) BEGIN
  INSERT INTO revocations (kind, subject, tenant_id, not_before) VALUES ('t', NEW.id, NEW.id, unixepoch() + 1);
END;
