//! Who is calling, and whether they may.
//!
//! The token says where to look; the database says what is true. A bad bearer token does not fall back to the cookie:
//! whoever sent it meant it.

use std::rc::Rc;

use http::header;

use crate::{
    actor::Actor,
    app::Deployment,
    domain::{
        id::{Id, Organization, Session, Tenant, User},
        realm::Realm,
        time::Millis,
    },
    io::Io,
    jose::{
        claims::AccessClaims,
        jwt::{MAX_LENGTH, Rejection, Unverified},
    },
    pipeline::target,
    problem::{Code, Problem},
    routes::{Guard, Route},
    signing::verified::Proven,
    store::{
        sessions::{self, By, IdentityRow, NotAlive},
        staff_sessions,
    },
    web::{cookies, request::Request},
};

/// A token whose signature, audience and times hold.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    pub sub: Id<User>,
    pub sid: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    /// The token carries the operator's audience.
    pub operator: bool,
    pub issued_at: i64,
}

/// The realm a guard wants somebody of.
pub fn wanted(guard: Guard) -> Option<Realm> {
    match guard {
        Guard::Session(realm) | Guard::AnySession(realm) | Guard::Can(realm, _) | Guard::CanEither(realm, ..) => Some(realm),
        Guard::Operator(_) | Guard::AnyPlace => Some(Realm::Staff),
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

/// Whether there is an access token of the realm's at all, good or not.
pub fn is_presented(deployment: &Deployment, request: &Request, realm: Realm) -> bool {
    presented(deployment, request, realm).is_some()
}

/// `Authorization: Bearer`, any case; an empty one counts as absent.
pub fn bearer(request: &Request) -> Option<String> {
    let (scheme, token) = request.header(&header::AUTHORIZATION)?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// Checks the presented token as far as values go.
pub async fn token(deployment: &Deployment, io: &Io<'_>, request: &Request, realm: Realm, now: Millis) -> Result<Verified, Problem> {
    let Some(text) = presented(deployment, request, realm) else { return Err(nobody(realm)) };
    verify(deployment, io, &text, realm, now).await?.map_err(|rejection| nobody(realm).note(rejection.to_string()))
}

/// The token behind a best-effort route: nothing when there is none or it does not hold.
pub async fn optional_token(deployment: &Deployment, io: &Io<'_>, request: &Request, realm: Realm, now: Millis) -> Result<Option<Verified>, Problem> {
    match presented(deployment, request, realm) {
        None => Ok(None),
        Some(text) => Ok(verify(deployment, io, &text, realm, now).await?.ok()),
    }
}

/// The claims of a token whose signature holds, still to be checked. The outer error means that nobody could tell.
pub async fn claims(deployment: &Deployment, io: &Io<'_>, text: &str, now: Millis) -> Result<Result<Rc<Proven>, Rejection>, Problem> {
    if text.len() > MAX_LENGTH {
        return Ok(Err(Rejection::TooLong));
    }
    let fingerprint = deployment.keys.fingerprint(text);
    if let Some(proven) = deployment.verified.find(&fingerprint).filter(|proven| deployment.key_set.holds(&proven.kid)) {
        io.rely_on(&proven.kid);
        return Ok(Ok(proven));
    }
    let unverified = match Unverified::parse(text) {
        Ok(unverified) => unverified,
        Err(rejection) => return Ok(Err(rejection)),
    };
    let Some(key) = deployment.key_set.find(io, &unverified.kid, now).await? else { return Ok(Err(Rejection::UnknownKey)) };
    if !io.verify(&key, unverified.signed().to_vec(), unverified.signature).await? {
        return Ok(Err(Rejection::Signature));
    }
    io.rely_on(&unverified.kid);
    let claims = unverified.claims::<AccessClaims>();
    Ok(claims.map(|claims| deployment.verified.remember(Proven { kid: unverified.kid, claims, fingerprint })))
}

/// The outer error means that it could not be checked, the inner one that it does not hold.
async fn verify(deployment: &Deployment, io: &Io<'_>, text: &str, realm: Realm, now: Millis) -> Result<Result<Verified, Rejection>, Problem> {
    Ok(claims(deployment, io, text, now).await?.and_then(|proven| {
        let claims = &proven.claims;
        claims.check(&deployment.config.issuer, realm, now)?;
        let tenant = claims.tenant_id.ok_or(Rejection::NotForUs)?;
        Ok(Verified {
            sub: claims.sub,
            sid: claims.sid,
            tenant,
            organization: claims.org_id,
            operator: claims.aud.is_operator(),
            issued_at: claims.iat,
        })
    }))
}

/// Looks up the session the token names: one round trip, everything fresh. Staff may name another organization in the
/// request: then they sit there for as long as it lasts.
pub async fn session(deployment: &Deployment, io: &Io<'_>, request: &Request, guard: Guard, token: &Verified, now: Millis) -> Result<Actor, Problem> {
    let realm = wanted(guard).unwrap_or(Realm::Customer);
    // One's own account is nowhere: what is signed there is for the seat the session has.
    let named = target::organization(request).filter(|_| realm == Realm::Staff && !matches!(guard, Guard::AnySession(_)));
    let by = By::Claims { session: token.sid, user: token.sub, tenant: token.tenant };
    let found = match realm {
        Realm::Customer => {
            let row = io.read_one(sessions::identity(realm, by)).await?.first::<IdentityRow>()?;
            row.map(|row| row.judge(realm, deployment.config.session_lifetime(realm).idle, Some(token.issued_at), now))
        }
        Realm::Staff => {
            let row = io.read_one(staff_sessions::identity_at(by, token.organization, named)).await?.first::<staff_sessions::IdentityRow>()?;
            let (idle, issued_at) = (deployment.config.staff_idle(), Some(token.issued_at));
            row.map(|row| match guard {
                Guard::AnyPlace if named.is_none() => row.judge_anywhere(idle, issued_at, now),
                _ => row.judge(idle, issued_at, now),
            })
            .map(|found| found.map(|actor| Actor { operator: token.operator, ..actor }))
        }
    };
    // Reading the session told what keys there are at this moment: one that was removed since the token was verified
    // opens nothing.
    if !io.relies_on_live_keys() {
        return Err(forget(deployment, request, realm, nobody(realm)).note("its key was removed"));
    }
    found.unwrap_or(Err(NotAlive::Session)).map_err(|why| match why {
        NotAlive::Suspended => Problem::tenant_suspended(),
        NotAlive::Outside if named.is_some() => target::not_yours(),
        NotAlive::Outside => no_access(),
        // The session lives on elsewhere. The request may have been on its way while it moved, and the browser may hold newer
        // cookies by now than those that came with it: telling it to forget them would sign the person out.
        NotAlive::Moved => nobody(realm).member("reason", "moved").note("of a place that was left"),
        NotAlive::Session | NotAlive::Account => forget(deployment, request, realm, nobody(realm)).note(format!("{why:?}")),
    })
}

/// 401 in the words of the realm.
pub fn nobody(realm: Realm) -> Problem {
    match realm {
        Realm::Customer => Problem::unauthenticated(),
        Realm::Staff => Problem::new(Code::Unauthenticated, "Unauthorized"),
    }
}

/// 403 for staff who have no business where their session sits, or anywhere.
pub fn no_access() -> Problem {
    Problem::new(Code::NoAccess, "You do not have permission to access this area. Please contact your administrator.")
}

/// A staff browser whose session is over is told to forget it; a customer's keeps its cookies and asks for a refresh.
pub fn forget(deployment: &Deployment, request: &Request, realm: Realm, problem: Problem) -> Problem {
    let style = crate::cx::cookie_style(deployment, request);
    match realm {
        Realm::Customer => problem,
        Realm::Staff => [realm.auth_cookie(), realm.session_cookie()]
            .into_iter()
            .fold(problem, |problem, name| problem.header(header::SET_COOKIE, style.clear(name))),
    }
}

/// Whether the caller passes the route's guard.
pub fn authorize(route: &Route, actor: &Actor) -> Result<(), Problem> {
    if actor.must_change_password && !matches!(route.guard, Guard::AnySession(_)) {
        return Err(Problem::new(Code::PasswordChangeRequired, "Please change your one-time password first."));
    }
    match route.guard {
        Guard::Operator(feature) if !actor.grants.allow(feature) => Err(lacking(route, feature)),
        // Both halves: a token issued before a demotion says too much, one issued before a promotion is no operator's.
        Guard::Operator(_) if !(actor.operator && actor.platform) => {
            Err(Problem::forbidden("This is for operators of the platform.").note(format!("token {}, database {}", actor.operator, actor.platform)))
        }
        Guard::Can(_, feature) if !actor.grants.allow(feature) => Err(lacking(route, feature)),
        Guard::CanEither(_, feature, other) if !actor.grants.allow(feature) && !actor.grants.allow(other) => Err(lacking(route, feature)),
        _ => Ok(()),
    }
}

/// Customer-accounts routes have a sentence of their own; all others name what was needed.
fn lacking(route: &Route, feature: &str) -> Problem {
    if route.path.starts_with("/api/customer_accounts/") {
        Problem::forbidden("Insufficient permissions")
    } else {
        Problem::forbidden("Forbidden").member("requiredFeatures", vec![feature])
    }
}
