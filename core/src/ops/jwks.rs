//! `GET /.well-known/jwks.json` and the key set behind it.
//!
//! The deployment's own key comes from its configuration. Every minute cron publishes it to KV with the time it was
//! last seen, and every isolate adds what others published, so that tokens signed before a redeployment with another
//! key stay verifiable until they have expired. KV out of reach leaves the own key, which is the one that signs.

use std::cell::{Cell, RefCell};

use serde::{Deserialize, Serialize};

use crate::{
    cx::Cx,
    domain::time::{DAY, HOUR, MINUTE, Millis},
    io::Io,
    jose::jwk::{PublicJwk, key_set},
    ports::CacheError,
    problem::Problem,
    web::response::{Caching, Response},
};

const KEY: &str = "jwks:published";
/// How long an isolate trusts its copy of what others published.
const COPY_LIFE: i64 = 5 * MINUTE;
/// A kid nobody knows sends an isolate back to KV at most this often.
const MISS_INTERVAL: i64 = 30_000;
/// A key is kept after it was last in use: its last token's 8 hours, and a day for verifiers' caches.
const KEEP: i64 = 8 * HOUR + DAY;
/// Written again when the stored time is older than this.
const REPUBLISH: i64 = HOUR;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Published {
    x: String,
    y: String,
    /// Milliseconds.
    seen: i64,
}

/// Every key our tokens may be signed with.
pub struct KeySet {
    own: PublicJwk,
    others: RefCell<Vec<PublicJwk>>,
    fetched: Cell<Option<Millis>>,
    document: RefCell<Option<Document>>,
}

/// The answer's body and its `ETag`, kept while the keys stay the same.
#[derive(Clone)]
struct Document {
    body: Vec<u8>,
    etag: String,
}

impl KeySet {
    pub fn new(own: PublicJwk) -> Self {
        Self { own, others: RefCell::default(), fetched: Cell::new(None), document: RefCell::default() }
    }

    /// The key of a `kid`. An unknown one is looked for among the published ones, now and then.
    pub async fn find(&self, io: &Io<'_>, kid: &str, now: Millis) -> Option<PublicJwk> {
        if kid == self.own.kid {
            return Some(self.own.clone());
        }
        self.freshen(io, now, MISS_INTERVAL).await;
        self.others.borrow().iter().find(|key| key.kid == kid).cloned()
    }

    /// The document of all keys: the same bytes in every isolate.
    async fn document(&self, io: &Io<'_>, now: Millis) -> Document {
        self.freshen(io, now, COPY_LIFE).await;
        self.document.borrow_mut().get_or_insert_with(|| self.render()).clone()
    }

    /// All keys, by kid.
    fn render(&self) -> Document {
        let mut keys = vec![self.own.clone()];
        keys.extend(self.others.borrow().iter().filter(|key| key.kid != self.own.kid).cloned());
        keys.sort_by(|a, b| a.kid.cmp(&b.kid));
        let body = key_set(&keys);
        let digest = crate::domain::secret::hex(&<sha2::Sha256 as sha2::Digest>::digest(&body));
        Document { etag: format!("\"{}\"", digest.get(..32).unwrap_or_default()), body }
    }

    async fn freshen(&self, io: &Io<'_>, now: Millis, life: i64) {
        if self.fetched.get().is_some_and(|at| at.plus(life) > now) {
            return;
        }
        // What could not be read is asked for again by the next request.
        let Ok(text) = io.try_cached(KEY).await else { return };
        self.fetched.set(Some(now));
        if let Some(list) = text.and_then(|text| serde_json::from_str::<Vec<Published>>(&text).ok()) {
            self.document.take();
            *self.others.borrow_mut() = list.into_iter().filter(|p| Millis(p.seen).plus(KEEP) > now).map(|p| PublicJwk::new(p.x, p.y)).collect();
        }
    }

    /// Puts the own key among the published ones and drops those nobody can still hold a token of.
    pub async fn publish(&self, io: &Io<'_>, now: Millis) -> Result<(), CacheError> {
        // A list that could not be read is not an empty one: writing it back would void living tokens.
        let text = io.try_cached(KEY).await?.unwrap_or_default();
        let stored: Vec<Published> = serde_json::from_str(&text).unwrap_or_default();
        let current = stored.iter().find(|p| p.x == self.own.x && p.y == self.own.y);
        if current.is_some_and(|p| p.seen + REPUBLISH > now.0) {
            return Ok(());
        }
        let mut list: Vec<Published> =
            stored.iter().filter(|p| Millis(p.seen).plus(KEEP) > now && (p.x != self.own.x || p.y != self.own.y)).cloned().collect();
        list.push(Published { x: self.own.x.clone(), y: self.own.y.clone(), seen: now.0 });
        let life = u32::try_from(KEEP / 1_000).unwrap_or(u32::MAX);
        io.cache(KEY, serde_json::to_string(&list).unwrap_or_default(), life).await
    }
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let Document { body, etag } = cx.deployment.key_set.document(&cx.io, cx.now).await;
    let caching = Caching::Public("public, max-age=300, stale-if-error=86400");
    let known = cx
        .request
        .header(&http::header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*"));
    if known {
        return Ok(Response::empty(304).header(http::header::ETAG, etag).caching(caching));
    }
    let response = Response { body, ..Response::json(200, &()) };
    Ok(response.header(http::header::ETAG, etag).caching(caching))
}
