//! Sessions, and the one query that says who is calling.

use serde::{Deserialize, Serialize};

use crate::{
    actor::{Actor, HeldRole, flag},
    args,
    domain::{
        feature::Grants,
        id::{Entity, Id, Organization, Role, Session, Tenant, User},
        policy::{LAST_QUARTER, STRICT_LIFE, TenantPolicy},
        realm::Realm,
        role,
        scope::Reach,
        secret::TokenHash,
        session::{Times, is_alive},
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

pub use super::session_ends::{end, end_all, end_by_token, end_others, end_when_locked};

/// A session, its user, where they belong and what they hold: one row, one round trip.
#[derive(Clone, Debug, Deserialize)]
pub struct IdentityRow {
    session_id: Id<Session>,
    last_used_at: Millis,
    expires_at: Millis,
    ended_at: Option<Millis>,
    user_id: Id<User>,
    tenant_id: Id<Tenant>,
    organization_id: Id<Organization>,
    email: String,
    display_name: String,
    email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    is_active: bool,
    last_login_at: Option<Millis>,
    created_at: Millis,
    sessions_revoked_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    must_change_password: bool,
    customer_entity_id: Option<Id<Entity>>,
    person_entity_id: Option<Id<Entity>>,
    locale: String,
    #[serde(deserialize_with = "flag")]
    tenant_active: bool,
    tenant_policy: String,
    #[serde(deserialize_with = "flag")]
    organization_active: bool,
    organization_slug: String,
    organization_name: String,
    /// JSON object, or NULL when the user has no ACL of its own.
    user_acl: Option<String>,
    /// JSON array of the live roles.
    roles: String,
}

#[derive(Deserialize)]
struct Acl {
    features: Vec<String>,
    admin: i64,
}

#[derive(Deserialize)]
struct RoleJson {
    id: Id<Role>,
    name: String,
    slug: String,
    features: Option<Vec<String>>,
    admin: Option<i64>,
}

/// How a session is looked for: by what an access token says, or by the session token itself.
pub enum By<'a> {
    Claims { session: Id<Session>, user: Id<User>, tenant: Id<Tenant> },
    Token(&'a TokenHash),
}

/// What a row `u` holds: the columns `user_acl` and `roles`, for [`resolve_grants`].
pub const HOLDING: &str = "(SELECT json_object('features', json(a.features_json), 'admin', a.is_portal_admin) FROM {realm}_user_acls a \
      WHERE a.user_id = u.id AND a.tenant_id = u.tenant_id AND a.deleted_at IS NULL) AS user_acl, \
     (SELECT json_group_array(json_object('id', r.id, 'name', r.name, 'slug', r.slug, 'features', json(ra.features_json), 'admin', ra.is_portal_admin)) \
      FROM {realm}_user_roles ur JOIN {realm}_roles r ON r.id = ur.role_id AND r.tenant_id = u.tenant_id AND r.organization_id = u.organization_id \
      AND r.deleted_at IS NULL LEFT JOIN {realm}_role_acls ra ON ra.role_id = r.id AND ra.tenant_id = r.tenant_id AND ra.deleted_at IS NULL \
      WHERE ur.user_id = u.id) AS roles";

const COLUMNS: &str = "SELECT s.id AS session_id, s.last_used_at, s.expires_at, s.deleted_at AS ended_at, u.id AS user_id, u.tenant_id, u.organization_id, \
     u.email, u.display_name, u.email_verified_at, u.is_active, u.last_login_at, u.created_at, u.sessions_revoked_at, u.must_change_password, \
     u.customer_entity_id, u.person_entity_id, u.locale, t.is_active AS tenant_active, t.policy AS tenant_policy, o.is_active AS organization_active, \
     o.slug AS organization_slug, o.name AS organization_name,";

const PLACES: &str = "FROM {realm}_user_sessions s JOIN {realm}_users u ON u.id = s.user_id AND u.deleted_at IS NULL \
     JOIN tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL JOIN organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL ";

/// The identity behind a session, dead or alive; [`IdentityRow::judge`] decides.
pub fn identity(realm: Realm, by: By) -> Query {
    match by {
        By::Claims { session, user, tenant } => Query::new(
            realm.sql(&format!("{COLUMNS} {HOLDING} {PLACES}WHERE s.id = ?1 AND s.user_id = ?2 AND u.tenant_id = ?3")),
            args![session, user, tenant],
        ),
        By::Token(hash) => Query::new(realm.sql(&format!("{COLUMNS} {HOLDING} {PLACES}WHERE s.token_hash = ?1")), args![hash.as_str()]),
    }
}

/// What one live, active account holds: `user` is a subquery for its id.
pub fn holding_of(user: &str, args: Vec<crate::ports::Value>) -> Query {
    let sql = format!("SELECT {HOLDING} FROM {{realm}}_users u WHERE u.id = ({user}) AND u.deleted_at IS NULL AND u.is_active = 1");
    Query::new(Realm::Customer.sql(&sql), args)
}

/// Why a session does not identify anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAlive {
    /// Ended, expired, idle for too long, or issued before everything was revoked.
    Session,
    /// The account is switched off.
    Account,
    /// The tenant or organization is suspended.
    Suspended,
    /// Staff only: no longer a member of the place the session is active in.
    Outside,
    /// Staff only: the token names another place than the one the session is active in.
    Moved,
}

/// Whether an access token is older than the moment everything was revoked. `iat` is whole seconds: a token minted
/// later in the second of the revocation is not older than it.
pub fn is_outdated(issued_at: Option<i64>, revoked_at: Option<Millis>) -> bool {
    issued_at.zip(revoked_at).is_some_and(|(iat, revoked)| iat < revoked.seconds())
}

impl IdentityRow {
    /// The caller, or why not. `issued_at` is the access token's `iat` in seconds, where one was presented.
    pub fn judge(self, realm: Realm, idle: i64, issued_at: Option<i64>, now: Millis) -> Result<Actor, NotAlive> {
        let expires = TenantPolicy::parse(&self.tenant_policy).end(self.expires_at, self.last_used_at);
        let times = Times { last_used: self.last_used_at, expires, ended: self.ended_at.is_some() };
        if !is_alive(times, idle, now) || is_outdated(issued_at, self.sessions_revoked_at) {
            return Err(NotAlive::Session);
        }
        if !self.is_active {
            return Err(NotAlive::Account);
        }
        if !self.tenant_active || !self.organization_active {
            return Err(NotAlive::Suspended);
        }
        let (roles, grants) = self.grants().map_err(|_| NotAlive::Account)?;
        Ok(Actor {
            realm,
            user: self.user_id,
            session: self.session_id,
            tenant: self.tenant_id,
            organization: Some(self.organization_id),
            organization_slug: self.organization_slug,
            organization_name: self.organization_name,
            email: self.email,
            display_name: self.display_name,
            email_verified_at: self.email_verified_at,
            last_login_at: self.last_login_at,
            created_at: self.created_at,
            company: self.customer_entity_id,
            person: self.person_entity_id,
            roles,
            grants,
            priority: role::CUSTOMER,
            platform: false,
            operator: false,
            whole_tenant: false,
            reach: Reach::default(),
            merchants: Vec::new(),
            must_change_password: self.must_change_password,
            locale: self.locale,
            session_ends: times.expires.min(times.last_used.plus(idle)),
            tenant_policy: self.tenant_policy,
        })
    }

    /// A user's own ACL replaces what the roles grant; it does not add.
    fn grants(&self) -> Result<(Vec<HeldRole>, Grants), StoreError> {
        resolve_grants(self.user_acl.as_deref(), &self.roles)
    }
}

/// Roles and grants out of the two JSON columns of the identity and login queries.
pub fn resolve_grants(user_acl: Option<&str>, roles: &str) -> Result<(Vec<HeldRole>, Grants), StoreError> {
    let broken = |e: serde_json::Error| StoreError::Broken(format!("ACL does not parse: {e}"));
    let roles: Vec<RoleJson> = serde_json::from_str(roles).map_err(broken)?;
    let mut grants = Grants::default();
    match user_acl.map(serde_json::from_str::<Acl>).transpose().map_err(broken)? {
        Some(acl) => {
            grants.add(acl.features);
            grants.admin = acl.admin != 0;
        }
        None => {
            for role in &roles {
                grants.add(role.features.clone().unwrap_or_default());
                grants.admin |= role.admin.unwrap_or(0) != 0;
            }
        }
    }
    Ok((roles.into_iter().map(|r| HeldRole { id: r.id, name: r.name, slug: r.slug }).collect(), grants))
}

/// A new session, as the row will be.
pub struct NewSession<'a> {
    pub id: Id<Session>,
    pub user: Id<User>,
    pub token: &'a TokenHash,
    pub ip: &'a str,
    pub user_agent: &'a str,
    pub expires: Millis,
}

