//! `POST …/admin/users/{id}/verify-email`: an administrator vouches for an address. The password that waits with an
//! unused sign-up link is void: nobody has shown that it was the owner's.

use serde_json::json;

use super::target;
use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, keys::Purpose, realm::Realm},
    problem::Problem,
    store::{admin_users, tokens, users},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["email.verified"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let target = target(cx).await?;
    let user = &target.user;
    if user.email_verified_at.is_some() {
        return Ok(Response::json(200, &json!({"ok": true, "alreadyVerified": true})));
    }
    let writes = vec![
        admin_users::still_there(target.scope, user.id),
        users::stamp_verified(Realm::Customer, user.id, cx.now),
        tokens::void_verifications(user.id, Purpose::EmailVerification, cx.now),
    ];
    let change = Change::new(writes).audit(Entry::new("email.verified", "user", user.id).detail(json!({"by": "admin"}))).event(target.event(
        cx,
        "customer_accounts.email.verified",
        "verifiedBy",
    )?);
    cx.commit(change).await?;
    Ok(Response::ok())
}
