//! Origin apps, their hosts and their credentials.

use serde::Deserialize;
use serde_json::json;

use super::listing::Page;
use crate::{
    actor::flag,
    args,
    domain::{
        app,
        id::{App, Id, Record, Tenant},
        secret::TokenHash,
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// Live credentials an app may have: the one in use, and the one it changes over to.
pub const CREDENTIALS: i64 = 2;

#[derive(Clone, Debug, Deserialize)]
pub struct AppRow {
    pub id: Id<App>,
    pub tenant_id: Option<Id<Tenant>>,
    pub name: String,
    pub audience: String,
    features_json: String,
    #[serde(deserialize_with = "flag")]
    pub customers: bool,
    #[serde(deserialize_with = "flag")]
    pub staff: bool,
    #[serde(deserialize_with = "flag")]
    pub admin_claims: bool,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub created_at: Millis,
    pub updated_at: Option<Millis>,
    hosts: String,
}

impl AppRow {
    pub fn features(&self) -> Vec<String> {
        serde_json::from_str(&self.features_json).unwrap_or_default()
    }

    pub fn hosts(&self) -> Vec<String> {
        serde_json::from_str(&self.hosts).unwrap_or_default()
    }

    /// What tokens are minted by.
    pub fn app(&self) -> Result<app::App, StoreError> {
        let features = serde_json::from_str(&self.features_json).map_err(|e| StoreError::Broken(format!("an app's features do not parse: {e}")))?;
        Ok(app::App {
            id: self.id,
            tenant: self.tenant_id,
            audience: self.audience.clone(),
            features,
            customers: self.customers,
            staff: self.staff,
            admin_claims: self.admin_claims,
        })
    }
}

pub(super) const APP: &str = "SELECT a.id, a.tenant_id, a.name, a.audience, a.features_json, a.customers, a.staff, a.admin_claims, a.is_active, a.created_at, \
     a.updated_at, (SELECT json_group_array(host) FROM (SELECT host FROM app_hosts WHERE app_id = a.id ORDER BY host)) AS hosts FROM apps a";

/// The app that tokens of an audience are for, if it is in use.
pub fn by_audience(audience: &str) -> Query {
    Query::new(format!("{APP} WHERE a.audience = ?1 AND a.deleted_at IS NULL AND a.is_active = 1"), args![audience])
}

/// The app a host belongs to, if it is in use. `host[:port]` in lower case, as it was registered.
pub fn by_host(host: &str) -> Query {
    Query::new(format!("{APP} WHERE a.id = (SELECT app_id FROM app_hosts WHERE host = ?1) AND a.deleted_at IS NULL AND a.is_active = 1"), args![host])
}

/// Whose apps somebody administers: a tenant's; or the platform's, which belong to no tenant.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    pub tenant: Id<Tenant>,
    /// Administers the platform's apps as well.
    pub platform: bool,
}

/// `?1` tenant, `?2` whether the platform's apps are in reach.
const IN_REACH: &str = "(a.tenant_id = ?1 OR (a.tenant_id IS NULL AND ?2 = 1)) AND a.deleted_at IS NULL";

pub fn one(owner: Owner, id: Id<App>) -> Query {
    Query::new(format!("{APP} WHERE a.id = ?3 AND {IN_REACH}"), args![owner.tenant, owner.platform, id])
}

/// One page of a tenant's apps (`None`: of the platform's), oldest first, and how many there are.
pub fn list(of: Option<Id<Tenant>>, page: Page) -> [Query; 2] {
    [
        Query::new(
            format!("{APP} WHERE a.tenant_id IS ?1 AND a.deleted_at IS NULL ORDER BY a.created_at, a.id LIMIT ?2 OFFSET ?3"),
            args![of, i64::from(page.size), page.offset()],
        ),
        Query::new("SELECT count(*) AS n FROM (SELECT 1 FROM apps a WHERE a.tenant_id IS ?1 AND a.deleted_at IS NULL LIMIT 10000)", args![of]),
    ]
}

/// What an administrator decides about an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub name: String,
    pub features: Vec<String>,
    pub hosts: Vec<String>,
    pub customers: bool,
    pub staff: bool,
    pub admin_claims: bool,
    pub is_active: bool,
}

impl AppRow {
    /// The row that [`insert`] makes.
    pub fn fresh(id: Id<App>, tenant: Option<Id<Tenant>>, audience: &str, terms: &Terms, now: Millis) -> Self {
        Self {
            id,
            tenant_id: tenant,
            name: terms.name.clone(),
            audience: audience.to_owned(),
            features_json: json!(terms.features).to_string(),
            customers: terms.customers,
            staff: terms.staff,
            admin_claims: terms.admin_claims,
            is_active: terms.is_active,
            created_at: now,
            updated_at: None,
            hosts: json!(terms.hosts).to_string(),
        }
    }