/// Ends the oldest live sessions so that one more stays within the cap.
pub fn make_room(realm: Realm, user: Id<User>, cap: u32, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_user_sessions SET deleted_at = ?2 WHERE id IN (SELECT id FROM {realm}_user_sessions \
             WHERE user_id = ?1 AND deleted_at IS NULL AND expires_at > ?2 ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ?3)",
        ),
        args![user, now, i64::from(cap.saturating_sub(1))],
    )
}

/// Opens a session for a user whose credentials are still the ones that were checked; follow with
/// [`super::changed_one`], so that a reset or a deactivation that came between leaves no session behind.
pub fn open(realm: Realm, session: &NewSession, epoch: i64, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "INSERT INTO {realm}_user_sessions (id, user_id, token_hash, ip_address, user_agent, expires_at, last_used_at, created_at) \
             SELECT ?1, u.id, ?3, ?4, ?5, CASE WHEN t.policy = 'strict' THEN min(?6, ?7 + ?9) ELSE ?6 END, ?7, ?7 \
             FROM {realm}_users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = ?2 AND u.deleted_at IS NULL AND u.is_active = 1 AND u.credential_epoch = ?8",
        ),
        args![session.id, session.user, session.token.as_str(), session.ip, session.user_agent, session.expires, now, epoch, STRICT_LIFE],
    )
}

