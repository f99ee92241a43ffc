//! Accounts as sign-in sees them, and the writes of sign-in, sign-up and credentials.

use serde::Deserialize;

use super::sessions::HOLDING;
use crate::{
    actor::flag,
    args,
    domain::{
        email::Email,
        id::{Entity, Id, Organization, Record, Role, Tenant, User},
        lockout::{self, Counter},
        realm::Realm,
        search,
        secret::TokenHash,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// Everything a sign-in decides on.
#[derive(Clone, Debug, Deserialize)]
pub struct LoginRow {
    pub id: Id<User>,
    pub organization_id: Id<Organization>,
    pub organization_slug: String,
    pub organization_name: String,
    #[serde(deserialize_with = "flag")]
    pub organization_active: bool,
    pub email: String,
    pub password_hash: Option<String>,
    pub display_name: String,
    pub locale: String,
    pub email_verified_at: Option<Millis>,
    pub last_login_at: Option<Millis>,
    pub failed_login_attempts: i64,
    pub locked_until: Option<Millis>,
    pub credential_epoch: i64,
    #[serde(deserialize_with = "flag")]
    pub must_change_password: bool,
    pub customer_entity_id: Option<Id<Entity>>,
    pub person_entity_id: Option<Id<Entity>>,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub device_failures: Option<i64>,
    pub device_locked_until: Option<Millis>,
    pub user_acl: Option<String>,
    pub roles: String,
}

impl LoginRow {
    /// The counter of strangers' attempts.
    pub fn counter(&self) -> Counter {
        Counter { failures: self.failed_login_attempts, locked_until: self.locked_until }
    }

    /// The counter of the known device that is asking.
    pub fn device_counter(&self) -> Counter {
        Counter { failures: self.device_failures.unwrap_or(0), locked_until: self.device_locked_until }
    }
}

const LOGIN: &str = "SELECT u.id, u.organization_id, o.slug AS organization_slug, o.name AS organization_name, o.is_active AS organization_active, u.email, \
     u.password_hash, u.display_name, u.locale, u.email_verified_at, u.last_login_at, u.failed_login_attempts, u.locked_until, u.credential_epoch, u.must_change_password, \
     u.customer_entity_id, u.person_entity_id, u.is_active, d.failed_login_attempts AS device_failures, d.locked_until AS device_locked_until,";

const LOGIN_FROM: &str = "FROM {realm}_users u JOIN organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL \
     JOIN tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL LEFT JOIN {realm}_device_failures d ON d.user_id = u.id AND d.device = ?3 ";

/// The account of an address in a tenant, with the counter of the device that asks.
pub fn for_login(realm: Realm, tenant: Id<Tenant>, lookup_hash: &str, device: &str) -> Query {
    Query::new(
        realm.sql(&format!("{LOGIN} {HOLDING} {LOGIN_FROM}WHERE u.tenant_id = ?1 AND u.email_hash = ?2 AND u.deleted_at IS NULL")),
        args![tenant, lookup_hash, device],
    )
}

/// The same for the account a verification or magic-link token names.
pub fn for_login_by_link(token: &TokenHash) -> Query {
    let condition =
        "WHERE u.id = (SELECT v.user_id FROM customer_user_email_verifications v WHERE v.token = ?1) AND u.deleted_at IS NULL AND ?2 = ''";
    Query::new(Realm::Customer.sql(&format!("{LOGIN} {HOLDING} {LOGIN_FROM}{condition}")), args![token.as_str(), "", ""])
}

/// A success: counters cleared, the password rehashed where its hash was stale. `rehash` only replaces the hash that was verified.
pub fn signed_in(realm: Realm, user: Id<User>, rehash: Option<(&str, &str)>, now: Millis) -> Statement {
    let (old, new) = rehash.map_or((None, None), |(old, new)| (Some(old), Some(new)));
    Statement::new(
        realm.sql(
            "UPDATE {realm}_users SET last_login_at = ?2, failed_login_attempts = 0, locked_until = NULL, \
             password_hash = CASE WHEN ?4 IS NOT NULL AND password_hash = ?3 THEN ?4 ELSE password_hash END WHERE id = ?1",
        ),
        args![user, now, old, new],
    )
}

/// A success on a known device, whose strangers' counter is none of its business.
pub fn forget_device_failures(realm: Realm, user: Id<User>, device: &str) -> Statement {
    Statement::new(realm.sql("DELETE FROM {realm}_device_failures WHERE user_id = ?1 AND device = ?2"), args![user, device])
}

/// One more wrong password by a stranger: counted in SQL, so that parallel attempts all count. Mirrors
/// [`Counter::after_failure`], which a property test holds it to.
pub fn count_failure(realm: Realm, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_users SET failed_login_attempts = CASE WHEN locked_until IS NOT NULL THEN 1 ELSE failed_login_attempts + 1 END, \
             locked_until = CASE WHEN (CASE WHEN locked_until IS NOT NULL THEN 1 ELSE failed_login_attempts + 1 END) >= ?3 THEN ?2 + ?4 END \
             WHERE id = ?1 AND (locked_until IS NULL OR locked_until <= ?2) RETURNING failed_login_attempts, locked_until",
        ),
        args![user, now, lockout::THRESHOLD, lockout::LOCK_MILLIS],
    )
}

