//! Every port but the database, in memory, each with its switches.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
use portcullis_core::{
    domain::{
        limit::{self, Decision, Policy, State},
        secret::Password,
        time::Millis,
    },
    hashing::{
        self,
        foreign::{Foreign, Kind},
    },
    mail::inbox::Inbox,
    ports::{
        Attempt, Cache, CacheError, Clock, Entropy, Fut, HashError, Limiter, LimiterError, Log, Mail, MailError, MailTransport, PasswordHasher,
        Verdict, WebhookAnswer, WebhookError, WebhookPost, WebhookTransport,
    },
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::SqliteDatabase;

/// One clock for requests, limits and caches. It moves only when a test moves it.
pub type Time = Rc<Cell<i64>>;

pub struct TestClock(pub Time);

impl Clock for TestClock {
    fn now(&self) -> Millis {
        Millis(self.0.get())
    }
}

/// Exact counters by the core's own decision, as the limiter objects keep them.
pub struct MemoryLimiter {
    time: Time,
    states: RefCell<HashMap<String, State>>,
    /// Every key charged, in order.
    pub taken: RefCell<Vec<String>>,
    pub down: Cell<bool>,
    /// The broken twin: it forgets what it counted.
    pub forgetful: Cell<bool>,
}

impl MemoryLimiter {
    pub fn new(time: Time) -> Self {
        Self { time, states: RefCell::default(), taken: RefCell::default(), down: Cell::new(false), forgetful: Cell::new(false) }
    }

    pub fn keys(&self) -> Vec<String> {
        self.states.borrow().keys().cloned().collect()
    }
}

impl Limiter for MemoryLimiter {
    fn take(&self, key: String, policy: Policy) -> Fut<'_, Result<Decision, LimiterError>> {
        Box::pin(async move {
            self.taken.borrow_mut().push(key.clone());
            if self.down.get() {
                return Err(LimiterError("switched off".into()));
            }
            let stored = self.states.borrow_mut().remove(&key).filter(|_| !self.forgetful.get());
            let (state, decision, _) = limit::take(policy, stored, Millis(self.time.get()));
            self.states.borrow_mut().insert(key, state);
            Ok(decision)
        })
    }

    fn reset(&self, key: String) -> Fut<'_, Result<(), LimiterError>> {
        Box::pin(async move {
            if self.down.get() {
                return Err(LimiterError("switched off".into()));
            }
            self.states.borrow_mut().remove(&key);
            Ok(())
        })
    }

    fn ping(&self) -> Fut<'_, Result<(), LimiterError>> {
        Box::pin(async move { if self.down.get() { Err(LimiterError("switched off".into())) } else { Ok(()) } })
    }
}

pub struct MemoryCache {
    time: Time,
    entries: RefCell<BTreeMap<String, (String, i64)>>,
    pub down: Cell<bool>,
}

impl MemoryCache {
    pub fn new(time: Time) -> Self {
        Self { time, entries: RefCell::default(), down: Cell::new(false) }
    }

    pub fn dump(&self) -> Vec<(String, String)> {
        self.entries.borrow().iter().map(|(key, (value, _))| (key.clone(), value.clone())).collect()
    }

    fn reach(&self) -> Result<(), CacheError> {
        if self.down.get() { Err(CacheError("switched off".into())) } else { Ok(()) }
    }
}

impl Cache for MemoryCache {
    fn get(&self, key: String) -> Fut<'_, Result<Option<String>, CacheError>> {
        Box::pin(async move {
            self.reach()?;
            Ok(self.entries.borrow().get(&key).filter(|(_, ends)| *ends > self.time.get()).map(|(value, _)| value.clone()))
        })
    }

    fn put(&self, key: String, value: String, ttl: u32) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move {
            self.reach()?;
            assert!(ttl >= 60, "KV takes no expiration below 60 seconds");
            assert!(key.len() <= 512, "KV takes keys of 512 bytes at most");
            self.entries.borrow_mut().insert(key, (value, self.time.get() + i64::from(ttl) * 1_000));
            Ok(())
        })
    }

    fn delete(&self, key: String) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move {
            self.reach()?;
            self.entries.borrow_mut().remove(&key);
            Ok(())
        })
    }
}

#[derive(Default)]
pub struct MemoryLog(pub RefCell<Vec<Value>>);

impl Log for MemoryLog {
    fn line(&self, line: &Value) {
        self.0.borrow_mut().push(line.clone());
    }
}

/// Never the same twice in a world, always the same between runs.
pub struct CountingEntropy(Cell<u64>);

impl CountingEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed << 32))
    }

    /// How far it has come, to go on from there in a copy.
    pub fn position(&self) -> u64 {
        self.0.get()
    }

    pub fn go_on_from(&self, position: u64) {
        self.0.set(position);
    }
}

