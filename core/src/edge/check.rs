//! `GET` and `POST /api/check`: may the caller? The fast check: a token's signature, and the revocations of the last few
//! seconds; no storage operation but the isolate's own look at the feed. A token that had no room for its features is
//! answered from the database, as is everything that must be true this very moment: that is `feature-check`.

use serde_json::json;

use super::identity::{self, Identity};
use crate::{
    cx::Cx,
    domain::realm::Realm,
    pipeline::authenticate::{self, Verified},
    problem::{Code, Problem},
    routes::Guard,
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

/// Features asked for at once.
const MAX: usize = 100;

pub const BODY: Schema =
    Schema { fields: &[optional("features", Kind::Texts { min: 0, max: MAX, each: 255 })], refusal: Refusal::Detailed("Validation failed") };

/// `?features=a,b&features=c`
pub async fn by_query(cx: &Cx<'_>) -> Result<Response, Problem> {
    let features = features_in(cx, "features");
    if features.len() > MAX || features.iter().any(|feature| feature.len() > 255) {
        return Err(Problem::invalid("features must name at most 100 features of at most 255 characters").member("field", "features"));
    }
    answer(cx, &features).await
}

pub async fn by_body(cx: &Cx<'_>) -> Result<Response, Problem> {
    answer(cx, &cx.body.texts("features")).await
}

/// The features that a query parameter names, comma-separated or repeated.
pub fn features_in(cx: &Cx<'_>, name: &str) -> Vec<String> {
    let all = cx.request.query_values(name).collect::<Vec<_>>().join(",");
    all.split(',').map(str::trim).filter(|feature| !feature.is_empty()).map(str::to_owned).collect()
}

async fn answer(cx: &Cx<'_>, features: &[String]) -> Result<Response, Problem> {
    let (token, realm) = presented(cx)?;
    let caller = identity::by_token(cx, &token, realm).await?.map_err(|void| void.problem(realm))?;
    if caller.restricted {
        return Err(Problem::new(Code::PasswordChangeRequired, "Please change your one-time password first."));
    }
    let grants = match &caller.grants {
        Some(grants) => grants.clone(),
        None if features.is_empty() => Default::default(),
        None => actor(cx, &caller).await?.grants,
    };
    let granted: Vec<&String> = features.iter().filter(|feature| grants.allow(feature)).collect();
    Ok(Response::json(
        200,
        &json!({
            "ok": granted.len() == features.len(), "granted": granted, "realm": realm.name(), "userId": caller.user, "sessionId": caller.session,
            "tenantId": caller.tenant, "organizationId": caller.organization, "expiresAt": caller.expires_at,
        }),
    ))
}

/// The same caller as the database knows them.
pub async fn actor(cx: &Cx<'_>, caller: &Identity) -> Result<crate::actor::Actor, Problem> {
    let verified = Verified {
        sub: caller.user,
        sid: caller.session,
        tenant: caller.tenant,
        organization: caller.organization,
        operator: false,
        issued_at: caller.issued_at,
    };
    // The token is asked about, in the place it names: whatever organization the request may name beside it.
    authenticate::session(cx.deployment, &cx.io, cx.request, Guard::AnySession(caller.realm), &verified, cx.now).await
}

/// The token and its realm: a bearer token's own, else the cookie's. A browser may hold cookies of both realms.
fn presented(cx: &Cx<'_>) -> Result<(String, Realm), Problem> {
    let named = match cx.request.query_value("realm").as_deref() {
        None => None,
        Some(name) => match Realm::ALL.into_iter().find(|realm| realm.name() == name) {
            Some(realm) => Some(realm),
            None => return Err(Problem::invalid("realm must be customer or staff").member("field", "realm")),
        },
    };
    if let Some(token) = authenticate::bearer(cx.request) {
        let realm = named.unwrap_or_else(|| identity::claimed_realm(&token));
        return Ok((token, realm));
    }
    let held: Vec<(String, Realm)> = Realm::ALL
        .into_iter()
        .filter(|realm| named.is_none_or(|named| named == *realm))
        .filter_map(|realm| Some((identity::cookie(cx, realm)?, realm)))
        .collect();
    match held.len() {
        0 => Err(authenticate::nobody(named.unwrap_or(Realm::Customer))),
        1 => held.into_iter().next().ok_or_else(|| authenticate::nobody(Realm::Customer)),
        _ => Err(Problem::invalid("realm is needed: there are cookies of both").member("field", "realm")),
    }
}
