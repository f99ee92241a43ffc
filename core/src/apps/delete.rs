//! `DELETE /api/apps/{id}`: no more tokens, no more credentials. Its audience is never given to another.

use serde_json::json;

use super::{MISSING, event, target};
use crate::{admin::lock, change::Change, cx::Cx, domain::audit::Entry, ports::StoreError, problem::Problem, store::apps, web::response::Response};

pub const AUDIT: &[&str] = &["app.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    for _ in 0..3 {
        let (app, _) = target(cx, |_| Vec::new()).await?;
        lock::check(cx, lock::APP, app.updated_at)?;
        let version = lock::next(app.updated_at, cx.now);
        let change = Change::new(apps::delete(&app, version, cx.now))
            .audit(Entry::new("app.deleted", "app", app.id).detail(json!({"name": app.name, "audience": app.audience})))
            .event(event(cx, "platform.app.deleted", app.id, app.tenant_id, json!({"audience": app.audience}))?);
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::not_found(MISSING))
}
