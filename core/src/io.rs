//! The only caller of the ports: it counts every operation, so that a route's budget is a fact and not a hope.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::{
    contract::channel::Joining,
    domain::{
        limit::{Decision, Policy},
        live::Channel,
        secret::Password,
    },
    hashing::foreign::Kind,
    jose::jwk::{PrivateJwk, PublicJwk},
    ports::{
        Attempt, CacheError, ChannelError, HashError, LimiterError, Ports, Query, Rows, Signal, SignerError, Statement, StoreError, Value, Verdict,
        Written,
    },
    signing::key_set::KeySet,
    store::signing_keys,
};

/// What a request has cost so far. D1 counts round trips, not statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    pub d1: u32,
    pub kv: u32,
    pub limiter: u32,
    pub hash: u32,
    /// Streams opened at a channel object.
    pub channel: u32,
}

impl Operations {
    /// Whether this stays within a budget, in every kind.
    pub fn fits(self, budget: Self) -> bool {
        self.d1 <= budget.d1 && self.kv <= budget.kv && self.limiter <= budget.limiter && self.hash <= budget.hash && self.channel <= budget.channel
    }
}

/// The ports of one request, counted.
#[derive(Clone)]
pub struct Io<'p> {
    ports: Ports<'p>,
    key_set: &'p KeySet,
    spent: Rc<Cell<Operations>>,
    /// Whether this request has heard from the database what keys there are.
    asked: Rc<Cell<bool>>,
    /// Kids of the tokens this request was let in by.
    relied_on: Rc<RefCell<Vec<String>>>,
}

impl<'p> Io<'p> {
    pub fn new(ports: Ports<'p>, key_set: &'p KeySet) -> Self {
        Self { ports, key_set, spent: Rc::default(), asked: Rc::default(), relied_on: Rc::default() }
    }

    pub fn spent(&self) -> Operations {
        self.spent.get()
    }

    fn count(&self, add: impl Fn(&mut Operations)) {
        let mut spent = self.spent.get();
        add(&mut spent);
        self.spent.set(spent);
    }

    /// The first round trip of a request, whichever it is, asks along for news of the signing keys: see [`KeySet`].
    pub async fn read(&self, mut queries: Vec<Query>) -> Result<Vec<Rows>, StoreError> {
        self.count(|o| o.d1 += 1);
        let asked = self.ask_along();
        queries.extend(asked.map(signing_keys::news));
        let mut rows = self.ports.database.read(queries).await?;
        if let Some(asked) = asked {
            self.hear(asked, rows.pop());
        }
        Ok(rows)
    }

    /// A read of the keys themselves.
    pub async fn read_keys(&self, query: Query) -> Result<Rows, StoreError> {
        self.count(|o| o.d1 += 1);
        self.asked.set(true);
        Ok(self.ports.database.read(vec![query]).await?.pop().unwrap_or_default())
    }

    /// A token by this key has let the request in.
    pub fn rely_on(&self, kid: &str) {
        self.relied_on.borrow_mut().push(kid.to_owned());
    }

    /// Whether all those keys are still there, as far as the isolate knows by now.
    pub fn relies_on_live_keys(&self) -> bool {
        self.relied_on.borrow().iter().all(|kid| self.key_set.holds(kid))
    }

    fn ask_along(&self) -> Option<i64> {
        (!self.asked.replace(true)).then(|| self.key_set.version())
    }

    fn hear(&self, asked: i64, rows: Option<Rows>) {
        if let Err(error) = self.key_set.learn(asked, rows.unwrap_or_default(), self.clock()) {
            self.log(&serde_json::json!({"keys": "what the database says cannot be used", "note": error.to_string()}));
        }
    }

    /// One query in one round trip.
    pub async fn read_one(&self, query: Query) -> Result<Rows, StoreError> {
        Ok(self.read(vec![query]).await?.into_iter().next().unwrap_or_default())
    }

    /// For [`crate::cx::Cx::commit`] and the outbox's own book-keeping only; a source test holds everyone else off.
    pub async fn write(&self, mut statements: Vec<Statement>) -> Result<Vec<Written>, StoreError> {
        self.count(|o| o.d1 += 1);
        let asked = self.ask_along();
        statements.extend(asked.map(|version| signing_keys::news(version).into()));
        let mut written = self.ports.database.write(statements).await?;
        if let Some(asked) = asked {
            self.hear(asked, written.pop().map(|written| written.rows));
        }
        Ok(written)
    }

    pub async fn take(&self, key: String, policy: Policy) -> Result<Decision, LimiterError> {
        self.count(|o| o.limiter += 1);
        self.ports.limiter.take(key, policy).await
    }

    pub async fn reset(&self, key: String) -> Result<(), LimiterError> {
        self.count(|o| o.limiter += 1);
        self.ports.limiter.reset(key).await
    }

