//! A deployment in a test's hand.

use std::{
    cell::Cell,
    collections::BTreeMap,
    future::Future,
    pin::pin,
    rc::Rc,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use portcullis_core::{
    app::{self, Deployment, Incoming, Later},
    config::Config,
    domain::time::Millis,
    jose::{jwk::PrivateJwk, portable::PortableSigner},
    ports::Ports,
    stream::{self, Rest},
};
use serde_json::Value;

use crate::{
    Req, Res, SqliteDatabase,
    channels::{Channels, Desk},
    documented,
    ports::{CountingEntropy, Mailbox, MemoryCache, MemoryLimiter, MemoryLog, Receivers, TestClock, TestHasher, Time, Transport},
};

/// 21 November 2026, 04:47:42.123 UTC.
pub const START: i64 = 1_795_236_462_123;
pub const MASTER_SECRET: &str = "1ruPrklZ1FZ-AlWfTMY1zzr4fPCT8BjD78A-5T-wOMg";
pub const BOOTSTRAP_SECRET: &str = "wk3Fq9Zt0uHn7Lr2Vx8Yb5Md";
pub const SIGNING_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"OdOYKsDDAuDeq3CCiXVYpkiGxPagXY5GadnBgFSXajI","y":"nUhPM83kwt449gHJKh5O-TTezI507dsmAUIc5F6_5eU","d":"G8ZrfCd1h1swGjOdZZD-vfuDfiswuZL68i-dvbn8CjA"}"#;
pub const OTHER_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"G4Nhn7IZRs8Y3XOijK1-mSmxMa21YOBtAEW3-zyZup8","y":"awAA02Y4SrT9WMZzlG0XZlBjd3aa-XLZ_WcHgIVy__o","d":"R7hmvm5UxvE411go2iM8KVeSoQPpbkGs7v95NbP_UCI"}"#;

/// Runs a future to its end. Nothing in the core waits for anything but a port, and the ports here answer at once.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something that is no port");
}

