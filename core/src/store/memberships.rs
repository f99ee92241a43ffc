//! Memberships as people look at them: who works where, as what, at which merchants.

use serde::Deserialize;
use serde_json::{Value, json};

use super::scope;
use crate::{
    actor::flag,
    args,
    domain::{
        authority::{Access, RoleAt, Standing},
        id::{Id, Merchant, Organization, Record, Role, Tenant, User},
        membership::Seat,
        scope::Scope,
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct MembershipRow {
    pub id: Id<Record>,
    pub user_id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub tenant_name: String,
    pub organization_id: Option<Id<Organization>>,
    pub organization_name: Option<String>,
    pub organization_slug: Option<String>,
    pub role_id: Id<Role>,
    pub role_name: String,
    pub role_slug: String,
    pub priority: i64,
    /// The role carries the super-admin flag.
    #[serde(deserialize_with = "flag")]
    pub admin: bool,
    /// Neither the tenant nor the organization is suspended.
    #[serde(deserialize_with = "flag")]
    pub is_open: bool,
    /// A JSON array.
    pub merchants: String,
    pub created_at: Millis,
}

impl MembershipRow {
    pub fn merchants(&self) -> Value {
        serde_json::from_str(&self.merchants).unwrap_or_default()
    }

    pub fn merchant_ids(&self) -> Vec<Id<Merchant>> {
        serde_json::from_str(&self.merchants).unwrap_or_default()
    }

    /// How high the membership stands.
    pub fn standing(&self) -> Standing {
        Standing { priority: self.priority, admin: self.admin }
    }

    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "tenantId": self.tenant_id, "tenantName": self.tenant_name, "organizationId": self.organization_id,
            "organizationName": self.organization_name, "organizationSlug": self.organization_slug,
            "role": {"id": self.role_id, "name": self.role_name, "slug": self.role_slug, "priority": self.priority},
            "merchantIds": self.merchants(), "createdAt": self.created_at,
        })
    }
}

/// Live memberships `m` that lead somewhere, with role `r` and place.
const ROWS: &str = "SELECT m.id, m.user_id, m.tenant_id, mt.name AS tenant_name, m.organization_id, mo.name AS organization_name, mo.slug AS organization_slug, \
     r.id AS role_id, r.name AS role_name, r.slug AS role_slug, r.priority, COALESCE(ra.is_super_admin, 0) AS admin, \
     (mt.is_active = 1 AND COALESCE(mo.is_active, 1) = 1) AS is_open, m.created_at, \
     (SELECT json_group_array(mm.merchant_id) FROM staff_membership_merchants mm WHERE mm.membership_id = m.id) AS merchants \
     FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id AND r.deleted_at IS NULL AND (r.tenant_id IS NULL OR r.tenant_id = m.tenant_id) \
     LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL \
     JOIN tenants mt ON mt.id = m.tenant_id AND mt.deleted_at IS NULL \
     LEFT JOIN organizations mo ON mo.id = m.organization_id AND mo.tenant_id = m.tenant_id AND mo.deleted_at IS NULL \
     WHERE m.deleted_at IS NULL AND (m.organization_id IS NULL OR mo.id IS NOT NULL)";

/// More than anybody works at; a bound, so that no row can grow an answer without end.
const MOST: u32 = 500;

pub fn of_person(user: Id<User>) -> Query {
    Query::new(format!("{ROWS} AND m.user_id = ?1 ORDER BY tenant_name, organization_name, r.priority DESC, m.id LIMIT {MOST}"), args![user])
}

/// Those of a person that lie at a place of the scope.
pub fn of_person_within(user: Id<User>, scope: &Scope) -> Query {
    let at = scope::place(scope, "m.tenant_id", "m.organization_id", 2);
    let sql = format!("{ROWS} AND m.user_id = ?1 AND {} ORDER BY tenant_name, organization_name, r.priority DESC, m.id LIMIT {MOST}", at.sql);
    Query::new(sql, [args![user], at.args].concat())
}

/// One of a person's, at a place of the scope.
pub fn one(id: Id<Record>, user: Id<User>, scope: &Scope) -> Query {
    let at = scope::place(scope, "m.tenant_id", "m.organization_id", 3);
    Query::new(format!("{ROWS} AND m.id = ?1 AND m.user_id = ?2 AND {}", at.sql), [args![id, user], at.args].concat())
}

/// One of one's own.
pub fn own(id: Id<Record>, user: Id<User>) -> Query {
    Query::new(format!("{ROWS} AND m.id = ?1 AND m.user_id = ?2"), args![id, user])
}

/// Somebody a scope shows.
#[derive(Clone, Debug, Deserialize)]
pub struct PersonRow {
    pub id: Id<User>,
}

pub fn person(user: Id<User>, scope: &Scope) -> Query {
    let seen = scope::staff(scope, "u", 2);
    Query::new(format!("SELECT u.id FROM staff_users u WHERE u.id = ?1 AND u.deleted_at IS NULL AND {}", seen.sql), [args![user], seen.args].concat())
}

