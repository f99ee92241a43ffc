//! `DELETE ?id=`: the partner goes; its tenants stay, looked after by the platform alone.

use serde_json::json;

use super::{MISSING, event, load};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    directory::named,
    domain::{
        audit::Entry,
        id::{Id, Partner},
    },
    ports::StoreError,
    problem::Problem,
    store::{self, partners},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["partner.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Partner> = named(cx, "Partner id required", MISSING)?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::PARTNER, before.updated_at)?;
        let writes = vec![
            partners::delete(id, before.updated_at, lock::next(before.updated_at, cx.now)),
            store::changed_one(),
            partners::release_tenants(id, cx.now),
            partners::release_staff(id),
        ];
        let change = Change::new(writes).audit(Entry::new("partner.deleted", "partner", id).detail(json!({"name": before.name}))).event(event(
            cx,
            "directory.partner.deleted",
            id,
            "deletedBy",
        )?);
        match cx.try_commit(change).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(|_| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}
