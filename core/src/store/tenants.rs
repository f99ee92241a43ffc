//! Tenants as those who look after them see and change them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{listing::Page, search::ENOUGH};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Partner, Tenant, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct TenantRow {
    pub id: Id<Tenant>,
    pub name: String,
    pub policy: String,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub partner_id: Option<Id<Partner>>,
    pub created_at: Millis,
    /// The version; NULL until somebody changes it.
    pub updated_at: Option<Millis>,
    pub users: i64,
    pub organizations: i64,
}

impl TenantRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "isActive": self.is_active, "policy": self.policy, "partnerId": self.partner_id,
            "createdAt": self.created_at, "updatedAt": self.updated_at, "usersCount": self.users, "organizationsCount": self.organizations,
        })
    }
}

const USERS: &str = "(SELECT COALESCE(sum(c.n), 0) FROM customer_counters c WHERE c.tenant_id = u.id AND c.kind = 'user')";
const ORGANIZATIONS: &str = "COALESCE((SELECT d.n FROM directory_counters d WHERE d.parent_id = u.id AND d.kind = 'organization'), 0)";

fn shape() -> String {
    format!(
        "json_object('id', u.id, 'name', u.name, 'policy', u.policy, 'is_active', u.is_active, 'partner_id', u.partner_id, 'created_at', u.created_at, \
         'updated_at', u.updated_at, 'users', {USERS}, 'organizations', {ORGANIZATIONS})"
    )
}

/// A live tenant, suspended or not.
pub fn one(id: Id<Tenant>) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.name, u.policy, u.is_active, u.partner_id, u.created_at, u.updated_at, {USERS} AS users, {ORGANIZATIONS} AS organizations \
             FROM tenants u WHERE u.id = ?1 AND u.deleted_at IS NULL"
        ),
        args![id],
    )
}

/// Whose tenants are listed.
#[derive(Clone, Copy, Debug)]
pub enum Sees {
    All,
    /// The tenant somebody works in, and those of the partners they work for.
    Own(Id<Tenant>, Id<User>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Name,
    CreatedAt,
    UpdatedAt,
}

#[derive(Clone, Debug)]
pub struct Filter {
    pub id: Option<Id<Tenant>>,
    pub partner: Option<Id<Partner>>,
    /// Part of the name.
    pub search: Option<String>,
    pub is_active: Option<bool>,
    pub sort: Sort,
    pub descending: bool,
}

impl Filter {
    fn is_none(&self) -> bool {
        self.id.is_none() && self.partner.is_none() && self.search.is_none() && self.is_active.is_none()
    }

    /// Each an index of live tenants, read either way.
    const fn order(&self) -> &'static str {
        match (self.sort, self.descending) {
            (Sort::Name, false) => "name COLLATE NOCASE, id",
            (Sort::Name, true) => "name COLLATE NOCASE DESC, id DESC",
            (Sort::CreatedAt, false) => "created_at, id",
            (Sort::CreatedAt, true) => "created_at DESC, id DESC",
            (Sort::UpdatedAt, false) => "updated_at, id",
            (Sort::UpdatedAt, true) => "updated_at DESC, id DESC",
        }
    }
}

