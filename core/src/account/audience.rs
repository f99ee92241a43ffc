//! The access token of a customer: who, where, and what they may do, under 3 KiB.

use serde_json::{Map, Value, json};

use crate::{
    cx::Cx,
    domain::{
        feature::Grants,
        id::{Entity, Id, Organization, Session, Tenant, User},
        realm::Realm,
    },
    jose::{claims::AccessClaims, jwt},
    problem::Problem,
};

/// A token may not outgrow a cookie: features that do not fit are left out, and verifiers ask the check route instead.
pub const MAX_TOKEN: usize = 3 * 1024;

/// Whom a token is for.
pub struct Subject<'a> {
    pub user: Id<User>,
    pub session: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub email: &'a str,
    pub display_name: &'a str,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    pub grants: &'a Grants,
}

/// Signs a fresh access token.
pub async fn access_token(cx: &Cx<'_>, subject: &Subject<'_>) -> Result<String, Problem> {
    let full = sign(cx, subject, false).await?;
    if full.len() < MAX_TOKEN { Ok(full) } else { sign(cx, subject, true).await }
}

async fn sign(cx: &Cx<'_>, subject: &Subject<'_>, omit_features: bool) -> Result<String, Problem> {
    let config = &cx.deployment.config;
    let claims = AccessClaims {
        iss: config.issuer.clone(),
        aud: Realm::Customer.name().into(),
        iat: cx.now.seconds(),
        exp: cx.now.seconds() + config.access_token_seconds,
        nbf: None,
        jti: cx.new_id(),
        sub: subject.user,
        sid: subject.session,
        kind: Realm::Customer.name().into(),
        tenant_id: Some(subject.tenant),
        org_id: Some(subject.organization),
        rest: members(subject, omit_features),
    };
    let input = jwt::signing_input(&config.signing_key.public.kid, &claims);
    let signature = cx.io.sign(input.as_bytes().to_vec()).await?;
    Ok(jwt::with_signature(&input, &signature))
}

fn members(subject: &Subject, omit_features: bool) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("email".into(), json!(subject.email));
    members.insert("displayName".into(), json!(subject.display_name));
    members.insert("customerEntityId".into(), json!(subject.company));
    members.insert("personEntityId".into(), json!(subject.person));
    members.insert("isPortalAdmin".into(), json!(subject.grants.admin));
    if omit_features {
        members.insert("featuresOmitted".into(), json!(true));
    } else {
        members.insert("resolvedFeatures".into(), json!(subject.grants.features));
    }
    members
}
