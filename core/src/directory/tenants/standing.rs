//! `POST …/{id}/suspend` and `…/resume`: from the next request on nobody of the tenant gets in, or everybody does again.
//! Doing either twice changes nothing.

use super::{MISSING, load, update::save};
use crate::{
    admin::lock,
    cx::Cx,
    domain::id::{Id, Tenant},
    ports::StoreError,
    problem::Problem,
    store::tenants::TenantRow,
    web::response::Response,
};

pub const SUSPEND_AUDIT: &[&str] = &["tenant.suspended"];
pub const RESUME_AUDIT: &[&str] = &["tenant.resumed"];

pub async fn suspend(cx: &Cx<'_>) -> Result<Response, Problem> {
    set(cx, false, "tenant.suspended", "directory.tenant.suspended").await
}

pub async fn resume(cx: &Cx<'_>) -> Result<Response, Problem> {
    set(cx, true, "tenant.resumed", "directory.tenant.resumed").await
}

async fn set(cx: &Cx<'_>, is_active: bool, action: &'static str, name: &'static str) -> Result<Response, Problem> {
    let id: Id<Tenant> = cx.id_param("id", MISSING)?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::TENANT, before.updated_at)?;
        if before.is_active == is_active {
            return Ok(Response::ok());
        }
        let after = TenantRow { is_active, ..before.clone() };
        match save(cx, &before, &after, action, name).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(|()| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}
