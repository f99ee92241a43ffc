//! `GET …/portal/roles`: the roles the caller could hand out to colleagues, by the rule that decides when they do.

use serde_json::{Value, json};

use super::users::{company, may_grant};
use crate::{
    cx::Cx,
    problem::Problem,
    store::roles::{self, GrantableRow},
    web::response::Response,
};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    company(actor)?;
    let known = cx.read_one(roles::assignable(actor.tenant, actor.organization()?)).await?.all::<GrantableRow>()?;
    let offered = known.iter().filter(|role| may_grant(&actor.grants, role));
    let views: Vec<Value> = offered.map(|role| json!({"id": role.id, "name": role.name, "slug": role.slug})).collect();
    Ok(Response::json(200, &json!({"ok": true, "roles": views})))
}
