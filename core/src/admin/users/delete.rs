//! `DELETE …/admin/users/{id}`: the account is gone for everyone, its sessions and links with it, and its address free.

use super::target;
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, realm::Realm},
    ports::StoreError,
    problem::Problem,
    store::{self, admin_users, invitations, sessions, tokens},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["user.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    for _ in 0..3 {
        let target = target(cx).await?;
        let (scope, user) = (target.scope, &target.user);
        lock::check(cx, lock::USER, user.updated_at)?;
        let mut writes = vec![admin_users::delete(scope, user, lock::next(user.updated_at, cx.now), cx.now), store::changed_one()];
        writes.extend(sessions::end_all(Realm::Customer, user.id, cx.now));
        writes.extend(tokens::void_everything(user.id, cx.now));
        writes.push(invitations::cancel_of(user.id, cx.now));
        let mut payload = target.payload();
        if let Some(object) = payload.as_object_mut() {
            object.insert("deletedBy".into(), serde_json::json!(actor.user));
        }
        let change = Change::new(writes).audit(Entry::new("user.deleted", "user", user.id)).event(Event::new(
            "customer_accounts.user.deleted",
            scope.tenant,
            Some(scope.organization),
            payload,
        ));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
