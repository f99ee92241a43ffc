//! `POST …/{id}/suspend` and `…/resume`: from the next request on nobody gets into the organization, or everybody does
//! again. What lies under it has a standing of its own. Doing either twice changes nothing.

use super::{MISSING, load, not_ones_own, update::save};
use crate::{
    admin::lock,
    cx::Cx,
    domain::{
        id::{Id, Organization},
        tree::Moves,
    },
    ports::StoreError,
    problem::Problem,
    store::organizations::OrganizationRow,
    web::response::Response,
};

pub const SUSPEND_AUDIT: &[&str] = &["organization.suspended"];
pub const RESUME_AUDIT: &[&str] = &["organization.resumed"];

pub async fn suspend(cx: &Cx<'_>) -> Result<Response, Problem> {
    set(cx, false, "organization.suspended", "directory.organization.suspended").await
}

pub async fn resume(cx: &Cx<'_>) -> Result<Response, Problem> {
    set(cx, true, "organization.resumed", "directory.organization.resumed").await
}

async fn set(cx: &Cx<'_>, is_active: bool, action: &'static str, name: &'static str) -> Result<Response, Problem> {
    let id: Id<Organization> = cx.id_param("id", MISSING)?;
    for _ in 0..3 {
        let (before, _) = load(cx, id).await?;
        lock::check(cx, lock::ORGANIZATION, before.updated_at)?;
        if before.is_active == is_active {
            return Ok(Response::ok());
        }
        not_ones_own(cx.actor()?, id)?;
        let after = OrganizationRow { is_active, ..before.clone() };
        let stays = Moves { parent: before.parent_id, ..Moves::default() };
        match save(cx, &before, &after, &stays, (action, name), Vec::new()).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(|()| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}
