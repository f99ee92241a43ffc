//! `/api/auth/sessions`: one's own devices. Ending one, or all but the one that asks.

use serde_json::{Value, json};

use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, id::Session, realm::Realm},
    ports::StoreError,
    problem::Problem,
    session::ending::ended,
    store::{
        self, sessions,
        staff_sessions::{self, StaffSessionRow},
    },
    web::response::Response,
};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let rows = cx.read_one(staff_sessions::live(actor.user, cx.deployment.config.staff_idle(), cx.now)).await?.all::<StaffSessionRow>()?;
    let views: Vec<Value> = rows.iter().map(|row| row.view(Some(actor.session))).collect();
    Ok(Response::json(200, &json!({"ok": true, "sessions": views})))
}

pub const AUDIT: &[&str] = &["session.revoked"];

pub async fn revoke(cx: &Cx<'_>) -> Result<Response, Problem> {
    const MISSING: &str = "Session not found";
    let actor = cx.actor()?;
    let session = cx.id_param::<Session>("id", MISSING)?;
    if session == actor.session {
        return Err(Problem::invalid("Cannot revoke current session. Use logout instead."));
    }
    let payload = json!({"sessionId": session, "userId": actor.user, "tenantId": actor.tenant, "by": "self"});
    let change = Change::new(vec![sessions::end(Realm::Staff, session, actor.user, cx.now), store::changed_one()])
        .audit(Entry::new("session.revoked", "session", session))
        .event(Event::new(ended(Realm::Staff), actor.tenant, actor.organization, payload));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

pub const OTHERS_AUDIT: &[&str] = &["sessions.revoked"];

pub async fn revoke_others(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let payload = json!({"userId": actor.user, "tenantId": actor.tenant, "by": "self", "allBut": actor.session});
    let change = Change::new(vec![staff_sessions::end_others(actor.user, actor.session, cx.now)])
        .audit(Entry::new("sessions.revoked", "user", actor.user).detail(json!({"allBut": actor.session})))
        .event(Event::new(ended(Realm::Staff), actor.tenant, actor.organization, payload));
    let written = cx.commit(change).await?;
    Ok(Response::json(200, &json!({"ok": true, "count": written.first().map_or(0, |written| written.changes)})))
}
