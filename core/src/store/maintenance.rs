//! What cron clears away, in bounded bites, and how far the schema has come.

use serde::Deserialize;

use crate::{
    args,
    domain::time::{DAY, HOUR, Millis},
    ports::{Query, Statement},
};

/// The newest migration this build was written for; a test compares it with the folder.
pub const LATEST_MIGRATION: &str = "0040_audit_seals.sql";

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
    vec![
        bite("mail_outbox", "sent_at IS NOT NULL AND sent_at < ?1", yesterday),
        bite("event_outbox", "created_at < ?1", now.minus(7 * DAY)),
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
        bite("customer_user_invitations", "expires_at < ?1", now.minus(30 * DAY)),
    ]
}

fn bite(table: &str, over: &str, before: Millis) -> Statement {
    Statement::new(format!("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {over} LIMIT {BITE})"), args![before])
}
