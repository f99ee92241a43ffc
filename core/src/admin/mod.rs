//! Administration of an organization's customers, by staff.

pub mod features;
pub mod invitations;
pub mod listing;
pub mod lock;
pub mod roles;
pub mod users;

use crate::{actor::Actor, cx::Cx, problem::Problem, store::admin_users::Scope};

/// Where the caller works. Staff without an active organization have no scope: their lists are empty and every id names
/// nothing.
pub fn scope(actor: &Actor) -> Option<Scope> {
    actor.organization.map(|organization| Scope { tenant: actor.tenant, organization })
}

/// The scope of a route about one record: without one, the record is missing.
pub fn scope_or(cx: &Cx<'_>, missing: &'static str) -> Result<Scope, Problem> {
    scope(cx.actor()?).ok_or_else(|| Problem::not_found(missing))
}

/// The scope something new is made in: without one, the caller is asked to choose.
pub fn home(cx: &Cx<'_>) -> Result<Scope, Problem> {
    let actor = cx.actor()?;
    Ok(Scope { tenant: actor.tenant, organization: actor.organization()? })
}
