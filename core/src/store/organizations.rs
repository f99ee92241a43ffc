//! Organizations as those who look after them see and change them. Which ones somebody sees is said by their scope.

use serde::Deserialize;

use super::scope;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Tenant},
        scope::Scope,
        time::Millis,
        tree::{LEVELS, MOST},
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct OrganizationRow {
    pub id: Id<Organization>,
    pub tenant_id: Id<Tenant>,
    pub tenant_name: String,
    pub name: String,
    pub slug: String,
    pub logo_url: Option<String>,
    pub accent: Option<String>,
    pub mail_accent: Option<String>,
    pub parent_id: Option<Id<Organization>>,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub created_at: Millis,
    /// The version; NULL until somebody changes it.
    pub updated_at: Option<Millis>,
    pub users: i64,
    pub merchants: i64,
}

const COLUMNS: &str = "SELECT o.id, o.tenant_id, t.name AS tenant_name, o.name, o.slug, o.logo_url, o.accent, o.mail_accent, o.parent_id, o.is_active, \
     o.created_at, o.updated_at, \
     COALESCE((SELECT c.n FROM customer_counters c WHERE c.tenant_id = o.tenant_id AND c.organization_id = o.id AND c.kind = 'user'), 0) AS users, \
     COALESCE((SELECT d.n FROM directory_counters d WHERE d.parent_id = o.id AND d.kind = 'merchant'), 0) AS merchants";

/// Organizations of all tenants that one list looks at.
pub const EVERYWHERE: usize = 5_000;

/// What somebody sees of a tenant: all of it at once, because a tenant has no more than [`MOST`].
pub fn of_tenant(tenant: Id<Tenant>, scope: &Scope) -> Query {
    let seen = scope::organizations(scope, "o", 2);
    let sql = format!(
        "{COLUMNS} FROM organizations o JOIN tenants t ON t.id = o.tenant_id AND t.deleted_at IS NULL \
         WHERE o.tenant_id = ?1 AND o.deleted_at IS NULL AND {} LIMIT {MOST}",
        seen.sql
    );
    Query::new(sql, [args![tenant], seen.args].concat())
}

/// The same for the tenant an organization belongs to.
pub fn around(id: Id<Organization>, scope: &Scope) -> Query {
    let seen = scope::organizations(scope, "o", 2);
    let sql = format!(
        "{COLUMNS} FROM organizations o JOIN tenants t ON t.id = o.tenant_id AND t.deleted_at IS NULL \
         WHERE o.tenant_id = (SELECT i.tenant_id FROM organizations i WHERE i.id = ?1) AND o.deleted_at IS NULL AND {} LIMIT {MOST}",
        seen.sql
    );
    Query::new(sql, [args![id], seen.args].concat())
}

/// Of all tenants, by the tenants' names, up to [`EVERYWHERE`].
pub fn everywhere() -> Query {
    let sql = format!(
        "{COLUMNS} FROM tenants t CROSS JOIN organizations o ON o.tenant_id = t.id AND o.deleted_at IS NULL \
         WHERE t.deleted_at IS NULL ORDER BY t.name COLLATE NOCASE, t.id LIMIT {}",
        EVERYWHERE + 1
    );
    Query::new(sql, args![])
}

/// One live organization of a tenant.
pub fn one(id: Id<Organization>, tenant: Id<Tenant>) -> Query {
    let sql =
        format!("{COLUMNS} FROM organizations o JOIN tenants t ON t.id = o.tenant_id WHERE o.id = ?1 AND o.tenant_id = ?2 AND o.deleted_at IS NULL");
    Query::new(sql, args![id, tenant])
}

#[derive(Clone, Debug, Deserialize)]
pub struct SlugRow {
    pub slug: String,
}

/// The first of several slugs that no organization ever had, `own` aside, which may have its old ones back.
pub fn free_slug(candidates: &[String], own: Option<Id<Organization>>) -> Query {
    Query::new(
        "SELECT j.value AS slug FROM json_each(?1) j WHERE NOT EXISTS \
         (SELECT 1 FROM organization_slugs s WHERE s.slug = j.value AND s.organization_id IS NOT ?2) ORDER BY j.key LIMIT 1",
        args![serde_json::json!(candidates).to_string(), own],
    )
}

