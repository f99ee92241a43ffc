//! `LimiterObject`, binding `LIMITER`: exact counters. What a hit does to a counter is decided in the core.
//!
//! * **Serialises:** the hits on the keys of its shard. Reading a counter and writing it back happen without an
//!   `await` between, which no other event can get into: of any number of concurrent hits, exactly `points` pass.
//! * **Key → object:** `limiter-{n}`, n from the hash of the key; see [`portcullis_core::contract::limiter`].
//! * **Stores:** a row per key: the counter as JSON, and when it may be forgotten. Keys hold no address in the clear.
//!   Nothing that counts is kept in memory, so eviction and restarts forget nothing.
//! * **When it is down:** the request is refused with 503; no limit is ever passed unchecked.
//! * **Cleans up:** an alarm, a minute to ten after the first hit, drops what may be forgotten and comes again while
//!   rows remain. With none left it empties its storage, and the object ceases to exist.

use std::{cell::Cell, panic::AssertUnwindSafe};

use portcullis_core::{
    contract::limiter::Message,
    domain::{
        limit::{self, Decision, Policy},
        time::{MINUTE, Millis},
    },
};
use worker::{DurableObject, Env, Request, Response, Result, SqlCursor, SqlStorageValue, State, durable_object};

use super::{answer, refuse};
use crate::clock::now;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bucket (key TEXT PRIMARY KEY, state TEXT NOT NULL, forget_at INTEGER NOT NULL) WITHOUT ROWID";

#[durable_object(alarm)]
pub struct LimiterObject {
    state: State,
    /// Whether an alarm is known to be set. A cell needs asserting, because the build unwinds; it is set whole or not at all.
    armed: AssertUnwindSafe<Cell<bool>>,
    /// Whether the table is known to be there. Emptying the storage drops it.
    ready: AssertUnwindSafe<Cell<bool>>,
}

impl DurableObject for LimiterObject {
    fn new(state: State, _env: Env) -> Self {
        Self { state, armed: AssertUnwindSafe(Cell::new(false)), ready: AssertUnwindSafe(Cell::new(false)) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let body = request.text().await?;
        let done = match serde_json::from_str(&body) {
            Err(_) => return refuse(400, "not a limiter message"),
            Ok(Message::Take { key, policy }) => match self.take(&key, policy) {
                Ok((decision, forget_at)) => {
                    self.arm(forget_at).await;
                    return answer(&decision);
                }
                Err(error) => Err(error),
            },
            Ok(Message::Reset { key }) => self.reset(&key),
            Ok(Message::Ping) => Ok(()),
        };
        match done {
            Ok(()) => answer(&serde_json::json!({})),
            Err(error) => refuse(500, error),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.armed.set(false);
        match self.sweep()? {
            Some(earliest) => self.arm(earliest).await,
            // An object without storage does not exist and costs nothing. The next hit starts it anew.
            None => {
                self.ready.set(false);
                let emptied = self.state.storage().delete_all().await;
                self.ready.set(false);
                emptied?;
            }
        }
        Response::empty()
    }
}

impl LimiterObject {
    /// Charges one hit, in one go: there is no `await` in here, and there must never be.
    fn take(&self, key: &str, policy: Policy) -> Result<(Decision, Millis)> {
        self.prepare()?;
        let stored = first(self.exec("SELECT state FROM bucket WHERE key = ?", [key.into()])?)?;
        let stored = match stored {
            // A counter of a form we do not know is one from another version: start over.
            Some(SqlStorageValue::String(json)) => serde_json::from_str(&json).ok(),
            _ => None,
        };
        // The object's own clock: callers in different places have different ones.
        let (state, decision, forget_at) = limit::take(policy, stored, now());
        let json = serde_json::to_string(&state)?;
        self.exec("INSERT OR REPLACE INTO bucket (key, state, forget_at) VALUES (?, ?, ?)", [key.into(), json.into(), forget_at.0.into()])?;
        Ok((decision, forget_at))
    }

    fn reset(&self, key: &str) -> Result<()> {
        self.prepare()?;
        self.exec("DELETE FROM bucket WHERE key = ?", [key.into()]).map(drop)
    }

    /// Drops what may be forgotten; when the next row may be, if there is one.
    fn sweep(&self) -> Result<Option<Millis>> {
        self.prepare()?;
        self.exec("DELETE FROM bucket WHERE forget_at <= ?", [now().0.into()])?;
        match first(self.exec("SELECT min(forget_at) FROM bucket", [])?)? {
            Some(SqlStorageValue::Integer(earliest)) => Ok(Some(Millis(earliest))),
            _ => Ok(None),
        }
    }

    /// Sees to it that an alarm is coming. A failure is left to the next hit: the one that was charged stays charged.
    async fn arm(&self, wanted: Millis) {
        if self.armed.get() {
            return;
        }
        let storage = self.state.storage();
        let armed = match storage.get_alarm().await {
            Ok(Some(_)) => true,
            Ok(None) => storage.set_alarm((wanted.0 - now().0).clamp(MINUTE, 10 * MINUTE)).await.is_ok(),
            Err(_) => false,
        };
        self.armed.set(armed);
    }

    fn prepare(&self) -> Result<()> {
        if !self.ready.get() {
            self.exec(TABLE, [])?;
            self.ready.set(true);
        }
        Ok(())
    }

    fn exec<const N: usize>(&self, sql: &str, args: [SqlStorageValue; N]) -> Result<SqlCursor> {
        self.state.storage().sql().exec(sql, args.to_vec())
    }
}

/// The first column of the first row.
fn first(cursor: SqlCursor) -> Result<Option<SqlStorageValue>> {
    Ok(cursor.raw().next().transpose()?.and_then(|row| row.into_iter().next()))
}
