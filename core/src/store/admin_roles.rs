//! Roles as administrators see and change them. Scope: tenant and organization, in every statement.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{admin_users::Scope, listing::Page};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Record, Role},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct RoleRow {
    pub id: Id<Role>,
    pub name: String,
    pub slug: String,
    pub description: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub is_default: bool,
    #[serde(deserialize_with = "flag")]
    pub is_system: bool,
    #[serde(deserialize_with = "flag")]
    pub customer_assignable: bool,
    pub created_at: Millis,
    /// The version, of the role and of its ACL; NULL until somebody changes either.
    pub updated_at: Option<Millis>,
    pub features_json: String,
    #[serde(deserialize_with = "flag")]
    pub is_portal_admin: bool,
}

impl RoleRow {
    pub fn features(&self) -> Vec<String> {
        serde_json::from_str(&self.features_json).unwrap_or_default()
    }

    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "slug": self.slug, "description": self.description, "isDefault": self.is_default,
            "isSystem": self.is_system, "customerAssignable": self.customer_assignable, "createdAt": self.created_at, "updatedAt": self.updated_at,
        })
    }
}

const ROLE: &str = "SELECT r.id, r.name, r.slug, r.description, r.is_default, r.is_system, r.customer_assignable, r.created_at, r.updated_at, \
     COALESCE(a.features_json, '[]') AS features_json, COALESCE(a.is_portal_admin, 0) AS is_portal_admin FROM customer_roles r \
     LEFT JOIN customer_role_acls a ON a.role_id = r.id AND a.tenant_id = r.tenant_id AND a.deleted_at IS NULL";
const HERE: &str = "r.tenant_id = ?1 AND r.organization_id = ?2 AND r.deleted_at IS NULL";

/// One page, oldest first, and how many there are. The text is compared without LIKE, whose signs it may contain.
pub fn list(scope: Scope, search: &str, page: Page) -> [Query; 2] {
    let matching = format!("{HERE} AND (?3 = '' OR instr(lower(r.name), ?3) > 0 OR instr(r.slug, ?3) > 0)");
    let search = search.to_ascii_lowercase();
    [
        Query::new(
            format!("{ROLE} WHERE {matching} ORDER BY r.created_at, r.id LIMIT ?4 OFFSET ?5"),
            args![scope.tenant, scope.organization, search.clone(), i64::from(page.size), page.offset()],
        ),
        Query::new(format!("SELECT count(*) AS n FROM customer_roles r WHERE {matching}"), args![scope.tenant, scope.organization, search]),
    ]
}

pub fn one(scope: Scope, id: Id<Role>) -> Query {
    Query::new(format!("{ROLE} WHERE {HERE} AND r.id = ?3"), args![scope.tenant, scope.organization, id])
}

const ASSIGNED: &str = "FROM customer_user_roles ur JOIN customer_users u ON u.id = ur.user_id AND u.deleted_at IS NULL WHERE ur.role_id = ?1";

/// Live accounts that hold a role, counted to ten thousand.
pub fn assigned(id: Id<Role>) -> Query {
    Query::new(format!("SELECT count(*) AS n FROM (SELECT 1 {ASSIGNED} LIMIT 10000)"), args![id])
}

/// Aborts the batch unless all of some roles are live ones of a place.
pub fn all_live(scope: Scope, ids: &[Id<Role>]) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, NOT EXISTS (SELECT 1 FROM json_each(?3) wanted WHERE NOT EXISTS \
         (SELECT 1 FROM customer_roles r WHERE r.id = wanted.value AND r.tenant_id = ?1 AND r.organization_id = ?2 AND r.deleted_at IS NULL))",
        args![scope.tenant, scope.organization, json!(ids).to_string()],
    )
}

/// What changes; `None` leaves a column as it is.
#[derive(Clone, Debug, Default)]
pub struct Patch<'a> {
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
    pub is_default: Option<bool>,
    pub customer_assignable: Option<bool>,
}

/// Changes the version that was read and no other; follow with [`super::changed_one`].
pub fn update(scope: Scope, role: &RoleRow, patch: &Patch, version: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_roles SET name = COALESCE(?6, name), description = COALESCE(?7, description), is_default = COALESCE(?8, is_default), \
         customer_assignable = COALESCE(?9, customer_assignable), updated_at = ?5 \
         WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 AND deleted_at IS NULL AND updated_at IS ?4",
        args![
            role.id,
            scope.tenant,
            scope.organization,
            role.updated_at,
            version,
            patch.name,
            patch.description,
            patch.is_default,
            patch.customer_assignable
        ],
    )
}

/// Replaces what a role grants. Without `is_portal_admin` the flag stays.
pub fn set_acl(id: Id<Record>, scope: Scope, role: Id<Role>, features: &[String], is_portal_admin: Option<bool>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_role_acls (id, role_id, tenant_id, features_json, is_portal_admin, created_at) VALUES (?1, ?2, ?3, ?4, COALESCE(?5, 0), ?6) \
         ON CONFLICT (role_id, tenant_id) WHERE deleted_at IS NULL DO UPDATE SET features_json = ?4, is_portal_admin = COALESCE(?5, is_portal_admin), updated_at = ?6",
        args![id, role, scope.tenant, json!(features).to_string(), is_portal_admin, now],
    )
}

/// Soft-deletes the version that was read, unless somebody holds the role by now; follow with [`super::changed_one`].
pub fn delete(scope: Scope, role: &RoleRow, version: Millis, now: Millis) -> Statement {
    Statement::new(
        format!(
            "UPDATE customer_roles SET deleted_at = ?6, updated_at = ?5 WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 \
             AND deleted_at IS NULL AND updated_at IS ?4 AND NOT EXISTS (SELECT 1 {ASSIGNED})"
        ),
        args![role.id, scope.tenant, scope.organization, role.updated_at, version, now],
    )
}

/// What goes with a role: its ACL, and the links of accounts that are gone already.
pub fn delete_rest(scope: Scope, role: Id<Role>, now: Millis) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE customer_role_acls SET deleted_at = ?3, updated_at = ?3 WHERE role_id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL",
            args![role, scope.tenant, now],
        ),
        Statement::new("DELETE FROM customer_user_roles WHERE role_id = ?1", args![role]),
    ]
}
