//! `/{id}/staff`: who works for a partner. To work for one is to see its tenants; what somebody may do inside a tenant
//! is said by their memberships there.

use serde_json::{Value, json};

use super::{MISSING, event, load};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Partner, User},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        partners::{self, WorkerRow},
    },
    web::response::Response,
};

pub const ADD_AUDIT: &[&str] = &["partner.staff_added"];
pub const REMOVE_AUDIT: &[&str] = &["partner.staff_removed"];

const NOBODY: &str = "User not found";

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Partner> = cx.id_param("id", MISSING)?;
    load(cx, id).await?;
    let items: Vec<Value> = cx.read_one(partners::staff(id)).await?.all::<WorkerRow>()?.iter().map(WorkerRow::view).collect();
    Ok(Response::json(200, &json!({"items": items})))
}

pub async fn add(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (id, user) = ids(cx)?;
    let change = Change::new(vec![partners::join(id, user, cx.now), store::changed_one()])
        .audit(Entry::new("partner.staff_added", "partner", id).detail(json!({"user": user})))
        .event(event(cx, "directory.partner.updated", id, "updatedBy")?);
    match cx.try_commit(change).await {
        // They work there already.
        Err(StoreError::Unique(_)) => Ok(Response::ok()),
        Err(StoreError::Precondition) => load(cx, id).await.and(Err(Problem::not_found(NOBODY))),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

pub async fn remove(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (id, user) = ids(cx)?;
    let change = Change::new(vec![partners::leave(id, user), store::changed_one()])
        .audit(Entry::new("partner.staff_removed", "partner", id).detail(json!({"user": user})))
        .event(event(cx, "directory.partner.updated", id, "updatedBy")?);
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => load(cx, id).await.and(Err(Problem::not_found(NOBODY))),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}

fn ids(cx: &Cx<'_>) -> Result<(Id<Partner>, Id<User>), Problem> {
    Ok((cx.id_param("id", MISSING)?, cx.id_param("user", NOBODY)?))
}
