//! Staff as those see and change them who look after them. Whom somebody may see is a scope; whom they may change is
//! decided on the row, and held to it in the batch: a person who rose or moved meanwhile is decided upon again.

use serde::Deserialize;
use serde_json::json;

use super::scope;
use crate::{
    actor::flag,
    args,
    domain::{
        authority::Standing,
        email::Email,
        id::{Id, Organization, Record, Role, Tenant, User},
        scope::Scope,
        search,
        time::Millis,
    },
    ports::{Query, Statement, Value},
};

/// A person with what every decision about them needs.
#[derive(Clone, Debug, Deserialize)]
pub struct PersonRow {
    pub id: Id<User>,
    /// Home.
    pub tenant_id: Id<Tenant>,
    pub tenant_name: String,
    pub tenant_policy: String,
    pub organization_id: Option<Id<Organization>>,
    pub email: String,
    pub display_name: Option<String>,
    pub locale: String,
    #[serde(deserialize_with = "flag")]
    pub has_password: bool,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    #[serde(deserialize_with = "flag")]
    pub must_change_password: bool,
    pub failed_login_attempts: i64,
    pub locked_until: Option<Millis>,
    pub last_login_at: Option<Millis>,
    pub credential_epoch: i64,
    pub created_at: Millis,
    /// The version; NULL until somebody changes the record.
    pub updated_at: Option<Millis>,
    pub priority: i64,
    #[serde(deserialize_with = "flag")]
    pub is_super_admin: bool,
    /// Nothing of the account lies outside what the caller looks after.
    #[serde(deserialize_with = "flag")]
    pub governed: bool,
    /// JSON array.
    memberships: String,
}

/// A live membership of a person, wherever it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipItem {
    pub id: Id<Record>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub organization_name: Option<String>,
    pub role: Id<Role>,
    pub name: String,
    pub slug: String,
    pub priority: i64,
    pub admin: Option<i64>,
}

impl PersonRow {
    pub fn standing(&self) -> Standing {
        Standing { priority: self.priority, admin: self.is_super_admin }
    }

    pub fn memberships(&self) -> Vec<MembershipItem> {
        serde_json::from_str(&self.memberships).unwrap_or_default()
    }
}

/// The highest priority of all the memberships of a person `u`, and whether they carry the flag.
const PRIORITY: &str = "(SELECT COALESCE(max(pr.priority), 0) FROM staff_memberships pm JOIN staff_roles pr ON pr.id = pm.role_id AND pr.deleted_at IS NULL \
     WHERE pm.user_id = u.id AND pm.deleted_at IS NULL)";
pub(super) const IS_SUPER: &str = "(EXISTS (SELECT 1 FROM staff_user_acls sa WHERE sa.user_id = u.id AND sa.is_super_admin = 1 AND sa.deleted_at IS NULL) \
     OR EXISTS (SELECT 1 FROM staff_memberships fm JOIN staff_role_acls fa ON fa.role_id = fm.role_id AND fa.is_super_admin = 1 AND fa.deleted_at IS NULL \
     WHERE fm.user_id = u.id AND fm.deleted_at IS NULL))";

const HELD: &str = "(SELECT json_group_array(json_object('id', m.id, 'tenant', m.tenant_id, 'organization', m.organization_id, 'organizationName', o.name, \
     'role', r.id, 'name', r.name, 'slug', r.slug, 'priority', r.priority, 'admin', ra.is_super_admin)) FROM staff_memberships m \
     JOIN staff_roles r ON r.id = m.role_id AND r.deleted_at IS NULL LEFT JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL \
     LEFT JOIN organizations o ON o.id = m.organization_id WHERE m.user_id = u.id AND m.deleted_at IS NULL)";

/// People `u` of a scope: members of its places, and whoever is at home in them. With the arguments it adds.
pub(super) fn visible(scope: &Scope, first: usize) -> (String, Vec<Value>) {
    let member = scope::staff(scope, "u", first);
    let home = scope::place(scope, "u.tenant_id", "u.organization_id", first + member.args.len());
    (format!("({} OR {})", member.sql, home.sql), [member.args, home.args].concat())
}

/// An account belongs to its home tenant: who looks after all of it may change it, wherever else the person works. Who
/// looks after less may, where the person works nowhere else: a new password opens every place at once.
fn governed(scope: &Scope, here: Id<Tenant>, first: usize) -> (String, Vec<Value>) {
    let whole = if scope.only.is_some() { Scope::default() } else { scope.clone() };
    let home = scope::tenants(&whole, "t", first);
    let inside = scope::place(scope, "gm.tenant_id", "gm.organization_id", first + home.args.len());
    let tenant = first + home.args.len() + inside.args.len();
    let sql = format!(
        "({} OR (u.tenant_id = ?{tenant} AND NOT EXISTS (SELECT 1 FROM staff_memberships gm WHERE gm.user_id = u.id AND gm.deleted_at IS NULL AND NOT {})))",
        home.sql, inside.sql
    );
    (sql, [home.args, inside.args, args![here]].concat())
}

/// One person of a scope; `here` is the tenant the caller is active in.
pub fn one(id: Id<User>, scope: &Scope, here: Id<Tenant>) -> Query {
    let (visible, shown) = visible(scope, 2);
    let (governed, held) = governed(scope, here, 2 + shown.len());
    Query::new(
        format!(
            "SELECT u.id, u.tenant_id, t.name AS tenant_name, t.policy AS tenant_policy, u.organization_id, u.email, u.display_name, u.locale, \
             u.password_hash IS NOT NULL AS has_password, u.is_active, u.must_change_password, u.failed_login_attempts, u.locked_until, u.last_login_at, \
             u.credential_epoch, u.created_at, u.updated_at, {PRIORITY} AS priority, {IS_SUPER} AS is_super_admin, {governed} AS governed, \
             {HELD} AS memberships FROM staff_users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = ?1 AND u.deleted_at IS NULL AND {visible}"
        ),
        [args![id], shown, held].concat(),
    )
}

