//! What one isolate knows of the signing keys.
//!
//! - **From D1, for free.** Every request's first round trip to the database asks along whether the set has another
//!   version than the one known here ([`KeySet::news`]); the answer is empty unless it has. So a request that reads its
//!   session knows the keys as they are at that moment: it signs with the current one, and refuses a token whose key has
//!   been removed since ([`KeySet::holds`]).
//! - **From KV, without D1.** The public halves are published there, under a MAC of ours. A cold isolate serves the key
//!   set and verifies from them, also while D1 is out of reach. They never replace what is newer.
//! - **By asking D1** when there is no other way: a cold isolate without KV, a key nobody has heard of (at most once in
//!   [`MISS_INTERVAL`], whatever is presented), a signature by an isolate that has read nothing yet.
//!
//! While the table is empty, the key of the configuration is the current one; cron takes it over as the first.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use base64ct::{Base64UrlUnpadded, Encoding};

use super::published;
use crate::{
    domain::{
        keys::Keys,
        time::{MINUTE, Millis, SECOND},
        wrapping,
    },
    io::Io,
    jose::jwk::{PrivateJwk, PublicJwk, key_set},
    ports::{Rows, StoreError},
    problem::Problem,
    store::signing_keys::{self, NewsRow},
};

/// How old a copy may be before whoever asks for the key set has it compared with what is published.
const COPY_LIFE: i64 = MINUTE;
/// KV out of reach is asked again after this.
const RETRY: i64 = 5 * SECOND;
/// A kid nobody knows sends an isolate looking at most this often.
const MISS_INTERVAL: i64 = 10 * SECOND;
/// No version of the database's: whoever knows none, or only the published halves, wants to hear everything.
const UNKNOWN: i64 = -1;

pub struct KeySet {
    /// The key of the configuration.
    imported: Option<PrivateJwk>,
    keys: Keys,
    known: RefCell<Option<Known>>,
    /// When the copy was last compared, with D1 or with KV.
    compared: Cell<Option<Millis>>,
    missed: Cell<Option<Millis>>,
    #[cfg(feature = "twins")]
    twin: String,
}

struct Known {
    version: i64,
    /// The database's, with the private half; otherwise what was published.
    complete: bool,
    public: Vec<PublicJwk>,
    current: Option<Rc<PrivateJwk>>,
    document: Document,
}

/// The key set's bytes and their `ETag`.
#[derive(Clone)]
pub struct Document {
    pub body: Vec<u8>,
    pub etag: String,
}

/// A signature, with what it covers and whose it is.
pub struct Signed {
    pub input: String,
    pub signature: [u8; 64],
    pub kid: String,
}

/// What a wrapped key belongs to: whatever its state, this kid and this use.
pub fn belongs_to(kid: &str) -> String {
    format!("portcullis/signing-key/ES256/{kid}")
}

impl KeySet {
    pub fn new(config: &crate::config::Config, keys: &Keys) -> Self {
        Self {
            imported: config.signing_key.clone(),
            keys: keys.clone(),
            known: RefCell::default(),
            compared: Cell::new(None),
            missed: Cell::new(None),
            #[cfg(feature = "twins")]
            twin: config.twin.clone(),
        }
    }

    /// The key of the configuration, which is current until there are others.
    pub fn imported(&self) -> Option<&PrivateJwk> {
        self.imported.as_ref()
    }

    // ── Learning ─────────────────────────────────────────────────────────

    /// The version to ask news of.
    pub fn version(&self) -> i64 {
        self.known.borrow().as_ref().filter(|known| known.complete).map_or(UNKNOWN, |known| known.version)
    }

    /// Takes up the answer to [`signing_keys::news`] that was asked with `asked`.
    pub fn learn(&self, asked: i64, rows: Rows, now: Millis) -> Result<(), StoreError> {
        self.compared.set(self.compared.get().max(Some(now)));
        let rows = rows.all::<NewsRow>()?;
        let Some(version) = rows.first().map(|row| row.version) else { return Ok(()) };
        // Another request may have learned of a later version meanwhile. A lower one than was known when asking is a
        // database restored from an earlier time, and true.
        if self.version() != asked && version < self.version() {
            return Ok(());
        }
        let (mut public, mut current) = (Vec::new(), None);
        for row in rows {
            let (Some(kid), Some(x), Some(y)) = (row.kid, row.x, row.y) else { continue };
            let key = PublicJwk::new(x, y);
            if key.kid != kid {
                return Err(StoreError::Broken(format!("the key {kid} is not what its name says")));
            }
            if let Some(wrapped) = row.wrapped {
                current = self.unwrapped(&key, &wrapped);
            }
            public.push(key);
        }
        if version == 0 {
            current = self.imported.clone();
            public = current.iter().map(|key| key.public.clone()).collect();
        }
        self.know(version, true, public, current);
        Ok(())
    }

    /// A key that does not open was wrapped under another master secret: it verifies, and nobody signs with it.
    fn unwrapped(&self, key: &PublicJwk, wrapped: &str) -> Option<PrivateJwk> {
        let scalar = wrapping::unwrap(self.keys.wrapping_key(), &belongs_to(&key.kid), wrapped)?;
        PrivateJwk::new(key.clone(), Base64UrlUnpadded::encode_string(&scalar))
    }