/// The same on a device that signed in before.
pub fn count_device_failure(realm: Realm, user: Id<User>, device: &str, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "INSERT INTO {realm}_device_failures (user_id, device, failed_login_attempts, locked_until, updated_at) \
             SELECT u.id, ?2, 1, NULL, ?3 FROM {realm}_users u WHERE u.id = ?1 \
             ON CONFLICT (user_id, device) DO UPDATE SET updated_at = ?3, \
             failed_login_attempts = CASE WHEN locked_until IS NOT NULL THEN 1 ELSE failed_login_attempts + 1 END, \
             locked_until = CASE WHEN (CASE WHEN locked_until IS NOT NULL THEN 1 ELSE failed_login_attempts + 1 END) >= ?4 THEN ?3 + ?5 END \
             WHERE locked_until IS NULL OR locked_until <= ?3 RETURNING failed_login_attempts, locked_until",
        ),
        args![user, device, now, lockout::THRESHOLD, lockout::LOCK_MILLIS],
    )
}

/// A new account.
pub struct NewUser<'a> {
    pub id: Id<User>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub email: &'a Email,
    pub lookup_hash: &'a str,
    pub password_hash: Option<&'a str>,
    pub display_name: &'a str,
    pub locale: &'a str,
    pub verified_at: Option<Millis>,
    pub company: Option<Id<Entity>>,
}

pub fn insert(user: &NewUser, now: Millis) -> Statement {
    insert_if(true, user, now)
}

/// The same, or the same statement without a row: see [`crate::change::Change::applies`].
pub fn insert_if(meant: bool, user: &NewUser, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_users (id, tenant_id, organization_id, email, email_hash, password_hash, display_name, locale, email_verified_at, \
         customer_entity_id, created_at, search_name, search_email) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 WHERE ?14 = 1",
        args![
            user.id,
            user.tenant,
            user.organization,
            user.email.as_str(),
            user.lookup_hash,
            user.password_hash.map(str::to_owned),
            user.display_name,
            user.locale,
            user.verified_at,
            user.company,
            now,
            search::words_json(user.display_name),
            search::words_json(user.email.as_str()),
            meant
        ],
    )
}

/// A new password: the epoch grows, so that known devices and concurrent sign-ins of before are void.
pub fn set_password(realm: Realm, user: Id<User>, hash: &str, must_change: bool, epoch: i64) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_users SET password_hash = ?2, must_change_password = ?3, credential_epoch = credential_epoch + 1 \
             WHERE id = ?1 AND deleted_at IS NULL AND credential_epoch = ?4",
        ),
        args![user, hash, must_change, epoch],
    )
}

/// The address is proven; an earlier proof keeps its date.
pub fn stamp_verified(realm: Realm, user: Id<User>, now: Millis) -> Statement {
    Statement::new(realm.sql("UPDATE {realm}_users SET email_verified_at = COALESCE(email_verified_at, ?2) WHERE id = ?1"), args![user, now])
}

pub fn clear_lock(realm: Realm, user: Id<User>) -> Statement {
    Statement::new(realm.sql("UPDATE {realm}_users SET failed_login_attempts = 0, locked_until = NULL WHERE id = ?1"), args![user])
}

/// A person's own name. `updated_at` stays: it is the version of the administrators' record.
pub fn rename(realm: Realm, user: Id<User>, display_name: &str) -> Statement {
    match realm {
        Realm::Customer => Statement::new(
            "UPDATE customer_users SET display_name = ?2, search_name = ?3 WHERE id = ?1",
            args![user, display_name, search::words_json(display_name)],
        ),
        Realm::Staff => Statement::new(
            "UPDATE staff_users SET display_name = ?2, search_name = ?3, name_folded = ?4 WHERE id = ?1",
            args![user, display_name, search::words_json(display_name), search::fold(display_name)],
        ),
    }
}

/// Where there is no such account, or no role, nothing is granted.
pub fn grant_role(user: Id<User>, role: Option<Id<Role>>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_user_roles (user_id, role_id, created_at) SELECT u.id, ?2, ?3 FROM customer_users u WHERE u.id = ?1 AND ?2 IS NOT NULL",
        args![user, role, now],
    )
}

/// What sign-up finds at an address.
#[derive(Clone, Debug, Deserialize)]
pub struct SignupRow {
    pub id: Id<User>,
    pub display_name: String,
    pub locale: String,
    pub email_verified_at: Option<Millis>,
    pub organization_id: Id<Organization>,
    /// When the pending verification mail was ordered, and its row.
    pub pending_id: Option<Id<Record>>,
    pub pending_at: Option<Millis>,
    /// The password that waits behind it.
    pub pending_hash: Option<String>,
    /// When the address was last told that it has an account, if that was within the minute.
    pub reminded_at: Option<Millis>,
}

