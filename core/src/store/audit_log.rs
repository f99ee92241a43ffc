//! Reading the audit trail, and its seals.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    args,
    domain::{audit_chain::Link, keys::Keys, scope::Scope, time::Millis},
    ports::{Query, Statement},
    store::scope,
};

#[derive(Clone, Debug, Deserialize)]
pub struct AuditRow {
    pub id: String,
    pub seq: i64,
    pub at: Millis,
    pub realm: String,
    pub tenant_id: Option<String>,
    pub organization_id: Option<String>,
    pub actor_kind: String,
    pub actor_id: Option<String>,
    pub action: String,
    pub outcome: String,
    pub target_kind: String,
    pub target_id: Option<String>,
    pub detail: String,
    pub ip_address: String,
    pub user_agent: String,
    pub request_id: String,
    pub mac: String,
}

impl AuditRow {
    fn detail(&self) -> Value {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }

    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "seq": self.seq, "at": self.at, "realm": self.realm, "tenantId": self.tenant_id, "organizationId": self.organization_id,
            "actorKind": self.actor_kind, "actorId": self.actor_id, "action": self.action, "outcome": self.outcome, "targetKind": self.target_kind,
            "targetId": self.target_id, "detail": self.detail(), "ipAddress": self.ip_address, "userAgent": self.user_agent, "requestId": self.request_id,
        })
    }

    /// The row as the chain sees it: its MAC made again from what stands in the columns, as
    /// [`crate::domain::audit::Row::canonical`] made it from what was meant.
    pub fn link(&self, keys: &Keys) -> Link {
        let canonical = json!([
            self.id,
            self.at.0,
            self.realm,
            self.tenant_id,
            self.organization_id,
            self.actor_kind,
            self.actor_id,
            self.action,
            self.outcome,
            self.target_kind,
            self.target_id,
            self.detail(),
            self.ip_address,
            self.user_agent,
            self.request_id,
        ]);
        let intact = keys.audit_mac(&canonical.to_string()) == self.mac;
        Link { seq: self.seq, id: self.id.clone(), mac: self.mac.clone(), intact }
    }
}

const COLUMNS: &str = "SELECT id, seq, at, realm, tenant_id, organization_id, actor_kind, actor_id, action, outcome, target_kind, target_id, detail, \
     ip_address, user_agent, request_id, mac";

/// What a reader looks for. Empty finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub action: Option<String>,
    pub outcome: Option<String>,
    pub actor: Option<String>,
    pub organization: Option<String>,
    pub since: Option<Millis>,
    pub before: Option<Millis>,
}

/// Rows one page looks at, at most: a rare match costs more pages, never a scan of the trail.
pub const WINDOW: i64 = 2_000;

/// Up to `most` matches below a sequence number, newest first, out of a bounded window.
pub fn page(tenant: &str, scope: &Scope, filter: &Filter, below: i64, most: i64) -> Query {
    let within = scope::place(scope, "tenant_id", "organization_id", 11);
    let fixed = args![
        tenant,
        below,
        filter.action.clone(),
        filter.outcome.clone(),
        filter.actor.clone(),
        filter.organization.clone(),
        filter.since,
        filter.before,
        filter.q.as_ref().map(|q| q.to_lowercase()),
        most
    ];
    Query::new(
        format!(
            "{COLUMNS} FROM (SELECT * FROM audit_log WHERE COALESCE(tenant_id, '') = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT {WINDOW}) \
             WHERE (?3 IS NULL OR action = ?3 OR substr(action, 1, length(?3) + 1) = ?3 || '.') AND (?4 IS NULL OR outcome = ?4) AND (?5 IS NULL OR actor_id = ?5) \
             AND (?6 IS NULL OR organization_id = ?6) AND (?7 IS NULL OR at >= ?7) AND (?8 IS NULL OR at < ?8) \
             AND (?9 IS NULL OR instr(lower(action || ' ' || COALESCE(target_id, '') || ' ' || COALESCE(actor_id, '') || ' ' || detail || ' ' || request_id), ?9) > 0) \
             AND {} ORDER BY seq DESC LIMIT ?10",
            within.sql
        ),
        [fixed, within.args].concat(),
    )
}

