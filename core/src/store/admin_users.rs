//! Customers as administrators see and change them. Scope: tenant and organization, in every statement.

use serde::Deserialize;
use serde_json::{Value, json};

use super::company_users::ROLES;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Entity, Id, Organization, Record, Role, Tenant, User},
        search::words_json,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// Where an administrator works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
}

/// An account with what an administrator's decision needs.
#[derive(Clone, Debug, Deserialize)]
pub struct AdminUserRow {
    pub id: Id<User>,
    pub email: String,
    pub email_hash: String,
    pub display_name: String,
    pub locale: String,
    pub email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub locked_until: Option<Millis>,
    pub last_login_at: Option<Millis>,
    pub customer_entity_id: Option<Id<Entity>>,
    pub person_entity_id: Option<Id<Entity>>,
    pub credential_epoch: i64,
    pub created_at: Millis,
    /// The version; NULL until somebody changes the record.
    pub updated_at: Option<Millis>,
    pub tenant_policy: String,
    pub organization_name: String,
    pub organization_slug: String,
    roles: String,
}

/// A role as it is shown beside an account.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleBadge {
    pub id: Id<Role>,
    pub name: String,
    pub slug: String,
}

impl AdminUserRow {
    pub fn roles(&self) -> Vec<RoleBadge> {
        serde_json::from_str(&self.roles).unwrap_or_default()
    }

    pub fn role_views(&self) -> Value {
        self.roles().iter().map(|role| json!({"id": role.id, "name": role.name, "slug": role.slug})).collect()
    }
}

pub fn one(scope: Scope, id: Id<User>) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.email, u.email_hash, u.display_name, u.locale, u.email_verified_at, u.is_active, u.locked_until, u.last_login_at, \
             u.customer_entity_id, u.person_entity_id, u.credential_epoch, u.created_at, u.updated_at, t.policy AS tenant_policy, \
             o.name AS organization_name, o.slug AS organization_slug, {ROLES} FROM customer_users u JOIN tenants t ON t.id = u.tenant_id \
             JOIN organizations o ON o.id = u.organization_id \
             WHERE u.id = ?1 AND u.tenant_id = ?2 AND u.organization_id = ?3 AND u.deleted_at IS NULL"
        ),
        args![id, scope.tenant, scope.organization],
    )
}

/// The account at an address, in the whole tenant.
pub fn at_address(tenant: Id<Tenant>, lookup_hash: &str) -> Query {
    Query::new("SELECT id FROM customer_users WHERE tenant_id = ?1 AND email_hash = ?2 AND deleted_at IS NULL", args![tenant, lookup_hash])
}

/// How many mails the account's address got in the last hour, counted to the cap and no further.
pub fn recent_mails(scope: Scope, user: Id<User>, now: Millis) -> Query {
    Query::new(
        "SELECT count(*) AS n FROM (SELECT 1 FROM mail_outbox m WHERE m.tenant_id = ?1 AND m.recipient_hash = \
         (SELECT email_hash FROM customer_users WHERE id = ?2) AND m.created_at > ?3 - 3600000 LIMIT 10)",
        args![scope.tenant, user, now],
    )
}

/// What changes; `None` leaves a column as it is, and the inner `None` clears it.
#[derive(Clone, Debug, Default)]
pub struct Patch<'a> {
    pub display_name: Option<&'a str>,
    pub is_active: Option<bool>,
    pub locked_until: Option<Option<Millis>>,
    /// An unlocked account starts counting failures from nothing.
    pub forget_failures: bool,
    pub person: Option<Option<Id<Entity>>>,
    pub company: Option<Option<Id<Entity>>>,
}

/// Changes the version that was read and no other; follow with [`super::changed_one`].
pub fn update(scope: Scope, user: &AdminUserRow, patch: &Patch, version: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_users SET display_name = COALESCE(?6, display_name), search_name = COALESCE(?7, search_name), is_active = COALESCE(?8, is_active), \
         locked_until = CASE WHEN ?9 THEN ?10 ELSE locked_until END, failed_login_attempts = CASE WHEN ?11 THEN 0 ELSE failed_login_attempts END, \
         person_entity_id = CASE WHEN ?12 THEN ?13 ELSE person_entity_id END, customer_entity_id = CASE WHEN ?14 THEN ?15 ELSE customer_entity_id END, \
         updated_at = ?5 WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 AND deleted_at IS NULL AND updated_at IS ?4",
        args![
            user.id,
            scope.tenant,
            scope.organization,
            user.updated_at,
            version,
            patch.display_name,
            patch.display_name.map(words_json),
            patch.is_active,
            patch.locked_until.is_some(),
            patch.locked_until.flatten(),
            patch.forget_failures,
            patch.person.is_some(),
            patch.person.flatten(),
            patch.company.is_some(),
            patch.company.flatten()
        ],
    )
}

/// Failures counted on devices of the account are over too.
pub fn forget_device_failures(user: Id<User>) -> Statement {
    Statement::new("DELETE FROM customer_device_failures WHERE user_id = ?1", args![user])
}

/// Soft-deletes the version that was read; follow with [`super::changed_one`].
pub fn delete(scope: Scope, user: &AdminUserRow, version: Millis, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_users SET deleted_at = ?6, is_active = 0, updated_at = ?5, credential_epoch = credential_epoch + 1 \
         WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 AND deleted_at IS NULL AND updated_at IS ?4",
        args![user.id, scope.tenant, scope.organization, user.updated_at, version, now],
    )
}

/// Aborts the batch unless the account is still there, for changes of other tables.
pub fn still_there(scope: Scope, user: Id<User>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM customer_users \
         WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 AND deleted_at IS NULL)",
        args![user, scope.tenant, scope.organization],
    )
}

/// An account's own ACL.
#[derive(Clone, Debug, Deserialize)]
pub struct AclRow {
    features_json: String,
    #[serde(deserialize_with = "flag")]
    pub is_portal_admin: bool,
}

impl AclRow {
    pub fn features(&self) -> Vec<String> {
        serde_json::from_str(&self.features_json).unwrap_or_default()
    }
}

pub fn acl(tenant: Id<Tenant>, user: Id<User>) -> Query {
    Query::new(
        "SELECT features_json, is_portal_admin FROM customer_user_acls WHERE user_id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL",
        args![user, tenant],
    )
}

/// Replaces an account's ACL. Without `is_portal_admin` the flag stays; a new row has none.
pub fn set_acl(id: Id<Record>, tenant: Id<Tenant>, user: Id<User>, features: &[String], is_portal_admin: Option<bool>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, is_portal_admin, created_at) VALUES (?1, ?2, ?3, ?4, COALESCE(?5, 0), ?6) \
         ON CONFLICT (user_id, tenant_id) WHERE deleted_at IS NULL DO UPDATE SET features_json = ?4, is_portal_admin = COALESCE(?5, is_portal_admin), updated_at = ?6",
        args![id, user, tenant, json!(features).to_string(), is_portal_admin, now],
    )
}

pub fn delete_acl(tenant: Id<Tenant>, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_acls SET deleted_at = ?3, updated_at = ?3 WHERE user_id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL",
        args![user, tenant, now],
    )
}

/// Gives a record a new version without another change of its own columns; follow with [`super::changed_one`].
pub fn bump(scope: Scope, user: &AdminUserRow, version: Millis) -> Statement {
    update(scope, user, &Patch::default(), version)
}
