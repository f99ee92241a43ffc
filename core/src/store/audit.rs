//! Appending to the audit trail and counting anonymous attempts.

use crate::{
    args,
    domain::{
        audit::Row,
        id::{Id, Tenant},
        keys::Keys,
        time::{HOUR, Millis},
    },
    ports::Statement,
};

/// One row, its sequence number assigned inside the batch. With `applies` false the same work is done and nothing kept.
pub fn append(row: &Row, applies: bool, keys: &Keys) -> Statement {
    let e = &row.entry;
    Statement::new(
        "INSERT INTO audit_log (id, seq, at, realm, tenant_id, organization_id, actor_kind, actor_id, action, outcome, target_kind, target_id, detail, \
         ip_address, user_agent, request_id, mac) \
         SELECT ?1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_log WHERE COALESCE(tenant_id, '') = COALESCE(?4, '')), \
         ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16 WHERE ?17 = 1",
        args![
            row.id,
            row.at,
            row.realm.name(),
            e.tenant,
            e.organization,
            row.actor_kind,
            e.actor.clone(),
            e.action,
            e.outcome.name(),
            e.target_kind,
            e.target.clone(),
            e.detail.to_string(),
            row.ip.clone(),
            row.user_agent.clone(),
            row.request_id.clone(),
            keys.audit_mac(&row.canonical()),
            applies
        ],
    )
}

/// One more anonymous attempt of a kind in this hour. An unknown tenant counts with all unknown ones, so that nobody
/// can invent rows.
pub fn count_attempt(tenant: Id<Tenant>, name: &'static str, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO attempt_counters (tenant_id, name, hour, n) SELECT COALESCE((SELECT id FROM tenants WHERE id = ?1), ''), ?2, ?3, 1 WHERE true \
         ON CONFLICT (tenant_id, name, hour) DO UPDATE SET n = n + 1",
        args![tenant, name, now.0.div_euclid(HOUR)],
    )
}

/// A denial, unless the same caller was denied the same route since the minute began.
pub fn append_once(row: &Row, since: Millis, keys: &Keys) -> Statement {
    let Statement { sql, mut args } = append(row, true, keys);
    args.push(since.into());
    Statement::new(
        format!(
            "{sql} AND NOT EXISTS (SELECT 1 FROM audit_log WHERE tenant_id = ?4 AND actor_id = ?7 AND at >= ?18 AND action = ?8 AND target_id = ?11)"
        ),
        args,
    )
}
