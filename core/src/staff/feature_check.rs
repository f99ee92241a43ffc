//! `POST /api/auth/feature-check`: which of these may I? Answered from the database, in one round trip.

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
    Schema { fields: &[required("features", Kind::Texts { min: 0, max: 50, each: 128 })], refusal: Refusal::Always("Invalid request") };

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let asked = cx.body.texts("features");
    let granted: Vec<&String> = asked.iter().filter(|feature| actor.grants.allow(feature)).collect();
    Ok(Response::json(200, &json!({"ok": granted.len() == asked.len(), "granted": granted, "userId": actor.user})))
}
