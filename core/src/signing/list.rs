//! `GET /api/keys`: the keys and when they move on. Nothing private.

use serde_json::json;

use super::{operator, turn};
use crate::{
    cx::Cx,
    domain::key_cycle::{State, ready_at},
    problem::Problem,
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    operator(cx)?;
    let intervals = cx.deployment.config.key_intervals;
    let stored = turn::stored(cx.deployment, &cx.io, cx.now).await?;
    let ready = ready_at(&stored.keys, intervals);
    let items: Vec<_> = stored
        .keys
        .iter()
        .map(|key| {
            let until = match key.state {
                State::Next => ready,
                State::Current => Some(key.since.plus(intervals.rotate)),
                State::Retiring => key.leaves,
            };
            let created = stored.created.iter().find(|(kid, _)| *kid == key.kid).map(|(_, at)| *at);
            json!({"kid": key.kid, "state": key.state.name(), "createdAt": created, "since": key.since, "until": until})
        })
        .collect();
    Ok(Response::json(200, &json!({"ok": true, "version": stored.version, "items": items})))
}