    fn know(&self, version: i64, complete: bool, mut public: Vec<PublicJwk>, current: Option<PrivateJwk>) {
        public.sort_by(|a, b| a.kid.cmp(&b.kid));
        let document = self.render(&public, current.as_ref());
        *self.known.borrow_mut() = Some(Known { version, complete, public, current: current.map(Rc::new), document });
    }

    fn render(&self, public: &[PublicJwk], _current: Option<&PrivateJwk>) -> Document {
        #[cfg(feature = "twins")]
        if self.twin == "next-key-unpublished" {
            // The twin that shows a key when it signs: verifiers hear of it too late.
            let shown: Vec<PublicJwk> = public.iter().filter(|key| _current.is_none_or(|current| current.public.kid == key.kid)).cloned().collect();
            return Document::of(&shown);
        }
        Document::of(public)
    }

    /// Asks the database, whatever is known.
    pub async fn load(&self, io: &Io<'_>) -> Result<(), StoreError> {
        let before = self.version();
        let rows = io.read_keys(signing_keys::news(UNKNOWN)).await?;
        self.learn(before, rows, io.clock())
    }

    /// Takes up what is published, unless something later is known. An error means that KV is out of reach.
    async fn copy(&self, io: &Io<'_>, now: Millis) -> Result<(), crate::ports::CacheError> {
        let found = io.try_cached(published::KEY).await;
        self.compared.set(Some(if found.is_ok() { now } else { now.minus(COPY_LIFE - RETRY) }));
        let Some((version, public)) = found?.and_then(|text| published::read(&text, &self.keys)) else { return Ok(()) };
        if self.known.borrow().as_ref().is_none_or(|known| known.version < version) {
            self.know(version, false, public, None);
        }
        Ok(())
    }

    // ── Using ────────────────────────────────────────────────────────────

    fn find_known(&self, kid: &str) -> Option<PublicJwk> {
        self.known.borrow().as_ref()?.public.iter().find(|key| key.kid == kid).cloned()
    }

    /// Whether tokens of a key are still taken, as far as is known here.
    pub fn holds(&self, kid: &str) -> bool {
        self.known.borrow().as_ref().is_some_and(|known| known.public.iter().any(|key| key.kid == kid))
    }

    /// The key of a `kid`. An error means that nobody could be asked.
    pub async fn find(&self, io: &Io<'_>, kid: &str, now: Millis) -> Result<Option<PublicJwk>, Problem> {
        let found = self.find_known(kid);
        let cold = self.known.borrow().is_none();
        if found.is_some() || (!cold && self.missed.get().is_some_and(|at| at.plus(MISS_INTERVAL) > now)) {
            return Ok(found);
        }
        if !cold {
            self.missed.set(Some(now));
        }
        // KV first: it is near, and a cold isolate that finds the kid there has not asked the database for it.
        let _ = self.copy(io, now).await;
        if self.find_known(kid).is_none() {
            match self.load(io).await {
                Err(error) if self.known.borrow().is_none() => return Err(error.into()),
                Err(error) => io.log(&serde_json::json!({"keys": "a key nobody knows could not be asked for", "note": error.to_string()})),
                Ok(()) => {}
            }
        }
        Ok(self.find_known(kid))
    }

    /// Signs with the current key what `input` makes of its kid.
    pub async fn sign(&self, io: &Io<'_>, input: impl FnOnce(&str) -> String) -> Result<Signed, Problem> {
        let current = || self.known.borrow().as_ref().and_then(|known| known.current.clone());
        let mut key = current();
        if key.is_none() {
            self.load(io).await?;
            key = current();
        }
        let key = key.ok_or_else(|| Problem::unavailable("there is no key to sign with: cron makes one within a minute"))?;
        let input = input(&key.public.kid);
        let signature = io.sign(&key, input.clone().into_bytes()).await?;
        Ok(Signed { input, signature, kid: key.public.kid.clone() })
    }

    /// The document of all keys: the same bytes in every isolate that knows the same version.
    pub async fn document(&self, io: &Io<'_>, now: Millis) -> Result<Document, Problem> {
        if self.compared.get().is_none_or(|at| at.plus(COPY_LIFE) <= now) {
            let _ = self.copy(io, now).await;
        }
        if self.known.borrow().is_none() {
            self.load(io).await?;
        }
        let known = self.known.borrow();
        known.as_ref().map(|known| known.document.clone()).ok_or_else(|| Problem::unavailable("no keys known"))
    }

    /// What is to be published; `None` while only a copy is known.
    pub fn to_publish(&self) -> Option<(i64, String)> {
        let known = self.known.borrow();
        let known = known.as_ref().filter(|known| known.complete)?;
        Some((known.version, published::write(known.version, &known.public, &self.keys)))
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

impl Document {
    fn of(public: &[PublicJwk]) -> Self {
        let body = key_set(public);
        let digest = crate::domain::secret::hex(&<sha2::Sha256 as sha2::Digest>::digest(&body));
        Self { etag: format!("\"{}\"", digest.get(..32).unwrap_or_default()), body }
    }
}
