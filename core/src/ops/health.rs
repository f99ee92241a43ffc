//! `GET /api/health`: what works, how far the schema has come, and whether the first administrator is still to be made.
//! 503 when sign-in cannot work.

use serde_json::json;

use super::services;
use crate::{
    cx::Cx,
    problem::Problem,
    store::bootstrap::{self, StateRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    #[cfg(feature = "twins")]
    if cx.request.query == "panic" && cx.twin("panic-in-handler") {
        crate::twin::panic();
    }
    let found = services::ask(cx).await;
    let (status, behind) = (found.status(), found.behind);
    let down = status == "down";
    let bootstrap = if !down && !behind && is_open(cx).await { "open" } else { "closed" };
    let body = json!({"ok": !down, "status": status, "services": found.services(), "migrations": found.migrations(), "bootstrap": bootstrap});
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
