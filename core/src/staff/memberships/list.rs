//! `GET /api/auth/users/{id}/memberships` and `GET /api/auth/memberships/invitations`: as far as the caller's scope reaches.

use serde_json::{Value, json};

use super::person;
use crate::{
    cx::Cx,
    problem::Problem,
    store::{
        membership_invitations::{self, PendingRow},
        memberships::{self, MembershipRow},
    },
    web::response::Response,
};

const LIST: &str = "auth.users.list";

pub async fn of_person(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = cx.actor()?.scope(LIST);
    let user = cx.id_param("id", super::NO_USER)?;
    let (_, mut rows) = person(cx, LIST, vec![memberships::of_person_within(user, &scope)]).await?;
    let items: Vec<Value> = rows.next().unwrap_or_default().all::<MembershipRow>()?.iter().map(MembershipRow::view).collect();
    Ok(Response::json(200, &json!({"items": items})))
}

pub async fn invitations(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let query = membership_invitations::pending_within(actor.tenant, &actor.scope(LIST), cx.now);
    let items: Vec<Value> = cx.read_one(query).await?.all::<PendingRow>()?.iter().map(PendingRow::view).collect();
    Ok(Response::json(200, &json!({"items": items})))
}