pub fn for_signup(tenant: Id<Tenant>, lookup_hash: &str, now: Millis) -> Query {
    Query::new(
        "SELECT u.id, u.display_name, u.locale, u.email_verified_at, u.organization_id, v.id AS pending_id, v.created_at AS pending_at, v.password_hash AS pending_hash, \
         (SELECT max(m.created_at) FROM mail_outbox m WHERE m.tenant_id = ?1 AND m.recipient_hash = ?2 AND m.created_at > ?3 - 60000 \
         AND m.template = 'existing_account') AS reminded_at FROM customer_users u \
         LEFT JOIN customer_user_email_verifications v ON v.id = (SELECT p.id FROM customer_user_email_verifications p \
         WHERE p.user_id = u.id AND p.purpose = 'email_verification' AND p.used_at IS NULL AND p.voided_at IS NULL ORDER BY p.created_at DESC LIMIT 1) \
         WHERE u.tenant_id = ?1 AND u.email_hash = ?2 AND u.deleted_at IS NULL",
        args![tenant, lookup_hash, now],
    )
}

/// How many mails an address got in the last hour.
pub fn recent_mails(tenant: Id<Tenant>, lookup_hash: &str, now: Millis) -> Query {
    Query::new(format!("SELECT {} AS n", super::outbox::RECENT_MAILS), args![tenant, lookup_hash, now])
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Count {
    pub n: i64,
}

/// The password a signed-in person has to prove.
#[derive(Clone, Debug, Deserialize)]
pub struct CredentialRow {
    pub password_hash: Option<String>,
    pub credential_epoch: i64,
}

pub fn credential(realm: Realm, user: Id<User>) -> Query {
    Query::new(realm.sql("SELECT password_hash, credential_epoch FROM {realm}_users WHERE id = ?1 AND deleted_at IS NULL"), args![user])
}

/// The account behind a verification token.
#[derive(Clone, Debug, Deserialize)]
pub struct VerifyingRow {
    pub id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Id<Organization>,
}

pub fn by_verification(token: &TokenHash) -> Query {
    Query::new(
        "SELECT u.id, u.tenant_id, u.organization_id FROM customer_user_email_verifications v JOIN customer_users u ON u.id = v.user_id \
         WHERE v.token = ?1 AND u.deleted_at IS NULL",
        args![token.as_str()],
    )
}

/// The sign-up's own link was used: its password becomes live, and its name. A live password is never replaced: the
/// address had an owner before.
pub fn verified_by_signup(user: Id<User>, password_hash: Option<&str>, display_name: Option<&str>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_users SET display_name = CASE WHEN email_verified_at IS NULL THEN COALESCE(?3, display_name) ELSE display_name END, \
         search_name = CASE WHEN email_verified_at IS NULL THEN COALESCE(?5, search_name) ELSE search_name END, \
         password_hash = CASE WHEN email_verified_at IS NULL THEN COALESCE(password_hash, ?2) ELSE password_hash END, email_verified_at = ?4 WHERE id = ?1 AND deleted_at IS NULL",
        args![user, password_hash, display_name, now, display_name.map(search::words_json)],
    )
}

/// An account a link may be mailed to, active or not.
#[derive(Clone, Debug, Deserialize)]
pub struct MailableRow {
    pub id: Id<User>,
    pub organization_id: Id<Organization>,
    pub email: String,
    pub display_name: String,
    pub locale: String,
}

pub fn mailable(tenant: Id<Tenant>, lookup_hash: &str) -> Query {
    Query::new(
        "SELECT u.id, u.organization_id, u.email, u.display_name, u.locale FROM customer_users u \
         JOIN organizations o ON o.id = u.organization_id AND o.deleted_at IS NULL JOIN tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL \
         WHERE u.tenant_id = ?1 AND u.email_hash = ?2 AND u.deleted_at IS NULL",
        args![tenant, lookup_hash],
    )
}

/// The account behind a usable reset token, with what its new password is checked against.
#[derive(Clone, Debug, Deserialize)]
pub struct ResettingRow {
    pub token_id: Id<Record>,
    pub id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Id<Organization>,
    pub organization_name: String,
    pub organization_slug: String,
    pub tenant_policy: String,
    pub email: String,
    pub display_name: String,
    pub locale: String,
    pub credential_epoch: i64,
}

pub fn by_reset(realm: Realm, token: &TokenHash, now: Millis) -> Query {
    Query::new(
        realm.sql(
            "SELECT p.id AS token_id, u.id, u.tenant_id, u.organization_id, o.name AS organization_name, o.slug AS organization_slug, t.policy AS tenant_policy, u.email, \
             u.display_name, u.locale, u.credential_epoch FROM {realm}_user_password_resets p JOIN {realm}_users u ON u.id = p.user_id AND u.deleted_at IS NULL \
             JOIN tenants t ON t.id = u.tenant_id JOIN organizations o ON o.id = u.organization_id \
             WHERE p.token = ?1 AND p.used_at IS NULL AND p.voided_at IS NULL AND p.expires_at > ?2",
        ),
        args![token.as_str(), now],
    )
}