/// Aborts the batch when the person is gone, or stands elsewhere than where the decision saw them.
pub fn still(person: &PersonRow) -> Statement {
    Statement::new(
        format!(
            "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM staff_users u WHERE u.id = ?1 AND u.deleted_at IS NULL \
             AND {PRIORITY} = ?2 AND {IS_SUPER} = ?3)"
        ),
        args![person.id, person.priority, person.is_super_admin],
    )
}

/// What changes; `None` leaves a column as it is, and the inner `None` clears it.
#[derive(Clone, Debug, Default)]
pub struct Patch<'a> {
    pub name: Option<Option<&'a str>>,
    pub email: Option<(&'a Email, &'a str)>,
    pub organization: Option<Id<Organization>>,
    pub is_active: Option<bool>,
    pub locked_until: Option<Option<Millis>>,
    /// Devices that signed in before are strangers from now on, and sign-ins under way fail.
    pub forget_devices: bool,
}

/// Changes the version that was read and no other; follow with [`super::changed_one`].
pub fn update(person: &PersonRow, patch: &Patch, version: Millis) -> Statement {
    let name = patch.name.map(Option::unwrap_or_default);
    let (email, lookup) = patch.email.map_or((None, None), |(email, lookup)| (Some(email.as_str()), Some(lookup)));
    Statement::new(
        "UPDATE staff_users SET display_name = CASE WHEN ?4 THEN ?5 ELSE display_name END, search_name = COALESCE(?6, search_name), \
         name_folded = COALESCE(?7, name_folded), email_verified_at = CASE WHEN COALESCE(?9, email_hash) = email_hash THEN email_verified_at END, \
         email = COALESCE(?8, email), email_hash = COALESCE(?9, email_hash), search_email = COALESCE(?10, search_email), \
         organization_id = COALESCE(?11, organization_id), is_active = COALESCE(?12, is_active), locked_until = CASE WHEN ?13 THEN ?14 ELSE locked_until END, \
         failed_login_attempts = CASE WHEN ?13 THEN 0 ELSE failed_login_attempts END, credential_epoch = credential_epoch + ?15, updated_at = ?3 \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![
            person.id,
            person.updated_at,
            version,
            patch.name.is_some(),
            patch.name.flatten(),
            name.map(search::words_json),
            name.map(search::fold),
            email,
            lookup,
            email.map(search::words_json),
            patch.organization,
            patch.is_active,
            patch.locked_until.is_some(),
            patch.locked_until.flatten(),
            i64::from(patch.forget_devices)
        ],
    )
}

/// Soft-deletes the version that was read; follow with [`super::changed_one`].
pub fn delete(person: &PersonRow, version: Millis, now: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_users SET deleted_at = ?4, is_active = 0, updated_at = ?3, credential_epoch = credential_epoch + 1 \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![person.id, person.updated_at, version, now],
    )
}

/// What a deleted account held goes with it.
pub fn strip(user: Id<User>, now: Millis) -> [Statement; 2] {
    ["staff_memberships SET deleted_at = ?2", "staff_user_acls SET deleted_at = ?2, updated_at = ?2"]
        .map(|set| Statement::new(format!("UPDATE {set} WHERE user_id = ?1 AND deleted_at IS NULL"), args![user, now]))
}

/// Takes memberships away, all of which have to be there; follow with nothing: fewer abort the batch.
pub fn leave(memberships: &[Id<Record>], now: Millis) -> [Statement; 2] {
    let ids = json!(memberships).to_string();
    [
        Statement::new(
            "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, (SELECT count(*) FROM staff_memberships WHERE id IN (SELECT value FROM json_each(?1)) \
             AND deleted_at IS NULL) = json_array_length(?1)",
            args![ids.clone()],
        ),
        Statement::new(
            "UPDATE staff_memberships SET deleted_at = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NULL",
            args![ids, now],
        ),
    ]
}

/// How many mails the person's address got in the last hour, counted to the cap and no further.
pub fn recent_mails(user: Id<User>, now: Millis) -> Query {
    Query::new(
        "SELECT count(*) AS n FROM (SELECT 1 FROM mail_outbox m JOIN staff_users u ON u.id = ?1 WHERE m.tenant_id = u.tenant_id \
         AND m.recipient_hash = u.email_hash AND m.created_at > ?2 - 3600000 LIMIT 10)",
        args![user, now],
    )
}

/// Aborts the batch when an invitation has been accepted meanwhile.
pub fn still_invited(user: Id<User>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM staff_users WHERE id = ?1 AND password_hash IS NULL)",
        args![user],
    )
}

/// The account at an address in its home tenant.
pub fn at_address(tenant: Id<Tenant>, lookup_hash: &str) -> Query {
    Query::new("SELECT id FROM staff_users WHERE tenant_id = ?1 AND email_hash = ?2 AND deleted_at IS NULL", args![tenant, lookup_hash])
}

/// The same role in another organization of the tenant, unless it is held there already.
pub fn rejoin(id: Id<Record>, left: &MembershipItem, organization: Id<Organization>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) \
         SELECT ?1, m.user_id, m.tenant_id, ?3, m.role_id, ?4 FROM staff_memberships m WHERE m.id = ?2 AND NOT EXISTS (SELECT 1 FROM staff_memberships o \
         WHERE o.user_id = m.user_id AND o.tenant_id = m.tenant_id AND o.organization_id = ?3 AND o.role_id = m.role_id AND o.deleted_at IS NULL)",
        args![id, left.id, organization, now],
    )
}
