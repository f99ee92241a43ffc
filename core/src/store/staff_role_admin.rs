//! Roles of staff as those see and change them who look after them.

use serde::Deserialize;
use serde_json::json;

use super::listing::Page;
use crate::{
    actor::flag,
    args,
    domain::{
        authority::{Access, RoleAt, Standing},
        id::{Id, Organization, Record, Role, Tenant},
        time::Millis,
    },
    ports::{Query, Statement, Value},
};

/// Which roles a caller sees: those of a tenant, and, for staff of the platform, the platform's own.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    pub tenant: Id<Tenant>,
    pub platform: bool,
    /// Super admins see roles of every tenant, and those that carry the flag.
    pub admin: bool,
    /// The organizations the caller looks after: a role that holds in others only is none of theirs. `None` sees all.
    pub organizations: Option<&'a [Id<Organization>]>,
}

/// A role that holds everywhere, or in one of the organizations of parameter `?{list}`.
fn concerns(list: usize) -> String {
    format!(
        "(?{list} IS NULL OR ra.organizations_json IS NULL \
         OR EXISTS (SELECT 1 FROM json_each(ra.organizations_json) held JOIN json_each(?{list}) own ON own.value = held.value))"
    )
}

impl Sight<'_> {
    fn own(&self) -> Option<String> {
        self.organizations.map(|list| json!(list).to_string())
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct StaffRoleRow {
    pub id: Id<Role>,
    pub tenant_id: Option<Id<Tenant>>,
    pub tenant_name: Option<String>,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub priority: i64,
    #[serde(deserialize_with = "flag")]
    pub is_system: bool,
    /// The version; NULL until somebody changes the role.
    pub updated_at: Option<Millis>,
    features_json: String,
    #[serde(deserialize_with = "flag")]
    pub is_super_admin: bool,
    organizations_json: Option<String>,
    /// The version of the ACL, which changes by itself.
    pub acl_updated_at: Option<Millis>,
    /// People who hold the role, counted to ten thousand.
    pub users: i64,
}

impl StaffRoleRow {
    pub fn standing(&self) -> Standing {
        Standing { priority: self.priority, admin: self.is_super_admin }
    }

    /// What the role grants, and where.
    pub fn access(&self) -> Access {
        let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap_or_default();
        let organizations = self.organizations_json.as_deref().map(|text| list(text).iter().filter_map(|id| Id::parse(id)).collect());
        Access { admin: self.is_super_admin, features: list(&self.features_json), denied: Vec::new(), organizations }
    }

    /// The role for the rules of authority.
    pub fn at<'a>(&self, access: &'a Access) -> RoleAt<'a> {
        RoleAt { tenant: self.tenant_id, standing: self.standing(), features: &access.features, organizations: access.organizations.as_deref() }
    }
}

/// Live memberships `m` of people who are still there, in the role `r`.
const HOLDERS: &str =
    "FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id AND u.deleted_at IS NULL WHERE m.role_id = r.id AND m.deleted_at IS NULL";

fn select() -> String {
    format!(
        "SELECT r.id, r.tenant_id, t.name AS tenant_name, r.slug, r.name, r.description, r.priority, r.is_system, r.updated_at, \
         COALESCE(ra.features_json, '[]') AS features_json, COALESCE(ra.is_super_admin, 0) AS is_super_admin, ra.organizations_json, \
         ra.updated_at AS acl_updated_at, (SELECT count(*) FROM (SELECT DISTINCT m.user_id {HOLDERS} LIMIT 10000)) AS users \
         FROM staff_roles r LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL LEFT JOIN tenants t ON t.id = r.tenant_id"
    )
}

/// One page, the highest first, and how many there are. The text is compared without LIKE, whose signs it may contain.
pub fn list(sight: Sight, id: Option<Id<Role>>, search: &str, page: Page) -> [Query; 2] {
    // The platform's roles lie at the empty tenant of the index.
    let matching = format!(
        "COALESCE(r.tenant_id, '') IN (?1, CASE WHEN ?2 THEN '' ELSE ?1 END) AND r.deleted_at IS NULL AND (?3 OR COALESCE(ra.is_super_admin, 0) = 0) \
         AND (?4 IS NULL OR r.id = ?4) AND (?5 = '' OR instr(lower(r.name), ?5) > 0 OR instr(r.slug, ?5) > 0) AND {}",
        concerns(6)
    );
    let args: Vec<Value> = args![sight.tenant, sight.platform, sight.admin, id, search.to_lowercase(), sight.own()];
    let paged = [args.clone(), args![i64::from(page.size), page.offset()]].concat();
    [
        Query::new(format!("{} WHERE {matching} ORDER BY r.priority DESC, lower(r.name), r.id LIMIT ?7 OFFSET ?8", select()), paged),
        Query::new(
            format!(
                "SELECT count(*) AS n FROM staff_roles r LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL WHERE {matching}"
            ),
            args,
        ),
    ]
}

pub fn one(sight: Sight, id: Id<Role>) -> Query {
    Query::new(
        format!(
            "{} WHERE r.id = ?1 AND r.deleted_at IS NULL AND (?4 OR r.tenant_id = ?2 OR (r.tenant_id IS NULL AND ?3)) AND {}",
            select(),
            concerns(5)
        ),
        args![id, sight.tenant, sight.platform, sight.admin, sight.own()],
    )
}

