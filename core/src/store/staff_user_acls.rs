//! What one member of staff holds more, or less, than their roles.

use serde::Deserialize;
use serde_json::json;

use super::{
    scope,
    staff_sessions::{ACLS, MEMBERSHIPS, membership, parse},
};
use crate::{
    args,
    domain::{
        authority::{Access, Standing},
        id::{Id, Record, Tenant, User},
        scope::Scope,
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// A person, how high they stand anywhere, and their ACL in one tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct SubjectRow {
    pub id: Id<User>,
    /// The tenant the ACL counts in.
    pub tenant_id: Id<Tenant>,
    acl_id: Option<Id<Record>>,
    features_json: Option<String>,
    denied_json: Option<String>,
    is_super_admin: Option<i64>,
    organizations_json: Option<String>,
    /// The ACL's version.
    pub updated_at: Option<Millis>,
    memberships: String,
    acls: String,
}

impl SubjectRow {
    pub fn has_acl(&self) -> bool {
        self.acl_id.is_some()
    }

    /// The highest of everything the person holds, in whatever place.
    pub fn standing(&self) -> Result<Standing, StoreError> {
        let (memberships, acls) = parse(&self.memberships, &self.acls)?;
        let of_roles = memberships.iter().map(|held| Standing { priority: held.priority, admin: held.admin.unwrap_or(0) != 0 });
        let of_acls = acls.iter().map(|acl| Standing { priority: 0, admin: acl.admin != 0 });
        Ok(Standing::of(of_roles.chain(of_acls)))
    }

    /// Without an ACL: nothing more, nothing less, and no restriction.
    pub fn access(&self) -> Access {
        let list = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
        Access {
            admin: self.is_super_admin.unwrap_or(0) != 0,
            features: list(&self.features_json).unwrap_or_default(),
            denied: list(&self.denied_json).unwrap_or_default(),
            organizations: list(&self.organizations_json).map(|ids| ids.iter().filter_map(|id| Id::parse(id)).collect()),
        }
    }
}

/// A person within a scope. The ACL is that of the tenant the caller acts in, where the person has to do with it, and of
/// their home elsewhere; or of the tenant that is named.
pub fn subject(scope: &Scope, acting: Id<Tenant>, named: Option<Id<Tenant>>, user: Id<User>) -> Query {
    let visible = scope::staff(scope, "su", 4);
    Query::new(
        format!(
            "WITH subject AS MATERIALIZED (SELECT su.id, COALESCE(?3, CASE WHEN su.tenant_id = ?2 OR EXISTS (SELECT 1 FROM staff_memberships here \
             WHERE here.user_id = su.id AND here.tenant_id = ?2 AND here.deleted_at IS NULL) THEN ?2 ELSE su.tenant_id END) AS tenant_id \
             FROM staff_users su WHERE su.id = ?1 AND su.deleted_at IS NULL AND {}) \
             SELECT u.id, u.tenant_id, own.id AS acl_id, own.features_json, own.denied_json, own.is_super_admin, own.organizations_json, own.updated_at, \
             (SELECT json_group_array(json_object({})) {MEMBERSHIPS}) AS memberships, {ACLS} AS acls FROM subject u \
             LEFT JOIN staff_user_acls own ON own.user_id = u.id AND own.tenant_id = u.tenant_id AND own.deleted_at IS NULL",
            visible.sql,
            membership("NULL")
        ),
        [args![user, acting, named], visible.args].concat(),
    )
}

/// Replaces the ACL that was read, or makes the first one; follow with [`super::changed_one`].
pub fn set(row: &SubjectRow, id: Id<Record>, access: &Access, version: Millis) -> Statement {
    let organizations = access.organizations.as_ref().map(|list| json!(list).to_string());
    let (features, denied) = (json!(access.features).to_string(), json!(access.denied).to_string());
    if row.has_acl() {
        Statement::new(
            "UPDATE staff_user_acls SET features_json = ?4, denied_json = ?5, is_super_admin = ?6, organizations_json = ?7, updated_at = ?8 \
             WHERE user_id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL AND updated_at IS ?3",
            args![row.id, row.tenant_id, row.updated_at, features, denied, access.admin, organizations, version],
        )
    } else {
        Statement::new(
            "INSERT INTO staff_user_acls (id, user_id, tenant_id, features_json, denied_json, is_super_admin, organizations_json, created_at, updated_at) \
             SELECT ?1, u.id, ?3, ?4, ?5, ?6, ?7, ?8, ?8 FROM staff_users u JOIN tenants t ON t.id = ?3 AND t.deleted_at IS NULL \
             WHERE u.id = ?2 AND u.deleted_at IS NULL",
            args![id, row.id, row.tenant_id, features, denied, access.admin, organizations, version],
        )
    }
}

/// Takes the ACL that was read away; follow with [`super::changed_one`].
pub fn delete(row: &SubjectRow, now: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_user_acls SET deleted_at = ?4, updated_at = ?4 WHERE user_id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL AND updated_at IS ?3",
        args![row.id, row.tenant_id, row.updated_at, now],
    )
}
