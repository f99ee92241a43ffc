//! `/api/directory/tenants`. Staff of the platform see and change them all; others see their own, and those of the
//! partners they work for.

pub mod create;
pub mod delete;
pub mod list;
pub mod standing;
pub mod update;

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Tenant},
    },
    problem::Problem,
    store::tenants::{self, TenantRow},
};

const MISSING: &str = "Tenant not found";

/// The named policies a tenant may have.
const POLICIES: &[&str] = &["default", "strict"];

fn event(cx: &Cx<'_>, name: &'static str, id: Id<Tenant>, by: &str) -> Result<Event, Problem> {
    Ok(Event::new(name, id, None, json!({"id": id, "tenantId": id, by: cx.actor()?.user})))
}

async fn load(cx: &Cx<'_>, id: Id<Tenant>) -> Result<TenantRow, Problem> {
    cx.read_one(tenants::one(id)).await?.first::<TenantRow>()?.ok_or_else(|| Problem::not_found(MISSING))
}

fn partner_missing() -> Problem {
    Problem::invalid("Partner not found")
}

/// What a change did, for the trail.
fn detail(before: &TenantRow, after: &TenantRow) -> Value {
    super::changes(&[
        ("name", json!(before.name), json!(after.name)),
        ("policy", json!(before.policy), json!(after.policy)),
        ("isActive", json!(before.is_active), json!(after.is_active)),
        ("partnerId", json!(before.partner_id), json!(after.partner_id)),
    ])
}
