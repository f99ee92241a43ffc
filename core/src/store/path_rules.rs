//! Path rules of apps: the document in force, and every one before it.

use serde::Deserialize;

use super::sessions;
use crate::{
    actor::HeldRole,
    args,
    domain::{
        feature::Grants,
        id::{App, Id, Tenant, User},
        path_rule::Rules,
        realm::Realm,
        rule_document,
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

#[derive(Clone, Debug, Deserialize)]
pub struct RulesRow {
    pub version: i64,
    realm: String,
    /// The organization whose portal people sign in at.
    pub login_slug: Option<String>,
    rules_json: String,
    pub created_at: Millis,
    pub created_by: Option<Id<User>>,
}

impl RulesRow {
    pub fn realm(&self) -> Realm {
        if self.realm == Realm::Staff.name() { Realm::Staff } else { Realm::Customer }
    }

    pub fn list(&self) -> Vec<serde_json::Value> {
        serde_json::from_str(&self.rules_json).unwrap_or_default()
    }

    /// What decides. A document that cannot be read decides nothing.
    pub fn rules(&self) -> Result<Rules, StoreError> {
        let broken = |why: String| StoreError::Broken(format!("an app's rules do not parse: {why}"));
        let list: Vec<serde_json::Value> = serde_json::from_str(&self.rules_json).map_err(|e| broken(e.to_string()))?;
        rule_document::parse(self.realm(), &list).map_err(|(field, why)| broken(format!("{field}: {why}")))
    }
}

const RULES: &str = "SELECT r.version, r.realm, r.login_slug, r.rules_json, r.created_at, r.created_by FROM app_rules r";

/// The newest version, which is in force.
pub fn current(app: Id<App>) -> Query {
    Query::new(format!("{RULES} WHERE r.app_id = ?1 ORDER BY r.version DESC LIMIT 1"), args![app])
}

/// The same for the app of a host.
pub fn of_host(host: &str) -> Query {
    Query::new(format!("{RULES} WHERE r.app_id = (SELECT app_id FROM app_hosts WHERE host = ?1) ORDER BY r.version DESC LIMIT 1"), args![host])
}

/// Versions below one, newest first.
pub fn history(app: Id<App>, below: i64, limit: i64) -> Query {
    Query::new(format!("{RULES} WHERE r.app_id = ?1 AND r.version < ?2 ORDER BY r.version DESC LIMIT ?3"), args![app, below, limit])
}

/// A document as it is to be stored.
pub struct NewRules<'a> {
    pub app: Id<App>,
    /// The version it replaces; 0 for the first.
    pub replaces: i64,
    pub realm: Realm,
    pub login_slug: Option<&'a str>,
    pub rules_json: String,
    pub by: Id<User>,
}

/// The next version, if the one it replaces is still the newest and the portal it names is one the app may send people to;
/// follow with [`super::changed_one`].
pub fn append(new: &NewRules, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO app_rules (app_id, version, realm, login_slug, rules_json, created_at, created_by) \
         SELECT a.id, ?2 + 1, ?3, ?4, ?5, ?6, ?7 FROM apps a WHERE a.id = ?1 AND a.deleted_at IS NULL \
         AND COALESCE((SELECT max(r.version) FROM app_rules r WHERE r.app_id = ?1), 0) = ?2",
        args![new.app, new.replaces, new.realm.name(), new.login_slug.map(str::to_owned), new.rules_json.clone(), now, new.by],
    )
}

/// Whether an organization of that slug is one whose people the app is for.
pub fn login_place(app: Id<App>, slug: &str) -> Query {
    Query::new(
        "SELECT 1 AS n FROM organizations o JOIN apps a ON a.id = ?1 WHERE o.slug = ?2 AND o.deleted_at IS NULL \
         AND (a.tenant_id IS NULL OR a.tenant_id = o.tenant_id)",
        args![app, slug],
    )
}

/// Whether a host belongs to an app in use.
pub fn is_registered(host: &str) -> Query {
    Query::new(
        "SELECT 1 AS n FROM app_hosts h JOIN apps a ON a.id = h.app_id AND a.deleted_at IS NULL AND a.is_active = 1 WHERE h.host = ?1",
        args![host],
    )
}

/// What an account holds, and where it is.
#[derive(Clone, Debug, Deserialize)]
pub struct HoldingRow {
    pub tenant_id: Id<Tenant>,
    user_acl: Option<String>,
    roles: String,
}

impl HoldingRow {
    pub fn resolve(&self) -> Result<(Vec<HeldRole>, Grants), StoreError> {
        sessions::resolve_grants(self.user_acl.as_deref(), &self.roles)
    }
}

/// What a live, active customer account holds.
pub fn customer_holding(user: Id<User>) -> Query {
    let sql =
        format!("SELECT u.tenant_id, {} FROM {{realm}}_users u WHERE u.id = ?1 AND u.deleted_at IS NULL AND u.is_active = 1", sessions::HOLDING);
    Query::new(Realm::Customer.sql(&sql), args![user])
}
