//! Access tokens of either realm: who, where, and what they may do, under 3 KiB.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    app::Deployment,
    cx::Cx,
    domain::{
        id::{Id, Organization, Session, Tenant, User},
        realm::Realm,
        time::Millis,
    },
    io::Io,
    jose::{
        claims::{AccessClaims, Audience},
        jwt,
    },
    problem::Problem,
};

/// A token may not outgrow a cookie: features that do not fit are left out, and verifiers ask the check route instead.
pub const MAX_TOKEN: usize = 3 * 1024;

/// Whom a token is for.
pub struct Bearer<'a> {
    pub realm: Realm,
    pub user: Id<User>,
    pub session: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    /// When the session ends unless it is used again.
    pub session_ends: Millis,
    /// Staff of the platform.
    pub operator: bool,
    /// As the realm [names](crate::actor::HeldRole::told) them.
    pub roles: Vec<&'a str>,
    /// `None` where a list of grants would not tell the truth; verifiers ask then, too.
    pub features: Option<&'a [String]>,
    /// The realm's own members.
    pub rest: Map<String, Value>,
}

/// Signs a fresh access token.
pub async fn access_token(cx: &Cx<'_>, bearer: &Bearer<'_>) -> Result<String, Problem> {
    let full = sign(cx, bearer, bearer.features, true).await?;
    if full.len() < MAX_TOKEN {
        return Ok(full);
    }
    let shorter = sign(cx, bearer, None, true).await?;
    if shorter.len() < MAX_TOKEN { Ok(shorter) } else { sign(cx, bearer, None, false).await }
}

/// Seconds that a token made now is good for: never longer than its session.
pub fn life(cx: &Cx<'_>, session_ends: Millis) -> i64 {
    cx.deployment.config.access_token_seconds.min(session_ends.seconds() - cx.now.seconds())
}

async fn sign(cx: &Cx<'_>, bearer: &Bearer<'_>, features: Option<&[String]>, with_roles: bool) -> Result<String, Problem> {
    let config = &cx.deployment.config;
    let mut rest = bearer.rest.clone();
    match with_roles {
        true => rest.insert("roles".into(), json!(bearer.roles)),
        false => rest.insert("rolesOmitted".into(), json!(true)),
    };
    match features {
        Some(features) => rest.insert("resolvedFeatures".into(), json!(features)),
        None => rest.insert("featuresOmitted".into(), json!(true)),
    };
    let claims = AccessClaims {
        iss: config.issuer.clone(),
        aud: Audience::of(bearer.realm, bearer.operator),
        iat: cx.now.seconds(),
        exp: cx.now.seconds() + life(cx, bearer.session_ends),
        nbf: None,
        jti: cx.new_id(),
        sub: bearer.user,
        sid: bearer.session,
        kind: bearer.realm.name().into(),
        tenant_id: Some(bearer.tenant),
        org_id: bearer.organization,
        session_expiry: Some(bearer.session_ends.seconds()),
        rest,
    };
    signed(cx.deployment, &cx.io, &claims).await
}

/// Any claims under the key of the day.
pub async fn signed(deployment: &Deployment, io: &Io<'_>, claims: &impl Serialize) -> Result<String, Problem> {
    let signed = deployment.key_set.sign(io, |kid| jwt::signing_input(kid, claims)).await?;
    Ok(jwt::with_signature(&signed.input, &signed.signature))
}
