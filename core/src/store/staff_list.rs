//! The list of staff: one page, one query, bounded work whatever the filters are, as [`super::user_list`] has it for
//! customers. Without a filter, and for who looks after the whole tenant, the total is a counter; else a bounded number
//! of candidates of the narrowest filter is looked at.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    listing::Page,
    search::ENOUGH,
    staff_people::{IS_SUPER, visible},
};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Role, Tenant, User},
        scope::Scope,
        time::Millis,
    },
    ports::{Query, Value},
};

/// Words that must each begin a word of the person, their exact address, or a part of their organization's or role's name.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub words: Vec<String>,
    pub email_hash: Option<String>,
    /// In lower case.
    pub text: String,
}

/// What is left out of the list. All of them have to hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub id: Option<Id<User>>,
    pub organization: Option<Id<Organization>>,
    /// Any of these.
    pub roles: Vec<Id<Role>>,
    /// A part of the name, without case and accents.
    pub name: Option<String>,
    pub search: Option<Search>,
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.id.is_none() && self.organization.is_none() && self.roles.is_empty() && self.name.is_none() && self.search.is_none()
    }
}

/// Who asks, and where.
pub struct Viewer<'a> {
    pub tenant: Id<Tenant>,
    pub scope: &'a Scope,
    /// Only super admins see super admins.
    pub is_super_admin: bool,
}

impl Viewer<'_> {
    /// Sees everybody of the tenant, super admins perhaps aside.
    fn sees_all(&self) -> bool {
        self.scope.only.is_none() && (self.scope.everything || self.scope.tenants.contains(&self.tenant))
    }
}

/// One person of the list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaffItem {
    id: Id<User>,
    email: String,
    name: Option<String>,
    organization_id: Option<Id<Organization>>,
    organization_name: Option<String>,
    tenant_id: Id<Tenant>,
    tenant_name: String,
    roles: Vec<RoleName>,
    has_password: i64,
    #[serde(deserialize_with = "flag")]
    is_active: bool,
    locked_until: Option<Millis>,
    last_login_at: Option<Millis>,
    created_at: Millis,
    updated_at: Option<Millis>,
}

#[derive(Clone, Debug, Deserialize)]
struct RoleName {
    id: Id<Role>,
    name: String,
}

impl StaffItem {
    /// `one`: the list was asked for a single person.
    pub fn view(&self, one: bool) -> Json {
        let names: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
        let ids: Vec<Id<Role>> = self.roles.iter().map(|role| role.id).collect();
        let mut view = json!({
            "id": self.id, "email": self.email, "name": self.name, "organizationId": self.organization_id, "organizationName": self.organization_name,
            "tenantId": self.tenant_id, "tenantName": self.tenant_name, "roles": names, "roleIds": ids, "isActive": self.is_active,
            "lockedUntil": self.locked_until, "lastLoginAt": self.last_login_at, "createdAt": self.created_at, "updatedAt": self.updated_at,
        });
        if let (true, Some(object)) = (one, view.as_object_mut()) {
            object.insert("hasPassword".into(), json!(self.has_password != 0));
        }
        view
    }
}

/// Where a person `u` is shown to work in the tenant `?1`, and as what.
const PLACE: &str = "COALESCE(CASE WHEN u.tenant_id = ?1 THEN u.organization_id END, (SELECT m.organization_id FROM staff_memberships m WHERE m.user_id = u.id \
     AND m.tenant_id = ?1 AND m.organization_id IS NOT NULL AND m.deleted_at IS NULL ORDER BY m.created_at, m.id LIMIT 1))";
const ROLES: &str = "(SELECT json_group_array(json_object('id', id, 'name', name)) FROM (SELECT DISTINCT r.id, r.name FROM staff_memberships m \
     JOIN staff_roles r ON r.id = m.role_id AND r.deleted_at IS NULL WHERE m.user_id = u.id AND m.tenant_id = ?1 AND m.deleted_at IS NULL \
     ORDER BY r.priority DESC, r.name))";

fn shape() -> String {
    format!(
        "json_object('id', u.id, 'email', u.email, 'name', u.display_name, 'organizationId', {PLACE}, \
         'organizationName', (SELECT o.name FROM organizations o WHERE o.id = {PLACE}), 'tenantId', u.tenant_id, \
         'tenantName', (SELECT t.name FROM tenants t WHERE t.id = u.tenant_id), 'roles', json({ROLES}), 'hasPassword', u.password_hash IS NOT NULL, \
         'isActive', u.is_active, 'lockedUntil', u.locked_until, 'lastLoginAt', u.last_login_at, 'createdAt', u.created_at, 'updatedAt', u.updated_at)"
    )
}

