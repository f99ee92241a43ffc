//! Memberships as people look at them: who works where, as what, at which merchants.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Record, Role, Tenant, User},
        time::Millis,
    },
    ports::Query,
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
