//! Sending again what staff ask for: one delivery, or everything since a time, as far as events are kept.

use serde_json::json;

use super::{MANAGE, deliveries::MISSING, event, target};
use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, id::Record},
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        users::Count,
        webhook_deliveries as deliveries,
        webhooks::{self, WebhookRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const SINCE_BODY: Schema = Schema {
    fields: &[required("since", Kind::DateTimeOrNull), optional("include", Kind::Word(&["missed", "all"]))],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const ONE_AUDIT: &[&str] = &["webhook.replayed"];
pub const SINCE_AUDIT: &[&str] = &["webhook.replayed"];

/// Nothing is put on its way to where nothing is sent.
pub(super) fn insist_on(row: &WebhookRow) -> Result<(), Problem> {
    if row.enabled { Ok(()) } else { Err(Problem::conflict("The webhook is off. Turn it on first.")) }
}

fn replayed(cx: &Cx<'_>, row: &WebhookRow, what: serde_json::Value) -> Result<Event, Problem> {
    Ok(event("platform.webhook.replayed", row, json!({"what": what, "replayedBy": cx.actor()?.user})))
}

pub async fn one(cx: &Cx<'_>) -> Result<Response, Problem> {
    let row = target(cx, MANAGE).await?;
    let id = cx.id_param::<Record>("delivery", MISSING)?;
    insist_on(&row)?;
    let writes = vec![deliveries::again(row.id, id, cx.now), store::changed_one(), webhooks::hurry(row.id)];
    let entry = Entry::new("webhook.replayed", "webhook", row.id).within(row.tenant_id, row.organization_id).detail(json!({"delivery": id}));
    match cx.try_commit(Change::new(writes).audit(entry).event(replayed(cx, &row, json!({"deliveryId": id}))?)).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => {
            other?;
            Ok(Response::ok())
        }
    }
}

pub async fn since(cx: &Cx<'_>) -> Result<Response, Problem> {
    let row = target(cx, MANAGE).await?;
    insist_on(&row)?;
    let since = cx.body.opt_time("since").ok_or_else(|| Problem::validation("Validation failed", vec![("since".into(), vec!["Required".into()])]))?;
    let include = cx.body.opt_text("include").unwrap_or("missed");
    let writes = vec![deliveries::all_since(row.id, since, include == "all", cx.now), deliveries::rows_written(), webhooks::hurry(row.id)];
    let entry = Entry::new("webhook.replayed", "webhook", row.id)
        .within(row.tenant_id, row.organization_id)
        .detail(json!({"since": since, "include": include}));
    let told = replayed(cx, &row, json!({"since": since, "include": include}))?;
    let mut written = cx.commit(Change::new(writes).audit(entry).event(told)).await?.into_iter().skip(1);
    let queued = written.next().unwrap_or_default().rows.first::<Count>()?.map_or(0, |count| count.n);
    Ok(Response::json(200, &json!({"ok": true, "queued": queued, "complete": queued < deliveries::REPLAY})))
}
