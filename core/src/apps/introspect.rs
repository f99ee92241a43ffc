//! `POST /api/introspect` (RFC 7662): whether a token that an app was shown is good at this moment.
//!
//! The app proves itself with its credentials; then it learns of tokens minted for its own audience, and of no others:
//! for everything else the answer is the same `{"active": false}`. The signature is checked from memory, credential and
//! session in one round trip, so a session that ended a moment ago is inactive now, and the features are today's. A
//! stranger spends only the limit of its address: an app's own limit counts what the app asked.

use base64ct::{Base64, Encoding};
use http::header;
use serde::Deserialize;
use serde_json::{Value, json};

use super::token::person;
use crate::{
    actor::Actor,
    cx::Cx,
    domain::{
        app::{self, App, KIND},
        id::{self, Id, Organization, Record, Session, Tenant, User},
        realm::Realm,
        registry,
        secret::RawToken,
    },
    jose::{claims::is_timely, jwt::Unverified},
    pipeline::limit,
    ports::{Query, Rows},
    problem::{Code, Problem},
    store::{
        apps::{self, AppRow},
        sessions::{self, By},
        staff_sessions,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        request::form_decode,
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("token", Kind::Text { min: 1, max: 16_384 }),
        optional("token_type_hint", Kind::Text { min: 0, max: 100 }),
        optional("client_id", Kind::Text { min: 0, max: 200 }),
        optional("client_secret", Kind::Text { min: 0, max: 200 }),
    ],
    refusal: Refusal::Always("invalid_request"),
};

/// What the token says, once its signature holds and it is one of ours, for some app, and timely.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    aud: String,
    #[serde(rename = "type")]
    kind: String,
    realm: String,
    iat: i64,
    exp: i64,
    jti: Id<Record>,
    sub: Id<User>,
    sid: Id<Session>,
    tenant_id: Id<Tenant>,
    org_id: Option<Id<Organization>>,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (client, secret) = client(cx)?;
    let claims = claims(cx, cx.body.text("token")?).await?;
    let mut queries = vec![apps::proven_by(client, &secret.hash())];
    queries.extend(claims.as_ref().map(|(claims, realm, _)| identity(claims, *realm)));
    let mut rows = cx.read(queries).await?.into_iter();
    let app = rows.next().unwrap_or_default().first::<AppRow>()?.ok_or_else(unknown_client)?.app()?;
    limit::per_app(cx.deployment, &cx.io, app.id).await?;
    let Some((claims, realm, kid)) = claims else { return Ok(inactive()) };
    // Reading told what keys there are now.
    if claims.aud != app.audience || !cx.deployment.key_set.holds(&kid) {
        return Ok(inactive());
    }
    let actor = judge(cx, &claims, realm, rows.next().unwrap_or_default())?;
    Ok(match actor.filter(|actor| app.admits(realm, actor.tenant) && !actor.must_change_password) {
        Some(actor) => active(&app, &claims, &actor),
        None => inactive(),
    })
}

fn unknown_client() -> Problem {
    Problem::new(Code::Unauthenticated, "invalid_client").header(header::WWW_AUTHENTICATE, "Basic realm=\"portcullis\", charset=\"UTF-8\"")
}

/// `client_secret_basic` or `client_secret_post`, and not both (RFC 6749 §2.3.1).
fn client(cx: &Cx<'_>) -> Result<(Id<id::App>, RawToken), Problem> {
    let posted = cx.body.opt_text("client_id").zip(cx.body.opt_text("client_secret")).map(|(id, secret)| (id.to_owned(), secret.to_owned()));
    let basic = cx.request.header(&header::AUTHORIZATION).map(|value| basic(value).ok_or_else(unknown_client)).transpose()?;
    let (id, secret) = match (basic, posted) {
        (Some(_), Some(_)) => return Err(Problem::new(Code::InvalidRequest, "invalid_request")),
        (one, other) => one.or(other).ok_or_else(unknown_client)?,
    };
    Ok((Id::parse(&id).ok_or_else(unknown_client)?, RawToken::presented(&secret)))
}

/// Both halves are form-encoded before they are joined.
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.trim().split_once(' ')?;
    let pair = String::from_utf8(Base64::decode_vec(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (form_decode(id), form_decode(secret)))
}

/// The claims of an app token, with its realm and key; nothing for whatever is none. An error means that nobody could say.
async fn claims(cx: &Cx<'_>, text: &str) -> Result<Option<(Claims, Realm, String)>, Problem> {
    let Ok(unverified) = Unverified::parse(text) else { return Ok(None) };
    let Some(key) = cx.deployment.key_set.find(&cx.io, &unverified.kid, cx.now).await? else { return Ok(None) };
    if !cx.io.verify(&key, unverified.signed().to_vec(), unverified.signature).await? {
        return Ok(None);
    }
    let Ok(claims) = unverified.claims::<Claims>() else { return Ok(None) };
    let ours = claims.iss == cx.deployment.config.issuer && claims.kind == KIND && is_timely(claims.iat, None, claims.exp, cx.now);
    let realm = Realm::ALL.into_iter().find(|realm| realm.name() == claims.realm);
    Ok(realm.filter(|_| ours).map(|realm| (claims, realm, unverified.kid.clone())))
}

fn identity(claims: &Claims, realm: Realm) -> Query {
    let by = By::Claims { session: claims.sid, user: claims.sub, tenant: claims.tenant_id };
    match realm {
        Realm::Customer => sessions::identity(realm, by),
        Realm::Staff => staff_sessions::identity(by, claims.org_id),
    }
}

fn judge(cx: &Cx<'_>, claims: &Claims, realm: Realm, rows: Rows) -> Result<Option<Actor>, Problem> {
    let config = &cx.deployment.config;
    Ok(match realm {
        Realm::Customer => rows
            .first::<sessions::IdentityRow>()?
            .and_then(|row| row.judge(realm, config.session_lifetime(realm).idle, Some(claims.iat), cx.now).ok()),
        Realm::Staff => rows.first::<staff_sessions::IdentityRow>()?.and_then(|row| row.judge(config.staff_idle(), Some(claims.iat), cx.now).ok()),
    })
}

fn inactive() -> Response {
    Response::json(200, &json!({"active": false}))
}

/// Who it is now, not who it was when the token was minted. The list of features is always whole.
fn active(app: &App, claims: &Claims, actor: &Actor) -> Response {
    let mut said = json!({
        "active": true, "client_id": app.id, "username": actor.email, "token_type": "Bearer", "iss": claims.iss, "aud": claims.aud, "iat": claims.iat,
        "exp": claims.exp, "jti": claims.jti, "type": KIND, "realm": actor.realm.name(),
        "resolvedFeatures": registry::listed(actor.realm, &actor.grants.narrowed(&app.features)),
    });
    if let Value::Object(said) = &mut said {
        said.extend(app::about(app, &person(actor)));
    }
    Response::json(200, &said)
}
