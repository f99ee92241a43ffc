//! Giving staff roles: the roles somebody means, and the place they are given in.

use serde::Deserialize;
use serde_json::json;

use super::{memberships::FEATURES, scope};
use crate::{
    actor::flag,
    args,
    domain::{
        authority::{RoleAt, Standing},
        id::{Id, Organization, Role, Tenant},
        role,
        scope::Scope,
    },
    ports::{Query, Statement},
};

/// A role with what it hands on.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleRow {
    pub id: Id<Role>,
    /// `None`: a role of the platform.
    pub tenant_id: Option<Id<Tenant>>,
    pub slug: String,
    pub name: String,
    pub priority: i64,
    #[serde(deserialize_with = "flag")]
    pub is_super_admin: bool,
    features_json: Option<String>,
    organizations_json: Option<String>,
}

impl RoleRow {
    /// By id, by name or by slug, in any case.
    pub fn is_called(&self, wanted: &str) -> bool {
        Id::parse(wanted) == Some(self.id) || self.name.eq_ignore_ascii_case(wanted) || self.slug.eq_ignore_ascii_case(wanted)
    }

    /// For the whole tenant, whatever organization a person is made in.
    pub fn is_tenant_wide(&self) -> bool {
        self.tenant_id.is_none() || self.priority >= role::WHOLE_TENANT
    }

    pub fn standing(&self) -> Standing {
        Standing { priority: self.priority, admin: self.is_super_admin }
    }

    /// Asks a rule of authority about the role.
    pub fn ask<T>(&self, rule: impl FnOnce(&RoleAt) -> T) -> T {
        let features: Vec<String> = self.features_json.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let organizations: Option<Vec<Id<Organization>>> = self.organizations_json.as_deref().and_then(|text| serde_json::from_str(text).ok());
        rule(&RoleAt { tenant: self.tenant_id, standing: self.standing(), features: &features, organizations: organizations.as_deref() })
    }
}

/// Live roles of a tenant and of the platform that are meant by any of these names or ids; the tenant's own first.
pub fn called(tenant: Id<Tenant>, wanted: &[String]) -> Query {
    let wanted: Vec<String> = wanted.iter().map(|name| name.to_lowercase()).collect();
    let of = |tenant: &str| {
        format!(
            "SELECT r.id, r.tenant_id, r.slug, r.name, r.priority, COALESCE(ra.is_super_admin, 0) AS is_super_admin, {FEATURES} AS features_json, \
             ra.organizations_json, r.created_at FROM staff_roles r LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL \
             WHERE r.tenant_id {tenant} AND r.deleted_at IS NULL AND EXISTS (SELECT 1 FROM json_each(?2) w WHERE w.value IN (r.id, lower(r.name), lower(r.slug)))"
        )
    };
    Query::new(
        format!("SELECT * FROM ({} UNION ALL {}) ORDER BY tenant_id IS NULL, created_at, id LIMIT 200", of("= ?1"), of("IS NULL")),
        args![tenant, json!(wanted).to_string()],
    )
}

/// Aborts the batch unless all these roles are still there.
pub fn all_live(roles: &[Id<Role>]) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, (SELECT count(*) FROM staff_roles WHERE id IN (SELECT value FROM json_each(?1)) \
         AND deleted_at IS NULL) = json_array_length(?1)",
        args![json!(roles).to_string()],
    )
}

/// An organization somebody is made in, or moved to.
#[derive(Clone, Debug, Deserialize)]
pub struct PlaceRow {
    pub id: Id<Organization>,
    pub tenant_id: Id<Tenant>,
    pub name: String,
    pub tenant_policy: String,
}

/// The organization, where the scope holds it.
pub fn place(id: Id<Organization>, scope: &Scope) -> Query {
    let inside = scope::place(scope, "o.tenant_id", "o.id", 2);
    Query::new(
        format!(
            "SELECT o.id, o.tenant_id, o.name, t.policy AS tenant_policy FROM organizations o JOIN tenants t ON t.id = o.tenant_id AND t.deleted_at IS NULL \
             WHERE o.id = ?1 AND o.deleted_at IS NULL AND {}",
            inside.sql
        ),
        [args![id], inside.args].concat(),
    )
}

/// Aborts the batch unless the organization is still there.
pub fn place_stands(id: Id<Organization>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM organizations WHERE id = ?1 AND deleted_at IS NULL)",
        args![id],
    )
}
