//! `GET …/portal/sessions`, `DELETE …/portal/sessions/{id}` and `POST …/portal/sessions/revoke-others`: one's own devices.

use serde_json::json;

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

pub const AUDIT: &[&str] = &["session.revoked"];

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let query = sessions::live(Realm::Customer, actor.user, cx.deployment.config.customer_session.idle, cx.now);
    let current = cx.session_token(Realm::Customer).map(|token| token.hash());
    let rows = cx.read_one(query).await?.all::<sessions::SessionRow>()?;
    let views: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "ipAddress": row.ip_address, "userAgent": row.user_agent, "lastUsedAt": row.last_used_at,
                "createdAt": row.created_at, "expiresAt": row.expires_at,
                "isCurrent": current.as_ref().is_some_and(|hash| hash.as_str() == row.token_hash),
            })
        })
        .collect();
    Ok(Response::json(200, &json!({"ok": true, "sessions": views})))
}

pub async fn revoke(cx: &Cx<'_>) -> Result<Response, Problem> {
    const MISSING: &str = "Session not found";
    let actor = cx.actor()?;
    let session = cx.id_param::<Session>("id", MISSING)?;
    if session == actor.session {
        return Err(Problem::invalid("Cannot revoke current session. Use logout instead."));
    }
    let change = Change::new(vec![sessions::end(Realm::Customer, session, actor.user, cx.now), store::changed_one()])
        .audit(Entry::new("session.revoked", "session", session))
        .event(Event::new(
            ended(Realm::Customer),
            actor.tenant,
            actor.organization,
            json!({"sessionId": session, "userId": actor.user, "tenantId": actor.tenant, "by": "owner"}),
        ));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

pub const OTHERS_AUDIT: &[&str] = &["sessions.revoked"];

/// Signs out everywhere else; where there is nowhere else, that is done already.
pub async fn revoke_others(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let change = Change::new(vec![sessions::end_others(Realm::Customer, actor.user, actor.session, cx.now)])
        .audit(Entry::new("sessions.revoked", "user", actor.user).detail(json!({"kept": actor.session})))
        .event(Event::new(
            ended(Realm::Customer),
            actor.tenant,
            actor.organization,
            json!({"userId": actor.user, "tenantId": actor.tenant, "by": "owner", "all": true, "except": actor.session}),
        ));
    let ended = cx.commit(change).await?.first().map_or(0, |written| written.changes);
    Ok(Response::json(200, &json!({"ok": true, "revoked": ended})))
}
