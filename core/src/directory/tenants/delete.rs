//! `DELETE ?id=`: the tenant is gone for everybody in it; its rows stay. A tenant in which staff of the platform have
//! their home stays as well, or the platform could lose its last administrator with it.

use serde_json::json;

use super::{MISSING, event, load};
use crate::{
    admin::lock,
    app::Later,
    change::Change,
    cx::Cx,
    directory::{lookup, named},
    domain::{
        audit::Entry,
        id::{Id, Tenant},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        succession::{self, Losing, OutlookRow},
        tenants::{self, HomeRow},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["tenant.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Tenant> = named(cx, "Tenant id required", MISSING)?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::TENANT, before.updated_at)?;
        let version = lock::next(before.updated_at, cx.now);
        let writes = vec![succession::hold(&Losing::Tenant(id)), tenants::delete(id, before.updated_at, version), store::changed_one()];
        let change = Change::new(writes)
            .audit(Entry::new("tenant.deleted", "tenant", id).within(id, None).detail(json!({"name": before.name})))
            .event(event(cx, "directory.tenant.deleted", id, "deletedBy")?);
        match cx.try_commit(change).await {
            Ok(_) => {
                cx.after(Later::Uncache { keys: vec![lookup::tenant_key(id), lookup::open_key(id)] });
                return Ok(Response::ok());
            }
            Err(StoreError::Precondition) => explain(cx, id).await?,
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// Why a deletion did not go through, unless it was that somebody else changed the tenant.
async fn explain(cx: &Cx<'_>, id: Id<Tenant>) -> Result<(), Problem> {
    let mut rows = cx.read(vec![tenants::home_of_platform_staff(id), succession::outlook(&Losing::Tenant(id))]).await?.into_iter();
    if rows.next().unwrap_or_default().first::<HomeRow>()?.is_some_and(|row| row.keeps_platform_staff) {
        return Err(Problem::conflict("Staff of the platform have their home in this tenant"));
    }
    rows.next().unwrap_or_default().first::<OutlookRow>()?.map_or(Ok(()), OutlookRow::check).map_err(Problem::from)
}
