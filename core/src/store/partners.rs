//! Partners, and who works for them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{listing::Page, search::ENOUGH};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Partner, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct PartnerRow {
    pub id: Id<Partner>,
    pub name: String,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub created_at: Millis,
    /// The version; NULL until somebody changes it.
    pub updated_at: Option<Millis>,
    pub tenants: i64,
}

impl PartnerRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "isActive": self.is_active, "createdAt": self.created_at, "updatedAt": self.updated_at,
            "tenantsCount": self.tenants,
        })
    }
}

const TENANTS: &str = "COALESCE((SELECT d.n FROM directory_counters d WHERE d.parent_id = u.id AND d.kind = 'tenant'), 0)";

pub fn one(id: Id<Partner>) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.name, u.is_active, u.created_at, u.updated_at, {TENANTS} AS tenants FROM partners u WHERE u.id = ?1 AND u.deleted_at IS NULL"
        ),
        args![id],
    )
}

/// By name. A search looks at a bounded number of candidates.
pub fn page(search: Option<&str>, page: Page) -> Query {
    let shape = format!(
        "json_object('id', u.id, 'name', u.name, 'is_active', u.is_active, 'created_at', u.created_at, 'updated_at', u.updated_at, 'tenants', {TENANTS})"
    );
    let by_name = "WHERE deleted_at IS NULL ORDER BY name COLLATE NOCASE, id";
    let Some(search) = search else {
        return Query::new(
            format!(
                "SELECT COALESCE((SELECT n FROM directory_counters WHERE parent_id = '' AND kind = 'partner'), 0) AS total, 0 AS candidates, \
                 (SELECT json_group_array({shape}) FROM (SELECT id FROM partners {by_name} LIMIT ?1 OFFSET ?2) page \
                 CROSS JOIN partners u ON u.id = page.id) AS items"
            ),
            args![i64::from(page.size), page.offset()],
        );
    };
    let sql = format!(
        "WITH near AS MATERIALIZED (SELECT id, name FROM partners {by_name} LIMIT {ENOUGH}), \
         found AS MATERIALIZED (SELECT id, name FROM near WHERE instr(lower(name), ?3) > 0) \
         SELECT (SELECT count(*) FROM found) AS total, (SELECT count(*) FROM near) AS candidates, \
         (SELECT json_group_array({shape}) FROM (SELECT id FROM found ORDER BY name COLLATE NOCASE, id LIMIT ?1 OFFSET ?2) page \
         CROSS JOIN partners u ON u.id = page.id) AS items"
    );
    Query::new(sql, args![i64::from(page.size), page.offset(), search.to_ascii_lowercase()])
}

pub fn insert(id: Id<Partner>, name: &str, is_active: bool, now: Millis) -> Statement {
    Statement::new("INSERT INTO partners (id, name, is_active, created_at) VALUES (?1, ?2, ?3, ?4)", args![id, name, is_active, now])
}

/// Over the version it was decided on; follow with [`super::changed_one`].
pub fn update(after: &PartnerRow, before: Option<Millis>, version: Millis) -> Statement {
    Statement::new(
        "UPDATE partners SET name = ?2, is_active = ?3, updated_at = ?5 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?4",
        args![after.id, after.name.as_str(), after.is_active, before, version],
    )
}

/// Its tenants belong to the platform alone from now on. Follow with [`super::changed_one`].
pub fn delete(id: Id<Partner>, before: Option<Millis>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE partners SET is_active = 0, deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![id, before, now],
    )
}

pub fn release_tenants(id: Id<Partner>, now: Millis) -> Statement {
    Statement::new("UPDATE tenants SET partner_id = NULL, updated_at = ?2 WHERE partner_id = ?1 AND deleted_at IS NULL", args![id, now])
}

pub fn release_staff(id: Id<Partner>) -> Statement {
    Statement::new("DELETE FROM partner_staff WHERE partner_id = ?1", args![id])
}

/// Puts a live member of staff to work for a live partner; nothing happens twice. Follow with [`super::changed_one`].
pub fn join(id: Id<Partner>, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO partner_staff (user_id, partner_id, created_at) SELECT u.id, p.id, ?3 FROM staff_users u CROSS JOIN partners p \
         WHERE u.id = ?2 AND u.deleted_at IS NULL AND p.id = ?1 AND p.deleted_at IS NULL",
        args![id, user, now],
    )
}

pub fn leave(id: Id<Partner>, user: Id<User>) -> Statement {
    Statement::new("DELETE FROM partner_staff WHERE partner_id = ?1 AND user_id = ?2", args![id, user])
}

/// One person at work for a partner.
#[derive(Clone, Debug, Deserialize)]
pub struct WorkerRow {
    pub id: Id<User>,
    pub email: String,
    pub display_name: Option<String>,
    pub created_at: Millis,
}

impl WorkerRow {
    pub fn view(&self) -> Value {
        json!({"id": self.id, "email": self.email, "displayName": self.display_name, "createdAt": self.created_at})
    }
}

/// Who works for a partner, the first thousand.
pub fn staff(id: Id<Partner>) -> Query {
    Query::new(
        "SELECT u.id, u.email, u.display_name, s.created_at FROM partner_staff s JOIN staff_users u ON u.id = s.user_id AND u.deleted_at IS NULL \
         WHERE s.partner_id = ?1 ORDER BY s.user_id LIMIT 1000",
        args![id],
    )
}
