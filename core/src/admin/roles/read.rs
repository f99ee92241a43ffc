//! `GET …/admin/roles/{id}`: one role, flat, with what it grants.

use serde_json::json;

use super::{acl::warned, target};
use crate::{
    cx::Cx,
    domain::id::{Id, Role},
    problem::Problem,
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Result<Id<Role>, _> = cx.id_param("id", "");
    id.map_err(|_| Problem::invalid("Invalid role ID"))?;
    let (_, role, _) = target(cx, |_| Vec::new()).await?;
    let mut body = role.view();
    if let Some(object) = body.as_object_mut() {
        object.insert("ok".into(), json!(true));
        object.insert("features".into(), json!(role.features()));
    }
    Ok(Response::json(200, &warned(body, &role.features())))
}
