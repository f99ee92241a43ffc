//! Single-use tokens that travel by mail: e-mail verification, magic link, password reset.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Record, Tenant, User},
        keys::Purpose,
        realm::Realm,
        secret::TokenHash,
        time::{HOUR, MINUTE, Millis},
    },
    ports::{Query, Statement},
};

pub const VERIFICATION_LIFE: i64 = 24 * HOUR;
pub const MAGIC_LINK_LIFE: i64 = 15 * MINUTE;
pub const RESET_LIFE: i64 = HOUR;

/// What waits behind a verification token: the sign-up's own password and name.
#[derive(Clone, Debug, Default)]
pub struct Waiting<'a> {
    pub password_hash: Option<&'a str>,
    pub display_name: Option<&'a str>,
}

/// A new verification or magic-link token. Those of the same purpose before it have to be voided in the same batch.
pub fn issue_verification(
    row: Id<Record>,
    user: Id<User>,
    token: &TokenHash,
    purpose: Purpose,
    life: i64,
    waiting: &Waiting,
    now: Millis,
) -> Statement {
    Statement::new(
        "INSERT INTO customer_user_email_verifications (id, user_id, token, purpose, password_hash, display_name, expires_at, created_at) \
         SELECT ?1, u.id, ?3, ?4, ?5, ?6, ?7, ?8 FROM customer_users u WHERE u.id = ?2 AND u.deleted_at IS NULL",
        args![row, user, token.as_str(), purpose.name(), waiting.password_hash, waiting.display_name, now.plus(life), now],
    )
}

/// The same for a sign-up: only while nobody has proven the address; follow with [`super::changed_one`].
pub fn issue_for_signup(row: Id<Record>, user: Id<User>, token: &TokenHash, waiting: &Waiting, now: Millis) -> Statement {
    let Statement { sql, args } = issue_verification(row, user, token, Purpose::EmailVerification, VERIFICATION_LIFE, waiting, now);
    Statement::new(format!("{sql} AND u.email_verified_at IS NULL"), args)
}

/// Erases what waits behind a pending token, so that the link proves the address and nothing more.
pub fn erase_waiting(row: Id<Record>) -> Statement {
    Statement::new(
        "UPDATE customer_user_email_verifications SET password_hash = NULL, display_name = NULL WHERE id = ?1 AND used_at IS NULL AND voided_at IS NULL",
        args![row],
    )
}

/// Voids what is pending of a purpose. A waiting password is erased with its token.
pub fn void_verifications(user: Id<User>, purpose: Purpose, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_email_verifications SET voided_at = ?3, password_hash = NULL \
         WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL AND voided_at IS NULL",
        args![user, purpose.name(), now],
    )
}

/// Voids one pending token, for the sign-up that replaces exactly the one it read.
pub fn void_verification(row: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_email_verifications SET voided_at = ?2, password_hash = NULL WHERE id = ?1 AND used_at IS NULL AND voided_at IS NULL",
        args![row, now],
    )
}

pub fn issue_reset(realm: Realm, row: Id<Record>, user: Id<User>, token: &TokenHash, life: i64, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "INSERT INTO {realm}_user_password_resets (id, user_id, token, expires_at, created_at) \
             SELECT ?1, u.id, ?3, ?4, ?5 FROM {realm}_users u WHERE u.id = ?2 AND u.deleted_at IS NULL",
        ),
        args![row, user, token.as_str(), now.plus(life), now],
    )
}

pub fn void_resets(realm: Realm, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_user_password_resets SET voided_at = ?2 WHERE user_id = ?1 AND used_at IS NULL AND voided_at IS NULL"),
        args![user, now],
    )
}

/// After a password change nothing pending may still open the account: links, resets, and waiting passwords.
pub fn void_everything(user: Id<User>, now: Millis) -> Vec<Statement> {
    vec![
        void_resets(Realm::Customer, user, now),
        void_verifications(user, Purpose::MagicLink, now),
        void_verifications(user, Purpose::EmailVerification, now),
    ]
}

/// A token that could be used right now.
#[derive(Clone, Debug, Deserialize)]
pub struct UsableToken {
    pub id: Id<Record>,
    pub user_id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub password_hash: Option<String>,
    pub display_name: Option<String>,
}

pub fn usable_verification(token: &TokenHash, purpose: Purpose, now: Millis) -> Query {
    Query::new(
        "SELECT v.id, v.user_id, u.tenant_id, v.password_hash, v.display_name FROM customer_user_email_verifications v JOIN customer_users u ON u.id = v.user_id \
         WHERE v.token = ?1 AND v.purpose = ?2 AND v.used_at IS NULL AND v.voided_at IS NULL AND v.expires_at > ?3",
        args![token.as_str(), purpose.name(), now],
    )
}

/// One winner: follow with [`super::changed_one`].
pub fn consume_verification(row: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_email_verifications SET used_at = ?2, password_hash = NULL \
         WHERE id = ?1 AND used_at IS NULL AND voided_at IS NULL AND expires_at > ?2",
        args![row, now],
    )
}

/// The twin that loses the race: it marks without asking whether somebody else did.
#[cfg(feature = "twins")]
pub fn consume_verification_unchecked(row: Id<Record>, now: Millis) -> Statement {
    Statement::new("UPDATE customer_user_email_verifications SET used_at = ?2 WHERE id = ?1", args![row, now])
}

pub fn consume_reset(realm: Realm, row: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_user_password_resets SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL AND voided_at IS NULL AND expires_at > ?2"),
        args![row, now],
    )
}