/// Everybody who carries the flag: few, found by indexes of their own.
const SUPERS: &str = "supers AS MATERIALIZED (SELECT a.user_id AS id FROM staff_user_acls a WHERE a.is_super_admin = 1 AND a.deleted_at IS NULL \
     UNION SELECT m.user_id FROM staff_role_acls ra CROSS JOIN staff_memberships m ON m.role_id = ra.role_id AND m.deleted_at IS NULL \
     WHERE ra.is_super_admin = 1 AND ra.deleted_at IS NULL)";

/// `?1` tenant, `?2` size, `?3` offset; further ones as the filters need them.
pub fn page(viewer: &Viewer, filter: &Filter, page: Page) -> Query {
    if filter.is_empty() && viewer.sees_all() { whole(viewer, page) } else { filtered(viewer, filter, page) }
}

fn whole(viewer: &Viewer, page: Page) -> Query {
    let (hidden, theirs) = if viewer.is_super_admin {
        ("", "0")
    } else {
        let theirs =
            "(SELECT count(*) FROM supers s CROSS JOIN staff_presence p ON p.user_id = s.id AND p.tenant_id = ?1 AND p.organization_id = '')";
        (" AND user_id NOT IN (SELECT id FROM supers)", theirs)
    };
    let total = format!("(COALESCE((SELECT n FROM staff_counters WHERE tenant_id = ?1 AND organization_id = ''), 0) - {theirs})");
    Query::new(
        format!(
            "WITH {SUPERS} SELECT {total} AS total, 0 AS candidates, (SELECT json_group_array({}) FROM (SELECT user_id FROM staff_presence \
             WHERE tenant_id = ?1 AND organization_id = ''{hidden} ORDER BY created_at DESC, user_id DESC \
             LIMIT CASE WHEN ?3 < {total} THEN ?2 ELSE 0 END OFFSET ?3) page CROSS JOIN staff_users u ON u.id = page.user_id) AS items",
            shape()
        ),
        args![viewer.tenant, i64::from(page.size), page.offset()],
    )
}

/// Candidates and conditions with what they are bound to, numbered as they come.
struct Parts {
    with: String,
    conditions: Vec<String>,
    args: Vec<Value>,
}

impl Parts {
    fn bind(&mut self, value: impl Into<Value>) -> usize {
        self.args.push(value.into());
        self.args.len()
    }
}

fn filtered(viewer: &Viewer, filter: &Filter, page: Page) -> Query {
    let args = args![viewer.tenant, i64::from(page.size), page.offset()];
    let mut parts = Parts { with: String::new(), conditions: Vec::new(), args };
    let here = "EXISTS (SELECT 1 FROM staff_presence h WHERE h.user_id = u.id AND h.tenant_id = ?1 AND h.organization_id = '')";
    parts.conditions.push(here.into());
    if !viewer.is_super_admin {
        parts.conditions.push(format!("NOT {IS_SUPER}"));
    }
    let (seen, args) = visible(viewer.scope, parts.args.len() + 1);
    parts.conditions.push(seen);
    parts.args.extend(args);
    narrow(viewer, filter, &mut parts);
    let Parts { with, conditions, args } = parts;
    Query::new(
        format!(
            "WITH {with}, hits AS MATERIALIZED (SELECT DISTINCT id FROM near), found AS MATERIALIZED (SELECT u.id, u.created_at FROM hits \
             CROSS JOIN staff_users u ON u.id = hits.id WHERE u.deleted_at IS NULL AND {}) \
             SELECT (SELECT count(*) FROM found) AS total, (SELECT count(*) FROM near) AS candidates, (SELECT json_group_array({}) \
             FROM (SELECT id FROM found ORDER BY created_at DESC, id DESC LIMIT ?2 OFFSET ?3) page CROSS JOIN staff_users u ON u.id = page.id) AS items",
            conditions.join(" AND "),
            shape()
        ),
        args,
    )
}

