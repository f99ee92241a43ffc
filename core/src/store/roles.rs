//! Roles and what they grant.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Record, Role, Tenant, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

/// A role as a pack or an administrator makes it.
pub struct NewRole<'a> {
    pub id: Id<Role>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    pub is_default: bool,
    pub is_system: bool,
    pub customer_assignable: bool,
}

/// The role and its ACL row, which always go together.
pub fn insert(role: &NewRole, acl: Id<Record>, features: &[String], is_portal_admin: bool, now: Millis) -> [Statement; 2] {
    [
        Statement::new(
            "INSERT INTO customer_roles (id, tenant_id, organization_id, name, slug, description, is_default, is_system, customer_assignable, created_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            args![
                role.id,
                role.tenant,
                role.organization,
                role.name,
                role.slug,
                role.description,
                role.is_default,
                role.is_system,
                role.customer_assignable,
                now
            ],
        ),
        Statement::new(
            "INSERT INTO customer_role_acls (id, role_id, tenant_id, features_json, is_portal_admin, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            args![acl, role.id, role.tenant, serde_json::json!(features).to_string(), is_portal_admin, now],
        ),
    ]
}

/// A role as those who hand roles out see it.
#[derive(Clone, Debug, Deserialize)]
pub struct GrantableRow {
    pub id: Id<Role>,
    pub name: String,
    pub slug: String,
    #[serde(deserialize_with = "flag")]
    pub customer_assignable: bool,
    features_json: String,
    #[serde(deserialize_with = "flag")]
    pub is_portal_admin: bool,
}

impl GrantableRow {
    pub fn features(&self) -> Vec<String> {
        serde_json::from_str(&self.features_json).unwrap_or_default()
    }
}

/// Those of the named roles that live in a tenant and organization.
pub fn grantable(tenant: Id<Tenant>, organization: Id<Organization>, ids: &[Id<Role>]) -> Query {
    Query::new(
        "SELECT r.id, r.name, r.slug, r.customer_assignable, COALESCE(ra.features_json, '[]') AS features_json, COALESCE(ra.is_portal_admin, 0) AS is_portal_admin \
         FROM json_each(?3) wanted JOIN customer_roles r ON r.id = wanted.value \
         LEFT JOIN customer_role_acls ra ON ra.role_id = r.id AND ra.tenant_id = r.tenant_id AND ra.deleted_at IS NULL \
         WHERE r.tenant_id = ?1 AND r.organization_id = ?2 AND r.deleted_at IS NULL",
        args![tenant, organization, serde_json::json!(ids).to_string()],
    )
}

/// Those that portal users of an organization may be able to hand out: each caller's own grants decide further.
pub fn assignable(tenant: Id<Tenant>, organization: Id<Organization>) -> Query {
    Query::new(
        "SELECT r.id, r.name, r.slug, r.customer_assignable, COALESCE(ra.features_json, '[]') AS features_json, COALESCE(ra.is_portal_admin, 0) AS is_portal_admin \
         FROM customer_roles r LEFT JOIN customer_role_acls ra ON ra.role_id = r.id AND ra.tenant_id = r.tenant_id AND ra.deleted_at IS NULL \
         WHERE r.tenant_id = ?1 AND r.organization_id = ?2 AND r.deleted_at IS NULL AND r.customer_assignable = 1 ORDER BY r.name, r.id LIMIT 200",
        args![tenant, organization],
    )
}

/// Replaces the roles a user holds.
pub fn replace(user: Id<User>, roles: &[Id<Role>], now: Millis) -> [Statement; 2] {
    [
        Statement::new("DELETE FROM customer_user_roles WHERE user_id = ?1", args![user]),
        Statement::new(
            "INSERT INTO customer_user_roles (user_id, role_id, created_at) SELECT ?1, value, ?3 FROM json_each(?2)",
            args![user, serde_json::json!(roles).to_string(), now],
        ),
    ]
}
