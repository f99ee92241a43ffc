//! What cron clears away, in bounded bites, and how far the schema has come.

use serde::Deserialize;

use crate::{
    args,
    domain::time::{DAY, HOUR, Millis},
    ports::{Query, Statement},
    store::{imports, outbox::MAX_ATTEMPTS},
};

/// The newest migration this build was written for; a test compares it with the folder.
pub const LATEST_MIGRATION: &str = "0097_organization_logos.sql";

#[derive(Clone, Debug, Deserialize)]
pub struct Applied {
    pub name: String,
}

/// The last migration by number, in wrangler's own table. A lower number may have been applied after a higher one.
pub fn last_migration() -> Query {
    Query::new("SELECT name FROM d1_migrations ORDER BY name DESC LIMIT 1", args![])
}

/// Rows a run may delete of each kind.
const BITE: i64 = 500;

/// One bounded sweep over everything that is over. Ended rows are kept for a day, so that an investigation of
/// yesterday still finds them; the audit trail itself is never touched.
pub fn sweep(now: Millis) -> Vec<Statement> {
    let yesterday = now.minus(DAY);
    let mut statements = never_verified(now.minus(30 * DAY), now);
    // Before the events they are about are over.
    statements.extend(super::webhook_deliveries::sweep(now));
    statements.extend([
        give_up(now),
        bite("mail_outbox", "sent_at IS NOT NULL AND sent_at < ?1", yesterday),
        bite("mail_outbox", "abandoned_at IS NOT NULL AND abandoned_at < ?1", now.minus(30 * DAY)),
        bite("event_outbox", "created_at < ?1", now.minus(super::webhook_deliveries::KEPT)),
        bite("development_inbox", "created_at < ?1", now.minus(7 * DAY)),
        Statement::new("DELETE FROM attempt_counters WHERE hour < ?1", args![now.minus(30 * DAY).0.div_euclid(HOUR)]),
        Statement::new("DELETE FROM customer_device_failures WHERE updated_at < ?1", args![yesterday]),
        Statement::new("DELETE FROM staff_device_failures WHERE updated_at < ?1", args![yesterday]),
        bite("customer_user_sessions", "expires_at < ?1", yesterday),
        bite("customer_user_sessions", "deleted_at IS NOT NULL AND deleted_at < ?1", yesterday),
        bite("staff_user_sessions", "expires_at < ?1", yesterday),
        bite("staff_user_sessions", "deleted_at IS NOT NULL AND deleted_at < ?1", yesterday),
        bite("staff_user_password_resets", "expires_at < ?1", yesterday),
        bite("customer_user_email_verifications", "expires_at < ?1", yesterday),
        bite("customer_user_password_resets", "expires_at < ?1", yesterday),
        bite("customer_notifications", "expires_at < ?1", now),
        bite("staff_notifications", "expires_at < ?1", now),
        bite("customer_user_invitations", "expires_at < ?1", now.minus(30 * DAY)),
        bite("staff_membership_invitations", "expires_at < ?1", now.minus(30 * DAY)),
    ]);
    // Reports are dear: a chunk is some twenty kilobytes.
    statements.extend(imports::sweep(now.minus(30 * DAY), 50));
    statements
}

/// Accounts that nobody ever verified, with what hangs on them, children first: anybody can make one, so nobody may make
/// rows that stay. One with a usable link or a session waits.
fn never_verified(before: Millis, now: Millis) -> Vec<Statement> {
    let usable = |table: &str| {
        format!("NOT EXISTS (SELECT 1 FROM {table} t WHERE t.user_id = u.id AND t.used_at IS NULL AND t.voided_at IS NULL AND t.expires_at > ?2)")
    };
    let over = format!(
        "SELECT u.id FROM customer_users u WHERE u.email_verified_at IS NULL AND u.deleted_at IS NULL AND u.created_at < ?1 AND u.password_hash IS NULL \
         AND {} AND {} AND NOT EXISTS (SELECT 1 FROM customer_user_sessions s WHERE s.user_id = u.id) ORDER BY u.created_at LIMIT {BITE}",
        usable("customer_user_email_verifications"),
        usable("customer_user_password_resets"),
    );
    let children = [
        "customer_user_roles",
        "customer_user_acls",
        "customer_device_failures",
        "customer_user_email_verifications",
        "customer_user_password_resets",
    ];
    let children = children.map(|table| format!("DELETE FROM {table} WHERE user_id IN ({over})"));
    let told = format!("DELETE FROM customer_notifications WHERE recipient_user_id IN ({over})");
    let accounts = format!("DELETE FROM customer_users WHERE id IN ({over})");
    children.into_iter().chain([told, accounts]).map(|sql| Statement::new(sql, args![before, now])).collect()
}

/// Mails that were tried as often as any may be, and whose last sender died before it settled them: nobody claims them
/// again. An hour later, which is far beyond every lease, they are as given up as those that were refused.
fn give_up(now: Millis) -> Statement {
    Statement::new(
        format!(
            "UPDATE mail_outbox SET abandoned_at = ?1, last_error = COALESCE(last_error, 'the last sender never said how it went') WHERE id IN \
             (SELECT id FROM mail_outbox WHERE due_at < ?2 AND sent_at IS NULL AND abandoned_at IS NULL AND attempts >= ?3 ORDER BY due_at LIMIT {BITE})"
        ),
        args![now, now.minus(HOUR), MAX_ATTEMPTS],
    )
}

fn bite(table: &str, over: &str, before: Millis) -> Statement {
    Statement::new(format!("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {over} LIMIT {BITE})"), args![before])
}
