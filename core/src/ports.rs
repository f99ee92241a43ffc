//! What the core needs from a platform, as object-safe traits. The shell implements them on Workers, tests on SQLite.
//!
//! Reads and writes are different types: a [`Query`] cannot change a row, and only [`crate::cx::Cx::commit`] takes
//! [`Statement`]s. Every implementation passes the contract suite in `tests/`.

use std::{borrow::Cow, future::Future, pin::Pin};

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::{
    domain::{
        limit::{Decision, Policy},
        live::Channel,
        secret::Password,
    },
    hashing::foreign::Kind,
};

/// A future of this isolate; nothing here crosses threads.
pub type Fut<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

// ── Database ─────────────────────────────────────────────────────────────

/// A bound parameter. Booleans travel as 0 and 1, times as milliseconds, ids and lists (`json_each(?)`) as text.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
}

/// One read.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub sql: Cow<'static, str>,
    pub args: Vec<Value>,
}

/// One write, or a read that must happen inside a write's transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sql: Cow<'static, str>,
    pub args: Vec<Value>,
}

impl Query {
    pub fn new(sql: impl Into<Cow<'static, str>>, args: Vec<Value>) -> Self {
        Self { sql: sql.into(), args }
    }
}

impl Statement {
    pub fn new(sql: impl Into<Cow<'static, str>>, args: Vec<Value>) -> Self {
        Self { sql: sql.into(), args }
    }
}

impl From<Query> for Statement {
    fn from(query: Query) -> Self {
        Self { sql: query.sql, args: query.args }
    }
}

/// The rows of one statement, as JSON objects keyed by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows(pub Vec<serde_json::Value>);

impl Rows {
    /// Every row as `T`.
    pub fn all<T: DeserializeOwned>(self) -> Result<Vec<T>, StoreError> {
        self.0
            .into_iter()
            .map(|row| serde_json::from_value(row).map_err(|e| StoreError::Broken(format!("row does not fit its struct: {e}"))))
            .collect()
    }

    /// The first row as `T`, if there is one.
    pub fn first<T: DeserializeOwned>(self) -> Result<Option<T>, StoreError> {
        Ok(self.all()?.into_iter().next())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What one statement of a batch did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    pub rows: Rows,
    pub changes: u64,
}

#[derive(Debug, Error, Clone, PartialEq)]
pub enum StoreError {
    /// A `precondition` of the batch did not hold: somebody else was first. Nothing was written.
    #[error("a precondition of the batch did not hold")]
    Precondition,
    /// A unique index refused the batch; `customer_users.tenant_id, customer_users.email_hash`. Nothing was written.
    #[error("unique index: {0}")]
    Unique(String),
    /// Out of reach or timed out. For a write the outcome is unknown, which is why writes are idempotent.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// Our own mistake: bad SQL, a row that does not fit.
    #[error("storage: {0}")]
    Broken(String),
}

impl StoreError {
    /// Sorts SQLite's sentence into a class. The one place that reads such sentences.
    pub fn classify(message: &str) -> Self {
        if message.contains("CHECK constraint failed: precondition_holds") {
            Self::Precondition
        } else if let Some((_, columns)) = message.split_once("UNIQUE constraint failed: ") {
            let end = columns.find([':', '\n']).unwrap_or(columns.len());
            Self::Unique(columns.get(..end).unwrap_or(columns).trim().to_owned())
        } else if [
            "SQLITE_ERROR",
            "syntax error",
            "no such",
            "constraint failed",
            "append-only",
            "cannot store",
            "datatype mismatch",
            "Wrong number of parameter",
        ]
        .iter()
        .any(|sign| message.contains(sign))
        {
            Self::Broken(message.to_owned())
        } else {
            Self::Unavailable(message.to_owned())
        }
    }
}

/// The source of truth.
pub trait Database {
    /// All queries in one round trip, from the primary.
    fn read(&self, queries: Vec<Query>) -> Fut<'_, Result<Vec<Rows>, StoreError>>;
    /// All statements in one round trip and one transaction: all commit, or none does.
    fn write(&self, statements: Vec<Statement>) -> Fut<'_, Result<Vec<Written>, StoreError>>;
}

// ── Limiter ──────────────────────────────────────────────────────────────

#[derive(Debug, Error, Clone, PartialEq)]
#[error("limiter unavailable: {0}")]
pub struct LimiterError(pub String);

/// Exact counters with one writer per key. Keys are already free of addresses in the clear.
pub trait Limiter {
    fn take(&self, key: String, policy: Policy) -> Fut<'_, Result<Decision, LimiterError>>;
    fn reset(&self, key: String) -> Fut<'_, Result<(), LimiterError>>;
    /// Whether anybody answers. Counts nothing and stores nothing.
    fn ping(&self) -> Fut<'_, Result<(), LimiterError>>;
}

// ── Password hashing ─────────────────────────────────────────────────────

pub use crate::hashing::equal::Attempt;

#[derive(Debug, Error, Clone, PartialEq)]
pub enum HashError {
    #[error("hasher unavailable: {0}")]
    Unavailable(String),
    #[error("stored hash cannot be used: {0}")]
    Unusable(String),
}

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub matches: bool,
    /// The stored hash is foreign or weaker than today's parameters.
    pub stale: bool,
}

