//! Tenants and organizations as sign-in and look-ups need them.

use serde::{Deserialize, Serialize};

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Tenant},
        secret::TokenHash,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// What a look-up may copy to KV: nothing that changes what a session may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrganizationCard {
    pub id: Id<Organization>,
    pub tenant_id: Id<Tenant>,
    pub name: String,
    pub slug: String,
    #[serde(default)]
    pub logo_url: Option<String>,
    #[serde(default)]
    pub accent: Option<String>,
}

const LIVE: &str = "SELECT o.id, o.tenant_id, o.name, o.slug, o.logo_url, o.accent FROM organizations o JOIN tenants t ON t.id = o.tenant_id \
     WHERE o.deleted_at IS NULL AND t.deleted_at IS NULL";

/// Suspended ones included: who signs in there is told so, once the request has been placed.
pub fn organization(id: Id<Organization>) -> Query {
    Query::new(format!("{LIVE} AND o.id = ?1"), args![id])
}

/// Live and not suspended, tenant and all.
pub fn organization_by_slug(slug: &str) -> Query {
    Query::new(format!("{LIVE} AND o.is_active = 1 AND t.is_active = 1 AND o.slug = ?1"), args![slug])
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TenantCard {
    pub id: Id<Tenant>,
    pub name: String,
}

pub fn tenant(id: Id<Tenant>) -> Query {
    Query::new("SELECT id, name FROM tenants WHERE id = ?1 AND deleted_at IS NULL AND is_active = 1", args![id])
}

/// A tenant host of its own, verified and active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostCard {
    pub tenant_id: Id<Tenant>,
    pub organization_id: Id<Organization>,
}

pub fn host(hostname: &str) -> Query {
    Query::new("SELECT tenant_id, organization_id FROM domain_mappings WHERE hostname = ?1 AND status = 'active'", args![hostname])
}

/// Whether a place takes people in, read together with the user.
#[derive(Clone, Debug, Deserialize)]
pub struct Standing {
    pub tenant_id: Id<Tenant>,
    pub tenant_policy: String,
    #[serde(deserialize_with = "flag")]
    pub tenant_active: bool,
    pub organization_id: Option<Id<Organization>>,
    pub organization_name: Option<String>,
    pub organization_slug: Option<String>,
    /// NULL where no organization was named or it is none of the tenant's.
    pub organization_active: Option<i64>,
    pub default_role_id: Option<Id<crate::domain::id::Role>>,
}

const STANDING: &str = "SELECT t.id AS tenant_id, t.policy AS tenant_policy, t.is_active AS tenant_active, o.id AS organization_id, o.name AS organization_name, \
     o.slug AS organization_slug, o.is_active AS organization_active, \
     (SELECT r.id FROM customer_roles r WHERE r.tenant_id = t.id AND r.organization_id = o.id AND r.is_default = 1 AND r.deleted_at IS NULL \
      ORDER BY r.created_at LIMIT 1) AS default_role_id FROM tenants t ";

/// The state of a tenant and, where named, of one of its live organizations. No row: no such tenant.
pub fn standing(tenant: Id<Tenant>, organization: Option<Id<Organization>>) -> Query {
    let rest = "LEFT JOIN organizations o ON o.id = ?2 AND o.tenant_id = t.id AND o.deleted_at IS NULL WHERE t.id = ?1 AND t.deleted_at IS NULL";
    Query::new(format!("{STANDING}{rest}"), args![tenant, organization])
}

/// The state of the places of the account a mailed token names.
pub fn standing_by_link(token: &TokenHash) -> Query {
    let rest = "JOIN customer_users u ON u.tenant_id = t.id JOIN organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL \
         WHERE u.id = (SELECT v.user_id FROM customer_user_email_verifications v WHERE v.token = ?1) AND t.deleted_at IS NULL";
    Query::new(format!("{STANDING}{rest}"), args![token.as_str()])
}

/// Whether any tenant is strict, for a sign-in that names none.
pub fn any_strict() -> Query {
    Query::new("SELECT EXISTS (SELECT 1 FROM tenants WHERE policy = 'strict' AND deleted_at IS NULL) AS strict", args![])
}

/// The answer.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct AnyStrict {
    #[serde(deserialize_with = "flag")]
    pub strict: bool,
}

pub fn insert_tenant(id: Id<Tenant>, name: &str, now: Millis) -> Statement {
    Statement::new("INSERT INTO tenants (id, name, created_at) VALUES (?1, ?2, ?3)", args![id, name, now])
}

pub fn insert_organization(id: Id<Organization>, tenant: Id<Tenant>, name: &str, slug: &str, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        args![id, tenant, name, slug, now],
    )
}