/// A role that may be given in a tenant: its own, or the platform's.
#[derive(Clone, Debug, Deserialize)]
pub struct GrantedRole {
    pub id: Id<Role>,
    pub tenant_id: Option<Id<Tenant>>,
    pub name: String,
    pub priority: i64,
    #[serde(deserialize_with = "flag")]
    admin: bool,
    features: String,
    organizations: Option<String>,
}

impl GrantedRole {
    pub fn access(&self) -> Access {
        let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap_or_default();
        let organizations = self.organizations.as_deref().map(|text| list(text).iter().filter_map(|id| Id::parse(id)).collect());
        Access { admin: self.admin, features: list(&self.features), denied: Vec::new(), organizations }
    }

    /// The role for the rules of authority.
    pub fn at<'a>(&self, access: &'a Access) -> RoleAt<'a> {
        let standing = Standing { priority: self.priority, admin: self.admin };
        RoleAt { tenant: self.tenant_id, standing, features: &access.features, organizations: access.organizations.as_deref() }
    }
}

/// All that the role `r` with the ACL `ra` may come to, as a JSON array: an organization may have added to it, and who
/// gives the role away hands that on as well.
pub(super) const FEATURES: &str = "(SELECT json_group_array(value) FROM (SELECT g.value FROM json_each(COALESCE(ra.features_json, '[]')) g \
     UNION SELECT a.value FROM staff_role_overrides ro CROSS JOIN json_each(ro.added_json) a WHERE ro.role_id = r.id))";

/// A role as somebody would give it; a `WHERE` follows.
pub fn granted_role() -> String {
    format!(
        "SELECT r.id, r.tenant_id, r.name, r.priority, COALESCE(ra.is_super_admin, 0) AS admin, {FEATURES} AS features, \
         ra.organizations_json AS organizations FROM staff_roles r LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL"
    )
}

pub fn role(id: Id<Role>, tenant: Id<Tenant>) -> Query {
    let select = granted_role();
    Query::new(format!("{select} WHERE r.id = ?1 AND (r.tenant_id IS NULL OR r.tenant_id = ?2) AND r.deleted_at IS NULL"), args![id, tenant])
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct KnownMerchant {
    pub id: Id<Merchant>,
}

/// Which of these merchants belong to the organization, or to one under it.
pub fn known_merchants(organization: Option<Id<Organization>>, wanted: &[Id<Merchant>]) -> Query {
    Query::new(
        "SELECT mc.id FROM json_each(?2) w CROSS JOIN merchants mc ON mc.id = w.value JOIN organization_paths p ON p.descendant_id = mc.organization_id \
         AND p.ancestor_id = ?1 WHERE mc.deleted_at IS NULL",
        args![organization, json!(wanted).to_string()],
    )
}

/// One more membership, where person, place and role are still there and the role stands no higher than it did; follow
/// with [`super::changed_one`].
pub fn join(id: Id<Record>, user: Id<User>, seat: Seat, role: &GrantedRole, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) SELECT ?1, u.id, t.id, ?4, r.id, ?7 \
         FROM staff_users u JOIN tenants t ON t.id = ?3 AND t.deleted_at IS NULL JOIN staff_roles r ON r.id = ?5 AND r.deleted_at IS NULL AND r.priority <= ?6 \
         WHERE u.id = ?2 AND u.deleted_at IS NULL \
         AND (?4 IS NULL OR EXISTS (SELECT 1 FROM organizations o WHERE o.id = ?4 AND o.tenant_id = ?3 AND o.deleted_at IS NULL))",
        args![id, user, seat.tenant, seat.organization, role.id, role.priority, now],
    )
}

/// Another role for one that still has the old one; follow with [`super::changed_one`].
pub fn change_role(id: Id<Record>, user: Id<User>, before: Id<Role>, role: &GrantedRole, now: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_memberships SET role_id = ?4, updated_at = ?6 WHERE id = ?1 AND user_id = ?2 AND role_id = ?3 AND deleted_at IS NULL \
         AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.id = ?4 AND r.deleted_at IS NULL AND r.priority <= ?5)",
        args![id, user, before, role.id, role.priority, now],
    )
}

/// Follow with [`super::changed_one`].
pub fn end(id: Id<Record>, user: Id<User>, now: Millis) -> Statement {
    Statement::new("UPDATE staff_memberships SET deleted_at = ?3 WHERE id = ?1 AND user_id = ?2 AND deleted_at IS NULL", args![id, user, now])
}

/// Merchants of a membership that is there.
pub fn assign(id: Id<Record>, merchants: &[Id<Merchant>], now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_membership_merchants (membership_id, merchant_id, created_at) SELECT m.id, w.value, ?3 FROM staff_memberships m \
         CROSS JOIN json_each(?2) w WHERE m.id = ?1 AND m.deleted_at IS NULL",
        args![id, json!(merchants).to_string(), now],
    )
}

pub fn unassign(id: Id<Record>) -> Statement {
    Statement::new("DELETE FROM staff_membership_merchants WHERE membership_id = ?1", args![id])
}
