//! `DELETE /api/webhooks/{id}`: nothing is sent there any more, and its secrets are gone.

use serde_json::json;

use super::{MANAGE, MISSING, event, target};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::{self, webhooks},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["webhook.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    for _ in 0..3 {
        let row = target(cx, MANAGE).await?;
        lock::check(cx, lock::WEBHOOK, row.updated_at)?;
        let writes = vec![webhooks::delete(&row, lock::next(row.updated_at, cx.now), cx.now), store::changed_one()];
        let change = Change::new(writes)
            .audit(Entry::new("webhook.deleted", "webhook", row.id).within(row.tenant_id, row.organization_id).detail(json!({"url": row.url})))
            .event(event("platform.webhook.deleted", &row, json!({"deletedBy": cx.actor()?.user})));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::not_found(MISSING))
}