/// One page and how many there are. Everything, unfiltered, is read along an index; otherwise a bounded number of
/// candidates is looked at.
pub fn page(sees: Sees, filter: &Filter, page: Page) -> Query {
    let (shape, order) = (shape(), filter.order());
    let near = match (sees, filter.partner) {
        (Sees::All, _) if filter.is_none() => {
            return Query::new(
                format!(
                    "SELECT COALESCE((SELECT n FROM directory_counters WHERE parent_id = '' AND kind = 'tenant'), 0) AS total, 0 AS candidates, \
                     (SELECT json_group_array({shape}) FROM (SELECT id FROM tenants WHERE deleted_at IS NULL ORDER BY {order} LIMIT ?1 OFFSET ?2) page \
                     CROSS JOIN tenants u ON u.id = page.id) AS items"
                ),
                args![i64::from(page.size), page.offset()],
            );
        }
        (Sees::All, Some(_)) => format!("SELECT id FROM tenants WHERE partner_id = ?6 AND deleted_at IS NULL LIMIT {ENOUGH}"),
        (Sees::All, None) if filter.id.is_some() => "SELECT id FROM tenants WHERE id = ?5".to_owned(),
        (Sees::All, None) => format!("SELECT id FROM tenants WHERE deleted_at IS NULL ORDER BY name COLLATE NOCASE, id LIMIT {ENOUGH}"),
        (Sees::Own(..), _) => format!(
            "SELECT ?7 AS id UNION SELECT t.id FROM partner_staff s JOIN partners p ON p.id = s.partner_id AND p.deleted_at IS NULL AND p.is_active = 1 \
             JOIN tenants t ON t.partner_id = s.partner_id AND t.deleted_at IS NULL WHERE s.user_id = ?8 LIMIT {ENOUGH}"
        ),
    };
    let (own, user) = match sees {
        Sees::All => (None, None),
        Sees::Own(own, user) => (Some(own), Some(user)),
    };
    let sql = format!(
        "WITH near AS MATERIALIZED ({near}), found AS MATERIALIZED (SELECT u.id, u.name, u.created_at, u.updated_at FROM near CROSS JOIN tenants u ON u.id = near.id \
         WHERE u.deleted_at IS NULL AND (?3 IS NULL OR instr(lower(u.name), ?3) > 0) AND (?4 IS NULL OR u.is_active = ?4) AND (?5 IS NULL OR u.id = ?5) \
         AND (?6 IS NULL OR u.partner_id = ?6) AND (?7 IS NULL OR ?8 IS NOT NULL)) \
         SELECT (SELECT count(*) FROM found) AS total, (SELECT count(*) FROM near) AS candidates, \
         (SELECT json_group_array({shape}) FROM (SELECT id FROM found ORDER BY {order} LIMIT ?1 OFFSET ?2) page CROSS JOIN tenants u ON u.id = page.id) AS items"
    );
    let search = filter.search.as_ref().map(|text| text.to_ascii_lowercase());
    Query::new(sql, args![i64::from(page.size), page.offset(), search, filter.is_active, filter.id, filter.partner, own, user])
}

pub struct NewTenant<'a> {
    pub id: Id<Tenant>,
    pub name: &'a str,
    pub policy: &'a str,
    pub is_active: bool,
    pub partner: Option<Id<Partner>>,
}

/// Aborts the batch unless the partner is there. One that is gone gets no tenants.
pub fn partner_is_there(partner: Option<Id<Partner>>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, ?1 IS NULL OR EXISTS (SELECT 1 FROM partners p WHERE p.id = ?1 AND p.deleted_at IS NULL)",
        args![partner],
    )
}

pub fn insert(new: &NewTenant, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO tenants (id, name, policy, is_active, partner_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        args![new.id, new.name, new.policy, new.is_active, new.partner, now],
    )
}

/// Over the version it was decided on; follow with [`super::changed_one`].
pub fn update(after: &TenantRow, before: Option<Millis>, version: Millis) -> Statement {
    Statement::new(
        "UPDATE tenants SET name = ?2, policy = ?3, is_active = ?4, partner_id = ?5, updated_at = ?7 \
             WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?6",
        args![after.id, after.name.as_str(), after.policy.as_str(), after.is_active, after.partner_id, before, version],
    )
}

/// Gone for good as far as anybody can see; its rows stay. Follow with [`super::changed_one`].
pub fn delete(id: Id<Tenant>, before: Option<Millis>, now: Millis) -> Statement {
    Statement::new(
        format!(
            "UPDATE tenants SET is_active = 0, deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2 AND NOT {}",
            keeps_platform_staff()
        ),
        args![id, before, now],
    )
}

/// Whether somebody who works for the platform has their home in the tenant `?1`: with the tenant they would go.
fn keeps_platform_staff() -> String {
    "EXISTS (SELECT 1 FROM staff_users s WHERE s.tenant_id = ?1 AND s.deleted_at IS NULL AND \
     (EXISTS (SELECT 1 FROM staff_user_acls a WHERE a.user_id = s.id AND a.deleted_at IS NULL AND a.is_super_admin = 1) OR \
     EXISTS (SELECT 1 FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id LEFT JOIN staff_role_acls ra ON ra.role_id = r.id \
     AND ra.deleted_at IS NULL WHERE m.user_id = s.id AND m.deleted_at IS NULL AND (r.tenant_id IS NULL OR ra.is_super_admin = 1))))"
        .to_owned()
}

#[derive(Clone, Debug, Deserialize)]
pub struct HomeRow {
    #[serde(deserialize_with = "flag")]
    pub keeps_platform_staff: bool,
}

pub fn home_of_platform_staff(id: Id<Tenant>) -> Query {
    Query::new(format!("SELECT {} AS keeps_platform_staff", keeps_platform_staff()), args![id])
}