/// Settings and secrets that a development deployment works with.
pub fn settings() -> BTreeMap<String, String> {
    let pairs =
        [("ENVIRONMENT", "development"), ("MASTER_SECRET", MASTER_SECRET), ("BOOTSTRAP_SECRET", BOOTSTRAP_SECRET), ("SIGNING_KEY_JWK", SIGNING_KEY)];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

pub fn config(settings: &BTreeMap<String, String>) -> Result<Config, Vec<String>> {
    Config::parse(&|name| settings.get(name).cloned())
}

pub struct World {
    pub deployment: Deployment,
    pub database: SqliteDatabase,
    pub limiter: MemoryLimiter,
    pub cache: MemoryCache,
    pub hasher: TestHasher,
    pub mailbox: Mailbox,
    pub receivers: Receivers,
    pub channels: Channels,
    pub log: MemoryLog,
    signer: PortableSigner<CountingEntropy>,
    entropy: CountingEntropy,
    clock: TestClock,
    time: Time,
    requests: Cell<u32>,
    /// Whether the work for after the response is done, as the platform does it. Off, it is dropped.
    pub does_later_work: Cell<bool>,
    /// The most bytes of a body that were held at once.
    pub largest_piece: Cell<usize>,
    /// How a browser calls the deployment's cookies, by the first part of their names.
    pub cookie_prefix: &'static str,
}

impl World {
    /// Empty but for its migrations; cheap hashes.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The same with settings of its own.
    pub fn with(changes: &[(&str, &str)]) -> Self {
        Self::build(changes, true, SqliteDatabase::new())
    }

    /// With Argon2id at full strength.
    pub fn with_real_hashes() -> Self {
        Self::build(&[], false, SqliteDatabase::new())
    }

    /// With the seeds of development.
    pub fn seeded() -> Self {
        Self::seeded_with(&[])
    }

    pub fn seeded_with(changes: &[(&str, &str)]) -> Self {
        // Seeding once and copying is what keeps thousands of worlds affordable.
        static SEEDED: OnceLock<(Vec<u8>, u64, u64)> = OnceLock::new();
        let (rows, entropy, salts) = SEEDED.get_or_init(|| {
            let mut world = Self::new();
            world.seed();
            // Who works for which company, each test says itself.
            world.arrange(
                "UPDATE customer_users SET customer_entity_id = NULL; DELETE FROM customer_entities; \
                 DELETE FROM revocations; DELETE FROM sqlite_sequence WHERE name = 'revocations'; DELETE FROM live_feed WHERE seq > 1",
            );
            (world.database.snapshot(), world.entropy.position(), world.hasher.entropy.position())
        });
        let world = Self::build(changes, true, SqliteDatabase::restore(rows));
        world.entropy.go_on_from(*entropy);
        world.hasher.entropy.go_on_from(*salts);
        world.requests.set(1);
        world
    }

    fn build(changes: &[(&str, &str)], cheap: bool, database: SqliteDatabase) -> Self {
        let mut settings = settings();
        settings.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = config(&settings).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let time: Time = Rc::new(Cell::new(START));
        Self {
            signer: PortableSigner(CountingEntropy::new(5)),
            deployment: Deployment::new(config),
            database,
            limiter: MemoryLimiter::new(time.clone()),
            cache: MemoryCache::new(time.clone()),
            hasher: TestHasher::new(cheap),
            mailbox: Mailbox::default(),
            receivers: Receivers::default(),
            channels: Channels::default(),
            log: MemoryLog::default(),
            entropy: CountingEntropy::new(1),
            clock: TestClock(time.clone()),
            time,
            requests: Cell::new(0),
            does_later_work: Cell::new(true),
            largest_piece: Cell::new(0),
            cookie_prefix: "",
        }
    }

    /// The key that signs where none has been made yet.
    pub fn first_key(&self) -> PrivateJwk {
        self.deployment.config.signing_key.clone().unwrap()
    }

    // ── Time ─────────────────────────────────────────────────────────────

    pub fn now(&self) -> i64 {
        self.time.get()
    }

    pub fn advance(&self, millis: i64) {
        self.time.set(self.time.get() + millis);
    }

    pub fn advance_seconds(&self, seconds: i64) {
        self.advance(seconds * 1_000);
    }

    // ── Requests ─────────────────────────────────────────────────────────

    /// Sends a request and then does the work for after it.
    pub fn send(&self, req: Req) -> Res {
        let (res, later) = self.send_only(req);
        if self.does_later_work.get() {
            self.after(later);
        }
        res
    }

    /// Sends a request; the work for afterwards comes back.
    pub fn send_only(&self, req: Req) -> (Res, Vec<Later>) {
        let n = self.requests.get() + 1;
        self.requests.set(n);
        let [_, a, b, c] = n.to_be_bytes();
        let incoming = Incoming {
            now: Millis(self.now()),
            request_id: format!("request-{n}"),
            client_ip: Some(req.ip.unwrap_or_else(|| format!("10.{a}.{b}.{c}"))),
            request: req.request,
        };
        let asked = (incoming.request.method.clone(), incoming.request.path.clone());
        let answer = self.with_ports(|ports| block_on(app::handle(&self.deployment, ports, incoming)));
        let mut res = Res::new(&answer);
        self.drain(&mut res, answer.response.rest);
        documented::check(&self.deployment, &asked.0, &asked.1, &res);
        (res, answer.later)
    }

    /// The rest of a body that comes in pieces, as a client that takes everything gets it.
    fn drain(&self, res: &mut Res, mut rest: Option<Rest>) {
        self.largest_piece.set(self.largest_piece.get().max(res.body.len()));
        while let Some(left) = rest {
            let piece = self.with_ports(|ports| block_on(stream::next(&self.deployment, ports, left)));
            let Ok(piece) = piece else {
                res.broke_off = true;
                return;
            };
            self.largest_piece.set(self.largest_piece.get().max(piece.bytes.len()));
            res.body.extend(piece.bytes);
            rest = piece.rest;
        }
    }

    /// A request from nowhere: no client address.
    pub fn send_without_address(&self, req: Req) -> Res {
        let incoming = Incoming { now: Millis(self.now()), request_id: "request-x".into(), client_ip: None, request: req.request };
        Res::new(&self.with_ports(|ports| block_on(app::handle(&self.deployment, ports, incoming))))
    }

    pub fn after(&self, later: Vec<Later>) {
        self.with_ports(|ports| block_on(app::after(&self.deployment, ports, Millis(self.now()), later)));
    }

    /// What cron does every minute.
    pub fn minute(&self) {
        self.with_ports(|ports| block_on(app::scheduled(&self.deployment, ports, Millis(self.now()))));
    }

    pub fn with_ports<T>(&self, run: impl FnOnce(Ports<'_>) -> T) -> T {
        self.database.set_clock(self.now());
        let mail = Transport { mailbox: &self.mailbox, database: &self.database, now: Millis(self.now()) };
        let channels = Desk { channels: &self.channels, database: &self.database, clock: Millis(self.now()) };
        run(Ports {
            database: &self.database,
            limiter: &self.limiter,
            hasher: &self.hasher,
            signer: &self.signer,
            entropy: &self.entropy,
            cache: &self.cache,
            mail: &mail,
            webhooks: &self.receivers,
            channels: &channels,
            log: &self.log,
            clock: &self.clock,
        })
    }

    // ── Looking and arranging ────────────────────────────────────────────

    /// Rows of a query, as JSON objects.
    pub fn rows(&self, sql: &str) -> Vec<Value> {
        let connection = self.database.connection();
        let mut statement = connection.prepare(sql).unwrap();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let cell = |value: rusqlite::types::Value| match value {
            rusqlite::types::Value::Integer(int) => int.into(),
            rusqlite::types::Value::Text(text) => text.into(),
            _ => Value::Null,
        };
        let rows = statement.query_map([], |row| {
            let cells = names.iter().enumerate().map(|(i, name)| Ok((name.clone(), cell(row.get(i)?))));
            cells.collect::<Result<serde_json::Map<_, _>, rusqlite::Error>>().map(Value::Object)
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// The one value of a query.
    #[track_caller]
    pub fn value(&self, sql: &str) -> Value {
        self.rows(sql).first().and_then(|row| row.as_object()?.values().next().cloned()).unwrap_or_else(|| panic!("no row: {sql}"))
    }

    #[track_caller]
    pub fn count(&self, from: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {from}")).as_i64().unwrap()
    }

    /// Changes rows behind the product's back.
    #[track_caller]
    pub fn arrange(&self, sql: &str) {
        self.database.set_clock(self.now());
        self.database.connection().execute_batch(sql).unwrap();
    }

    pub fn tables(&self) -> Vec<String> {
        let rows = self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Every row of every table that the filter keeps.
    pub fn dump(&self, keep: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<Value>> {
        self.tables().into_iter().filter(|table| keep(table)).map(|table| (table.clone(), self.rows(&format!("SELECT * FROM {table}")))).collect()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
