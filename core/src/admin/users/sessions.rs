//! `…/admin/users/{id}/sessions` and `…/force-logout`: where a person is signed in, and ending it.

use serde_json::{Value, json};

use super::{Target, read::session_views, target, target_and};
use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, id::Session, realm::Realm},
    ports::StoreError,
    problem::Problem,
    session::ending::ended,
    store::{self, sessions},
    web::response::Response,
};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let idle = cx.deployment.config.customer_session.idle;
    let (_, mut rows) = target_and(cx, |_, id| vec![sessions::live(Realm::Customer, id, idle, cx.now)]).await?;
    Ok(Response::json(200, &json!({"ok": true, "sessions": session_views(rows.next().unwrap_or_default().all()?)})))
}

pub const END_AUDIT: &[&str] = &["session.revoked"];

pub async fn end(cx: &Cx<'_>) -> Result<Response, Problem> {
    const MISSING: &str = "Session not found";
    let target = target(cx).await?;
    let session = cx.id_param::<Session>("session", MISSING)?;
    let change = Change::new(vec![sessions::end(Realm::Customer, session, target.user.id, cx.now), store::changed_one()])
        .audit(Entry::new("session.revoked", "session", session).detail(json!({"user": target.user.id})))
        .event(ending(&target, json!({"sessionId": session, "userId": target.user.id, "tenantId": target.scope.tenant, "by": "admin"})));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

fn ending(target: &Target, payload: Value) -> Event {
    Event::new(ended(Realm::Customer), target.scope.tenant, Some(target.scope.organization), payload)
}

pub const FORCE_LOGOUT_AUDIT: &[&str] = &["sessions.revoked"];

pub async fn force_logout(cx: &Cx<'_>) -> Result<Response, Problem> {
    let target = target(cx).await?;
    let change = Change::new(sessions::end_all(Realm::Customer, target.user.id, cx.now).to_vec())
        .audit(Entry::new("sessions.revoked", "user", target.user.id))
        .event(ending(&target, json!({"userId": target.user.id, "tenantId": target.scope.tenant, "by": "admin", "all": true})));
    cx.commit(change).await?;
    Ok(Response::ok())
}
