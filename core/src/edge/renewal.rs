//! Silent refresh: a fresh access token from a live session's cookie, in the request of whoever needs it.

use http::header;

use super::identity::Identity;
use crate::{
    account,
    actor::Actor,
    cx::Cx,
    domain::{realm::Realm, secret::RawToken},
    jose::{claims::AccessClaims, jwt::Unverified},
    pipeline::limit,
    problem::Problem,
    staff,
    store::{
        sessions::{self, By},
        staff_sessions,
    },
    web::cookies,
};

/// Who the session belongs to, with the `Set-Cookie` of their fresh token; `None` when there is no live session. One D1
/// round trip and a limit per asking address, and neither for what cannot be a session token.
pub async fn renew(cx: &Cx<'_>, realm: Realm) -> Result<Option<(Identity, String)>, Problem> {
    let Some(token) = presented(cx, realm) else { return Ok(None) };
    if let Some(decision) = limit::for_renewal(cx.deployment, &cx.io, &cx.client).await? {
        limit::enforce(decision)?;
    }
    let Some(actor) = live(cx, realm, &token).await? else { return Ok(None) };
    let access = match realm {
        Realm::Customer => account::refresh::access_token(cx, &actor).await?,
        Realm::Staff => staff::refresh::access_token(cx, &actor).await?,
    };
    cx.obey(&actor.tenant_policy);
    let cookie = cx.set_cookie(realm.auth_cookie(), &access, cx.deployment.config.access_token_seconds);
    // What the token says, so that the next request is told the same.
    let claims = Unverified::parse(&access).and_then(|token| token.claims::<AccessClaims>());
    let claims = claims.map_err(|rejection| Problem::internal(format!("our own token: {rejection}")))?;
    let mut identity = Identity::of(realm, actor.tenant, &claims);
    identity.roles = Some(actor.role_names().into_iter().map(str::to_owned).collect());
    identity.grants = if actor.must_change_password { Some(Default::default()) } else { Some(actor.grants) };
    Ok(Some((identity, cookie)))
}

/// 43 characters of base64url, as every session token has them.
fn presented(cx: &Cx<'_>, realm: Realm) -> Option<RawToken> {
    let cookie = cookies::find(cx.request.header(&header::COOKIE)?, &cx.cookie_style().name(realm.session_cookie()))?;
    let plain = cookie.len() == RawToken::LENGTH && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    plain.then(|| RawToken::presented(&cookie))
}

async fn live(cx: &Cx<'_>, realm: Realm, token: &RawToken) -> Result<Option<Actor>, Problem> {
    let (hash, config) = (token.hash(), &cx.deployment.config);
    let (judged, end) = match realm {
        Realm::Customer => {
            let idle = config.customer_session.idle;
            let statements = vec![sessions::identity(realm, By::Token(&hash)).into(), sessions::touch(&hash, idle, cx.now)];
            let mut done = cx.touch(statements).await?.into_iter();
            let row = done.next().unwrap_or_default().rows.first::<sessions::IdentityRow>()?;
            let end = done.next().unwrap_or_default().rows.first::<sessions::EndRow>()?;
            (row.map(|row| row.judge(realm, idle, None, cx.now)), end)
        }
        Realm::Staff => {
            let idle = config.staff_idle();
            let statements = vec![staff_sessions::identity(By::Token(&hash), None).into(), staff_sessions::touch(&hash, idle, cx.now)];
            let mut done = cx.touch(statements).await?.into_iter();
            let row = done.next().unwrap_or_default().rows.first::<staff_sessions::IdentityRow>()?;
            let end = done.next().unwrap_or_default().rows.first::<sessions::EndRow>()?;
            (row.map(|row| row.judge(idle, None, cx.now)), end)
        }
    };
    Ok(judged.and_then(Result::ok).map(|actor| sessions::used(actor, end)))
}
