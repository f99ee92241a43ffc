//! `/api/auth/roles`: the roles of staff. Who may touch which is [`crate::domain::authority`]'s to say.

pub mod acl;
pub mod create;
pub mod delete;
pub mod list;
pub mod overrides;
pub mod packs;
pub mod update;

use serde_json::{Value, json};

use crate::{
    actor::Actor,
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Role, Tenant},
    },
    ports::{Query, Rows, StoreError},
    problem::Problem,
    store::staff_role_admin::{self, Draft, Sight, StaffRoleRow},
};

pub const NO_GLOBAL: &str = "tenantId cannot be null — global roles are not supported";
const NO_TENANT: &str = "Tenant not found";

/// Which roles a caller sees. Super admins may look into another tenant.
pub fn sight(actor: &Actor, tenant: Option<Id<Tenant>>) -> Sight<'_> {
    let admin = actor.grants.admin;
    Sight { tenant: tenant.filter(|_| admin).unwrap_or(actor.tenant), platform: actor.platform, admin, organizations: actor.caller().organizations }
}

/// The role, or 404 in the route's words, with further reads in the same round trip.
pub async fn target(cx: &Cx<'_>, id: Id<Role>, missing: &'static str, more: Vec<Query>) -> Result<(StaffRoleRow, std::vec::IntoIter<Rows>), Problem> {
    let queries = [vec![staff_role_admin::one(sight(cx.actor()?, None), id)], more].concat();
    let mut rows = cx.read(queries).await?.into_iter();
    let role = rows.next().unwrap_or_default().first::<StaffRoleRow>()?.ok_or_else(|| Problem::not_found(missing))?;
    Ok((role, rows))
}

/// `auth.role.created` and its like. A role of the platform belongs to the place it is changed from.
pub fn event(actor: &Actor, name: &'static str, id: Id<Role>, tenant: Option<Id<Tenant>>, role: &str) -> Event {
    let payload = json!({"id": id, "name": role, "tenantId": tenant, "organizationId": null});
    Event::new(name, tenant.unwrap_or(actor.tenant), None, payload)
}

/// What a role is called, for the trail.
fn facts(draft: &Draft) -> [(&'static str, Value); 5] {
    [
        ("name", json!(draft.name)),
        ("slug", json!(draft.slug)),
        ("description", json!(draft.description)),
        ("priority", json!(draft.priority)),
        ("tenantId", json!(draft.tenant)),
    ]
}

/// Which of the two names is taken.
fn taken(error: &StoreError) -> Option<Problem> {
    match error {
        StoreError::Unique(index) if index.contains("by_slug") => Some(Problem::conflict("A role with this slug already exists")),
        StoreError::Unique(_) => Some(Problem::conflict("A role with this name already exists")),
        _ => None,
    }
}
