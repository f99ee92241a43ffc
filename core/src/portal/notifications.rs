//! `…/portal/notifications` and `/api/auth/notifications`: one's own, newest first, in the realm and the tenant the
//! caller is signed in to.

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{id::Record, time::Millis},
    problem::Problem,
    store::{
        notifications::{self, Filter, NotificationRow},
        users::Count,
    },
    web::response::Response,
};

const MISSING: &str = "Notification not found";

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let page = cx.request.query_number("page", 1, 1..=1_000_000);
    let size = cx.request.query_number("pageSize", 50, 1..=100);
    let filter = Filter {
        status: cx.request.query_value("status").filter(|status| !status.is_empty()),
        since: cx.request.query_value("since").and_then(|since| Millis::parse_lenient(&since)),
    };
    let mut rows = cx.read(notifications::list(actor.realm, actor.user, actor.tenant, &filter, page, size).to_vec()).await?.into_iter();
    let items: Vec<_> = rows.next().unwrap_or_default().all::<NotificationRow>()?.iter().map(NotificationRow::view).collect();
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    Ok(Response::json(200, &json!({"ok": true, "items": items, "total": total, "page": page, "pageSize": size})))
}

pub async fn unread_count(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let count = cx.read_one(notifications::unread(actor.realm, actor.user, actor.tenant)).await?.first::<Count>()?.map_or(0, |count| count.n);
    Ok(Response::json(200, &json!({"ok": true, "unreadCount": count})))
}

pub async fn mark_all_read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let written = cx.touch(vec![notifications::read_all(actor.realm, actor.user, actor.tenant, cx.now)]).await?;
    Ok(Response::json(200, &json!({"ok": true, "count": written.first().map_or(0, |w| w.changes)})))
}

pub async fn mark_read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (actor, id) = (cx.actor()?, cx.id_param::<Record>("id", MISSING)?);
    settle(cx, notifications::mark_read(actor.realm, id, actor.user, actor.tenant, cx.now)).await
}

pub async fn dismiss(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (actor, id) = (cx.actor()?, cx.id_param::<Record>("id", MISSING)?);
    settle(cx, notifications::dismiss(actor.realm, id, actor.user, actor.tenant, cx.now)).await
}

async fn settle(cx: &Cx<'_>, statement: crate::ports::Statement) -> Result<Response, Problem> {
    let written = cx.touch(vec![statement]).await?;
    if written.first().is_some_and(|w| w.changes == 1) { Ok(Response::ok()) } else { Err(Problem::not_found(MISSING)) }
}
