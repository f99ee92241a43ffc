//! The people of one company, as its portal users see each other. Scope: company and tenant.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Entity, Id, Organization, Tenant, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct CompanyUserRow {
    id: Id<User>,
    email: String,
    display_name: String,
    email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    is_active: bool,
    last_login_at: Option<Millis>,
    created_at: Millis,
    roles: String,
}

impl CompanyUserRow {
    pub fn view(&self) -> Value {
        let roles: Value = serde_json::from_str(&self.roles).unwrap_or_default();
        json!({
            "id": self.id, "email": self.email, "displayName": self.display_name, "emailVerified": self.email_verified_at.is_some(),
            "isActive": self.is_active, "lastLoginAt": self.last_login_at, "createdAt": self.created_at, "roles": roles,
        })
    }
}

/// The live roles of a row `u`, as JSON.
pub const ROLES: &str = "(SELECT json_group_array(json_object('id', r.id, 'name', r.name, 'slug', r.slug)) FROM customer_user_roles ur \
     JOIN customer_roles r ON r.id = ur.role_id AND r.deleted_at IS NULL WHERE ur.user_id = u.id) AS roles";

const MATCHING: &str = "FROM customer_users u WHERE u.customer_entity_id = ?1 AND u.tenant_id = ?2 AND u.deleted_at IS NULL";

/// One page, newest first, and how many there are.
pub fn list(company: Id<Entity>, tenant: Id<Tenant>, page: u32, size: u32) -> [Query; 2] {
    let offset = i64::from(page - 1) * i64::from(size);
    [
        Query::new(
            format!(
                "SELECT u.id, u.email, u.display_name, u.email_verified_at, u.is_active, u.last_login_at, u.created_at, {ROLES} {MATCHING} \
                 ORDER BY u.created_at DESC, u.id DESC LIMIT ?3 OFFSET ?4"
            ),
            args![company, tenant, i64::from(size), offset],
        ),
        Query::new(format!("SELECT count(*) AS n {MATCHING}"), args![company, tenant]),
    ]
}

/// A colleague somebody wants to change.
#[derive(Clone, Debug, Deserialize)]
pub struct ColleagueRow {
    pub id: Id<User>,
    pub email: String,
    pub organization_id: Id<Organization>,
    pub roles: String,
    /// Holds the portal-admin flag, by a role or an ACL of its own.
    #[serde(deserialize_with = "flag")]
    pub is_portal_admin: bool,
}

const PORTAL_ADMIN: &str = "(EXISTS (SELECT 1 FROM customer_user_acls a WHERE a.user_id = u.id AND a.tenant_id = u.tenant_id AND a.deleted_at IS NULL \
     AND a.is_portal_admin = 1) OR EXISTS (SELECT 1 FROM customer_user_roles ur JOIN customer_roles r ON r.id = ur.role_id AND r.deleted_at IS NULL \
     JOIN customer_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL WHERE ur.user_id = u.id AND ra.is_portal_admin = 1)) AS is_portal_admin";

pub fn colleague(id: Id<User>, company: Id<Entity>, tenant: Id<Tenant>) -> Query {
    Query::new(format!("SELECT u.id, u.email, u.organization_id, {ROLES}, {PORTAL_ADMIN} {MATCHING} AND u.id = ?3"), args![company, tenant, id])
}

/// Soft-deletes a user; follow with [`super::changed_one`].
pub fn delete(id: Id<User>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_users SET deleted_at = ?3, is_active = 0, updated_at = ?3, credential_epoch = credential_epoch + 1 \
         WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL",
        args![id, tenant, now],
    )
}