/// When a session ends, after it was used.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct EndRow {
    pub expires_at: Millis,
    pub idle_at: Millis,
}

/// The actor of a session that was used just now.
pub fn used(actor: Actor, end: Option<EndRow>) -> Actor {
    let session_ends = end.map_or(actor.session_ends, |end| end.expires_at.min(end.idle_at));
    Actor { session_ends, ..actor }
}

/// Marks a customer's live session as used now. Nothing happens to one that is ended, expired or idle. In a strict tenant
/// it is renewed in its last quarter, and one of before the tenant was strict gets a day.
pub fn touch(token: &TokenHash, idle: i64, now: Millis) -> Statement {
    let strict =
        "(SELECT t.policy FROM customer_users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = customer_user_sessions.user_id) = 'strict'";
    Statement::new(
        format!(
            "UPDATE customer_user_sessions SET last_used_at = ?2, \
             expires_at = CASE WHEN {strict} AND (expires_at <= ?2 + ?5 OR expires_at > ?2 + ?4) THEN ?2 + ?4 ELSE expires_at END \
             WHERE token_hash = ?1 AND deleted_at IS NULL AND expires_at > ?2 AND last_used_at > ?2 - ?3 \
             AND (last_used_at > ?2 - ?4 OR {strict} IS NOT 1) RETURNING expires_at, ?2 + ?3 AS idle_at"
        ),
        args![token.as_str(), now, idle, STRICT_LIFE, LAST_QUARTER],
    )
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct SessionRow {
    pub id: Id<Session>,
    #[serde(skip_serializing)]
    pub token_hash: String,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub last_used_at: Option<Millis>,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// Live sessions of a user, newest first.
pub fn live(realm: Realm, user: Id<User>, idle: i64, now: Millis) -> Query {
    Query::new(
        realm.sql(
            "SELECT id, token_hash, ip_address, user_agent, last_used_at, created_at, expires_at FROM {realm}_user_sessions \
             WHERE user_id = ?1 AND deleted_at IS NULL AND expires_at > ?2 AND last_used_at > ?2 - ?3 ORDER BY created_at DESC, id DESC LIMIT 100",
        ),
        args![user, now, idle],
    )
}

/// Whose a live session is, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OwnerRow {
    pub session_id: Id<Session>,
    pub user_id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Option<Id<Organization>>,
}

/// A customer's place is the account's; a session of staff is active in a place of its own.
const fn owners(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => {
            "SELECT s.id AS session_id, s.user_id, u.tenant_id, u.organization_id FROM customer_user_sessions s \
             JOIN customer_users u ON u.id = s.user_id WHERE s.deleted_at IS NULL"
        }
        Realm::Staff => "SELECT s.id AS session_id, s.user_id, s.tenant_id, s.organization_id FROM staff_user_sessions s WHERE s.deleted_at IS NULL",
    }
}

pub fn owner_by_token(realm: Realm, token: &TokenHash) -> Query {
    Query::new(format!("{} AND s.token_hash = ?1", owners(realm)), args![token.as_str()])
}

pub fn owner(realm: Realm, session: Id<Session>, user: Id<User>) -> Query {
    Query::new(format!("{} AND s.id = ?1 AND s.user_id = ?2", owners(realm)), args![session, user])
}
