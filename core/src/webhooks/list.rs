//! `GET /api/webhooks`: those of the tenant that the caller's scope holds, oldest first.

use serde_json::{Value, json};

use super::VIEW;
use crate::{
    cx::Cx,
    domain::webhook::MOST,
    problem::Problem,
    store::webhooks::{self, WebhookRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let rows = cx.read_one(webhooks::list(actor.tenant, &actor.scope(VIEW))).await?.all::<WebhookRow>()?;
    let items: Vec<Value> = rows.iter().map(WebhookRow::view).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": items, "most": MOST})))
}
