//! Connections for one world after the other. Reading the schema of some hundred migrations and preparing the same
//! statements anew for each of thousands of worlds took most of the tests' time; a connection keeps both, and its file
//! gets other bytes, as if another process had written them.

use std::{
    fs::{self, File},
    io::{Seek as _, Write as _},
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use rusqlite::{Connection, OpenFlags};

/// More than the product has statements.
const STATEMENTS: usize = 2_048;
/// Where the header of a database counts its changes, and where it says for which count it is valid.
const COUNTS: [usize; 2] = [24, 92];
/// How far apart the counts of two restored databases are: no world commits as often.
const STRIDE: u32 = 1 << 14;

static IDLE: Mutex<Vec<Parts>> = Mutex::new(Vec::new());

struct Parts {
    connection: Connection,
    /// The same file, which has no name any more: nothing is left behind, however a test ends.
    file: File,
    clock: Arc<AtomicI64>,
}

/// A connection that is used again when its world is gone.
pub struct Lent {
    /// There until it is dropped.
    parts: Option<Parts>,
    /// What the schema counts, as it was lent.
    schema: i64,
}

impl Lent {
    /// A connection to a copy of a database.
    pub fn of(snapshot: &[u8]) -> Self {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut parts = idle.unwrap_or_else(Parts::fresh);
        parts.fill(snapshot);
        let schema = parts.schema();
        Self { parts: Some(parts), schema }
    }

    fn parts(&self) -> &Parts {
        self.parts.as_ref().unwrap()
    }

    pub fn clock(&self) -> &AtomicI64 {
        &self.parts().clock
    }
}

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.parts().connection
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.parts.as_mut().unwrap().connection
    }
}

impl Drop for Lent {
    /// Whoever changed the schema, or stopped in the middle, keeps the connection.
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        if !std::thread::panicking() && parts.connection.is_autocommit() && parts.schema() == self.schema {
            IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(parts);
        }
    }
}

impl Parts {
    fn fresh() -> Self {
        static NAMES: AtomicU32 = AtomicU32::new(0);
        let name = format!("portcullis-{}-{}.sqlite", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed));
        let memory = PathBuf::from("/dev/shm");
        let path = if memory.is_dir() { memory } else { std::env::temp_dir() }.join(name);
        let file = File::create_new(&path).unwrap();
        // Nobody else opens it, so nobody has to be locked out; and without its locks other bytes are noticed all the same.
        let connection = Connection::open_with_flags_and_vfs(&path, OpenFlags::default(), "unix-none").unwrap();
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON").unwrap();
        fs::remove_file(&path).unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        super::set_hands(&connection, Arc::clone(&clock));
        Self { connection, file, clock }
    }

    /// Other bytes under the connection. SQLite keeps what it has of a file while the count of its changes stays the same, so
    /// no two that are written here have the same.
    fn fill(&mut self, snapshot: &[u8]) {
        static FILLED: AtomicU32 = AtomicU32::new(1);
        let count = FILLED.fetch_add(1, Ordering::Relaxed).wrapping_mul(STRIDE).to_be_bytes();
        let mut bytes = snapshot.to_vec();
        for at in COUNTS {
            bytes[at..at + count.len()].copy_from_slice(&count);
        }
        self.file.rewind().unwrap();
        self.file.write_all(&bytes).unwrap();
        self.file.set_len(bytes.len() as u64).unwrap();
        self.clock.store(0, Ordering::Relaxed);
    }

    fn schema(&self) -> i64 {
        self.connection.query_row("PRAGMA schema_version", [], |row| row.get(0)).unwrap()
    }
}
