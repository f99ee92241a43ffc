//! The outboxes: rows written with the change, claimed and settled by whoever sends.

use serde::{Deserialize, Serialize};

use crate::{
    args,
    change::MailOrder,
    domain::{
        event::Event,
        id::{Id, Record, Tenant, User},
        keys::Keys,
        lockout,
        realm::Realm,
        time::{MINUTE, Millis},
    },
    ports::{Query, Statement},
};

/// Tries before a mail is given up, the ones whose sender died before settling included.
pub const MAX_ATTEMPTS: i64 = 10;
/// How long a claimed mail is left to its sender before another may try.
pub(super) const LEASE: i64 = 2 * MINUTE;

/// The part of an order that only its template reads.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Payload {
    pub token_row: Option<Id<Record>>,
    pub recipient_name: Option<String>,
    pub inviter: Option<String>,
    pub facts: Vec<(String, String)>,
}

pub fn mail(id: Id<Record>, order: &MailOrder, now: Millis, applies: bool, keys: &Keys) -> Statement {
    let payload = Payload {
        token_row: order.token_row,
        recipient_name: order.recipient_name.clone(),
        inviter: order.inviter.clone(),
        facts: order.facts.clone(),
    };
    Statement::new(
        "INSERT INTO mail_outbox (id, tenant_id, organization_id, recipient, recipient_hash, template, locale, payload, created_at, due_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9 WHERE ?10 = 1",
        args![
            id,
            order.tenant,
            order.organization,
            order.to.as_str(),
            keys.lookup_hash(&order.to),
            order.template.name(),
            order.locale.code(),
            serde_json::to_string(&payload).unwrap_or_else(|_| "{}".into()),
            now,
            applies
        ],
    )
}

/// After the writes it is about, because a life-cycle event says how things are then.
pub fn event(id: Id<Record>, event: &Event, now: Millis, applies: bool) -> Statement {
    let payload = super::snapshots::payload(event.name, "?5", "?2");
    Statement::new(
        format!(
            "INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) SELECT ?1, ?2, ?3, ?4, {payload}, ?6 WHERE ?7 = 1"
        ),
        args![id, event.tenant, event.organization, event.name, event.payload.to_string(), now, applies],
    )
}

/// Many events, in one statement a name: what they say of their subjects is read as for one.
pub fn events(events: &[(Id<Record>, &Event)], now: Millis) -> Vec<Statement> {
    let mut names: Vec<&str> = events.iter().map(|(_, event)| event.name).collect();
    names.dedup();
    let of_name = |name: &str| {
        let rows: Vec<_> = events
            .iter()
            .filter(|(_, event)| event.name == name)
            .map(|(id, event)| serde_json::json!({"id": id, "tenant": event.tenant, "organization": event.organization, "payload": event.payload.to_string()}))
            .collect();
        let payload = super::snapshots::payload(name, "(value ->> 'payload')", "(value ->> 'tenant')");
        Statement::new(
            format!(
                "INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) \
                 SELECT value ->> 'id', value ->> 'tenant', value ->> 'organization', ?3, {payload}, ?2 FROM json_each(?1)"
            ),
            args![serde_json::Value::Array(rows).to_string(), now, name],
        )
    };
    names.into_iter().map(of_name).collect()
}

/// The event of an account that the statement before this one locked, and of no other: of parallel failures exactly one
/// locks, and a decision made from what was read before could tell of none or of two. Runs in every failing branch.
pub fn event_if_locked(realm: Realm, id: Id<Record>, event: &Event, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6 \
             WHERE changes() = 1 AND EXISTS (SELECT 1 FROM {realm}_users u WHERE u.id = ?7 AND u.locked_until = ?6 + ?8)",
        ),
        args![id, event.tenant, event.organization, event.name, event.payload.to_string(), now, user, lockout::LOCK_MILLIS],
    )
}

/// A mail on its way, with what its organization adds.
#[derive(Clone, Debug, Deserialize)]
pub struct DueMail {
    pub id: Id<Record>,
    pub recipient: String,
    pub template: String,
    pub locale: String,
    pub payload: String,
    pub attempts: i64,
    pub organization_name: Option<String>,
    pub organization_slug: Option<String>,
    /// Of its mails, or else of its pages.
    pub accent: Option<String>,
}

/// Takes up to `most` due mails: whoever claims one has it for the lease. One statement, so a mail has one sender.
pub fn claim_mails(now: Millis, most: i64) -> Statement {
    Statement::new(
        "UPDATE mail_outbox SET due_at = ?1 + ?2, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM mail_outbox WHERE due_at <= ?1 AND sent_at IS NULL AND abandoned_at IS NULL AND attempts < ?4 ORDER BY due_at LIMIT ?3) \
         RETURNING id, recipient, template, locale, payload, attempts, \
         (SELECT name FROM organizations o WHERE o.id = mail_outbox.organization_id) AS organization_name, \
         (SELECT slug FROM organizations o WHERE o.id = mail_outbox.organization_id) AS organization_slug, \
         (SELECT COALESCE(mail_accent, accent) FROM organizations o WHERE o.id = mail_outbox.organization_id) AS accent",
        args![now, LEASE, most, MAX_ATTEMPTS],
    )
}

pub fn mail_sent(id: Id<Record>, now: Millis) -> Statement {
    Statement::new("UPDATE mail_outbox SET sent_at = ?2, last_error = NULL WHERE id = ?1", args![id, now])
}

pub fn mail_failed(id: Id<Record>, error: &str, retry_at: Option<Millis>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE mail_outbox SET last_error = ?2, due_at = COALESCE(?3, due_at), abandoned_at = CASE WHEN ?3 IS NULL THEN ?4 ELSE abandoned_at END WHERE id = ?1",
        args![id, error.chars().take(300).collect::<String>(), retry_at, now],
    )
}

/// Mails to one address in the last hour, counted to the cap and no further.
pub const RECENT_MAILS: &str = "(SELECT count(*) FROM (SELECT 1 FROM mail_outbox m WHERE m.tenant_id = ?1 AND m.recipient_hash = ?2 \
     AND m.created_at > ?3 - 3600000 LIMIT 10))";

/// Aborts the batch where an address got another mail since they were counted: two who ask at once do not both find
/// that one more may go out.
pub fn no_further_mail(tenant: Id<Tenant>, lookup_hash: &str, counted: i64, now: Millis) -> Statement {
    Statement::new(format!("INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, {RECENT_MAILS} = ?4"), args![tenant, lookup_hash, now, counted])
}

/// Mails that should have gone five minutes ago, and those that were given up today; each counted to a thousand.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Backlog {
    pub late: i64,
    pub abandoned: i64,
}

pub fn backlog(now: Millis) -> Query {
    Query::new(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM mail_outbox WHERE due_at <= ?1 - 300000 AND sent_at IS NULL AND abandoned_at IS NULL LIMIT 1000)) AS late, \
         (SELECT count(*) FROM (SELECT 1 FROM mail_outbox WHERE abandoned_at > ?1 - 86400000 LIMIT 1000)) AS abandoned",
        args![now],
    )
}