/// Aborts the batch unless tenant and parent are there and the tenant has room for what the batch has added.
pub fn there_is_room(tenant: Id<Tenant>, parent: Option<Id<Organization>>) -> Statement {
    Statement::new(
        format!(
            "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM tenants t WHERE t.id = ?1 AND t.deleted_at IS NULL) \
             AND (?2 IS NULL OR EXISTS (SELECT 1 FROM organizations p WHERE p.id = ?2 AND p.tenant_id = ?1 AND p.deleted_at IS NULL)) \
             AND COALESCE((SELECT d.n FROM directory_counters d WHERE d.parent_id = ?1 AND d.kind = 'organization'), 0) <= {MOST}"
        ),
        args![tenant, parent],
    )
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct RoomRow {
    pub n: i64,
}

/// How many organizations a tenant has.
pub fn count(tenant: Id<Tenant>) -> Query {
    Query::new(
        "SELECT COALESCE((SELECT d.n FROM directory_counters d WHERE d.parent_id = ?1 AND d.kind = 'organization'), 0) AS n \
         FROM tenants t WHERE t.id = ?1 AND t.deleted_at IS NULL",
        args![tenant],
    )
}

pub fn insert(new: &OrganizationRow) -> Statement {
    Statement::new(
        "INSERT INTO organizations (id, tenant_id, name, slug, logo_url, is_active, parent_id, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        args![new.id, new.tenant_id, new.name.as_str(), new.slug.as_str(), new.logo_url.as_deref(), new.is_active, new.parent_id, new.created_at],
    )
}

/// Where a move may go: the parent is there, and not under what moves.
const PARENT_HOLDS: &str = "(?7 IS NULL OR (EXISTS (SELECT 1 FROM organizations p WHERE p.id = ?7 AND p.tenant_id = ?2 AND p.deleted_at IS NULL) \
     AND NOT EXISTS (SELECT 1 FROM organization_paths c WHERE c.ancestor_id = ?1 AND c.descendant_id = ?7)))";

/// Over the version it was decided on, and onto a tree that stays one; follow with [`super::changed_one`].
pub fn update(after: &OrganizationRow, before: Option<Millis>, version: Millis) -> Statement {
    save(after, before, version, PARENT_HOLDS)
}

/// The twin that looked before and does not look again.
#[cfg(feature = "twins")]
pub fn update_unchecked(after: &OrganizationRow, before: Option<Millis>, version: Millis) -> Statement {
    save(after, before, version, "1")
}

fn save(after: &OrganizationRow, before: Option<Millis>, version: Millis, holds: &str) -> Statement {
    Statement::new(
        format!(
            "UPDATE organizations SET name = ?3, slug = ?4, logo_url = ?5, is_active = ?6, parent_id = ?7, accent = ?8, mail_accent = ?9, updated_at = ?11 \
             WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL AND updated_at IS ?10 AND {holds}"
        ),
        args![
            after.id,
            after.tenant_id,
            after.name.as_str(),
            after.slug.as_str(),
            after.logo_url.as_deref(),
            after.is_active,
            after.parent_id,
            after.accent.as_deref(),
            after.mail_accent.as_deref(),
            before,
            version
        ],
    )
}

fn list(ids: &[Id<Organization>]) -> String {
    serde_json::json!(ids).to_string()
}

/// Children become roots, those that still are children of `of`; follow with [`super::changed_rows`].
pub fn release(ids: &[Id<Organization>], of: Id<Organization>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE organizations SET parent_id = NULL, updated_at = ?3 WHERE id IN (SELECT value FROM json_each(?1)) AND parent_id = ?2 AND deleted_at IS NULL",
        args![list(ids), of, now],
    )
}

/// Organizations become children, unless they lie above their new parent; follow with [`super::changed_rows`].
pub fn adopt(ids: &[Id<Organization>], by: Id<Organization>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE organizations SET parent_id = ?2, updated_at = ?4 WHERE id IN (SELECT value FROM json_each(?1)) AND tenant_id = ?3 AND deleted_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM organization_paths c WHERE c.ancestor_id = organizations.id AND c.descendant_id = ?2)",
        args![list(ids), by, tenant, now],
    )
}

/// Aborts the batch when something under an organization has come to lie too deep.
pub fn is_not_too_deep(id: Id<Organization>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, COALESCE((SELECT max(p.depth) FROM organization_paths d \
         CROSS JOIN organization_paths p ON p.descendant_id = d.descendant_id WHERE d.ancestor_id = ?1), 0) < ?2",
        args![id, i64::try_from(LEVELS).unwrap_or(i64::MAX)],
    )
}

/// What was under it goes to its parent. Stands before [`delete`].
pub fn hand_up(id: Id<Organization>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE organizations SET parent_id = (SELECT g.parent_id FROM organizations g WHERE g.id = ?1), updated_at = ?2 \
         WHERE parent_id = ?1 AND deleted_at IS NULL",
        args![id, now],
    )
}

/// Gone as far as anybody can see; its row and its slug stay. Follow with [`super::changed_one`].
pub fn delete(id: Id<Organization>, tenant: Id<Tenant>, before: Option<Millis>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE organizations SET is_active = 0, deleted_at = ?4, updated_at = ?4 WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL AND updated_at IS ?3",
        args![id, tenant, before, now],
    )
}
