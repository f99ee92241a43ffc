//! Mailed links as their pages show them.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Tenant},
        keys::Purpose,
        secret::TokenHash,
        time::Millis,
    },
    ports::Query,
};

#[derive(Clone, Debug, Deserialize)]
pub struct LinkRow {
    pub tenant_id: Id<Tenant>,
    pub email: String,
    pub organization_name: String,
    pub organization_slug: String,
    pub expires_at: i64,
    /// What an invitation proposes.
    pub display_name: Option<String>,
}

/// A link that could be used right now.
pub fn inspect(purpose: Purpose, token: &TokenHash, now: Millis) -> Query {
    let places = "o.tenant_id, o.name AS organization_name, o.slug AS organization_slug";
    let sql = match purpose {
        Purpose::EmailVerification | Purpose::MagicLink => format!(
            "SELECT u.email, {places}, v.expires_at, NULL AS display_name FROM customer_user_email_verifications v JOIN customer_users u ON u.id = v.user_id \
             AND u.deleted_at IS NULL JOIN organizations o ON o.id = u.organization_id \
             WHERE v.token = ?1 AND v.purpose = ?3 AND v.used_at IS NULL AND v.voided_at IS NULL AND v.expires_at > ?2"
        ),
        Purpose::PasswordReset => format!(
            "SELECT u.email, {places}, p.expires_at, NULL AS display_name FROM customer_user_password_resets p JOIN customer_users u ON u.id = p.user_id \
             AND u.deleted_at IS NULL JOIN organizations o ON o.id = u.organization_id \
             WHERE p.token = ?1 AND ?3 <> '' AND p.used_at IS NULL AND p.voided_at IS NULL AND p.expires_at > ?2"
        ),
        Purpose::Invitation => format!(
            "SELECT i.email, {places}, i.expires_at, i.display_name FROM customer_user_invitations i JOIN organizations o ON o.id = i.organization_id \
             WHERE i.token = ?1 AND ?3 <> '' AND i.accepted_at IS NULL AND i.cancelled_at IS NULL AND i.expires_at > ?2"
        ),
    };
    Query::new(sql, args![token.as_str(), now, purpose.name()])
}
