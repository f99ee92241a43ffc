//! Many accounts in one statement each: what a chunk of an import reads and writes, and what an export reads. Lists travel
//! as JSON; how many rows there are changes no statement.

use serde::Deserialize;
use serde_json::{Value, json};

use super::admin_users::Scope;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Entity, Id, Role, User},
        search::words_json,
        time::Millis,
    },
    moving::{
        decide::{Existing, Made},
        line::Acl,
    },
    ports::{Query, Statement},
};

/// The account's own ACL as JSON, or NULL.
const ACL: &str = "(SELECT json_object('features', json(a.features_json), 'admin', a.is_portal_admin) FROM customer_user_acls a \
     WHERE a.user_id = u.id AND a.tenant_id = u.tenant_id AND a.deleted_at IS NULL) AS acl";

#[derive(Deserialize)]
struct StoredAcl {
    features: Vec<String>,
    admin: i64,
}

fn acl(text: Option<&str>) -> Option<Acl> {
    let stored: StoredAcl = serde_json::from_str(text?).ok()?;
    Some(Acl { features: stored.features, is_portal_admin: stored.admin != 0 })
}

// ── What a chunk finds ───────────────────────────────────────────────────

/// An account at one of the addresses.
#[derive(Clone, Debug, Deserialize)]
pub struct ExistingRow {
    id: Id<User>,
    pub email_hash: String,
    #[serde(deserialize_with = "flag")]
    here: bool,
    display_name: String,
    locale: String,
    #[serde(deserialize_with = "flag")]
    verified: bool,
    #[serde(deserialize_with = "flag")]
    has_password: bool,
    customer_entity_id: Option<Id<Entity>>,
    person_entity_id: Option<Id<Entity>>,
    updated_at: Option<Millis>,
    roles: String,
    acl: Option<String>,
}

impl ExistingRow {
    pub fn existing(self) -> Existing {
        Existing {
            id: self.id,
            here: self.here,
            verified: self.verified,
            has_password: self.has_password,
            company: self.customer_entity_id,
            person: self.person_entity_id,
            roles: serde_json::from_str(&self.roles).unwrap_or_default(),
            acl: acl(self.acl.as_deref()),
            read: self.updated_at,
            display_name: self.display_name,
            locale: self.locale,
        }
    }
}

pub fn existing(scope: Scope, lookups: &[String]) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.email_hash, u.organization_id = ?2 AS here, u.display_name, u.locale, u.email_verified_at IS NOT NULL AS verified, \
             u.password_hash IS NOT NULL AS has_password, u.customer_entity_id, u.person_entity_id, u.updated_at, \
             (SELECT json_group_array(ur.role_id) FROM customer_user_roles ur WHERE ur.user_id = u.id) AS roles, {ACL} \
             FROM json_each(?3) wanted CROSS JOIN customer_users u ON u.tenant_id = ?1 AND u.email_hash = wanted.value AND u.deleted_at IS NULL"
        ),
        args![scope.tenant, scope.organization, json!(lookups).to_string()],
    )
}

/// A role by its slug.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleRow {
    pub id: Id<Role>,
    pub slug: String,
    pub name: String,
}

pub fn roles(scope: Scope, slugs: &[String]) -> Query {
    Query::new(
        "SELECT r.id, r.slug, r.name FROM json_each(?3) wanted CROSS JOIN customer_roles r ON r.tenant_id = ?1 AND r.organization_id = ?2 \
         AND r.slug = wanted.value AND r.deleted_at IS NULL",
        args![scope.tenant, scope.organization, json!(slugs).to_string()],
    )
}

/// A company or person by the id it has elsewhere, or by its own, which is what an export calls one that has none.
#[derive(Clone, Debug, Deserialize)]
pub struct EntityRow {
    pub id: Id<Entity>,
    pub kind: String,
    pub wanted: String,
}

