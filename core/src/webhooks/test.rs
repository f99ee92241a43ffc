//! `POST /api/webhooks/{id}/test`: an event of no consequence for this endpoint alone, sent and logged as any other.

use serde_json::json;

use super::{MANAGE, replay::insist_on, target};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Record},
        webhook::TEST,
    },
    problem::Problem,
    store::{outbox, webhook_deliveries as deliveries, webhooks},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["webhook.tested"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let row = target(cx, MANAGE).await?;
    insist_on(&row)?;
    let id: Id<Record> = cx.new_id();
    let event = Event::new(TEST, row.tenant_id, row.organization_id, json!({"webhookId": row.id, "requestedBy": cx.actor()?.user}));
    let writes = vec![outbox::event(id, &event, cx.now, true), deliveries::insert(row.id, id, cx.now), webhooks::hurry(row.id)];
    let entry = Entry::new("webhook.tested", "webhook", row.id).within(row.tenant_id, row.organization_id).detail(json!({"delivery": id}));
    cx.commit(Change::new(writes).audit(entry)).await?;
    Ok(Response::json(202, &json!({"ok": true, "deliveryId": id})))
}
