//! `DELETE ?id=`: the organization is gone for everybody in it; what was under it moves up to its parent.

use serde_json::json;

use super::{MISSING, event, forget, load, not_ones_own};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    directory::named,
    domain::{
        audit::Entry,
        id::{Id, Organization},
    },
    ports::StoreError,
    problem::Problem,
    store::{self, organizations},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["organization.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Organization> = named(cx, "Organization id required", MISSING)?;
    for _ in 0..3 {
        let (before, _) = load(cx, id).await?;
        lock::check(cx, lock::ORGANIZATION, before.updated_at)?;
        not_ones_own(cx.actor()?, id)?;
        let writes = vec![
            organizations::hand_up(id, cx.now),
            organizations::delete(id, before.tenant_id, before.updated_at, lock::next(before.updated_at, cx.now)),
            store::changed_one(),
        ];
        let detail = json!({"name": before.name, "slug": before.slug, "parentId": before.parent_id});
        let change = Change::new(writes)
            .audit(Entry::new("organization.deleted", "organization", id).within(before.tenant_id, Some(id)).detail(detail))
            .event(event(cx, "directory.organization.deleted", &before, "deletedBy")?);
        match cx.try_commit(change).await {
            Ok(_) => {
                forget(cx, &before);
                return Ok(Response::ok());
            }
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
