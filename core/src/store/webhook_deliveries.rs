//! Deliveries of webhooks: dealt out, taken, settled, listed, sent again.

use serde::Deserialize;
use serde_json::{Value, json};

use super::listing::Page;
use crate::{
    args,
    domain::{
        id::{Id, Organization, Record, Tenant, Webhook},
        time::{DAY, Millis},
        webhook::TEST,
    },
    ports::{Query, Statement},
};

/// Events that are dealt out in one go.
pub const DEAL: u64 = 200;
/// Events that are sent again in one go, at most.
pub const REPLAY: i64 = 5_000;
/// How long events are kept, and with them what could be sent.
pub const KEPT: i64 = 7 * DAY;
/// Deliveries of a kind that are counted, and that a list reaches back.
const COUNTED: i64 = 1_000;

/// Whether endpoint `e` hears of event `v`: by the name, and by where it happened.
const HEARS: &str = "e.tenant_id = v.tenant_id AND (e.organization_id IS NULL OR EXISTS (SELECT 1 FROM organization_paths p \
     WHERE p.ancestor_id = e.organization_id AND p.descendant_id = v.organization_id)) \
     AND EXISTS (SELECT 1 FROM json_each(e.events_json) f WHERE f.value = v.name OR f.value = '*' \
     OR (substr(f.value, -2) = '.*' AND substr(v.name, 1, length(f.value) - 1) = substr(f.value, 1, length(f.value) - 1)))";

/// Something to deal out, or an endpoint with something due: an answer without rows is the usual one.
pub fn waiting(now: Millis) -> Query {
    Query::new(
        "SELECT 1 AS waiting WHERE EXISTS (SELECT 1 FROM webhook_queue WHERE seq > 0) OR EXISTS (SELECT 1 FROM webhook_endpoints \
         WHERE deleted_at IS NULL AND enabled = 1 AND next_due_at <= ?1 AND busy_until <= ?1)",
        args![now],
    )
}

/// Makes the queued events' deliveries and empties that part of the queue, in one batch.
pub fn deal() -> [Statement; 2] {
    let first = "SELECT seq, event_id FROM webhook_queue WHERE seq > 0 ORDER BY seq LIMIT";
    [
        Statement::new(
            format!(
                "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, due_at, created_at) SELECT e.id, v.id, 'pending', v.created_at, v.created_at \
                 FROM ({first} {DEAL}) q CROSS JOIN event_outbox v ON v.id = q.event_id \
                 CROSS JOIN webhook_endpoints e ON e.tenant_id = v.tenant_id AND e.deleted_at IS NULL AND e.enabled = 1 WHERE {HEARS} \
                 ON CONFLICT (endpoint_id, event_id) DO NOTHING"
            ),
            args![],
        ),
        Statement::new(format!("DELETE FROM webhook_queue WHERE seq IN (SELECT seq FROM ({first} {DEAL}))"), args![]),
    ]
}

/// A delivery of one event to one endpoint, whatever it listens to.
pub fn insert(endpoint: Id<Webhook>, event: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, due_at, created_at) VALUES (?1, ?2, 'pending', ?3, ?3)",
        args![endpoint, event, now],
    )
}

/// A delivery about to be tried, with its event. An event that is not kept any more has no name.
#[derive(Clone, Debug, Deserialize)]
pub struct Taken {
    pub event_id: Id<Record>,
    pub attempts: i64,
    pub tries: i64,
    pub name: Option<String>,
    pub payload: Option<String>,
    pub happened_at: Option<Millis>,
    pub tenant_id: Option<Id<Tenant>>,
    pub organization_id: Option<Id<Organization>>,
}

