//! `/api/directory/partners`, for staff of the platform: resellers, whose staff see the partner's tenants.

pub mod create;
pub mod delete;
pub mod list;
pub mod staff;
pub mod update;

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Partner},
    },
    problem::Problem,
    store::partners::{self, PartnerRow},
};

const MISSING: &str = "Partner not found";

/// A partner lives in no tenant; its events are told in the tenant of whoever caused them.
fn event(cx: &Cx<'_>, name: &'static str, id: Id<Partner>, by: &str) -> Result<Event, Problem> {
    let actor = cx.actor()?;
    Ok(Event::new(name, actor.tenant, None, json!({"id": id, "partnerId": id, by: actor.user})))
}

async fn load(cx: &Cx<'_>, id: Id<Partner>) -> Result<PartnerRow, Problem> {
    cx.read_one(partners::one(id)).await?.first::<PartnerRow>()?.ok_or_else(|| Problem::not_found(MISSING))
}
