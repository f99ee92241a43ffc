//! `/forward-auth/{proxy}`: a proxy asks whether a request may go on to its app.
//!
//! 1. The request it asks about, from the headers of its kind (403 when there is none). 2. The app of the host (403).
//! 3. The path, read as every server reads it, or refused (403). 4. The first rule that fits, and `?require=`.
//! 5. Who is calling: the token and the revocations; else the session's cookie, which also buys a fresh token.
//! 6. What the rule wants, and a token for the app.
//!
//! Warm, this asks no storage. A database out of reach is as for the fast check.

use std::rc::Rc;

use http::{HeaderName, Method, StatusCode, header};

use super::{
    check,
    forwarded::{self, Family, Original},
    headers,
    identity::{self, Identity},
    policy::Policy,
    renewal,
};
use crate::{
    apps::token::{self, Minted},
    cx::Cx,
    domain::{
        app::Person,
        feature::Grants,
        path_rule::Access,
        realm::Realm,
        request_path::RequestPath,
        time::{Millis, SECOND},
    },
    pipeline::authenticate,
    problem::{Code, Problem},
    signing::verified::Fingerprint,
    web::{request::percent_encode, response::Response},
};

pub async fn nginx(cx: &Cx<'_>) -> Result<Response, Problem> {
    answer(cx, Family::Nginx).await
}

pub async fn caddy(cx: &Cx<'_>) -> Result<Response, Problem> {
    answer(cx, Family::Caddy).await
}

pub async fn traefik(cx: &Cx<'_>) -> Result<Response, Problem> {
    answer(cx, Family::Traefik).await
}

pub async fn envoy(cx: &Cx<'_>) -> Result<Response, Problem> {
    answer(cx, Family::Envoy).await
}

/// What nginx cannot pass on becomes a 403: everything but 200, 401 and 403 is its own 500.
async fn answer(cx: &Cx<'_>, family: Family) -> Result<Response, Problem> {
    match decide(cx, family).await {
        Err(problem) if family == Family::Nginx && problem.code.status().is_client_error() => match problem.code.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(problem),
            _ => Err(Problem { code: Code::Forbidden, ..problem }),
        },
        other => other,
    }
}

/// A caller, and the cookie of a token that was renewed on the way.
struct Caller {
    identity: Identity,
    cookie: Option<String>,
}

async fn decide(cx: &Cx<'_>, family: Family) -> Result<Response, Problem> {
    let original = forwarded::original(cx, family).ok_or_else(|| refused("the proxy does not say what was asked"))?;
    let config = &cx.deployment.config;
    let (life, stale) = (config.revocation_copy_life(), config.revocation_stale);
    let policy = cx.deployment.policies.of(&cx.io, &original.host, cx.now, life, stale).await?;
    let policy = policy.ok_or_else(|| refused("no app has this host"))?;
    let path = RequestPath::read(&original.uri).map_err(|riddle| refused(riddle.about()))?;
    let decision = policy.rules.decide(&original.method, &path);
    let required = check::features_in(cx, "require");
    if *decision.access == Access::Public && required.is_empty() {
        return public(cx, &policy, decision.realm).await;
    }
    let Some(mut caller) = caller(cx, decision.realm).await? else { return Err(sign_in(cx, family, &policy, decision.realm, &original)) };
    if caller.identity.restricted {
        return Err(Problem::new(Code::PasswordChangeRequired, "Please change your one-time password first."));
    }
    if !policy.app.admits(caller.identity.realm, caller.identity.tenant) {
        return Err(refused("the app is for others"));
    }
    if caller.identity.grants.is_none() || caller.identity.roles.is_none() {
        let actor = check::actor(cx, &caller.identity).await?;
        caller.identity.roles = Some(actor.role_names().into_iter().map(str::to_owned).collect());
        caller.identity.grants = Some(actor.grants);
        caller.identity.proof = None;
    }
    let grants = caller.identity.grants.clone().unwrap_or_default();
    if !decision.access.is_met_by(&grants) || !Access::All(required).is_met_by(&grants) {
        return Err(Problem::forbidden("Forbidden").note("features lacking"));
    }
    allowed(cx, &policy, Some((&caller, &grants))).await
}

/// Open to all; whoever happens to be signed in is named, as far as their token says.
async fn public(cx: &Cx<'_>, policy: &Rc<Policy>, realm: Realm) -> Result<Response, Problem> {
    let identity = match presented(cx, realm) {
        None => None,
        // Nobody is kept out here, so nobody is kept out when it cannot be told either.
        Some(token) => identity::by_token(cx, &token, realm).await.ok().and_then(Result::ok),
    };
    let known = identity.filter(|one| !one.restricted && policy.app.admits(one.realm, one.tenant));
    let caller = known.and_then(|identity| Some((identity.grants.clone()?, Caller { identity, cookie: None })));
    allowed(cx, policy, caller.as_ref().map(|(grants, caller)| (caller, grants))).await
}