/// The delivery of an endpoint that has waited longest. Counted before it is tried: a sender that dies has tried.
pub fn take(endpoint: Id<Webhook>, now: Millis) -> Statement {
    let event = |column: &str| format!("(SELECT v.{column} FROM event_outbox v WHERE v.id = webhook_deliveries.event_id)");
    Statement::new(
        format!(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, tries = tries + 1 WHERE endpoint_id = ?1 AND event_id = (SELECT event_id \
             FROM webhook_deliveries WHERE endpoint_id = ?1 AND due_at IS NOT NULL AND due_at <= ?2 ORDER BY due_at, event_id LIMIT 1) \
             RETURNING event_id, attempts, tries, {} AS name, {} AS payload, {} AS happened_at, {} AS tenant_id, {} AS organization_id",
            event("name"),
            event("payload"),
            event("created_at"),
            event("tenant_id"),
            event("organization_id"),
        ),
        args![endpoint, now],
    )
}

/// How a try went.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub delivered: bool,
    /// When it is tried again; without one, what was not delivered is a dead letter.
    pub retry: Option<Millis>,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub response: Option<String>,
    pub duration: i64,
}

/// Writes a try into the log and moves its delivery on.
pub fn settle(endpoint: Id<Webhook>, taken: &Taken, outcome: &Outcome, now: Millis) -> [Statement; 2] {
    let status = outcome.status.map(i64::from);
    let state = match (outcome.delivered, outcome.retry) {
        (true, _) => "delivered",
        (false, Some(_)) => "pending",
        (false, None) => "dead",
    };
    let due = outcome.retry.filter(|_| !outcome.delivered);
    [
        Statement::new(
            "INSERT INTO webhook_attempts (endpoint_id, event_id, number, at, duration_ms, status, error, response) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
             ON CONFLICT DO NOTHING",
            args![endpoint, taken.event_id, taken.attempts, now, outcome.duration, status, outcome.error.clone(), outcome.response.clone()],
        ),
        Statement::new(
            "UPDATE webhook_deliveries SET state = ?3, due_at = ?4, last_status = ?5, last_error = ?6, settled_at = CASE WHEN ?4 IS NULL THEN ?7 END \
             WHERE endpoint_id = ?1 AND event_id = ?2",
            args![endpoint, taken.event_id, state, due, status, outcome.error.clone(), now],
        ),
    ]
}

#[derive(Clone, Debug, Deserialize)]
pub struct DeliveryRow {
    event_id: Id<Record>,
    /// Without one the event is not kept any more.
    name: Option<String>,
    state: String,
    attempts: i64,
    due_at: Option<Millis>,
    last_status: Option<i64>,
    last_error: Option<String>,
    created_at: Millis,
    settled_at: Option<Millis>,
}

impl DeliveryRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.event_id, "event": self.name, "state": self.state, "attempts": self.attempts, "nextAttemptAt": self.due_at,
            "lastStatus": self.last_status, "lastError": self.last_error, "createdAt": self.created_at, "settledAt": self.settled_at,
        })
    }
}

const ROW: &str = "SELECT d.event_id, (SELECT v.name FROM event_outbox v WHERE v.id = d.event_id) AS name, d.state, d.attempts, d.due_at, d.last_status, \
     d.last_error, d.created_at, d.settled_at FROM webhook_deliveries d WHERE d.endpoint_id = ?1";

/// A page of an endpoint's deliveries, newest first, and how many there are, counted to a bound.
pub fn page(endpoint: Id<Webhook>, state: Option<&str>, page: Page) -> [Query; 2] {
    let (condition, mut args) = match state {
        None => ("", args![endpoint]),
        Some(state) => (" AND d.state = ?2", args![endpoint, state]),
    };
    let counted = Query::new(
        format!("SELECT count(*) AS n FROM (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = ?1{condition} LIMIT {})", COUNTED + 1),
        args.clone(),
    );
    let first = args.len() + 1;
    args.extend(args![i64::from(page.size), page.offset().min(COUNTED)]);
    [Query::new(format!("{ROW}{condition} ORDER BY d.event_id DESC LIMIT ?{first} OFFSET ?{}", first + 1), args), counted]
}

/// What [`page`] counted, and whether that is all.
pub fn counted(n: i64) -> (i64, bool) {
    (n.min(COUNTED), n <= COUNTED)
}

#[derive(Clone, Debug, Deserialize)]
pub struct AttemptRow {
    number: i64,
    at: Millis,
    duration_ms: i64,
    status: Option<i64>,
    error: Option<String>,
    response: Option<String>,
}

