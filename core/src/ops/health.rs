//! `GET /api/health`: what works, how far the schema has come, and whether the first administrator is still to be made.
//! 503 when sign-in cannot work.

use serde_json::json;

use crate::{
    cx::Cx,
    problem::Problem,
    store::{
        bootstrap::{self, StateRow},
        maintenance::{self, Applied, LATEST_MIGRATION},
    },
    web::response::Response,
};

/// A service as operators read it.
struct Service {
    name: &'static str,
    status: &'static str,
    latency: i64,
    /// Without it nobody can sign in.
    vital: bool,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    #[cfg(feature = "twins")]
    if cx.request.query == "panic" && cx.twin("panic-in-handler") {
        crate::twin::panic();
    }
    let clock = |since: i64| cx.io.clock().0 - since;
    let mut services = Vec::new();

    let start = cx.io.clock().0;
    let applied = cx.read_one(maintenance::last_migration()).await.and_then(|rows| rows.first::<Applied>());
    let behind = applied.as_ref().is_ok_and(|row| row.as_ref().is_none_or(|row| row.name.as_str() < LATEST_MIGRATION));
    let status = if applied.is_err() {
        "down"
    } else if behind {
        "degraded"
    } else {
        "healthy"
    };
    services.push(Service { name: "database", status, latency: clock(start), vital: true });

    let start = cx.io.clock().0;
    let limiter = cx.io.ping_limiter().await;
    services.push(Service { name: "limiter", status: if limiter.is_ok() { "healthy" } else { "down" }, latency: clock(start), vital: true });

    let start = cx.io.clock().0;
    let cache = cx.io.probe_cache().await;
    services.push(Service { name: "cache", status: if cache.is_ok() { "healthy" } else { "down" }, latency: clock(start), vital: false });

    let down = services.iter().any(|s| s.vital && s.status == "down");
    let status = if down {
        "down"
    } else if services.iter().any(|s| s.status != "healthy") {
        "degraded"
    } else {
        "healthy"
    };
    let list: Vec<_> = services.iter().map(|s| json!({"name": s.name, "status": s.status, "latencyMs": s.latency})).collect();
    let migrations = json!({"applied": applied.ok().flatten().map(|row| row.name), "expected": LATEST_MIGRATION, "behind": behind});
    let bootstrap = if status != "down" && !behind && is_open(cx).await { "open" } else { "closed" };
    let body = json!({"ok": !down, "status": status, "services": list, "migrations": migrations, "bootstrap": bootstrap});
    Ok(Response::json(if down { 503 } else { 200 }, &body))
}

/// Whether whoever knows the secret could become the first administrator now. Asked only where there is a secret.
async fn is_open(cx: &Cx<'_>) -> bool {
    if cx.deployment.config.bootstrap_secret.is_none() {
        return false;
    }
    let state = cx.read_one(bootstrap::state()).await.and_then(|rows| rows.first::<StateRow>());
    state.is_ok_and(|state| state.is_some_and(|state| state.open))
}