/// Argon2id, wherever it runs.
pub trait PasswordHasher {
    /// A PHC string with a fresh salt.
    fn hash(&self, password: Password) -> Fut<'_, Result<String, HashError>>;
    fn verify(&self, password: Password, phc: String) -> Fut<'_, Result<Verdict, HashError>>;
    /// The check of a sign-in: the work of [`crate::hashing::equal`], the same with a stored hash as with none.
    fn attempt(&self, password: Password, stored: Option<String>, kinds: Vec<Kind>) -> Fut<'_, Result<Attempt, HashError>>;
}

// ── Signatures ───────────────────────────────────────────────────────────

#[derive(Debug, Error, Clone, PartialEq)]
#[error("signer: {0}")]
pub struct SignerError(pub String);

/// ES256 (RFC 7518 §3.4): raw `r‖s`, 64 bytes.
pub trait Signer {
    fn sign(&self, key: &crate::jose::jwk::PrivateJwk, message: Vec<u8>) -> Fut<'_, Result<[u8; 64], SignerError>>;
    /// A new key from the platform's own generator.
    fn generate(&self) -> Fut<'_, Result<crate::jose::jwk::PrivateJwk, SignerError>>;
    /// False for a signature that does not hold; an error only when it could not be checked.
    fn verify(&self, key: &crate::jose::jwk::PublicJwk, message: Vec<u8>, signature: [u8; 64]) -> Fut<'_, Result<bool, SignerError>>;
}

// ── Live streams ─────────────────────────────────────────────────────────

#[derive(Debug, Error, Clone, PartialEq)]
pub enum ChannelError {
    /// The person has as many streams open as anybody may.
    #[error("too many streams")]
    Full,
    #[error("channel unavailable: {0}")]
    Unavailable(String),
}

/// What comes over a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Bytes to hand on as they are.
    Text(String),
    /// Nothing, for as long as was waited.
    Quiet,
    /// The channel has ended the stream, or is gone.
    Ended,
}

/// The objects that know who listens. A request opens one stream at most; it is closed when the request is over.
pub trait Channels {
    fn open(&self, joining: crate::contract::channel::Joining) -> Fut<'_, Result<(), ChannelError>>;
    /// The next thing on the stream that was opened, or [`Signal::Quiet`] after so many milliseconds.
    fn next(&self, patience: i64) -> Fut<'_, Signal>;
    /// Closes the stream that was opened.
    fn close(&self);
    /// There may be something new; see [`crate::contract::channel::Message::Wake`].
    fn wake(&self, channel: Channel, everywhere: bool) -> Fut<'_, Result<(), ChannelError>>;
}

// ── Everything else ──────────────────────────────────────────────────────

/// A cryptographically secure source.
pub trait Entropy {
    fn fill(&self, buffer: &mut [u8]);
}

#[derive(Debug, Error, Clone, PartialEq)]
#[error("cache unavailable: {0}")]
pub struct CacheError(pub String);

/// Read-mostly copies, up to a minute stale and never asked about a session. An error is treated as a miss.
pub trait Cache {
    fn get(&self, key: String) -> Fut<'_, Result<Option<String>, CacheError>>;
    /// `ttl` in seconds, 60 at least.
    fn put(&self, key: String, value: String, ttl: u32) -> Fut<'_, Result<(), CacheError>>;
    fn delete(&self, key: String) -> Fut<'_, Result<(), CacheError>>;
}

/// A mail ready to go.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The outbox row: transports that can, use it as idempotency key.
    pub id: String,
    pub to: String,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub links: Vec<String>,
}

#[derive(Debug, Error, Clone, PartialEq)]
pub enum MailError {
    /// Worth another try.
    #[error("mail transport: {0}")]
    Transient(String),
    /// The provider refused this mail for good.
    #[error("mail refused: {0}")]
    Permanent(String),
}

pub trait MailTransport {
    fn send(&self, mail: Mail) -> Fut<'_, Result<(), MailError>>;
}

/// One try of a delivery, signed and ready to go.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookPost {
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
    /// Milliseconds, the reading of the answer included.
    pub timeout: i64,
}

/// What a receiver said: its status and the beginning of its answer, of which no more than a few KiB are ever read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebhookAnswer {
    pub status: u16,
    pub text: String,
}

#[derive(Debug, Error, Clone, PartialEq)]
#[error("{0}")]
pub struct WebhookError(pub String);

/// Carries webhooks out of the house. Follows no redirect: an answer that is one comes back as it is.
pub trait WebhookTransport {
    fn post(&self, post: WebhookPost) -> Fut<'_, Result<WebhookAnswer, WebhookError>>;
}

/// Structured log lines, one JSON object each. Never a secret, never an address in the clear.
pub trait Log {
    fn line(&self, line: &serde_json::Value);
}

/// The platform's clock, for measuring and for nothing else: decisions take the request's one instant.
pub trait Clock {
    fn now(&self) -> crate::domain::time::Millis;
}

/// Everything a request may touch, borrowed for its length.
#[derive(Clone, Copy)]
pub struct Ports<'p> {
    pub database: &'p dyn Database,
    pub limiter: &'p dyn Limiter,
    pub hasher: &'p dyn PasswordHasher,
    pub signer: &'p dyn Signer,
    pub entropy: &'p dyn Entropy,
    pub cache: &'p dyn Cache,
    pub mail: &'p dyn MailTransport,
    pub webhooks: &'p dyn WebhookTransport,
    pub channels: &'p dyn Channels,
    pub log: &'p dyn Log,
    pub clock: &'p dyn Clock,
}
