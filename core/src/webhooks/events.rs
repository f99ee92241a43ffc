//! `GET /api/webhook-events`: what there is to hear of.

use serde_json::{Value, json};

use crate::{cx::Cx, domain::event_catalogue::EVENTS, problem::Problem, web::response::Response};

pub async fn handle(_cx: &Cx<'_>) -> Result<Response, Problem> {
    let items: Vec<Value> = EVENTS.iter().map(|event| json!({"name": event.name, "about": event.about, "data": event.fields})).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": items})))
}
