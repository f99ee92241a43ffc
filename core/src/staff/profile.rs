//! `GET /api/auth/profile`: one's own account.

use serde_json::json;

use crate::{cx::Cx, problem::Problem, web::response::Response};

pub async fn get(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let roles: Vec<&str> = actor.roles.iter().map(|role| role.name.as_str()).collect();
    Ok(Response::json(200, &json!({"email": actor.email, "roles": roles})))
}
