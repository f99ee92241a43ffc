//! `POST …/portal/feature-check`: which of these may I? Answered from the database, in one round trip.

use serde_json::json;

use crate::{
    cx::Cx,
    problem::Problem,
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[required("features", Kind::Texts { min: 1, max: 100, each: 255 })], refusal: Refusal::Plain("Invalid request body") };

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let grants = &cx.actor()?.grants;
    let granted: Vec<String> = cx.body.texts("features").into_iter().filter(|feature| grants.allow(feature)).collect();
    Ok(Response::json(200, &json!({"ok": true, "granted": granted})))
}