impl AttemptRow {
    pub fn view(&self) -> Value {
        json!({
            "number": self.number, "at": self.at, "durationMs": self.duration_ms, "status": self.status, "error": self.error, "response": self.response,
        })
    }
}

/// One delivery, its newest tries, and the event as it is sent.
pub fn one(endpoint: Id<Webhook>, event: Id<Record>) -> [Query; 3] {
    [
        Query::new(format!("{ROW} AND d.event_id = ?2"), args![endpoint, event]),
        Query::new(
            "SELECT number, at, duration_ms, status, error, response FROM webhook_attempts WHERE endpoint_id = ?1 AND event_id = ?2 ORDER BY number DESC LIMIT 50",
            args![endpoint, event],
        ),
        Query::new(
            "SELECT name, payload, created_at AS happened_at, tenant_id, organization_id FROM event_outbox WHERE id = ?1 \
             AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = ?2 AND d.event_id = ?1)",
            args![event, endpoint],
        ),
    ]
}

/// Puts a delivery on its way once more, at once and with all its tries, if its event is still kept. Follow with
/// [`super::changed_one`].
pub fn again(endpoint: Id<Webhook>, event: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_deliveries SET state = 'pending', due_at = ?3, tries = 0, settled_at = NULL WHERE endpoint_id = ?1 AND event_id = ?2 \
         AND EXISTS (SELECT 1 FROM event_outbox v WHERE v.id = ?2)",
        args![endpoint, event, now],
    )
}

/// Puts everything since a time on its way to an endpoint that it hears of: what it missed while it was off, what is a dead
/// letter, and, with `delivered`, what it has had already. The oldest [`REPLAY`] of them.
pub fn all_since(endpoint: Id<Webhook>, since: Millis, delivered: bool, now: Millis) -> Statement {
    let unless_delivered = "NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.event_id = v.id AND d.state <> 'dead')";
    Statement::new(
        format!(
            "INSERT INTO webhook_deliveries (endpoint_id, event_id, state, due_at, created_at) SELECT e.id, v.id, 'pending', ?4, v.created_at \
             FROM webhook_endpoints e CROSS JOIN event_outbox v ON v.tenant_id = e.tenant_id AND v.created_at >= ?2 WHERE e.id = ?1 AND v.name <> '{TEST}' \
             AND {HEARS} AND (?3 = 1 OR {unless_delivered}) ORDER BY v.created_at LIMIT {REPLAY} \
             ON CONFLICT (endpoint_id, event_id) DO UPDATE SET state = 'pending', due_at = excluded.due_at, tries = 0, settled_at = NULL"
        ),
        args![endpoint, since, delivered, now],
    )
}

/// How many rows the statement before it wrote.
pub fn rows_written() -> Statement {
    Statement::new("SELECT changes() AS n", args![])
}

/// The log's part of cron's sweep, in bounded bites: what waits for longer than its event is kept is a dead letter, and
/// everything is forgotten a week after that.
pub fn sweep(now: Millis) -> [Statement; 3] {
    const BITE: i64 = 1_000;
    let (kept, shown) = (now.minus(KEPT), now.minus(2 * KEPT));
    let keys =
        |condition: &str| format!("(endpoint_id, event_id) IN (SELECT endpoint_id, event_id FROM webhook_deliveries WHERE {condition} LIMIT {BITE})");
    [
        Statement::new(
            format!(
                "UPDATE webhook_deliveries SET state = 'dead', due_at = NULL, settled_at = ?2, last_error = 'not delivered for as long as events are kept' \
                 WHERE {}",
                keys("due_at IS NOT NULL AND created_at < ?1")
            ),
            args![kept, now],
        ),
        Statement::new(format!("DELETE FROM webhook_deliveries WHERE {}", keys("created_at < ?1")), args![shown]),
        Statement::new(
            format!(
                "DELETE FROM webhook_attempts WHERE (endpoint_id, event_id, number) IN (SELECT endpoint_id, event_id, number FROM webhook_attempts \
                 WHERE at < ?1 LIMIT {BITE})"
            ),
            args![shown],
        ),
    ]
}
