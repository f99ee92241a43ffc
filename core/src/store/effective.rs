//! What a person holds, for the explanation of it: the same columns that the identity queries decide on.

use serde::Deserialize;

use super::{
    admin_users, scope,
    sessions::HOLDING,
    staff_sessions::{ACLS, MEMBERSHIPS, above, membership, parse},
};
use crate::{
    args,
    domain::{
        effective::{CustomerRole, Named},
        id::{Id, Organization, Partner, Role, Tenant, User},
        membership::{Location, Membership, OwnAcl, Seat},
        realm::Realm,
        scope::Scope,
    },
    ports::{Query, StoreError},
};

fn broken(error: serde_json::Error) -> StoreError {
    StoreError::Broken(format!("what somebody holds does not parse: {error}"))
}

#[derive(Clone, Debug, Deserialize)]
pub struct StaffRow {
    tenant_partner: Option<Id<Partner>>,
    above: String,
    memberships: String,
    acls: String,
}

impl StaffRow {
    pub fn held(&self, seat: Seat) -> Result<(Vec<Membership>, Vec<OwnAcl>, Location), StoreError> {
        let (memberships, acls) = parse(&self.memberships, &self.acls)?;
        let above = serde_json::from_str(&self.above).map_err(broken)?;
        Ok((memberships, acls, Location::new(seat, above, self.tenant_partner)))
    }
}

/// A member of staff of a scope, in a seat.
pub fn staff(scope: &Scope, seat: Seat, user: Id<User>) -> Query {
    let visible = scope::staff(scope, "u", 4);
    let (above, membership) = (above("?3"), membership("?3"));
    Query::new(
        format!(
            "SELECT t.partner_id AS tenant_partner, {above} AS above, (SELECT json_group_array(json_object({membership})) {MEMBERSHIPS}) AS memberships, \
             {ACLS} AS acls FROM staff_users u JOIN tenants t ON t.id = ?2 WHERE u.id = ?1 AND u.deleted_at IS NULL AND {}",
            visible.sql
        ),
        [args![user, seat.tenant, seat.organization], visible.args].concat(),
    )
}

#[derive(Deserialize)]
struct AclJson {
    features: Vec<String>,
    admin: i64,
}

#[derive(Deserialize)]
struct RoleJson {
    id: Id<Role>,
    name: String,
    slug: String,
    features: Option<Vec<String>>,
    admin: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct CustomerRow {
    user_acl: Option<String>,
    roles: String,
}

/// Grants and the flag of an account's own.
pub type OwnGrants = Option<(Vec<String>, bool)>;

impl CustomerRow {
    pub fn held(&self) -> Result<(OwnGrants, Vec<CustomerRole>), StoreError> {
        let own = self.user_acl.as_deref().map(serde_json::from_str::<AclJson>).transpose().map_err(broken)?;
        let roles: Vec<RoleJson> = serde_json::from_str(&self.roles).map_err(broken)?;
        let role = |role: RoleJson| CustomerRole {
            role: Named { id: role.id, slug: role.slug, name: role.name },
            features: role.features.unwrap_or_default(),
            admin: role.admin.unwrap_or(0) != 0,
        };
        Ok((own.map(|acl| (acl.features, acl.admin != 0)), roles.into_iter().map(role).collect()))
    }
}

/// A customer of an organization.
pub fn customer(scope: admin_users::Scope, user: Id<User>) -> Query {
    let sql =
        format!("SELECT {HOLDING} FROM {{realm}}_users u WHERE u.id = ?1 AND u.tenant_id = ?2 AND u.organization_id = ?3 AND u.deleted_at IS NULL");
    Query::new(Realm::Customer.sql(&sql), args![user, scope.tenant, scope.organization])
}

/// Whether an organization is a live one of a tenant.
pub fn is_in(tenant: Id<Tenant>, organization: Id<Organization>) -> Query {
    Query::new("SELECT count(*) AS n FROM organizations WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL", args![organization, tenant])
}