    pub async fn ping_limiter(&self) -> Result<(), LimiterError> {
        self.count(|o| o.limiter += 1);
        self.ports.limiter.ping().await
    }

    pub async fn hash(&self, password: Password) -> Result<String, HashError> {
        self.count(|o| o.hash += 1);
        self.ports.hasher.hash(password).await
    }

    pub async fn verify_password(&self, password: Password, phc: String) -> Result<Verdict, HashError> {
        self.count(|o| o.hash += 1);
        match self.ports.hasher.verify(password.clone(), phc).await {
            // A stored hash nobody can use was refused before any work. It costs and answers what a wrong password
            // does: anything else would tell that there is an account.
            Err(HashError::Unusable(note)) => {
                self.log(&serde_json::json!({"password": "the stored hash cannot be used", "note": note}));
                let verdict = self.ports.hasher.verify(password, crate::hashing::DUMMY.to_owned()).await?;
                Ok(Verdict { matches: false, ..verdict })
            }
            other => other,
        }
    }

    /// The check of a sign-in, of the same work whoever it is for. A stored hash that nobody can use is nobody's.
    pub async fn try_password(&self, password: Password, stored: Option<String>, kinds: Vec<Kind>) -> Result<Attempt, HashError> {
        self.count(|o| o.hash += 1);
        let attempt = self.ports.hasher.attempt(password, stored, kinds).await?;
        if let Some(note) = &attempt.unusable {
            self.log(&serde_json::json!({"password": "the stored hash cannot be used", "note": note}));
        }
        Ok(attempt)
    }

    pub async fn sign(&self, key: &PrivateJwk, message: Vec<u8>) -> Result<[u8; 64], SignerError> {
        self.ports.signer.sign(key, message).await
    }

    pub async fn generate_key(&self) -> Result<PrivateJwk, SignerError> {
        self.ports.signer.generate().await
    }

    pub async fn verify(&self, key: &PublicJwk, message: Vec<u8>, signature: [u8; 64]) -> Result<bool, SignerError> {
        self.ports.signer.verify(key, message, signature).await
    }

    /// A miss when the cache is out of reach: it holds copies only.
    pub async fn cached(&self, key: &str) -> Option<String> {
        self.count(|o| o.kv += 1);
        self.ports.cache.get(key.to_owned()).await.ok().flatten()
    }

    /// A failed read is an error here, for whoever would write back what was read.
    pub async fn try_cached(&self, key: &str) -> Result<Option<String>, CacheError> {
        self.count(|o| o.kv += 1);
        self.ports.cache.get(key.to_owned()).await
    }

    pub async fn probe_cache(&self) -> Result<(), CacheError> {
        self.count(|o| o.kv += 1);
        self.ports.cache.get("probe".to_owned()).await.map(drop)
    }

    pub async fn cache(&self, key: &str, value: String, ttl: u32) -> Result<(), CacheError> {
        self.count(|o| o.kv += 1);
        self.ports.cache.put(key.to_owned(), value, ttl).await
    }

    pub async fn uncache(&self, key: &str) -> Result<(), CacheError> {
        self.count(|o| o.kv += 1);
        self.ports.cache.delete(key.to_owned()).await
    }

    /// For measuring only.
    pub fn clock(&self) -> crate::domain::time::Millis {
        self.ports.clock.now()
    }

    /// Hands a rendered mail to the transport.
    pub async fn send(&self, mail: crate::ports::Mail) -> Result<(), crate::ports::MailError> {
        self.ports.mail.send(mail).await
    }

    /// Hands one try of a delivery to the transport.
    pub async fn post_webhook(&self, post: crate::ports::WebhookPost) -> Result<crate::ports::WebhookAnswer, crate::ports::WebhookError> {
        self.ports.webhooks.post(post).await
    }

    /// Opens the request's stream.
    pub async fn open_stream(&self, joining: Joining) -> Result<(), ChannelError> {
        self.count(|o| o.channel += 1);
        self.ports.channels.open(joining).await
    }

    pub async fn next_signal(&self, patience: i64) -> Signal {
        self.ports.channels.next(patience).await
    }

    pub fn close_stream(&self) {
        self.ports.channels.close();
    }

    pub async fn wake(&self, channel: Channel, everywhere: bool) -> Result<(), ChannelError> {
        self.ports.channels.wake(channel, everywhere).await
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.ports.entropy.fill(&mut bytes);
        bytes
    }

    pub fn log(&self, line: &serde_json::Value) {
        self.ports.log.line(line);
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(flag.into())
    }
}
impl From<crate::domain::time::Millis> for Value {
    fn from(at: crate::domain::time::Millis) -> Self {
        Self::Int(at.0)
    }
}
impl<T> From<crate::domain::id::Id<T>> for Value {
    fn from(id: crate::domain::id::Id<T>) -> Self {
        Self::Text(id.to_string())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `args![now, id, "text"]`: bound parameters of any kind that has a [`Value`].
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::ports::Value::from($value)),*] };
}
