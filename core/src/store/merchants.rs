//! Merchants: the stores and sites of an organization.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{listing::Page, scope, search::ENOUGH};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Merchant, Organization, Tenant},
        scope::Scope,
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct MerchantRow {
    pub id: Id<Merchant>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Id<Organization>,
    pub name: String,
    pub slug: String,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub created_at: Millis,
    /// The version; NULL until somebody changes it.
    pub updated_at: Option<Millis>,
}

impl MerchantRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "tenantId": self.tenant_id, "organizationId": self.organization_id, "name": self.name, "slug": self.slug,
            "isActive": self.is_active, "createdAt": self.created_at, "updatedAt": self.updated_at,
        })
    }
}

/// One live merchant, if it is in the scope.
pub fn one(id: Id<Merchant>, scope: &Scope) -> Query {
    let seen = scope::merchants(scope, "m", 2);
    Query::new(
        format!(
            "SELECT m.id, m.tenant_id, m.organization_id, m.name, m.slug, m.is_active, m.created_at, m.updated_at FROM merchants m \
             JOIN organizations o ON o.id = m.organization_id AND o.deleted_at IS NULL WHERE m.id = ?1 AND m.deleted_at IS NULL AND {}",
            seen.sql
        ),
        [args![id], seen.args].concat(),
    )
}

/// What somebody sees of an organization's merchants, by name. A bounded number is looked at.
pub fn page(organization: Id<Organization>, search: Option<&str>, is_active: Option<bool>, scope: &Scope, page: Page) -> Query {
    let seen = scope::merchants(scope, "m", 6);
    let sql = format!(
        "WITH near AS MATERIALIZED (SELECT m.id, m.name, m.is_active FROM merchants m JOIN organizations o ON o.id = m.organization_id \
         AND o.deleted_at IS NULL WHERE m.organization_id = ?1 AND m.deleted_at IS NULL AND {} ORDER BY m.name COLLATE NOCASE, m.id LIMIT {ENOUGH}), \
         found AS MATERIALIZED (SELECT id, name FROM near WHERE (?4 IS NULL OR instr(lower(name), ?4) > 0) AND (?5 IS NULL OR is_active = ?5)) \
         SELECT (SELECT count(*) FROM found) AS total, (SELECT count(*) FROM near) AS candidates, \
         (SELECT json_group_array(json_object('id', u.id, 'tenant_id', u.tenant_id, 'organization_id', u.organization_id, 'name', u.name, 'slug', u.slug, \
         'is_active', u.is_active, 'created_at', u.created_at, 'updated_at', u.updated_at)) \
         FROM (SELECT id FROM found ORDER BY name COLLATE NOCASE, id LIMIT ?2 OFFSET ?3) page CROSS JOIN merchants u ON u.id = page.id) AS items",
        seen.sql
    );
    let search = search.map(str::to_ascii_lowercase);
    Query::new(sql, [args![organization, i64::from(page.size), page.offset(), search, is_active], seen.args].concat())
}

/// The first of several slugs that no live merchant of the organization has.
pub fn free_slug(candidates: &[String], organization: Id<Organization>, own: Option<Id<Merchant>>) -> Query {
    Query::new(
        "SELECT j.value AS slug FROM json_each(?1) j WHERE NOT EXISTS (SELECT 1 FROM merchants m WHERE m.organization_id = ?2 AND m.slug = j.value \
         AND m.deleted_at IS NULL AND m.id IS NOT ?3) ORDER BY j.key LIMIT 1",
        args![json!(candidates).to_string(), organization, own],
    )
}

/// Aborts the batch unless the organization is there.
pub fn organization_is_there(organization: Id<Organization>, tenant: Id<Tenant>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM organizations o WHERE o.id = ?1 AND o.tenant_id = ?2 AND o.deleted_at IS NULL)",
        args![organization, tenant],
    )
}

pub fn insert(new: &MerchantRow) -> Statement {
    Statement::new(
        "INSERT INTO merchants (id, tenant_id, organization_id, name, slug, is_active, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        args![new.id, new.tenant_id, new.organization_id, new.name.as_str(), new.slug.as_str(), new.is_active, new.created_at],
    )
}

/// Over the version it was decided on; follow with [`super::changed_one`].
pub fn update(after: &MerchantRow, before: Option<Millis>, version: Millis) -> Statement {
    Statement::new(
        "UPDATE merchants SET name = ?2, slug = ?3, is_active = ?4, updated_at = ?6 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?5",
        args![after.id, after.name.as_str(), after.slug.as_str(), after.is_active, before, version],
    )
}

/// Who was assigned to it stays assigned to nothing: without the row they would be assigned to everything. Follow with
/// [`super::changed_one`].
pub fn delete(id: Id<Merchant>, before: Option<Millis>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE merchants SET is_active = 0, deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![id, before, now],
    )
}