/// `wanted`: `[kind, external id]`.
pub fn entities(scope: Scope, wanted: &[(&'static str, String)]) -> Query {
    let by = |condition: &str| {
        format!(
            "SELECT e.id, e.kind, wanted.value ->> 1 AS wanted FROM json_each(?3) wanted CROSS JOIN customer_entities e ON {condition} \
             AND e.tenant_id = ?1 AND e.organization_id = ?2 AND e.kind = wanted.value ->> 0 AND e.deleted_at IS NULL"
        )
    };
    Query::new(
        format!("{} UNION {}", by("e.external_id = wanted.value ->> 1"), by("e.id = wanted.value ->> 1 AND e.external_id IS NULL")),
        args![scope.tenant, scope.organization, json!(wanted).to_string()],
    )
}

// ── What it writes ───────────────────────────────────────────────────────

pub fn insert_entities(scope: Scope, made: &[Made], hash: impl Fn(&str) -> Option<String>, now: Millis) -> Statement {
    let rows: Vec<Value> = made
        .iter()
        .map(|made| {
            let email = made.email.as_deref();
            json!({
                "id": made.id, "kind": made.kind.name(), "name": made.name, "external": made.external_id, "company": made.company, "email": email,
                "hash": email.and_then(&hash), "words": words_json(&format!("{} {}", made.name, email.unwrap_or_default())),
            })
        })
        .collect();
    Statement::new(
        "INSERT INTO customer_entities (id, tenant_id, organization_id, kind, display_name, primary_email, email_hash, external_id, company_id, search_words, created_at) \
         SELECT value ->> 'id', ?1, ?2, value ->> 'kind', value ->> 'name', value ->> 'email', value ->> 'hash', value ->> 'external', value ->> 'company', \
         value ->> 'words', ?4 FROM json_each(?3)",
        args![scope.tenant, scope.organization, Value::Array(rows).to_string(), now],
    )
}

/// Rows as `moving::plan` makes them.
pub fn insert_users(scope: Scope, rows: &[Value], now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_users (id, tenant_id, organization_id, email, email_hash, password_hash, password_kind, must_change_password, display_name, locale, \
         is_active, email_verified_at, customer_entity_id, person_entity_id, search_name, search_email, created_at) \
         SELECT value ->> 'id', ?1, ?2, value ->> 'email', value ->> 'lookup', value ->> 'hash', value ->> 'kind', value ->> 'mustChange', value ->> 'name', \
         value ->> 'locale', value ->> 'active', value ->> 'verifiedAt', value ->> 'company', value ->> 'person', value ->> 'nameWords', value ->> 'emailWords', ?4 \
         FROM json_each(?3)",
        args![scope.tenant, scope.organization, json!(rows).to_string(), now],
    )
}

/// New accounts find their people by equal address, as [`super::entities::link_on_user_created`] has it for one.
pub fn link_new(scope: Scope, users: &[Id<User>]) -> Statement {
    let person = "SELECT p.{column} FROM customer_entities p WHERE p.tenant_id = ?1 AND p.organization_id = ?2 AND p.email_hash = customer_users.email_hash \
         AND p.kind = 'person' AND p.deleted_at IS NULL ORDER BY p.created_at, p.id LIMIT 1";
    let (id, company) = (person.replace("{column}", "id"), person.replace("{column}", "company_id"));
    Statement::new(
        format!(
            "UPDATE customer_users SET person_entity_id = ({id}), customer_entity_id = COALESCE(customer_entity_id, ({company})) \
             WHERE id IN (SELECT value FROM json_each(?3)) AND tenant_id = ?1 AND organization_id = ?2 AND person_entity_id IS NULL AND EXISTS ({id})"
        ),
        args![scope.tenant, scope.organization, json!(users).to_string()],
    )
}

/// Changes the versions that were read and no others; follow with [`super::changed_rows`]. A password only moves in where
/// there is none, and then nothing that was under way before may open the account.
pub fn update_users(scope: Scope, rows: &[Value], now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_users SET display_name = COALESCE(j.value ->> 'name', display_name), search_name = COALESCE(j.value ->> 'nameWords', search_name), \
         locale = COALESCE(j.value ->> 'locale', locale), email_verified_at = COALESCE(email_verified_at, j.value ->> 'verifiedAt'), \
         credential_epoch = credential_epoch + (password_hash IS NULL AND j.value ->> 'hash' IS NOT NULL), \
         password_kind = CASE WHEN password_hash IS NULL THEN j.value ->> 'kind' ELSE password_kind END, \
         must_change_password = CASE WHEN password_hash IS NULL AND j.value ->> 'hash' IS NOT NULL THEN j.value ->> 'mustChange' ELSE must_change_password END, \
         password_hash = COALESCE(password_hash, j.value ->> 'hash'), \
         customer_entity_id = COALESCE(j.value ->> 'company', customer_entity_id), person_entity_id = COALESCE(j.value ->> 'person', person_entity_id), \
         updated_at = MAX(?4, COALESCE(updated_at, 0) + 1) FROM json_each(?3) j \
         WHERE customer_users.id = j.value ->> 'id' AND tenant_id = ?1 AND organization_id = ?2 AND deleted_at IS NULL AND updated_at IS j.value ->> 'read'",
        args![scope.tenant, scope.organization, json!(rows).to_string(), now],
    )
}

