//! Who is calling, and whether they may.
//!
//! The token says where to look; the database says what is true. A bad bearer token does not fall back to the cookie:
//! whoever sent it meant it.

use http::header;

use crate::{
    actor::Actor,
    app::Deployment,
    domain::{
        id::{Id, Session, Tenant, User},
        realm::Realm,
        time::Millis,
    },
    io::Io,
    jose::{
        claims::AccessClaims,
        jwt::{Rejection, Unverified},
    },
    problem::{Code, Problem},
    routes::Guard,
    store::sessions::{self, By, IdentityRow, NotAlive},
    web::{cookies, request::Request},
};

/// A token whose signature, audience and times hold.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    pub sub: Id<User>,
    pub sid: Id<Session>,
    pub tenant: Id<Tenant>,
    pub issued_at: i64,
}

/// The realm a guard wants somebody of.
pub fn wanted(guard: Guard) -> Option<Realm> {
    match guard {
        Guard::Session(realm) | Guard::AnySession(realm) | Guard::Can(realm, _) => Some(realm),
        Guard::Public | Guard::Development => None,
    }
}

/// The presented access token, bearer first.
fn presented(deployment: &Deployment, request: &Request, realm: Realm) -> Option<String> {
    bearer(request).or_else(|| {
        let style = crate::cx::cookie_style(deployment, request);
        cookies::find(request.header(&header::COOKIE)?, &style.name(realm.auth_cookie()))
    })
}

/// `Authorization: Bearer`, any case; an empty one counts as absent.
pub fn bearer(request: &Request) -> Option<String> {
    let (scheme, token) = request.header(&header::AUTHORIZATION)?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// Checks the presented token as far as values go.
pub async fn token(deployment: &Deployment, io: &Io<'_>, request: &Request, realm: Realm, now: Millis) -> Result<Verified, Problem> {
    let Some(text) = presented(deployment, request, realm) else { return Err(Problem::unauthenticated()) };
    verify(deployment, io, &text, realm, now).await?.map_err(|rejection| Problem::unauthenticated().note(rejection.to_string()))
}

/// The token behind a best-effort route: nothing when there is none or it does not hold.
pub async fn optional_token(deployment: &Deployment, io: &Io<'_>, request: &Request, realm: Realm, now: Millis) -> Result<Option<Verified>, Problem> {
    match presented(deployment, request, realm) {
        None => Ok(None),
        Some(text) => Ok(verify(deployment, io, &text, realm, now).await?.ok()),
    }
}

/// The outer error means that it could not be checked, the inner one that it does not hold.
async fn verify(deployment: &Deployment, io: &Io<'_>, text: &str, realm: Realm, now: Millis) -> Result<Result<Verified, Rejection>, Problem> {
    let unverified = match Unverified::parse(text) {
        Ok(unverified) => unverified,
        Err(rejection) => return Ok(Err(rejection)),
    };
    let Some(key) = deployment.key_set.find(io, &unverified.kid, now).await else { return Ok(Err(Rejection::UnknownKey)) };
    if !io.verify(&key, unverified.signed().to_vec(), unverified.signature).await? {
        return Ok(Err(Rejection::Signature));
    }
    Ok(unverified.claims::<AccessClaims>().and_then(|claims| {
        claims.check(&deployment.config.issuer, realm, now)?;
        let tenant = claims.tenant_id.ok_or(Rejection::NotForUs)?;
        Ok(Verified { sub: claims.sub, sid: claims.sid, tenant, issued_at: claims.iat })
    }))
}

/// Looks up the session the token names: one round trip, everything fresh.
pub async fn session(deployment: &Deployment, io: &Io<'_>, realm: Realm, token: &Verified, now: Millis) -> Result<Actor, Problem> {
    let by = By::Claims { session: token.sid, user: token.sub, tenant: token.tenant };
    let row = io.read_one(sessions::identity(realm, by)).await?.first::<IdentityRow>()?.ok_or_else(Problem::unauthenticated)?;
    let idle = deployment.config.session_lifetime(realm).idle;
    row.judge(realm, idle, Some(token.issued_at), now).map_err(|why| match why {
        NotAlive::Suspended => Problem::tenant_suspended(),
        NotAlive::Session | NotAlive::Account => Problem::unauthenticated().note(format!("{why:?}")),
    })
}

/// Whether the caller passes the guard.
pub fn authorize(guard: Guard, actor: &Actor) -> Result<(), Problem> {
    if actor.must_change_password && !matches!(guard, Guard::AnySession(_)) {
        return Err(Problem::new(Code::PasswordChangeRequired, "Please change your one-time password first."));
    }
    match guard {
        Guard::Can(_, feature) if !actor.grants.allow(feature) => Err(Problem::forbidden("Insufficient permissions")),
        _ => Ok(()),
    }
}