impl Entropy for CountingEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            self.0.set(self.0.get() + 1);
            let block = Sha256::digest(self.0.get().to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// Argon2id. `cheap` hashes cost next to nothing, so that a suite runs in seconds; either kind verifies both.
pub struct TestHasher {
    pub cheap: bool,
    pub entropy: CountingEntropy,
    pub count: Cell<u32>,
    pub down: Cell<bool>,
    /// The kinds that the last sign-in was told to do the work of.
    pub kinds: RefCell<Vec<Kind>>,
}

impl TestHasher {
    pub fn new(cheap: bool) -> Self {
        Self { cheap, entropy: CountingEntropy::new(77), count: Cell::new(0), down: Cell::new(false), kinds: RefCell::default() }
    }

    fn begin(&self) -> Result<(), HashError> {
        self.count.set(self.count.get() + 1);
        if self.down.get() { Err(HashError::Unavailable("switched off".into())) } else { Ok(()) }
    }
}

/// What every cheap hash starts with.
const CHEAP: &str = "$argon2id$v=19$m=8,t=1,p=1$";

fn cheap_hash(password: &Password, salt: [u8; 16]) -> String {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    argon2.hash_password(password.reveal().as_bytes(), &SaltString::encode_b64(&salt).unwrap()).unwrap().to_string()
}

impl PasswordHasher for TestHasher {
    fn hash(&self, password: Password) -> Fut<'_, Result<String, HashError>> {
        Box::pin(async move {
            self.begin()?;
            let mut salt = [0; 16];
            self.entropy.fill(&mut salt);
            if self.cheap { Ok(cheap_hash(&password, salt)) } else { hashing::hash(&password, &salt) }
        })
    }

    fn verify(&self, password: Password, phc: String) -> Fut<'_, Result<Verdict, HashError>> {
        Box::pin(async move {
            self.begin()?;
            if self.cheap && phc == hashing::DUMMY {
                return Ok(Verdict { matches: false, stale: false });
            }
            let verdict = hashing::verify(&password, &phc)?;
            // A cheap hash is today's where hashes are cheap.
            Ok(Verdict { stale: verdict.stale && !(self.cheap && phc.starts_with(CHEAP)), ..verdict })
        })
    }

    fn attempt(&self, password: Password, stored: Option<String>, kinds: Vec<Kind>) -> Fut<'_, Result<Attempt, HashError>> {
        Box::pin(async move {
            self.begin()?;
            let mut salt = [0; 16];
            self.entropy.fill(&mut salt);
            if !self.cheap {
                return hashing::equal::attempt(&password, stored.as_deref(), &kinds, &salt);
            }
            self.kinds.replace(kinds);
            let Some(stored) = stored else { return Ok(Attempt::default()) };
            Ok(match Foreign::parse(&stored) {
                Err(why) => Attempt { unusable: Some(why), ..Attempt::default() },
                Ok(hash) => {
                    let matches = hash.matches(&password);
                    let foreign = !stored.starts_with(CHEAP);
                    Attempt { matches, rehash: (matches && foreign).then(|| cheap_hash(&password, salt)), unusable: None }
                }
            })
        })
    }
}

/// What a receiver does with a webhook.
pub type Receives = Box<dyn Fn(&WebhookPost) -> Result<WebhookAnswer, WebhookError>>;

/// Every receiver there is: keeps what it got, in order, and answers as the test says.
pub struct Receivers {
    pub got: RefCell<Vec<WebhookPost>>,
    answer: RefCell<Receives>,
}

impl Default for Receivers {
    fn default() -> Self {
        let answer: Receives = Box::new(|_| Ok(WebhookAnswer { status: 200, text: "thank you".into() }));
        Self { got: RefCell::default(), answer: RefCell::new(answer) }
    }
}

impl Receivers {
    pub fn answer(&self, answer: impl Fn(&WebhookPost) -> Result<WebhookAnswer, WebhookError> + 'static) {
        *self.answer.borrow_mut() = Box::new(answer);
    }

    /// From here on everybody answers with this status.
    pub fn say(&self, status: u16) {
        self.answer(move |_| Ok(WebhookAnswer { status, text: format!("I say {status}") }));
    }

    pub fn take(&self) -> Vec<WebhookPost> {
        std::mem::take(&mut self.got.borrow_mut())
    }
}

impl WebhookTransport for Receivers {
    fn post(&self, post: WebhookPost) -> Fut<'_, Result<WebhookAnswer, WebhookError>> {
        Box::pin(async move {
            let answer = (self.answer.borrow())(&post);
            self.got.borrow_mut().push(post);
            answer
        })
    }
}

/// What happens to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Into the development inbox, as `make dev` does.
    Inbox,
    /// Into [`Mailbox::sent`].
    Capture,
    /// Refused for now.
    Transient,
    /// Refused for good.
    Permanent,
}

pub struct Mailbox {
    pub post: Cell<Post>,
    pub sent: RefCell<Vec<Mail>>,
}

impl Default for Mailbox {
    fn default() -> Self {
        Self { post: Cell::new(Post::Inbox), sent: RefCell::default() }
    }
}

/// The mailbox with the database its inbox is in.
pub struct Transport<'w> {
    pub mailbox: &'w Mailbox,
    pub database: &'w SqliteDatabase,
    pub now: Millis,
}

impl MailTransport for Transport<'_> {
    fn send(&self, mail: Mail) -> Fut<'_, Result<(), MailError>> {
        Box::pin(async move {
            match self.mailbox.post.get() {
                Post::Transient => return Err(MailError::Transient("try later".into())),
                Post::Permanent => return Err(MailError::Permanent("no such address".into())),
                Post::Capture => {}
                Post::Inbox => Inbox::new(self.database, self.now).send(mail.clone()).await?,
            }
            self.mailbox.sent.borrow_mut().push(mail);
            Ok(())
        })
    }
}
