//! `GET /.well-known/revocations`: what is revoked, signed, for those who verify tokens offline. `docs/REVOCATION.md` is
//! its specification.
//!
//! The answer is at most [`COPY_LIFE`] behind the database and signed anew when it is older or something came; within
//! that time all who ask get the same bytes. With `since` it holds only what came after that sequence number.

use std::{cell::RefCell, collections::HashMap};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    cx::Cx,
    domain::{
        revocation::{Book, Kind, LIFE, Mark},
        secret::hex,
        time::{Millis, SECOND},
    },
    jose::jwt,
    problem::Problem,
    web::response::{Caching, Response},
};

/// The `typ` of the document, which no access token has.
pub const TYPE: &str = "revocations+jwt";
/// How far behind the database an answer may be.
const COPY_LIFE: i64 = SECOND;
/// What a copy on the way may add.
const CACHE_CONTROL: &str = "public, max-age=1";
/// Delta forms kept at a time; above it the isolate starts over.
const MAX_FORMS: usize = 64;

/// Documents that were signed within the last second, by the sequence number they start after.
#[derive(Default)]
pub struct Signed(RefCell<Forms>);

#[derive(Default)]
struct Forms {
    confirmed: Option<Millis>,
    documents: HashMap<Option<i64>, Document>,
}

#[derive(Clone)]
struct Document {
    body: Vec<u8>,
    etag: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayloadView<'a> {
    iss: &'a str,
    iat: i64,
    exp: i64,
    seq: i64,
    interval: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    entries: Vec<EntryView>,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    not_before: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct EntryView {
    k: &'static str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    realm: Option<&'static str>,
    exp: i64,
}

impl From<&Mark> for EntryView {
    fn from(mark: &Mark) -> Self {
        Self {
            k: mark.kind.name(),
            id: mark.subject.to_string(),
            nbf: (mark.kind != Kind::Session).then_some(mark.not_before),
            realm: mark.realm.map(crate::domain::realm::Realm::name),
            exp: mark.not_before + LIFE,
        }
    }
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let since = match cx.request.query_value("since").map(|text| text.parse::<i64>()) {
        None => None,
        Some(Ok(since)) if since >= 0 => Some(since),
        Some(_) => return Err(Problem::invalid("since must be a whole number").member("field", "since")),
    };
    let snapshot = &cx.deployment.snapshot;
    let stale = cx.deployment.config.revocation_stale;
    let mut confirmed = snapshot.freshen(&cx.io, cx.now, COPY_LIFE, stale).await?;
    // Whoever has seen more than this isolate has is not sent back.
    if since.is_some_and(|since| snapshot.read(Book::seq) < since) && confirmed < cx.now {
        snapshot.load(&cx.io, cx.now, true).await?;
        confirmed = snapshot.freshen(&cx.io, cx.now, COPY_LIFE, stale).await?;
    }
    let since = since.filter(|since| *since <= snapshot.read(Book::seq));
    let document = document(cx, since, confirmed).await?;
    let caching = Caching::Public(CACHE_CONTROL);
    if cx.request.has_etag(&document.etag) {
        return Ok(Response::empty(304).header(http::header::ETAG, document.etag).caching(caching));
    }
    let response = Response { body: document.body, ..Response::empty(200) };
    Ok(response.header(http::header::CONTENT_TYPE, "application/jwt").header(http::header::ETAG, document.etag).caching(caching))
}

/// The signed form, from memory while the book has not been read again.
async fn document(cx: &Cx<'_>, since: Option<i64>, confirmed: Millis) -> Result<Document, Problem> {
    let signed = &cx.deployment.signed_revocations.0;
    {
        let mut forms = signed.borrow_mut();
        if forms.confirmed != Some(confirmed) || forms.documents.len() >= MAX_FORMS {
            *forms = Forms { confirmed: Some(confirmed), documents: HashMap::new() };
        }
        if let Some(document) = forms.documents.get(&since) {
            return Ok(document.clone());
        }
    }
    let config = &cx.deployment.config;
    let payload = cx.deployment.snapshot.read(|book| {
        serde_json::to_vec(&PayloadView {
            iss: &config.issuer,
            iat: confirmed.seconds(),
            exp: confirmed.plus(config.revocation_stale).seconds(),
            seq: book.seq(),
            interval: config.revocation_poll_seconds(),
            since,
            entries: book.marks_since(since.unwrap_or(0)).filter(|mark| mark.not_before + LIFE > confirmed.seconds()).map(EntryView::from).collect(),
            not_before: book.floors().map(|floor| (floor.tenant.to_string(), floor.not_before.into())).collect(),
        })
        .unwrap_or_default()
    });
    let fresh = cx.deployment.key_set.sign(&cx.io, |kid| jwt::signing_input_of(TYPE, kid, &payload)).await?;
    let body = jwt::with_signature(&fresh.input, &fresh.signature).into_bytes();
    let etag = format!("\"{}\"", hex(&Sha256::digest(&body)).get(..32).unwrap_or_default());
    let document = Document { body, etag };
    let mut forms = signed.borrow_mut();
    if forms.confirmed == Some(confirmed) {
        forms.documents.insert(since, document.clone());
    }
    Ok(document)
}
