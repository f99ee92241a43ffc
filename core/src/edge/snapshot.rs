//! The revocations as one isolate knows them: read from D1, never older than whoever asks allows.
//!
//! One query brings a book up to date, with the rows that came since the last one. While it is under way, requests that
//! can do with a slightly older book go on; the first that cannot reads for itself, because a request can only wait for
//! its own I/O. A database out of reach leaves the last book in use until the stale limit; then nobody is told anything.

use std::cell::{Cell, RefCell};

use crate::{
    domain::{
        revocation::{Bearer, Book, Floor, Mark},
        time::{MINUTE, Millis, SECOND},
    },
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::revocations::{self, FloorRow, MarkRow, PAGE, Position},
};

/// How long a query under way, or one that failed, keeps others from trying the same.
const LEASE: i64 = SECOND;
/// How often expired marks are looked for.
const HOUSEKEEPING: i64 = MINUTE;

#[derive(Default)]
pub struct Snapshot {
    book: RefCell<Book>,
    /// The instant of the request that read the book: what was committed before it is in.
    confirmed: Cell<Option<Millis>>,
    attempted: Cell<Option<Millis>>,
    failed: Cell<Option<Millis>>,
    cleared: Cell<Option<Millis>>,
}

impl Snapshot {
    /// Makes sure that the book is at most `life` old, or at most `stale` while the database is out of reach; then says
    /// when it was read.
    pub async fn freshen(&self, io: &Io<'_>, now: Millis, life: i64, stale: i64) -> Result<Millis, Problem> {
        let age = self.confirmed.get().map(|at| now.0 - at.0);
        let recent = |at: &Cell<Option<Millis>>| at.get().is_some_and(|at| at.plus(LEASE) > now);
        let usable = match age {
            None => false,
            Some(age) if age < life - life / 4 => true,
            // Somebody is asking already.
            Some(age) if age < life => recent(&self.attempted),
            // Nobody answered a moment ago.
            Some(age) => age < stale && recent(&self.failed),
        };
        if !usable {
            self.load(io, now, age.is_some_and(|age| age < stale)).await?;
        }
        self.confirmed.get().ok_or_else(|| Problem::unavailable("no revocations loaded"))
    }

    /// Whether a token is void, as far as the book knows.
    pub fn refuses(&self, bearer: &Bearer) -> bool {
        self.book.borrow().refuses(bearer)
    }

    /// For whoever renders it.
    pub fn read<T>(&self, with: impl FnOnce(&Book) -> T) -> T {
        with(&self.book.borrow())
    }

    /// Reads what came since. `bearable`: a failure leaves a book that may still be used.
    pub async fn load(&self, io: &Io<'_>, now: Millis, bearable: bool) -> Result<(), Problem> {
        self.attempted.set(Some(now));
        match self.catch_up(io, now).await {
            Ok(()) => {
                self.failed.set(None);
                // A slower request may come back after a quicker one with a later instant.
                self.confirmed.set(self.confirmed.get().max(Some(now)));
                self.clear(now);
                Ok(())
            }
            Err(error) => {
                self.failed.set(Some(now));
                if bearable {
                    io.log(&serde_json::json!({"revocations": "not refreshed", "note": error.to_string()}));
                    return Ok(());
                }
                Err(error.into())
            }
        }
    }

    async fn catch_up(&self, io: &Io<'_>, now: Millis) -> Result<(), StoreError> {
        loop {
            let from = self.book.borrow().seq();
            let mut rows = io.read(revocations::since(from, now).into()).await?.into_iter();
            let mut next = || rows.next().unwrap_or_default();
            let marks = next().all::<MarkRow>()?.into_iter().map(MarkRow::mark).collect::<Result<Vec<Mark>, _>>()?;
            let floors: Vec<Floor> = next().all::<FloorRow>()?.into_iter().map(FloorRow::floor).collect();
            let position = next().first::<Position>()?.map_or(0, |position| position.seq);
            let mut book = self.book.borrow_mut();
            if position < from {
                // The database was restored from an earlier time: what it says now is read from the beginning.
                *book = Book::default();
                continue;
            }
            let whole = marks.len() < PAGE;
            book.take(marks, floors, if whole { position } else { 0 });
            if whole {
                return Ok(());
            }
        }
    }

    fn clear(&self, now: Millis) {
        if self.cleared.get().is_none_or(|at| at.plus(HOUSEKEEPING) <= now) {
            self.cleared.set(Some(now));
            self.book.borrow_mut().expire(now.seconds());
        }
    }
}
