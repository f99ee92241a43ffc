//! `GET /api/auth/memberships`: where the caller works, as what. It answers from anywhere, so that whoever lost the place
//! their session sits in can see where else to go.

use serde_json::{Value, json};

use crate::{
    actor::Actor,
    cx::Cx,
    problem::Problem,
    store::memberships::{self, MembershipRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let rows = cx.read_one(memberships::of_person(actor.user)).await?.all::<MembershipRow>()?;
    let items: Vec<Value> = rows.iter().map(|row| own(actor, row)).collect();
    Ok(Response::json(200, &json!({"items": items, "tenantId": actor.tenant, "organizationId": actor.organization})))
}

fn own(actor: &Actor, row: &MembershipRow) -> Value {
    let mut view = row.view();
    if let Some(object) = view.as_object_mut() {
        let here = row.tenant_id == actor.tenant && row.organization_id.is_none_or(|id| Some(id) == actor.organization);
        object.insert("isCurrent".into(), json!(here));
        object.insert("isOpen".into(), json!(row.is_open));
    }
    view
}
