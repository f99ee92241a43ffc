//! `ports::Database` on SQLite: the same migrations, the same SQL and the same errors as D1, stricter where D1 is lax,
//! and with a switch for every way a call can go wrong.

mod pool;

use std::{
    cell::{Cell, RefCell},
    ops::{Deref, DerefMut},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use portcullis_core::ports::{Database, Fut, Query, Rows, Statement, StoreError, Value, Written};
use rusqlite::{Connection, MAIN_DB, functions::FunctionFlags, params_from_iter, types::ValueRef};
use serde_json::{Map, json};

use self::pool::Lent;
use crate::sources;

/// How the n-th call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happened, and the caller is told so.
    Fails,
    /// Nothing happened, and the caller waited in vain.
    Hangs,
    /// It happened, and the caller is told otherwise.
    LosesReply,
}

/// One round trip, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub writes: bool,
    pub sql: Vec<String>,
}

pub struct SqliteDatabase {
    place: Place,
    calls: RefCell<Vec<Call>>,
    faults: RefCell<Vec<(usize, Fault)>>,
    down: Cell<bool>,
    /// Somebody else, who is quicker.
    overtaken_by: RefCell<Option<String>>,
}

/// Where the rows are, and with them the hands of `unixepoch()`, in seconds: D1's clock moves by itself, this one is set
/// with the world's.
enum Place {
    Lent(Lent),
    Own(Connection, Arc<AtomicI64>),
}

impl Deref for Place {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Lent(lent) => lent,
            Self::Own(connection, _) => connection,
        }
    }
}

impl DerefMut for Place {
    fn deref_mut(&mut self) -> &mut Connection {
        match self {
            Self::Lent(lent) => lent,
            Self::Own(connection, _) => connection,
        }
    }
}

fn set_hands(connection: &Connection, hands: Arc<AtomicI64>) {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("unixepoch", 0, flags, move |_| Ok(hands.load(Ordering::Relaxed))).unwrap();
}

/// D1's own limit on bound parameters of one statement.
const MAX_PARAMETERS: usize = 100;

impl SqliteDatabase {
    /// All migrations applied and booked as wrangler books them.
    pub fn new() -> Self {
        static MIGRATED: OnceLock<Vec<u8>> = OnceLock::new();
        Self::restore(MIGRATED.get_or_init(|| Self::migrated().snapshot()))
    }

    /// A copy of everything, to start others from.
    pub fn snapshot(&mut self) -> Vec<u8> {
        self.place.serialize(MAIN_DB).unwrap().to_vec()
    }

    pub fn restore(snapshot: &[u8]) -> Self {
        Self::at(Place::Lent(Lent::of(snapshot)))
    }

    fn migrated() -> Self {
        let database = Self::empty();
        database
            .place
            .execute_batch(
                "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, \
                 applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
            )
            .unwrap();
        for (name, sql) in sources::migrations() {
            database.place.execute_batch(&sql).unwrap_or_else(|e| panic!("migration {name}: {e}"));
            database.place.execute("INSERT INTO d1_migrations (name) VALUES (?1)", [&name]).unwrap();
        }
        database
    }

    /// The same rows in a file, its log never folded back, so that [`Self::pages_written`] can be asked.
    pub fn on_disk(&self, file: &Path) -> Self {
        self.place.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
        let connection = Connection::open(file).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0").unwrap();
        Self::on(connection)
    }

    /// Pages that all commits since it was opened have written, each with a frame of its own in the write-ahead log.
    pub fn pages_written(&self) -> u64 {
        const HEADER: u64 = 32;
        const FRAME: u64 = 24 + 4_096;
        let log = format!("{}-wal", self.place.path().unwrap());
        std::fs::metadata(log).map_or(0, |log| log.len().saturating_sub(HEADER) / FRAME)
    }

    /// No tables at all.
    pub fn empty() -> Self {
        Self::on(Connection::open_in_memory().unwrap())
    }

    fn on(connection: Connection) -> Self {
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        set_hands(&connection, Arc::clone(&clock));
        Self::at(Place::Own(connection, clock))
    }

    fn at(place: Place) -> Self {
        Self { place, calls: RefCell::default(), faults: RefCell::default(), down: Cell::new(false), overtaken_by: RefCell::default() }
    }

    /// Sets the database's own clock, milliseconds.
    pub fn set_clock(&self, millis: i64) {
        let hands = match &self.place {
            Place::Lent(lent) => lent.clock(),
            Place::Own(_, clock) => clock,
        };
        hands.store(millis.div_euclid(1_000), Ordering::Relaxed);
    }

