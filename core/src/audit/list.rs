//! `GET /api/audit/logs`: the trail of the caller's tenant, newest first, by cursor. Who looks after one organization
//! sees that organization's rows only.

use serde::Deserialize;
use serde_json::json;

use crate::{
    actor::Actor,
    cx::Cx,
    domain::{
        id::{Id, Organization},
        time::Millis,
    },
    problem::Problem,
    store::audit_log::{self, AuditRow, Filter},
    web::response::Response,
};

#[derive(Deserialize)]
struct End {
    n: Option<i64>,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let size = i64::from(cx.request.query_number("limit", 50, 1..=200));
    let below =
        cx.request.query_value("cursor").and_then(|cursor| cursor.parse::<i64>().ok()).filter(|n| *n > 0).unwrap_or(i64::from(u32::MAX) << 16);
    let filter = filter(cx)?;
    let tenant = actor.tenant.to_string();
    let mut rows = cx.read(vec![audit_log::page(&tenant, &filter, below, size), audit_log::window_end(&tenant, below)]).await?.into_iter();
    let items = rows.next().unwrap_or_default().all::<AuditRow>()?;
    let end = rows.next().unwrap_or_default().first::<End>()?.and_then(|end| end.n);
    // A full page goes on below its last row, a scanty one below the window it looked at.
    let next = if items.len() as i64 == size { items.last().map(|row| row.seq) } else { end };
    let next = next.filter(|seq| *seq > 1).map(|seq| seq.to_string());
    let views: Vec<_> = items.iter().map(AuditRow::view).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": views, "nextCursor": next})))
}

fn filter(cx: &Cx<'_>) -> Result<Filter, Problem> {
    let text = |name: &str| cx.request.query_value(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let time = |name: &'static str| match text(name) {
        None => Ok(None),
        Some(value) => Millis::parse_lenient(&value)
            .map(Some)
            .ok_or_else(|| Problem::validation("Invalid query parameters", vec![(name.into(), vec!["Expected an ISO date-time".into()])])),
    };
    Ok(Filter {
        q: text("q"),
        action: text("action"),
        outcome: text("outcome"),
        actor: text("actor"),
        organization: scope(cx.actor()?)?.map(|id| id.to_string()).or_else(|| text("organizationId")),
        since: time("since")?,
        before: time("before")?,
    })
}

/// The one organization a caller may read of; `None` is all of the tenant's.
fn scope(actor: &Actor) -> Result<Option<Id<Organization>>, Problem> {
    if actor.whole_tenant { Ok(None) } else { actor.organization().map(Some) }
}
