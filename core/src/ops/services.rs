//! What the platform gives us, asked whether it is there.

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    store::maintenance::{self, Applied, LATEST_MIGRATION},
};

/// A service as operators read it.
struct Service {
    name: &'static str,
    status: &'static str,
    latency: i64,
    /// Without it nobody can sign in.
    vital: bool,
}

/// What was found.
pub struct Found {
    services: Vec<Service>,
    applied: Option<String>,
    /// Whether the schema is older than this build.
    pub behind: bool,
}

/// Asks the database, the limiter and the cache, one after the other.
pub async fn ask(cx: &Cx<'_>) -> Found {
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

    Found { services, applied: applied.ok().flatten().map(|row| row.name), behind }
}

impl Found {
    pub fn status(&self) -> &'static str {
        if self.services.iter().any(|s| s.vital && s.status == "down") {
            "down"
        } else if self.services.iter().any(|s| s.status != "healthy") {
            "degraded"
        } else {
            "healthy"
        }
    }

    pub fn services(&self) -> Vec<Value> {
        self.services.iter().map(|s| json!({"name": s.name, "status": s.status, "latencyMs": s.latency})).collect()
    }

    pub fn migrations(&self) -> Value {
        json!({"applied": self.applied, "expected": LATEST_MIGRATION, "behind": self.behind})
    }
}
