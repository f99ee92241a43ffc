//! Roles of staff and who holds them where.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Record, Role, Tenant, User},
        membership::Seat,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// A role as a pack or an administrator makes it.
pub struct NewStaffRole<'a> {
    pub id: Id<Role>,
    /// `None`: a role of the platform.
    pub tenant: Option<Id<Tenant>>,
    pub slug: &'a str,
    pub name: &'a str,
    pub priority: i64,
    pub is_system: bool,
}

/// The role and its ACL row, which always go together.
pub fn insert(role: &NewStaffRole, acl: Id<Record>, features: &[String], is_super_admin: bool, now: Millis) -> [Statement; 2] {
    [
        Statement::new(
            "INSERT INTO staff_roles (id, tenant_id, slug, name, priority, is_system, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            args![role.id, role.tenant, role.slug, role.name, role.priority, role.is_system, now],
        ),
        Statement::new(
            "INSERT INTO staff_role_acls (id, role_id, features_json, is_super_admin, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            args![acl, role.id, serde_json::json!(features).to_string(), is_super_admin, now],
        ),
    ]
}

/// Makes somebody a member: of the whole tenant, or of one organization in it.
pub fn join(id: Id<Record>, user: Id<User>, seat: Seat, role: Id<Role>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        args![id, user, seat.tenant, seat.organization, role, now],
    )
}

/// A role by its slug.
#[derive(Clone, Debug, Deserialize)]
pub struct SlugRow {
    pub id: Id<Role>,
    pub slug: String,
}

/// The platform's roles.
pub fn of_platform() -> Query {
    Query::new("SELECT id, slug FROM staff_roles WHERE tenant_id IS NULL AND deleted_at IS NULL", args![])
}

/// The platform's roles, and those of the tenant an organization's slug belongs to.
pub fn around(organization_slug: &str) -> Query {
    Query::new(
        "SELECT id, slug FROM staff_roles WHERE tenant_id IS NULL AND deleted_at IS NULL UNION ALL \
         SELECT id, slug FROM staff_roles WHERE tenant_id = (SELECT o.tenant_id FROM organizations o WHERE o.slug = ?1) AND deleted_at IS NULL",
        args![organization_slug],
    )
}