/// The lowest sequence number of the window below another, for the next page's cursor.
pub fn window_end(tenant: &str, below: i64) -> Query {
    Query::new(
        format!(
            "SELECT min(seq) AS n FROM (SELECT seq FROM audit_log WHERE COALESCE(tenant_id, '') = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT {WINDOW})"
        ),
        args![tenant, below],
    )
}

/// Rows above a sequence number, in order.
pub fn after(tenant: &str, seq: i64, most: i64) -> Query {
    Query::new(format!("{COLUMNS} FROM audit_log WHERE COALESCE(tenant_id, '') = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3"), args![tenant, seq, most])
}

#[derive(Clone, Debug, Deserialize)]
pub struct SealRow {
    pub first_seq: i64,
    pub last_seq: i64,
    pub previous_hash: String,
    pub hash: String,
    pub kid: String,
    pub signature: String,
    pub mac: String,
    pub sealed_at: i64,
}

pub fn seals_after(tenant: &str, seq: i64, most: i64) -> Query {
    Query::new(
        "SELECT first_seq, last_seq, previous_hash, hash, kid, signature, mac, sealed_at FROM audit_seals WHERE tenant_id = ?1 AND last_seq > ?2 ORDER BY last_seq LIMIT ?3",
        args![tenant, seq, most],
    )
}

/// A trail with rows its last seal does not cover.
#[derive(Clone, Debug, Deserialize)]
pub struct UnsealedRow {
    pub tenant: String,
    pub sealed_to: i64,
    pub previous_hash: Option<String>,
}

/// How far sealing is behind: the trails that wait, counted to a hundred, and the instant of their oldest row without a seal.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Lag {
    pub trails: i64,
    pub oldest: Option<Millis>,
}

pub fn lag() -> Query {
    let waiting = unsealed(100);
    let sql = format!(
        "SELECT count(*) AS trails, min((SELECT a.at FROM audit_log a WHERE COALESCE(a.tenant_id, '') = COALESCE(w.tenant, '') AND a.seq > w.sealed_to \
         ORDER BY a.seq LIMIT 1)) AS oldest FROM ({}) w",
        waiting.sql
    );
    Query::new(sql, waiting.args)
}

/// Trails that wait for a seal; bounded, the rest wait a minute more.
pub fn unsealed(most: i64) -> Query {
    Query::new(
        // `COALESCE` on both sides: compared with a bare column, the expression index would not serve, and cron would
        // read every trail from end to end every minute.
        "SELECT t.tenant, COALESCE(s.last_seq, 0) AS sealed_to, s.hash AS previous_hash FROM \
         (SELECT id AS tenant FROM tenants UNION ALL SELECT '' AS tenant) t \
         LEFT JOIN audit_seals s ON s.tenant_id = t.tenant AND s.last_seq = (SELECT max(last_seq) FROM audit_seals m WHERE m.tenant_id = t.tenant) \
         WHERE (SELECT max(a.seq) FROM audit_log a WHERE COALESCE(a.tenant_id, '') = COALESCE(t.tenant, '')) > COALESCE(s.last_seq, 0) LIMIT ?1",
        args![most],
    )
}

pub fn seal(id: impl Into<crate::ports::Value>, tenant: &str, row: &SealRow) -> Statement {
    Statement::new(
        "INSERT INTO audit_seals (id, tenant_id, first_seq, last_seq, previous_hash, hash, kid, signature, sealed_at, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        vec![
            id.into(),
            tenant.into(),
            row.first_seq.into(),
            row.last_seq.into(),
            row.previous_hash.clone().into(),
            row.hash.clone().into(),
            row.kid.clone().into(),
            row.signature.clone().into(),
            row.sealed_at.into(),
            row.mac.clone().into(),
        ],
    )
}
