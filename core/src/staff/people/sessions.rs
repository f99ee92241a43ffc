//! `/api/auth/users/{id}/sessions` and `…/force-logout`: where a person is signed in, and ending it.

use serde_json::{Value, json};

use super::{LIST, SUPPORT, act, authorize, named, person, seen};
use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, authority::Operation, event::Event, id::Session, realm::Realm},
    ports::StoreError,
    problem::Problem,
    session::ending::ended,
    store::{
        self, sessions, staff_people,
        staff_people::PersonRow,
        staff_sessions::{self, StaffSessionRow},
    },
    web::response::Response,
};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = named(cx)?;
    let live = staff_sessions::live(id, cx.deployment.config.staff_idle(), cx.now);
    let (_, mut rows) = seen(cx, id, LIST, vec![live]).await?;
    let views: Vec<Value> = rows.next().unwrap_or_default().all::<StaffSessionRow>()?.iter().map(|row| row.view(None)).collect();
    Ok(Response::json(200, &json!({"ok": true, "sessions": views})))
}

fn ending(person: &PersonRow, payload: Value) -> Event {
    Event::new(ended(Realm::Staff), person.tenant_id, person.organization_id, payload)
}

pub const END_AUDIT: &[&str] = &["session.revoked"];

pub async fn end(cx: &Cx<'_>) -> Result<Response, Problem> {
    const MISSING: &str = "Session not found";
    let person = person(cx, named(cx)?, SUPPORT).await?;
    authorize(cx, &person, Operation::Logout)?;
    let session = cx.id_param::<Session>("session", MISSING)?;
    let payload = json!({"sessionId": session, "userId": person.id, "tenantId": person.tenant_id, "by": "admin"});
    let writes = vec![staff_people::still(&person), sessions::end(Realm::Staff, session, person.id, cx.now), store::changed_one()];
    let change = Change::new(writes)
        .audit(Entry::new("session.revoked", "session", session).detail(json!({"user": person.id})))
        .event(ending(&person, payload));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

pub const FORCE_LOGOUT_AUDIT: &[&str] = &["sessions.revoked"];

pub async fn force_logout(cx: &Cx<'_>) -> Result<Response, Problem> {
    act(cx, named(cx)?, SUPPORT, Operation::Logout, |person, _| {
        let payload = json!({"userId": person.id, "tenantId": person.tenant_id, "by": "admin", "all": true});
        Ok(Change::new(sessions::end_all(Realm::Staff, person.id, cx.now).to_vec())
            .audit(Entry::new("sessions.revoked", "user", person.id))
            .event(ending(person, payload)))
    })
    .await?;
    Ok(Response::ok())
}
