//! The feed of open streams. Triggers write it (see the migration); here it is read, and cleared away.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    args,
    domain::{
        id::{Id, Organization, Partner, Record, Tenant, User},
        live::{Channel, Item, KEPT, Kind, Listener},
        realm::Realm,
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// Rows of one read. A channel that is further behind reads in several.
pub const PAGE: usize = 500;

/// Rows that cron clears away in a run.
const BITE: i64 = 20_000;

/// Rows of a batch that are looked at, to tell whom it concerns.
const FRESH: i64 = 64;

/// How far the feed has come, and whether what lies before a position is still in it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Head {
    pub seq: i64,
    /// 0 where rows after the position may be gone.
    pub reaches_back: i64,
}

pub fn head(position: i64) -> Query {
    Query::new(
        "SELECT COALESCE((SELECT max(seq) FROM live_feed), 0) AS seq, \
         (?1 >= COALESCE((SELECT max(seq) FROM live_feed), 0) OR EXISTS (SELECT 1 FROM live_feed WHERE seq <= ?1)) AS reaches_back",
        args![position],
    )
}

#[derive(Clone, Debug, Deserialize)]
pub struct FeedRow {
    seq: i64,
    kind: Kind,
    realm: Option<String>,
    tenant_id: Id<Tenant>,
    organization_id: Option<Id<Organization>>,
    /// JSON array.
    above: String,
    partner_id: Option<Id<Partner>>,
    subject: Id<Record>,
    recipient: Option<Id<User>>,
    name: Option<String>,
    payload: Option<String>,
    at: Option<Millis>,
}

impl FeedRow {
    pub fn item(self) -> Result<Item, StoreError> {
        let broken = |e: serde_json::Error| StoreError::Broken(format!("row of the feed: {e}"));
        Ok(Item {
            seq: self.seq,
            kind: self.kind,
            realm: realm(self.realm.as_deref()),
            tenant: self.tenant_id,
            organization: self.organization_id,
            above: serde_json::from_str(&self.above).map_err(broken)?,
            partner: self.partner_id,
            subject: self.subject,
            recipient: self.recipient,
            name: self.name.unwrap_or_default(),
            payload: self.payload.map_or(Ok(Value::Null), |text| serde_json::from_str(&text)).map_err(broken)?,
            at: self.at.unwrap_or(Millis(self.seq)),
        })
    }
}

fn realm(name: Option<&str>) -> Option<Realm> {
    Realm::ALL.into_iter().find(|realm| Some(realm.name()) == name)
}

const ROWS: &str = "SELECT f.seq, f.kind, f.realm, f.tenant_id, f.organization_id, f.subject, f.recipient, f.name, e.payload, e.created_at AS at, \
     (SELECT json_group_array(p.ancestor_id) FROM organization_paths p WHERE p.descendant_id = f.organization_id) AS above, \
     (SELECT t.partner_id FROM tenants t WHERE t.id = f.tenant_id) AS partner_id \
     FROM live_feed f LEFT JOIN event_outbox e ON f.kind = 'e' AND e.id = f.subject";

/// What concerns a channel: the realm's, of the tenant, and at an organization's what is no other organization's.
fn concerning(channel: Channel) -> (&'static str, crate::ports::Value) {
    match channel {
        Channel::Portal { organization, .. } => {
            ("f.tenant_id = ?1 AND f.realm IS NOT 'staff' AND (f.organization_id IS NULL OR f.organization_id = ?4)", organization.into())
        }
        Channel::Staff { .. } => ("f.tenant_id = ?1 AND f.realm IS NOT 'customer' AND ?4 IS NULL", crate::ports::Value::Null),
    }
}

/// The rows after a position, in their order.
pub fn after(channel: Channel, position: i64) -> Query {
    let (concerning, organization) = concerning(channel);
    let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
    Query::new(
        format!("{ROWS} WHERE {concerning} AND f.seq > ?2 ORDER BY f.seq LIMIT ?3"),
        [args![channel.tenant(), position, page], vec![organization]].concat(),
    )
}

/// What somebody may have missed, newest first: events and notifications after a position.
pub fn missed(channel: Channel, listener: &Listener, position: i64) -> Query {
    let (concerning, organization) = concerning(channel);
    let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
    Query::new(
        format!("{ROWS} WHERE {concerning} AND f.seq > ?2 AND (f.kind = 'e' OR (f.kind = 'n' AND f.recipient = ?5)) ORDER BY f.seq DESC LIMIT ?3"),
        [args![channel.tenant(), position, page], vec![organization], args![listener.user]].concat(),
    )
}

// ── Whom a batch concerns ────────────────────────────────────────────────

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Mark {
    pub seq: i64,
}

/// Where the feed stands; first in a batch.
pub fn mark() -> Statement {
    Statement::new("SELECT COALESCE(max(seq), 0) AS seq FROM live_feed", args![])
}

#[derive(Clone, Debug, Deserialize)]
pub struct FreshRow {
    pub seq: i64,
    pub kind: Kind,
    realm: Option<String>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Option<Id<Organization>>,
    pub name: Option<String>,
}

impl FreshRow {
    pub fn realm(&self) -> Option<Realm> {
        realm(self.realm.as_deref())
    }
}

/// The newest rows; last in a batch. Those after its mark are its own.
pub fn fresh() -> Statement {
    Statement::new(
        "SELECT seq, kind, realm, tenant_id, organization_id, name FROM live_feed \
         WHERE seq > (SELECT max(seq) FROM live_feed) - 1000 ORDER BY seq DESC LIMIT ?1",
        args![FRESH],
    )
}

/// What nobody can go back to any more. The newest row stays, so that positions never go back.
pub fn clear(now: Millis) -> Statement {
    Statement::new(
        "DELETE FROM live_feed WHERE seq IN (SELECT seq FROM live_feed WHERE seq < ?1 AND seq < (SELECT max(seq) FROM live_feed) LIMIT ?2)",
        args![now.minus(KEPT), BITE],
    )
}