    pub fn terms(&self) -> Terms {
        Terms {
            name: self.name.clone(),
            features: self.features(),
            hosts: self.hosts(),
            customers: self.customers,
            staff: self.staff,
            admin_claims: self.admin_claims,
            is_active: self.is_active,
        }
    }
}

pub fn insert(id: Id<App>, tenant: Option<Id<Tenant>>, audience: &str, terms: &Terms, now: Millis) -> Vec<Statement> {
    let features = json!(terms.features).to_string();
    let app = Statement::new(
        "INSERT INTO apps (id, tenant_id, name, audience, features_json, customers, staff, admin_claims, is_active, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        args![id, tenant, terms.name.as_str(), audience, features, terms.customers, terms.staff, terms.admin_claims, terms.is_active, now],
    );
    vec![app, free_hosts(tenant, &terms.hosts), insert_hosts(id, &terms.hosts)]
}

/// Changes the version that was read and no other.
pub fn update(row: &AppRow, terms: &Terms, version: Millis) -> Vec<Statement> {
    let features = json!(terms.features).to_string();
    let app = Statement::new(
        "UPDATE apps SET name = ?4, features_json = ?5, customers = ?6, staff = ?7, admin_claims = ?8, is_active = ?9, updated_at = ?3 \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![row.id, row.updated_at, version, terms.name.as_str(), features, terms.customers, terms.staff, terms.admin_claims, terms.is_active],
    );
    vec![app, super::changed_one(), forget_hosts(row.id), free_hosts(row.tenant_id, &terms.hosts), insert_hosts(row.id, &terms.hosts)]
}

pub fn delete(row: &AppRow, version: Millis, now: Millis) -> Vec<Statement> {
    let app = Statement::new(
        "UPDATE apps SET deleted_at = ?4, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![row.id, row.updated_at, version, now],
    );
    let credentials = Statement::new("UPDATE app_credentials SET revoked_at = ?2 WHERE app_id = ?1 AND revoked_at IS NULL", args![row.id, now]);
    vec![app, super::changed_one(), forget_hosts(row.id), credentials]
}

fn forget_hosts(app: Id<App>) -> Statement {
    Statement::new("DELETE FROM app_hosts WHERE app_id = ?1", args![app])
}

/// Aborts the batch when a host is a portal of another tenant's.
fn free_hosts(tenant: Option<Id<Tenant>>, hosts: &[String]) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, NOT EXISTS (SELECT 1 FROM json_each(?2) wanted JOIN domain_mappings d \
         ON d.hostname = wanted.value WHERE d.tenant_id IS NOT ?1)",
        args![tenant, json!(hosts).to_string()],
    )
}

fn insert_hosts(app: Id<App>, hosts: &[String]) -> Statement {
    Statement::new("INSERT INTO app_hosts (host, app_id) SELECT wanted.value, ?1 FROM json_each(?2) wanted", args![app, json!(hosts).to_string()])
}

#[derive(Clone, Debug, Deserialize)]
pub struct CredentialRow {
    pub id: Id<Record>,
    pub created_at: Millis,
}

/// Live credentials of an app, oldest first.
pub fn credentials(app: Id<App>) -> Query {
    Query::new("SELECT id, created_at FROM app_credentials WHERE app_id = ?1 AND revoked_at IS NULL ORDER BY created_at, id LIMIT 100", args![app])
}

/// One more credential for a live app that has fewer than [`CREDENTIALS`]; follow with [`super::changed_one`].
pub fn add_credential(id: Id<Record>, app: Id<App>, secret: &TokenHash, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO app_credentials (id, app_id, secret_hash, created_at) SELECT ?1, a.id, ?3, ?4 FROM apps a WHERE a.id = ?2 AND a.deleted_at IS NULL \
         AND (SELECT count(*) FROM app_credentials c WHERE c.app_id = a.id AND c.revoked_at IS NULL) < ?5",
        args![id, app, secret.as_str(), now, CREDENTIALS],
    )
}

/// Follow with [`super::changed_one`].
pub fn revoke_credential(id: Id<Record>, app: Id<App>, now: Millis) -> Statement {
    Statement::new("UPDATE app_credentials SET revoked_at = ?3 WHERE id = ?1 AND app_id = ?2 AND revoked_at IS NULL", args![id, app, now])
}

/// The app a credential proves, if both are in use.
pub fn proven_by(client: Id<App>, secret: &TokenHash) -> Query {
    Query::new(
        format!(
            "{APP} JOIN app_credentials c ON c.app_id = a.id WHERE c.secret_hash = ?2 AND c.revoked_at IS NULL AND a.id = ?1 \
             AND a.deleted_at IS NULL AND a.is_active = 1"
        ),
        args![client, secret.as_str()],
    )
}