    /// For arranging and looking: neither counted nor faulty.
    pub fn connection(&self) -> &Connection {
        &self.place
    }

    /// The n-th call from now on goes wrong, once. The first one is 1.
    pub fn fault(&self, nth: usize, fault: Fault) {
        let at = self.calls.borrow().len() + nth;
        self.faults.borrow_mut().push((at, fault));
    }

    /// Somebody else's statement runs right before the next write: a race in slow motion.
    pub fn before_next_write(&self, sql: &str) {
        *self.overtaken_by.borrow_mut() = Some(sql.to_owned());
    }

    /// Every call fails until it is switched back.
    pub fn set_down(&self, down: bool) {
        self.down.set(down);
    }

    /// What was called since the last time this was asked. Faults that were not reached are forgotten.
    pub fn take_calls(&self) -> Vec<Call> {
        self.faults.borrow_mut().clear();
        self.calls.take()
    }

    fn begin(&self, writes: bool, sql: Vec<String>) -> Option<Fault> {
        self.calls.borrow_mut().push(Call { writes, sql });
        let number = self.calls.borrow().len();
        let planned = self.faults.borrow().iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        planned.or(self.down.get().then_some(Fault::Fails))
    }

    fn run(&self, sql: &str, args: &[Value], reading: bool) -> Result<Written, StoreError> {
        let broken = |e: rusqlite::Error| StoreError::classify(&e.to_string());
        assert!(args.len() <= MAX_PARAMETERS, "D1 binds at most {MAX_PARAMETERS} parameters: {sql}");
        let mut statement = self.place.prepare_cached(sql).map_err(broken)?;
        assert!(!reading || statement.readonly(), "a Query must not write; make it a Statement: {sql}");
        if statement.parameter_count() != args.len() {
            return Err(StoreError::classify("Wrong number of parameter bindings for SQL query."));
        }
        let readonly = statement.readonly();
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let bound = params_from_iter(args.iter().map(|value| match value {
            Value::Null => rusqlite::types::Value::Null,
            Value::Int(int) => rusqlite::types::Value::Integer(*int),
            Value::Text(text) => rusqlite::types::Value::Text(text.clone()),
        }));
        let mut rows = statement.query(bound).map_err(broken)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(broken)? {
            let cells = names.iter().enumerate().map(|(index, name)| (name.clone(), cell(row.get_ref(index).unwrap())));
            found.push(cells.collect::<Map<_, _>>().into());
        }
        drop(rows);
        let changes = if readonly { 0 } else { self.place.changes() };
        Ok(Written { rows: Rows(found), changes })
    }

    fn transaction(&self, statements: &[Statement]) -> Result<Vec<Written>, StoreError> {
        if let Some(sql) = self.overtaken_by.take() {
            self.place.execute_batch(&sql).unwrap();
        }
        self.place.execute_batch("BEGIN IMMEDIATE").unwrap();
        let done: Result<Vec<_>, _> = statements.iter().map(|statement| self.run(&statement.sql, &statement.args, false)).collect();
        self.place.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
        done
    }
}

impl Default for SqliteDatabase {
    fn default() -> Self {
        Self::new()
    }
}

fn cell(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(int) => json!(int),
        ValueRef::Real(real) => json!(real),
        ValueRef::Text(text) => json!(std::str::from_utf8(text).unwrap()),
        ValueRef::Blob(blob) => json!(blob),
    }
}

fn unavailable(fault: Fault) -> StoreError {
    StoreError::classify(match fault {
        Fault::Fails => "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
        Fault::Hangs => "timed out",
        Fault::LosesReply => "D1_ERROR: Network connection lost.",
    })
}

impl Database for SqliteDatabase {
    fn read(&self, queries: Vec<Query>) -> Fut<'_, Result<Vec<Rows>, StoreError>> {
        Box::pin(async move {
            match self.begin(false, queries.iter().map(|query| query.sql.to_string()).collect()) {
                Some(fault) => Err(unavailable(fault)),
                None => queries.iter().map(|query| self.run(&query.sql, &query.args, true).map(|written| written.rows)).collect(),
            }
        })
    }

    fn write(&self, statements: Vec<Statement>) -> Fut<'_, Result<Vec<Written>, StoreError>> {
        Box::pin(async move {
            match self.begin(true, statements.iter().map(|statement| statement.sql.to_string()).collect()) {
                Some(fault @ Fault::LosesReply) => self.transaction(&statements).and(Err(unavailable(fault))),
                Some(fault) => Err(unavailable(fault)),
                None => self.transaction(&statements),
            }
        })
    }
}
