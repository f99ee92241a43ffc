//! `GET` and `POST /api/auth/session/refresh`: the session token buys a fresh access token, with features as they are
//! now. The session token stays as it is and its absolute end does not move. One D1 round trip.

use http::header;
use serde_json::json;

use super::sign_in::{self, Subject};
use crate::{
    actor::Actor,
    cx::Cx,
    domain::{membership::Seat, policy::TenantPolicy, realm::Realm, redirect, secret::RawToken, time::Millis},
    pipeline::authenticate,
    problem::{Code, Problem},
    session::token,
    store::{
        sessions::{self, By, EndRow},
        staff_sessions::{self, IdentityRow},
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        request::percent_encode,
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[required("refreshToken", Kind::Text { min: 1, max: 512 })], refusal: Refusal::SignsOut("Missing or invalid refresh token") };

/// For callers that hold the token themselves.
pub async fn exchange(cx: &Cx<'_>) -> Result<Response, Problem> {
    match renew(cx, &cx.body.token("refreshToken")?).await? {
        Err(why) => {
            let problem = Problem::new(Code::Unauthenticated, "Invalid or expired refresh token").note(why);
            Err(authenticate::forget(cx.deployment, cx.request, Realm::Staff, problem))
        }
        Ok(Renewed { access, life, .. }) => {
            let cookie = cx.set_cookie(Realm::Staff.auth_cookie(), &access, cx.deployment.config.access_token_seconds);
            Ok(Response::json(200, &json!({"ok": true, "accessToken": access, "expiresIn": life})).cookie(cookie))
        }
    }
}

/// For pages: there and back again, or to the sign-in page.
pub async fn bounce(cx: &Cx<'_>) -> Result<Response, Problem> {
    let origins = [cx.request.origin(), cx.deployment.config.app_url.clone()];
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    let target = cx.request.query_value("redirect").and_then(|target| redirect::own_path(&target, &origins)).unwrap_or_else(|| "/".into());
    let renewed = match cx.session_token(Realm::Staff) {
        None => Err("no session cookie".to_owned()),
        Some(token) => renew(cx, &token).await?.map(|renewed| (token, renewed)),
    };
    Ok(match renewed {
        Ok((token, Renewed { access, end, .. })) => {
            let cookie = cx.set_cookie(Realm::Staff.auth_cookie(), &access, cx.deployment.config.access_token_seconds);
            let session = end.map(|end| cx.set_cookie_until(Realm::Staff.session_cookie(), token.reveal(), end));
            Response::empty(307).header(header::LOCATION, target).cookie(cookie).cookies(session)
        }
        Err(_) => {
            let login = format!("/login?redirect={}", percent_encode(&target));
            Response::empty(307).header(header::LOCATION, login).cookies(cx.clear_session_cookies(Realm::Staff))
        }
    })
}

/// A fresh access token, and the session's end where a policy moves it.
struct Renewed {
    access: String,
    /// Seconds.
    life: i64,
    end: Option<Millis>,
}

/// What the token buys, or why nothing, for the log.
async fn renew(cx: &Cx<'_>, token: &RawToken) -> Result<Result<Renewed, String>, Problem> {
    let hash = token.hash();
    let idle = cx.deployment.config.staff_idle();
    let statements = vec![staff_sessions::identity(By::Token(&hash), None).into(), staff_sessions::touch(&hash, idle, cx.now)];
    let mut done = cx.touch(statements).await?.into_iter();
    let row = done.next().unwrap_or_default().rows.first::<IdentityRow>()?;
    let end = done.next().unwrap_or_default().rows.first::<EndRow>()?;
    let Some(row) = row else { return Ok(Err("unknown".into())) };
    match row.judge(idle, None, cx.now) {
        Err(why) => Ok(Err(format!("{why:?}"))),
        Ok(actor) if !cx.host.admits(actor.tenant) => Ok(Err("another tenant's host".into())),
        Ok(actor) => {
            let actor = sessions::used(actor, end);
            cx.obey(&actor.tenant_policy);
            let access = access_token(cx, &actor).await?;
            // A strict session may have got another end.
            let end = end.filter(|_| cx.policy.get() == TenantPolicy::Strict).map(|end| end.expires_at);
            Ok(Ok(Renewed { access, life: token::life(cx, actor.session_ends), end }))
        }
    }
}

/// A token for the seat a session is active in.
pub async fn access_token(cx: &Cx<'_>, actor: &Actor) -> Result<String, Problem> {
    let subject = Subject {
        user: actor.user,
        session: actor.session,
        seat: Seat { tenant: actor.tenant, organization: actor.organization },
        email: &actor.email,
        roles: actor.role_names(),
        grants: &actor.grants,
        session_ends: actor.session_ends,
        platform: actor.platform,
        merchants: &actor.merchants,
        restricted: actor.must_change_password,
    };
    sign_in::access_token(cx, &subject).await
}
