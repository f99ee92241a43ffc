//! `POST …/portal/sessions-refresh`: the session token buys a fresh access token, with features as they are now. The
//! session token stays as it is and its absolute end does not move. One D1 round trip.

use serde_json::json;

use super::audience::{self, Subject};
use crate::{
    actor::Actor,
    cx::Cx,
    domain::{policy::TenantPolicy, realm::Realm},
    problem::{Code, Problem},
    store::sessions::{self, By, EndRow, IdentityRow, NotAlive},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let refuse = |error: &'static str| Problem::new(Code::Unauthenticated, error);
    let Some(token) = cx.session_token(Realm::Customer) else { return Err(refuse("No session token")) };
    let hash = token.hash();
    let idle = cx.deployment.config.customer_session.idle;
    let touch = sessions::touch(&hash, idle, cx.now);
    // The twin that signs people out: a session token is good for one refresh, as where it is rotated without grace.
    #[cfg(feature = "twins")]
    let touch = if cx.twin("refresh-once") { sessions::end_by_token(Realm::Customer, &hash, cx.now) } else { touch };
    let statements = vec![sessions::identity(Realm::Customer, By::Token(&hash)).into(), touch];
    let mut done = cx.touch(statements).await?.into_iter();
    let row = done.next().unwrap_or_default().rows.first::<IdentityRow>()?;
    let end = done.next().unwrap_or_default().rows.first::<EndRow>()?;
    let Some(row) = row else { return Err(refuse("Invalid or expired session")) };
    let actor = row.judge(Realm::Customer, idle, None, cx.now).map_err(|why| match why {
        NotAlive::Session => refuse("Invalid or expired session"),
        NotAlive::Account | NotAlive::Suspended | NotAlive::Outside | NotAlive::Moved => refuse("Account not active").note(format!("{why:?}")),
    })?;
    if !cx.host.admits(actor.tenant) {
        return Err(refuse("Invalid or expired session").note("a session of another tenant on a tenant's own host"));
    }
    let actor = sessions::used(actor, end);
    cx.obey(&actor.tenant_policy);
    let access = access_token(cx, &actor).await?;
    let cookie = cx.set_cookie(Realm::Customer.auth_cookie(), &access, cx.deployment.config.access_token_seconds);
    let body = json!({"ok": true, "resolvedFeatures": if actor.must_change_password { &[] } else { actor.grants.features.as_slice() }});
    // A strict session may have got another end.
    let end = end.filter(|_| cx.policy.get() == TenantPolicy::Strict);
    let renewed = end.map(|end| cx.set_cookie(Realm::Customer.session_cookie(), token.reveal(), (end.expires_at.0 - cx.now.0) / 1_000));
    Ok(Response::json(200, &body).cookie(cookie).cookies(renewed))
}

/// A fresh access token for a live session.
pub async fn access_token(cx: &Cx<'_>, actor: &Actor) -> Result<String, Problem> {
    let subject = Subject {
        user: actor.user,
        session: actor.session,
        tenant: actor.tenant,
        organization: actor.organization()?,
        email: &actor.email,
        display_name: &actor.display_name,
        company: actor.company,
        person: actor.person,
        roles: actor.role_names(),
        grants: &actor.grants,
        session_ends: actor.session_ends,
        restricted: actor.must_change_password,
    };
    audience::access_token(cx, &subject).await
}
