//! `GET /api/webhooks/{id}`: one endpoint, without its secret.

use serde_json::json;

use super::{VIEW, target};
use crate::{cx::Cx, problem::Problem, web::response::Response};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    Ok(Response::json(200, &json!({"ok": true, "webhook": target(cx, VIEW).await?.view()})))
}
