//! A member of staff's own account: mailed links, credentials, address.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        email::Email,
        id::{Id, Organization, Record, Session, Tenant, User},
        keys::Purpose,
        search,
        secret::TokenHash,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// An account a link may be mailed to, active or not.
#[derive(Clone, Debug, Deserialize)]
pub struct MailableRow {
    pub id: Id<User>,
    pub tenant_id: Id<Tenant>,
    /// Where the person works, for the name a mail shows.
    pub organization_id: Option<Id<Organization>>,
    pub email: String,
    pub display_name: Option<String>,
    pub locale: String,
}

/// The accounts of an address: in one home tenant, or, where none is named, up to two of any, because two are as good
/// as none.
pub fn mailable(tenant: Option<Id<Tenant>>, lookup_hash: &str) -> Query {
    Query::new(
        "SELECT u.id, u.tenant_id, (SELECT m.organization_id FROM staff_memberships m WHERE m.user_id = u.id AND m.tenant_id = u.tenant_id \
         AND m.organization_id IS NOT NULL AND m.deleted_at IS NULL ORDER BY m.created_at, m.id LIMIT 1) AS organization_id, \
         u.email, u.display_name, u.locale FROM staff_users u WHERE u.email_hash = ?1 AND u.deleted_at IS NULL AND (?2 IS NULL OR u.tenant_id = ?2) LIMIT 2",
        args![lookup_hash, tenant],
    )
}

/// How many mails the address got in the last hour, in whichever tenant has it, counted to the cap and no further.
pub fn recent_mails(tenant: Option<Id<Tenant>>, lookup_hash: &str, now: Millis) -> Query {
    Query::new(
        "SELECT count(*) AS n FROM (SELECT 1 FROM mail_outbox m WHERE m.tenant_id = COALESCE(?2, (SELECT u.tenant_id FROM staff_users u \
         WHERE u.email_hash = ?1 AND u.deleted_at IS NULL LIMIT 1), '') AND m.recipient_hash = ?1 AND m.created_at > ?3 - 3600000 LIMIT 10)",
        args![lookup_hash, tenant, now],
    )
}

/// A link by mail: to choose another password, or the first one.
pub struct NewLink<'a> {
    /// The row the mailed token is derived from.
    pub id: Id<Record>,
    pub user: Id<User>,
    pub token: &'a TokenHash,
    pub purpose: Purpose,
    /// Who sent an invitation.
    pub issued_by: Option<Id<User>>,
    pub life: i64,
}

/// Links of before have to be voided in the same batch.
pub fn issue(link: &NewLink, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_user_password_resets (id, user_id, token, purpose, issued_by, expires_at, created_at) \
         SELECT ?1, u.id, ?3, ?4, ?5, ?6, ?7 FROM staff_users u WHERE u.id = ?2 AND u.deleted_at IS NULL",
        args![link.id, link.user, link.token.as_str(), link.purpose.name(), link.issued_by, now.plus(link.life), now],
    )
}

/// The account behind a usable link, with what its new password is checked against.
#[derive(Clone, Debug, Deserialize)]
pub struct ResettingRow {
    pub token_id: Id<Record>,
    pub issued_by: Option<Id<User>>,
    pub id: Id<User>,
    pub tenant_id: Id<Tenant>,
    pub tenant_name: String,
    pub tenant_policy: String,
    pub email: String,
    pub display_name: Option<String>,
    pub locale: String,
    pub credential_epoch: i64,
    /// False until an invitation is accepted.
    #[serde(deserialize_with = "flag")]
    pub has_password: bool,
}

pub fn by_link(token: &TokenHash, now: Millis) -> Query {
    Query::new(
        "SELECT p.id AS token_id, p.issued_by, u.id, u.tenant_id, t.name AS tenant_name, t.policy AS tenant_policy, u.email, u.display_name, u.locale, \
         u.credential_epoch, u.password_hash IS NOT NULL AS has_password FROM staff_user_password_resets p \
         JOIN staff_users u ON u.id = p.user_id AND u.deleted_at IS NULL JOIN tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL \
         WHERE p.token = ?1 AND p.used_at IS NULL AND p.voided_at IS NULL AND p.expires_at > ?2",
        args![token.as_str(), now],
    )
}

/// What a signed-in person has to prove, and what their session is like.
#[derive(Clone, Debug, Deserialize)]
pub struct OwnRow {
    pub tenant_id: Id<Tenant>,
    pub tenant_name: String,
    pub tenant_policy: String,
    pub password_hash: Option<String>,
    pub credential_epoch: i64,
    pub updated_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    pub remember: bool,
}

pub fn own(user: Id<User>, session: Id<Session>) -> Query {
    Query::new(
        "SELECT u.tenant_id, t.name AS tenant_name, t.policy AS tenant_policy, u.password_hash, u.credential_epoch, u.updated_at, s.remember \
         FROM staff_users u JOIN tenants t ON t.id = u.tenant_id JOIN staff_user_sessions s ON s.id = ?2 AND s.user_id = u.id \
         WHERE u.id = ?1 AND u.deleted_at IS NULL",
        args![user, session],
    )
}

/// Another address, over the version that was read; follow with [`super::changed_one`]. Nobody has proven the new one.
pub fn change_email(user: Id<User>, email: &Email, lookup_hash: &str, before: Option<Millis>, version: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_users SET email = ?2, email_hash = ?3, email_verified_at = CASE WHEN email_hash = ?3 THEN email_verified_at END, updated_at = ?5, \
         search_email = ?6 WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?4",
        args![user, email.as_str(), lookup_hash, before, version, search::words_json(email.as_str())],
    )
}

/// Failures counted on devices of the account are over too.
pub fn forget_device_failures(user: Id<User>) -> Statement {
    Statement::new("DELETE FROM staff_device_failures WHERE user_id = ?1", args![user])
}
