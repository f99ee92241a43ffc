//! Sessions of staff: like a customer's, with a place the session is active in and a life chosen at sign-in.

use serde::Deserialize;
use serde_json::{Value, json};

use super::sessions::{By, NewSession, NotAlive, is_outdated};
use crate::{
    actor::{Actor, HeldRole, flag},
    args,
    domain::{
        id::{Id, Organization, Partner, Session, Tenant, User},
        membership::{Holding, Location, Membership, OwnAcl, Seat, holding},
        policy::{LAST_QUARTER, STRICT_LIFE, TenantPolicy},
        realm::Realm,
        secret::TokenHash,
        session::{Idle, Times, is_alive},
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// A session, its user, the place it is active in and what the user is there: one row, one round trip.
#[derive(Clone, Debug, Deserialize)]
pub struct IdentityRow {
    session_id: Id<Session>,
    /// Whether the session is active in the place it was looked for in.
    #[serde(deserialize_with = "flag")]
    is_there: bool,
    #[serde(deserialize_with = "flag")]
    remember: bool,
    last_used_at: Millis,
    expires_at: Millis,
    ended_at: Option<Millis>,
    tenant_id: Id<Tenant>,
    organization_id: Option<Id<Organization>>,
    user_id: Id<User>,
    email: String,
    display_name: Option<String>,
    email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    is_active: bool,
    last_login_at: Option<Millis>,
    created_at: Millis,
    sessions_revoked_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    must_change_password: bool,
    locale: String,
    #[serde(deserialize_with = "flag")]
    tenant_active: bool,
    tenant_policy: String,
    /// NULL where no organization is active, or the one that was is gone.
    organization_active: Option<i64>,
    organization_slug: Option<String>,
    organization_name: Option<String>,
    tenant_partner: Option<Id<Partner>>,
    /// JSON arrays.
    above: String,
    memberships: String,
    acls: String,
}

/// The members of [`Membership`] from `m`, `r` and `ra`, as the roles stand in an organization.
pub(super) fn membership(organization: &str) -> String {
    format!(
        "'tenant', m.tenant_id, 'organization', m.organization_id, 'role', r.id, 'slug', r.slug, 'name', r.name, \
         'priority', r.priority, 'platform', r.tenant_id IS NULL, 'features', json(ra.features_json), 'admin', ra.is_super_admin, \
         'organizations', json(ra.organizations_json), \
         'merchants', json((SELECT json_group_array(mm.merchant_id) FROM staff_membership_merchants mm WHERE mm.membership_id = m.id)), \
         'partner', CASE WHEN m.organization_id IS NULL THEN (SELECT ps.partner_id FROM partner_staff ps JOIN partners p ON p.id = ps.partner_id \
         AND p.is_active = 1 AND p.deleted_at IS NULL WHERE ps.user_id = m.user_id AND ps.partner_id = mt.partner_id) END, \
         'changed', json((SELECT json_object('added', json(ro.added_json), 'removed', json(ro.removed_json)) FROM staff_role_overrides ro \
         WHERE ro.role_id = r.id AND ro.organization_id = {organization}))"
    )
}

/// An organization and those above it, nearest first, as a JSON array.
pub(super) fn above(organization: &str) -> String {
    format!(
        "(SELECT json_group_array(ancestor_id) FROM (SELECT ancestor_id FROM organization_paths WHERE descendant_id = {organization} ORDER BY depth))"
    )
}

/// Live memberships `m` of the user `u` with their role, its ACL and their place. A role counts in its own tenant only.
pub(super) const MEMBERSHIPS: &str = "FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id AND r.deleted_at IS NULL \
     AND (r.tenant_id IS NULL OR r.tenant_id = m.tenant_id) LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL \
     JOIN tenants mt ON mt.id = m.tenant_id LEFT JOIN organizations mo ON mo.id = m.organization_id AND mo.tenant_id = m.tenant_id AND mo.deleted_at IS NULL \
     WHERE m.user_id = u.id AND m.deleted_at IS NULL";

/// The ACLs of the user `u` as a JSON array.
pub(super) const ACLS: &str = "(SELECT json_group_array(json_object('tenant', a.tenant_id, 'features', json(a.features_json), 'denied', json(a.denied_json), \
     'admin', a.is_super_admin, 'organizations', json(a.organizations_json))) FROM staff_user_acls a WHERE a.user_id = u.id AND a.deleted_at IS NULL)";

/// The identity behind a session, dead or alive; [`IdentityRow::judge`] decides.
pub fn identity(by: By, organization: Option<Id<Organization>>) -> Query {
    identity_at(by, organization, None)
}

/// The same as seen from another organization, which the request names: of this tenant or of another. One that is not
/// there is a place nobody is a member of.
pub fn identity_at(by: By, organization: Option<Id<Organization>>, named: Option<Id<Organization>>) -> Query {
    let select = |is_there: &str| match named {
        None => select(
            is_there,
            "s.tenant_id, s.organization_id",
            "JOIN tenants t ON t.id = s.tenant_id AND t.deleted_at IS NULL \
             LEFT JOIN organizations o ON o.id = s.organization_id AND o.tenant_id = s.tenant_id AND o.deleted_at IS NULL",
        ),
        Some(_) => seen_from(is_there, "?5"),
    };
    match by {
        // The token names exactly the place the session is active in; after a switch the older token is void.
        By::Claims { session, user, tenant } => {
            let mut args = args![session, user, tenant, organization];
            args.extend(named.map(Into::into));
            Query::new(format!("{}WHERE s.id = ?1 AND s.user_id = ?2", select("s.tenant_id = ?3 AND s.organization_id IS ?4")), args)
        }
        By::Token(hash) => Query::new(format!("{}WHERE s.token_hash = ?1", select(ANYWHERE)), args![hash.as_str()]),
    }
}

/// Who opened a session, as seen from an organization, wherever else the session is active by now.
pub fn identity_in(session: Id<Session>, user: Id<User>, organization: Id<Organization>) -> Query {
    Query::new(format!("{}WHERE s.id = ?1 AND s.user_id = ?2", seen_from(ANYWHERE, "?3")), args![session, user, organization])
}

/// The session is looked for wherever it is.
const ANYWHERE: &str = "1";

/// The identity as seen from the organization of a parameter. One that is not there is a place nobody is a member of.
fn seen_from(is_there: &str, organization: &str) -> String {
    select(
        is_there,
        &format!("t.id AS tenant_id, {organization} AS organization_id"),
        &format!(
            "LEFT JOIN organizations o ON o.id = {organization} AND o.deleted_at IS NULL \
             AND EXISTS (SELECT 1 FROM tenants ot WHERE ot.id = o.tenant_id AND ot.deleted_at IS NULL) \
             JOIN tenants t ON t.id = COALESCE(o.tenant_id, s.tenant_id) AND t.deleted_at IS NULL"
        ),
    )
}

fn select(is_there: &str, seat: &str, place: &str) -> String {
    format!(
        "SELECT s.id AS session_id, {is_there} AS is_there, s.remember, s.last_used_at, s.expires_at, s.deleted_at AS ended_at, {seat}, u.id AS user_id, \
         u.email, u.display_name, u.email_verified_at, u.is_active, u.last_login_at, u.created_at, u.sessions_revoked_at, u.must_change_password, \
         u.locale, t.is_active AS tenant_active, t.policy AS tenant_policy, o.is_active AS organization_active, o.slug AS organization_slug, \
         o.name AS organization_name, t.partner_id AS tenant_partner, {} AS above, \
         (SELECT json_group_array(json_object({})) {MEMBERSHIPS}) AS memberships, {ACLS} AS acls \
         FROM staff_user_sessions s JOIN staff_users u ON u.id = s.user_id AND u.deleted_at IS NULL {place} ",
        above("o.id"),
        membership("o.id")
    )
}

/// Memberships and ACLs out of the JSON columns of the identity and login queries.
pub fn parse(memberships: &str, acls: &str) -> Result<(Vec<Membership>, Vec<OwnAcl>), StoreError> {
    let broken = |e: serde_json::Error| StoreError::Broken(format!("staff ACL does not parse: {e}"));
    Ok((serde_json::from_str(memberships).map_err(broken)?, serde_json::from_str(acls).map_err(broken)?))
}

impl IdentityRow {
    /// The caller, or why not. `issued_at` is the access token's `iat` in seconds, where one was presented.
    pub fn judge(self, idle: Idle, issued_at: Option<i64>, now: Millis) -> Result<Actor, NotAlive> {
        self.alive(idle, issued_at, now)?;
        let held = self.held()?;
        self.seated(&held)?;
        Ok(self.actor(held, idle))
    }

    /// The same for somebody who may have lost the place: who has, holds nothing.
    pub fn judge_anywhere(self, idle: Idle, issued_at: Option<i64>, now: Millis) -> Result<Actor, NotAlive> {
        self.alive(idle, issued_at, now)?;
        let held = self.held()?;
        let held = if self.seated(&held).is_ok() { held } else { Holding::default() };
        Ok(self.actor(held, idle))
    }

    fn alive(&self, idle: Idle, issued_at: Option<i64>, now: Millis) -> Result<(), NotAlive> {
        let times = Times { last_used: self.last_used_at, expires: self.expires(), ended: self.ended_at.is_some() };
        if !is_alive(times, idle.of(self.remember), now) || is_outdated(issued_at, self.sessions_revoked_at) {
            return Err(NotAlive::Session);
        }
        match (self.is_active, self.is_there) {
            (false, _) => Err(NotAlive::Account),
            (true, false) => Err(NotAlive::Moved),
            (true, true) => Ok(()),
        }
    }

    fn expires(&self) -> Millis {
        TenantPolicy::parse(&self.tenant_policy).end(self.expires_at, self.last_used_at)
    }

    fn held(&self) -> Result<Holding, NotAlive> {
        let seat = Seat { tenant: self.tenant_id, organization: self.organization_id };
        let (memberships, acls) = parse(&self.memberships, &self.acls).map_err(|_| NotAlive::Account)?;
        let above = serde_json::from_str(&self.above).map_err(|_| NotAlive::Account)?;
        Ok(holding(memberships, &acls, &Location::new(seat, above, self.tenant_partner)))
    }

    /// Whether the person has any business in the place, and the place takes anybody in.
    fn seated(&self, held: &Holding) -> Result<(), NotAlive> {
        if !held.is_member() || (self.organization_id.is_some() && self.organization_active.is_none()) {
            return Err(NotAlive::Outside);
        }
        let suspended = !self.tenant_active || self.organization_active == Some(0);
        if suspended && !held.platform { Err(NotAlive::Suspended) } else { Ok(()) }
    }

    fn actor(self, held: Holding, idle: Idle) -> Actor {
        let session_ends = self.expires().min(self.last_used_at.plus(idle.of(self.remember)));
        Actor {
            realm: Realm::Staff,
            user: self.user_id,
            session: self.session_id,
            tenant: self.tenant_id,
            organization: self.organization_id,
            organization_slug: self.organization_slug.unwrap_or_default(),
            organization_name: self.organization_name.unwrap_or_default(),
            email: self.email,
            display_name: self.display_name.unwrap_or_default(),
            email_verified_at: self.email_verified_at,
            last_login_at: self.last_login_at,
            created_at: self.created_at,
            company: None,
            person: None,
            roles: held.roles.into_iter().map(|m| HeldRole { id: m.role, name: m.name, slug: m.slug }).collect(),
            grants: held.grants,
            priority: held.priority,
            platform: held.platform,
            operator: false,
            whole_tenant: held.whole_tenant,
            reach: held.reach,
            merchants: held.merchants,
            must_change_password: self.must_change_password,
            locale: self.locale,
            session_ends,
            tenant_policy: self.tenant_policy,
        }
    }
}

/// Opens a session for a user whose credentials are still the ones that were checked; follow with [`super::changed_one`].
pub fn open(session: &NewSession, seat: Seat, remember: bool, epoch: i64, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_user_sessions (id, user_id, tenant_id, organization_id, token_hash, remember, ip_address, user_agent, expires_at, last_used_at, \
         created_at) SELECT ?1, u.id, t.id, ?4, ?5, ?6, ?7, ?8, CASE WHEN t.policy = 'strict' THEN min(?9, ?10 + ?12) ELSE ?9 END, ?10, ?10 \
         FROM staff_users u JOIN tenants t ON t.id = ?3 \
         WHERE u.id = ?2 AND u.deleted_at IS NULL AND u.is_active = 1 AND u.credential_epoch = ?11",
        args![
            session.id,
            session.user,
            seat.tenant,
            seat.organization,
            session.token.as_str(),
            remember,
            session.ip,
            session.user_agent,
            session.expires,
            now,
            epoch,
            STRICT_LIFE
        ],
    )
}

/// Marks a live session as used now. Nothing happens to one that is ended, expired or idle. In a strict tenant a remembered
/// one is renewed in its last quarter, and one of before the tenant was strict gets a day.
pub fn touch(token: &TokenHash, idle: Idle, now: Millis) -> Statement {
    let strict = "(SELECT t.policy FROM tenants t WHERE t.id = staff_user_sessions.tenant_id) = 'strict'";
    Statement::new(
        format!(
            "UPDATE staff_user_sessions SET last_used_at = ?2, \
             expires_at = CASE WHEN remember = 1 AND {strict} AND (expires_at <= ?2 + ?6 OR expires_at > ?2 + ?5) THEN ?2 + ?5 ELSE expires_at END \
             WHERE token_hash = ?1 AND deleted_at IS NULL AND expires_at > ?2 AND last_used_at > ?2 - CASE remember WHEN 1 THEN ?4 ELSE ?3 END \
             AND (last_used_at > ?2 - ?5 OR {strict} IS NOT 1) \
             RETURNING expires_at, ?2 + CASE remember WHEN 1 THEN ?4 ELSE ?3 END AS idle_at"
        ),
        args![token.as_str(), now, idle.usual, idle.remembered, STRICT_LIFE, LAST_QUARTER],
    )
}

/// A live session as its owner and administrators see it.
#[derive(Clone, Debug, Deserialize)]
pub struct StaffSessionRow {
    id: Id<Session>,
    tenant_id: Id<Tenant>,
    organization_id: Option<Id<Organization>>,
    #[serde(deserialize_with = "flag")]
    remember: bool,
    ip_address: Option<String>,
    user_agent: Option<String>,
    last_used_at: Millis,
    created_at: Millis,
    expires_at: Millis,
}

impl StaffSessionRow {
    /// `current` is the session that asks, where it is the owner's.
    pub fn view(&self, current: Option<Id<Session>>) -> Value {
        let mut view = json!({
            "id": self.id, "tenantId": self.tenant_id, "organizationId": self.organization_id, "remember": self.remember,
            "ipAddress": self.ip_address, "userAgent": self.user_agent, "lastUsedAt": self.last_used_at, "createdAt": self.created_at,
            "expiresAt": self.expires_at,
        });
        if let (Some(current), Some(object)) = (current, view.as_object_mut()) {
            object.insert("isCurrent".into(), json!(current == self.id));
        }
        view
    }
}

/// Live sessions of a member of staff, last used first.
pub fn live(user: Id<User>, idle: Idle, now: Millis) -> Query {
    Query::new(
        "SELECT id, tenant_id, organization_id, remember, ip_address, user_agent, last_used_at, created_at, expires_at FROM staff_user_sessions \
         WHERE user_id = ?1 AND deleted_at IS NULL AND expires_at > ?2 AND last_used_at > ?2 - CASE remember WHEN 1 THEN ?4 ELSE ?3 END \
         ORDER BY last_used_at DESC, created_at DESC, id DESC LIMIT 100",
        args![user, now, idle.usual, idle.remembered],
    )
}

/// Ends every session of a user but one.
pub fn end_others(user: Id<User>, but: Id<Session>, now: Millis) -> Statement {
    Statement::new("UPDATE staff_user_sessions SET deleted_at = ?3 WHERE user_id = ?1 AND id <> ?2 AND deleted_at IS NULL", args![user, but, now])
}