/// The filters as conditions; the narrowest of them also brings the candidates.
fn narrow(viewer: &Viewer, filter: &Filter, parts: &mut Parts) {
    let mut near = None;
    if let Some(id) = filter.id {
        let n = parts.bind(id);
        parts.conditions.push(format!("u.id = ?{n}"));
        near = Some(format!("SELECT id FROM staff_users WHERE id = ?{n}"));
    }
    if let Some(search) = &filter.search {
        let found = searched(search, parts);
        parts.conditions.push("u.id IN (SELECT id FROM searched)".into());
        parts.with = format!("{found}, ");
        near = near.or_else(|| Some("SELECT id FROM searched".into()));
    }
    if !filter.roles.is_empty() {
        let n = parts.bind(json!(filter.roles).to_string());
        let holds = format!("role_id IN (SELECT value FROM json_each(?{n})) AND tenant_id = ?1 AND deleted_at IS NULL");
        parts
            .conditions
            .push(format!("EXISTS (SELECT 1 FROM staff_memberships rm WHERE rm.user_id = u.id AND rm.{})", holds.replace(" AND ", " AND rm.")));
        near = near.or_else(|| Some(format!("SELECT user_id AS id FROM staff_memberships WHERE {holds} ORDER BY user_id DESC")));
    }
    if let Some(organization) = filter.organization {
        let n = parts.bind(organization);
        let there = |p: &str| format!("{p}tenant_id = ?1 AND {p}organization_id = ?{n}");
        parts.conditions.push(format!("EXISTS (SELECT 1 FROM staff_presence op WHERE op.user_id = u.id AND {})", there("op.")));
        near = near.or_else(|| Some(format!("SELECT user_id AS id FROM staff_presence WHERE {} ORDER BY created_at DESC, user_id DESC", there(""))));
    }
    if let Some(name) = &filter.name {
        let n = parts.bind(name.clone());
        parts.conditions.push(format!("instr(u.name_folded, ?{n}) > 0"));
    }
    let near = near.unwrap_or_else(|| everybody(viewer, parts));
    parts.with.push_str(&format!("near AS MATERIALIZED (SELECT id FROM ({near} LIMIT {ENOUGH}))"));
}

/// Those of the tenant, newest first; or of the organizations and everything under them, where that is less.
fn everybody(viewer: &Viewer, parts: &mut Parts) -> String {
    let scope = viewer.scope;
    if scope.everything || !scope.tenants.is_empty() || !scope.partners.is_empty() {
        return "SELECT user_id AS id FROM staff_presence WHERE tenant_id = ?1 AND organization_id = '' ORDER BY created_at DESC, user_id DESC"
            .into();
    }
    let n = parts.bind(json!([scope.organizations.as_slice(), scope.sites.as_slice()].concat()).to_string());
    format!(
        "SELECT DISTINCT p.user_id AS id FROM json_each(?{n}) w CROSS JOIN organization_paths op ON op.ancestor_id = w.value \
         CROSS JOIN staff_presence p ON p.tenant_id = ?1 AND p.organization_id = op.descendant_id"
    )
}

/// A common table expression `searched (id)`. Organizations and roles are few beside people: the first of them that fit
/// are enough.
fn searched(search: &Search, parts: &mut Parts) -> String {
    let words = parts.bind(json!(search.words).to_string());
    let hash = parts.bind(search.email_hash.clone());
    let text = parts.bind(search.text.clone());
    let begins = "s.word >= w.word AND s.word < w.word || char(1114111)";
    format!(
        "wanted AS MATERIALIZED (SELECT value AS word FROM json_each(?{words})), rarest AS MATERIALIZED (SELECT w.word FROM wanted w ORDER BY \
         (SELECT count(*) FROM (SELECT 1 FROM staff_search s WHERE s.tenant_id = ?1 AND {begins} LIMIT {ENOUGH})), length(w.word) DESC LIMIT 1), \
         worded AS MATERIALIZED (SELECT s.user_id AS id FROM rarest w CROSS JOIN staff_search s WHERE s.tenant_id = ?1 AND {begins} LIMIT {ENOUGH}), \
         roled AS MATERIALIZED (SELECT id FROM (SELECT id, name FROM staff_roles WHERE tenant_id = ?1 AND deleted_at IS NULL \
         UNION ALL SELECT id, name FROM staff_roles WHERE tenant_id IS NULL AND deleted_at IS NULL) WHERE instr(lower(name), ?{text}) > 0 LIMIT 20), \
         placed AS MATERIALIZED (SELECT id FROM organizations WHERE tenant_id = ?1 AND deleted_at IS NULL AND instr(lower(name), ?{text}) > 0 LIMIT 20), \
         searched AS MATERIALIZED (SELECT id FROM (\
         SELECT id FROM (SELECT id FROM staff_users WHERE email_hash = ?{hash} AND deleted_at IS NULL LIMIT 10) \
         UNION SELECT worded.id FROM worded WHERE NOT EXISTS (SELECT 1 FROM wanted w WHERE NOT EXISTS \
         (SELECT 1 FROM staff_search s WHERE s.user_id = worded.id AND s.tenant_id = ?1 AND {begins})) \
         UNION SELECT id FROM (SELECT m.user_id AS id FROM roled CROSS JOIN staff_memberships m ON m.role_id = roled.id AND m.tenant_id = ?1 \
         AND m.deleted_at IS NULL LIMIT {ENOUGH}) \
         UNION SELECT id FROM (SELECT p.user_id AS id FROM placed CROSS JOIN staff_presence p ON p.tenant_id = ?1 AND p.organization_id = placed.id LIMIT {ENOUGH})))"
    )
}
