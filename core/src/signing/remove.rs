//! `POST /api/keys/{kid}/remove`: a key is gone at once, for an emergency. Tokens it signed are refused by our own routes
//! from their next request on, the caller's own included; another key signs immediately, the waiting one if there is.

use serde_json::json;

use super::{operator, turn};
use crate::{
    app::Later,
    cx::Cx,
    domain::key_cycle::{self, State},
    ports::StoreError,
    problem::Problem,
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[required("reason", Kind::Text { min: 1, max: 500 })], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["key.removed"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    operator(cx)?;
    let kid = cx.params.iter().find(|(name, _)| name == "kid").map(|(_, kid)| kid.clone()).unwrap_or_default();
    // In an emergency nobody is sent away because cron was quicker.
    for _ in 0..3 {
        let stored = turn::stored(cx.deployment, &cx.io, cx.now).await?;
        let turn = key_cycle::remove(&stored.keys, &kid).map_err(turn::refused)?;
        let prepared = turn::prepare(cx.deployment, &cx.io, &stored, &turn, cx.now).await?;
        let (current, next) = (prepared.kid(State::Current).to_owned(), prepared.kid(State::Next).to_owned());
        match cx.try_commit(turn::change("key.removed", &kid, prepared, cx.actor()?.tenant, cx.body.opt_text("reason"))).await {
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            other => {
                other?;
                cx.after(Later::PublishKeys);
                return Ok(Response::json(200, &json!({"ok": true, "current": current, "next": next})));
            }
        }
    }
    Err(Problem::unavailable("three lost races at the key set"))
}
