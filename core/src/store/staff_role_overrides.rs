//! What an organization adds to a role and takes from it, for itself.

use serde::Deserialize;
use serde_json::json;

use super::staff_role_admin::StaffRoleRow;
use crate::{
    args,
    domain::{
        authority::Access,
        id::{Id, Organization, Role, Tenant},
        time::Millis,
    },
    ports::{Query, Statement},
};

/// A live organization, and what it has changed about a role, if anything.
#[derive(Clone, Debug, Deserialize)]
pub struct OverrideRow {
    pub organization: Id<Organization>,
    pub tenant_id: Id<Tenant>,
    added_json: Option<String>,
    removed_json: Option<String>,
    /// The version; NULL where nothing is changed.
    pub updated_at: Option<Millis>,
}

impl OverrideRow {
    /// As an ACL: what is added is granted, what is taken away is denied.
    pub fn access(&self) -> Access {
        let list = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Access { features: list(&self.added_json), denied: list(&self.removed_json), ..Access::default() }
    }
}

pub fn one(role: Id<Role>, organization: Id<Organization>) -> Query {
    Query::new(
        "SELECT o.id AS organization, o.tenant_id, ro.added_json, ro.removed_json, ro.updated_at FROM organizations o \
         LEFT JOIN staff_role_overrides ro ON ro.organization_id = o.id AND ro.role_id = ?1 WHERE o.id = ?2 AND o.deleted_at IS NULL",
        args![role, organization],
    )
}

/// Replaces the version that was read, of the role that was read, or makes the first one; follow with
/// [`super::changed_one`].
pub fn set(role: &StaffRoleRow, row: &OverrideRow, access: &Access, version: Millis) -> Statement {
    let (added, removed) = (json!(access.features).to_string(), json!(access.denied).to_string());
    let sql = match row.updated_at {
        Some(_) => {
            "UPDATE staff_role_overrides SET added_json = ?5, removed_json = ?6, updated_at = ?7 WHERE role_id = ?1 AND organization_id = ?3 AND updated_at = ?4 \
             AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.id = ?1 AND r.deleted_at IS NULL AND r.updated_at IS ?2)"
        }
        None => {
            "INSERT INTO staff_role_overrides (role_id, organization_id, added_json, removed_json, updated_at) SELECT r.id, o.id, ?5, ?6, ?7 \
             FROM staff_roles r JOIN organizations o ON o.id = ?3 AND o.deleted_at IS NULL \
             WHERE r.id = ?1 AND r.deleted_at IS NULL AND r.updated_at IS ?2 AND ?4 IS NULL"
        }
    };
    Statement::new(sql, args![role.id, role.updated_at, row.organization, row.updated_at, added, removed, version])
}

/// Takes back the version that was read; follow with [`super::changed_one`].
pub fn delete(role: Id<Role>, row: &OverrideRow) -> Statement {
    Statement::new(
        "DELETE FROM staff_role_overrides WHERE role_id = ?1 AND organization_id = ?2 AND updated_at IS ?3",
        args![role, row.organization, row.updated_at],
    )
}

/// What goes with a role.
pub fn delete_all(role: Id<Role>) -> Statement {
    Statement::new("DELETE FROM staff_role_overrides WHERE role_id = ?1", args![role])
}