/// Links and waiting passwords of accounts that were proven, or got a password, in another way.
pub fn void_pending(users: &[Id<User>], now: Millis) -> [Statement; 2] {
    let users = json!(users).to_string();
    [
        Statement::new(
            "UPDATE customer_user_email_verifications SET voided_at = ?2, password_hash = NULL \
             WHERE user_id IN (SELECT value FROM json_each(?1)) AND used_at IS NULL AND voided_at IS NULL",
            args![users.clone(), now],
        ),
        Statement::new(
            "UPDATE customer_user_password_resets SET voided_at = ?2 WHERE user_id IN (SELECT value FROM json_each(?1)) AND used_at IS NULL AND voided_at IS NULL",
            args![users, now],
        ),
    ]
}

/// Replaces the roles of some accounts by `[user, role]`.
pub fn replace_roles(users: &[Id<User>], held: &[(Id<User>, Id<Role>)], now: Millis) -> [Statement; 2] {
    [
        Statement::new("DELETE FROM customer_user_roles WHERE user_id IN (SELECT value FROM json_each(?1))", args![json!(users).to_string()]),
        Statement::new(
            "INSERT INTO customer_user_roles (user_id, role_id, created_at) SELECT value ->> 0, value ->> 1, ?2 FROM json_each(?1)",
            args![json!(held).to_string(), now],
        ),
    ]
}

/// Gives some accounts ACLs of their own, or others.
pub fn set_acls(scope: Scope, rows: &[Value], now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, is_portal_admin, created_at) \
         SELECT value ->> 'id', value ->> 'user', ?1, value ->> 'features', value ->> 'admin', ?3 FROM json_each(?2) WHERE true \
         ON CONFLICT (user_id, tenant_id) WHERE deleted_at IS NULL DO UPDATE SET features_json = excluded.features_json, \
         is_portal_admin = excluded.is_portal_admin, updated_at = ?3",
        args![scope.tenant, json!(rows).to_string(), now],
    )
}

// ── What an export reads ─────────────────────────────────────────────────

/// Everything of one account that moves.
#[derive(Clone, Debug, Deserialize)]
pub struct LeavingRow {
    pub id: Id<User>,
    pub email: String,
    pub display_name: String,
    pub locale: String,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    pub must_change_password: bool,
    pub password_hash: Option<String>,
    pub created_at: Millis,
    pub last_login_at: Option<Millis>,
    pub company: Option<String>,
    pub company_name: Option<String>,
    pub person: Option<String>,
    pub person_name: Option<String>,
    roles: String,
    acl: Option<String>,
}

impl LeavingRow {
    pub fn roles(&self) -> Vec<String> {
        serde_json::from_str(&self.roles).unwrap_or_default()
    }

    pub fn acl(&self) -> Option<Acl> {
        acl(self.acl.as_deref())
    }
}

/// Up to `most` accounts after one, in the order in which they came. The columns of the cursor are those of the index.
pub fn leaving(scope: Scope, (at, id): (Millis, &str), until: Millis, most: i64) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.email, u.display_name, u.locale, u.is_active, u.email_verified_at, u.must_change_password, u.password_hash, u.created_at, u.last_login_at, \
             COALESCE(c.external_id, c.id) AS company, c.display_name AS company_name, COALESCE(p.external_id, p.id) AS person, p.display_name AS person_name, \
             (SELECT json_group_array(r.slug) FROM customer_user_roles ur JOIN customer_roles r ON r.id = ur.role_id AND r.deleted_at IS NULL WHERE ur.user_id = u.id) AS roles, {ACL} \
             FROM customer_users u LEFT JOIN customer_entities c ON c.id = u.customer_entity_id AND c.deleted_at IS NULL \
             LEFT JOIN customer_entities p ON p.id = u.person_entity_id AND p.deleted_at IS NULL \
             WHERE u.tenant_id = ?1 AND u.organization_id = ?2 AND u.deleted_at IS NULL AND (u.created_at, u.id) > (?3, ?4) AND u.created_at <= ?5 \
             ORDER BY u.created_at, u.id LIMIT ?6"
        ),
        args![scope.tenant, scope.organization, at, id, until, most],
    )
}
