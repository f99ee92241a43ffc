//! `GET /api/audit/logs`: the trail newest first, by cursor, as far as the caller's memberships reach.

use serde_json::json;

use super::asked::Asked;
use crate::{cx::Cx, problem::Problem, store::audit_log::AuditRow, web::response::Response};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let size = i64::from(cx.request.query_number("limit", 50, 1..=200));
    let (items, next) = Asked::read(cx)?.page(&cx.io, size).await?;
    let views: Vec<_> = items.iter().map(AuditRow::view).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": views, "nextCursor": next.map(|seq| seq.to_string())})))
}