/// The caller by their token; where that is missing or void, by their session.
async fn caller(cx: &Cx<'_>, realm: Realm) -> Result<Option<Caller>, Problem> {
    if let Some(token) = presented(cx, realm)
        && let Ok(identity) = identity::by_token(cx, &token, realm).await?
    {
        return Ok(Some(Caller { identity, cookie: None }));
    }
    // Whoever sends a bearer token means it, and no cookie beside it.
    if authenticate::bearer(cx.request).is_some() {
        return Ok(None);
    }
    Ok(renewal::renew(cx, realm).await?.map(|(identity, cookie)| Caller { identity, cookie: Some(cookie) }))
}

fn presented(cx: &Cx<'_>, realm: Realm) -> Option<String> {
    authenticate::bearer(cx.request).or_else(|| identity::cookie(cx, realm))
}

/// 200, exactly.
async fn allowed(cx: &Cx<'_>, policy: &Policy, caller: Option<(&Caller, &Grants)>) -> Result<Response, Problem> {
    let response = Response::ok().header(headers::LOGIN, "").header(headers::COOKIE, foreign_cookies(cx));
    let Some((caller, grants)) = caller else { return Ok(headers::with_identity(response, None)) };
    let one = &caller.identity;
    let person = Person {
        realm: one.realm,
        user: one.user,
        session: one.session,
        tenant: one.tenant,
        organization: one.organization,
        email: &one.email,
        display_name: &one.display_name,
        roles: one.roles.iter().flatten().map(String::as_str).collect(),
        grants,
        session_ends: Millis(one.session_ends * SECOND),
    };
    let minted = app_token(cx, policy, &person, one.proof).await?;
    let features = grants.narrowed(&policy.app.features).as_list();
    let response = headers::with_identity(response, Some((one, &minted, features)));
    Ok(match &caller.cookie {
        Some(cookie) => response.cookie(cookie.clone()),
        None => response,
    })
}

/// A token for the app about the person; the one of a moment ago, where it would say the same.
async fn app_token(cx: &Cx<'_>, policy: &Policy, person: &Person<'_>, proof: Option<Fingerprint>) -> Result<Rc<str>, Problem> {
    let (deployment, app) = (cx.deployment, &policy.app);
    let known = proof.and_then(|proof| deployment.minted.find(proof, app, deployment.key_set.version(), cx.now));
    if let Some(token) = known {
        return Ok(token);
    }
    let Minted { token, life } = token::mint_app_token(deployment, &cx.io, app, person, cx.now).await?;
    Ok(match proof {
        Some(proof) => deployment.minted.remember(proof, app, deployment.key_set.version(), cx.now, life, token),
        None => token.into(),
    })
}

fn foreign_cookies(cx: &Cx<'_>) -> String {
    let style = cx.cookie_style();
    let ours: Vec<String> = Realm::ALL
        .into_iter()
        .flat_map(|realm| [realm.auth_cookie(), realm.session_cookie(), realm.device_cookie()])
        .flat_map(|name| [style.name(name), name.to_owned()])
        .collect();
    headers::foreign_cookies(cx.request.header(&header::COOKIE).unwrap_or_default(), &ours)
}

/// 302 to the right sign-in page for a browser that goes somewhere, where the proxy can pass it on; 401 for everybody else.
fn sign_in(cx: &Cx<'_>, family: Family, policy: &Policy, realm: Realm, original: &Original) -> Problem {
    let problem = authenticate::nobody(realm);
    let login = login_page(cx, policy, realm, original).filter(|_| navigates(cx, original)).unwrap_or_default();
    if family == Family::Nginx || login.is_empty() {
        return problem.header(headers::LOGIN, login);
    }
    Problem { code: Code::Found, ..problem }.header(header::LOCATION, login)
}

/// The page with the way back, which leads to the host that was asked: a registered one, or we would not be here.
fn login_page(cx: &Cx<'_>, policy: &Policy, realm: Realm, original: &Original) -> Option<String> {
    let config = &cx.deployment.config;
    let scheme = if config.is_development() { original.scheme.as_str() } else { "https" };
    let back = percent_encode(&format!("{scheme}://{}{}", original.host, original.uri));
    match realm {
        Realm::Customer => Some(format!("{}/{}/portal/login?return={back}", config.app_url, policy.login_slug.as_deref()?)),
        Realm::Staff => Some(format!("{}/login?return={back}", config.app_url)),
    }
}

/// A page that a browser opens, rather than something that a page fetches.
fn navigates(cx: &Cx<'_>, original: &Original) -> bool {
    let safe = original.method.eq_ignore_ascii_case(Method::GET.as_str()) || original.method.eq_ignore_ascii_case(Method::HEAD.as_str());
    let mode = cx.request.header(&HeaderName::from_static("sec-fetch-mode"));
    let html = || cx.request.header(&header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    safe && mode.map_or_else(html, |mode| mode == "navigate")
}

fn refused(why: &'static str) -> Problem {
    Problem::forbidden("Forbidden").note(why)
}
