//! `PUT /api/webhooks/{id}`: address, filters, description, on or off. Where it stands does not change.

use serde_json::json;

use super::{
    MANAGE, event, target,
    terms::{self, DESCRIPTION, ENABLED, EVENTS, URL},
};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    directory::changes,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::{self, webhooks},
    web::{
        body::{Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[optional("url", URL), optional("events", EVENTS), DESCRIPTION, ENABLED], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["webhook.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut tried = None;
    for _ in 0..3 {
        let row = target(cx, MANAGE).await?;
        lock::check(cx, lock::WEBHOOK, row.updated_at)?;
        if tried == Some(row.updated_at) {
            // Nobody was faster: it is the address.
            return Err(Problem::conflict("No webhook leads to a portal."));
        }
        tried = Some(row.updated_at);
        let (before, version) = (row.terms(), lock::next(row.updated_at, cx.now));
        let after = terms::from_body(cx, before.clone())?;
        let detail = changes(&[
            ("url", json!(before.url), json!(after.url)),
            ("events", json!(before.events), json!(after.events)),
            ("description", json!(before.description), json!(after.description)),
            ("enabled", json!(before.enabled), json!(after.enabled)),
        ]);
        let writes = vec![webhooks::no_portal(terms::host(&after.url)), webhooks::update(&row, &after, version, cx.now), store::changed_one()];
        let change = Change::new(writes)
            .audit(Entry::new("webhook.updated", "webhook", row.id).within(row.tenant_id, row.organization_id).detail(detail))
            .event(event("platform.webhook.updated", &row, json!({"url": after.url, "enabled": after.enabled, "updatedBy": cx.actor()?.user})));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &json!({"ok": true, "updatedAt": version}))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