/// Roles of a tenant, and of the platform, by their slugs.
pub fn by_slugs(tenant: Id<Tenant>, slugs: &[&str]) -> Query {
    Query::new(
        format!("{} WHERE COALESCE(r.tenant_id, '') IN (?1, '') AND r.deleted_at IS NULL AND r.slug IN (SELECT value FROM json_each(?2))", select()),
        args![tenant, json!(slugs).to_string()],
    )
}

/// Aborts the batch unless the tenant is a live one.
pub fn in_live_tenant(tenant: Id<Tenant>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM tenants WHERE id = ?1 AND deleted_at IS NULL)",
        args![tenant],
    )
}

/// Whether a tenant is a live one.
pub fn tenant_is_live(tenant: Id<Tenant>) -> Query {
    Query::new("SELECT count(*) AS n FROM tenants WHERE id = ?1 AND deleted_at IS NULL", args![tenant])
}

/// What a role is called and how high it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub tenant: Option<Id<Tenant>>,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub priority: i64,
}

/// A new role of a live tenant, and its ACL, which grants nothing yet.
pub fn create(
    id: Id<Role>,
    acl: Id<Record>,
    tenant: Id<Tenant>,
    draft: &Draft,
    organizations: Option<&[Id<Organization>]>,
    now: Millis,
) -> [Statement; 3] {
    [
        in_live_tenant(tenant),
        Statement::new(
            "INSERT INTO staff_roles (id, tenant_id, slug, name, description, priority, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            args![id, tenant, draft.slug.as_str(), draft.name.as_str(), draft.description.clone(), draft.priority, now],
        ),
        Statement::new(
            "INSERT INTO staff_role_acls (id, role_id, organizations_json, created_at) VALUES (?1, ?2, ?3, ?4)",
            args![acl, id, organizations.map(|list| json!(list).to_string()), now],
        ),
    ]
}

/// Changes the version that was read and no other; follow with [`super::changed_one`]. `unheld` insists that nobody
/// holds the role at that moment; the tenant it is to be in has to be a live one.
pub fn update(role: &StaffRoleRow, draft: &Draft, unheld: bool, version: Millis) -> Statement {
    Statement::new(
        format!(
            "UPDATE staff_roles AS r SET tenant_id = ?4, slug = ?5, name = ?6, description = ?7, priority = ?8, updated_at = ?3 \
             WHERE r.id = ?1 AND r.deleted_at IS NULL AND r.updated_at IS ?2 AND (NOT ?9 OR NOT EXISTS (SELECT 1 {HOLDERS})) \
             AND (?4 IS NULL OR EXISTS (SELECT 1 FROM tenants t WHERE t.id = ?4 AND t.deleted_at IS NULL))"
        ),
        args![
            role.id,
            role.updated_at,
            version,
            draft.tenant,
            draft.slug.as_str(),
            draft.name.as_str(),
            draft.description.clone(),
            draft.priority,
            unheld
        ],
    )
}

/// Soft-deletes the version that was read, unless somebody holds the role by now; follow with [`super::changed_one`].
pub fn delete(role: &StaffRoleRow, version: Millis, now: Millis) -> Statement {
    Statement::new(
        format!(
            "UPDATE staff_roles AS r SET deleted_at = ?4, updated_at = ?3 WHERE r.id = ?1 AND r.deleted_at IS NULL AND r.updated_at IS ?2 \
             AND r.is_system = 0 AND NOT EXISTS (SELECT 1 {HOLDERS})"
        ),
        args![role.id, role.updated_at, version, now],
    )
}

/// What goes with a role.
pub fn delete_acl(role: Id<Role>, now: Millis) -> Statement {
    Statement::new("UPDATE staff_role_acls SET deleted_at = ?2, updated_at = ?2 WHERE role_id = ?1 AND deleted_at IS NULL", args![role, now])
}

/// Replaces what a role grants: the ACL that was read, of the role that was read; follow with [`super::changed_one`].
pub fn set_acl(role: &StaffRoleRow, access: &Access, version: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_role_acls SET features_json = ?5, is_super_admin = ?6, organizations_json = ?7, updated_at = ?4 \
         WHERE role_id = ?1 AND deleted_at IS NULL AND updated_at IS ?3 \
         AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.id = ?1 AND r.deleted_at IS NULL AND r.updated_at IS ?2)",
        args![
            role.id,
            role.updated_at,
            role.acl_updated_at,
            version,
            json!(access.features).to_string(),
            access.admin,
            access.organizations.as_ref().map(|list| json!(list).to_string())
        ],
    )
}

/// Those of some organizations that are live, and whose they are.
pub fn known_organizations(ids: &[Id<Organization>]) -> Query {
    Query::new(
        "SELECT o.id, o.tenant_id FROM json_each(?1) wanted JOIN organizations o ON o.id = wanted.value AND o.deleted_at IS NULL",
        args![json!(ids).to_string()],
    )
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct OrganizationRow {
    pub id: Id<Organization>,
    pub tenant_id: Id<Tenant>,
}
