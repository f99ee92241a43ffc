//! `POST …/admin/users/{id}/unlock`: failures are forgotten, whoever made them, and the person may try again.

use super::target;
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        admin_users::{self, Patch},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["user.unlocked"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let patch = Patch { locked_until: Some(None), forget_failures: true, ..Patch::default() };
    for _ in 0..3 {
        let target = target(cx).await?;
        let user = &target.user;
        let writes = vec![
            admin_users::update(target.scope, user, &patch, lock::next(user.updated_at, cx.now)),
            store::changed_one(),
            admin_users::forget_device_failures(user.id),
        ];
        // Also without a lock: the failures that are forgotten were on their way to one.
        let change = Change::new(writes).audit(Entry::new("user.unlocked", "user", user.id)).event(target.event(
            cx,
            "customer_accounts.user.unlocked",
            "unlockedBy",
        )?);
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
