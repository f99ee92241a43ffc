//! Roles and what they grant.

use crate::{
    args,
    domain::{
        id::{Id, Organization, Record, Role, Tenant},
        time::Millis,
    },
    ports::Statement,
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
