//! `POST /api/keys/rotate`: the next key signs from now on, if verifiers have had the time to hear of it.

use serde_json::json;

use super::{operator, turn};
use crate::{
    app::Later,
    cx::Cx,
    domain::key_cycle::{self, State},
    ports::StoreError,
    problem::Problem,
    web::response::Response,
};

pub const AUDIT: &[&str] = &["key.rotated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    operator(cx)?;
    let stored = turn::stored(cx.deployment, &cx.io, cx.now).await?;
    let turn = key_cycle::rotate(&stored.keys, cx.deployment.config.key_intervals, cx.now).map_err(turn::refused)?;
    let prepared = turn::prepare(cx.deployment, &cx.io, &stored, &turn, cx.now).await?;
    let (current, next) = (prepared.kid(State::Current).to_owned(), prepared.kid(State::Next).to_owned());
    match cx.try_commit(turn::change("key.rotated", &current, prepared, cx.actor()?.tenant, None)).await {
        Err(StoreError::Precondition | StoreError::Unique(_)) => return Err(Problem::conflict("The keys were turned by someone else meanwhile.")),
        other => other?,
    };
    cx.after(Later::PublishKeys);
    Ok(Response::json(200, &json!({"ok": true, "current": current, "next": next})))
}
