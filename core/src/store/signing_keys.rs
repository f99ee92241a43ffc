//! The signing keys and the version of their set.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        key_cycle::{Key, State},
        time::Millis,
    },
    jose::jwk::PublicJwk,
    ports::{Query, Statement, StoreError},
};

/// A row of the set as isolates learn it. Without a key it says only the version.
#[derive(Clone, Debug, Deserialize)]
pub struct NewsRow {
    pub version: i64,
    pub kid: Option<String>,
    pub x: Option<String>,
    pub y: Option<String>,
    /// Of the current key only.
    pub wrapped: Option<String>,
}

/// Every key, if the set is not the version that is known; otherwise nothing. Rides along with a request's first read.
pub fn news(known: i64) -> Query {
    Query::new(
        "SELECT s.version, k.kid, k.x, k.y, CASE k.state WHEN 'current' THEN k.wrapped END AS wrapped \
         FROM signing_key_set s LEFT JOIN signing_keys k WHERE s.id = 1 AND s.version <> ?1 ORDER BY k.kid",
        args![known],
    )
}

/// A row as administrators and cron see it.
#[derive(Clone, Debug, Deserialize)]
pub struct KeyRow {
    pub version: i64,
    kid: Option<String>,
    state: Option<String>,
    created_at: Option<Millis>,
    since: Option<Millis>,
    leaves_at: Option<Millis>,
}

/// A set of keys of one version.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub version: i64,
    pub keys: Vec<Key>,
    /// By kid.
    pub created: Vec<(String, Millis)>,
}

pub fn all() -> Query {
    Query::new(
        "SELECT s.version, k.kid, k.state, k.created_at, k.since, k.leaves_at FROM signing_key_set s LEFT JOIN signing_keys k WHERE s.id = 1 \
         ORDER BY k.created_at, k.kid",
        args![],
    )
}

impl Stored {
    pub fn of(rows: Vec<KeyRow>) -> Result<Self, StoreError> {
        let mut stored = Self { version: rows.first().map_or(0, |row| row.version), ..Self::default() };
        for row in rows {
            let (Some(kid), Some(state), Some(since)) = (row.kid, row.state, row.since) else { continue };
            let state = State::parse(&state).ok_or_else(|| StoreError::Broken(format!("no state of a key: {state}")))?;
            stored.created.push((kid.clone(), row.created_at.unwrap_or(since)));
            stored.keys.push(Key { kid, state, since, leaves: row.leaves_at });
        }
        Ok(stored)
    }
}

/// The first statement of every change: only over the version it was decided on. Follow with [`super::changed_one`].
pub fn advance(from: i64) -> Statement {
    Statement::new("UPDATE signing_key_set SET version = version + 1 WHERE id = 1 AND version = ?1", args![from])
}

pub fn insert(key: &PublicJwk, state: State, wrapped: &str, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO signing_keys (kid, state, x, y, wrapped, created_at, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        args![key.kid.as_str(), state.name(), key.x.as_str(), key.y.as_str(), wrapped, now],
    )
}

/// A key that signs no more needs no private half. Follow with [`super::changed_one`].
pub fn retire(kid: &str, leaves: Millis, now: Millis) -> Statement {
    Statement::new(
        "UPDATE signing_keys SET state = 'retiring', since = ?3, leaves_at = ?2, wrapped = NULL WHERE kid = ?1 AND state = 'current'",
        args![kid, leaves, now],
    )
}

/// Follow with [`super::changed_one`].
pub fn promote(kid: &str, now: Millis) -> Statement {
    Statement::new("UPDATE signing_keys SET state = 'current', since = ?2 WHERE kid = ?1 AND state = 'next'", args![kid, now])
}

/// Follow with [`super::changed_one`].
pub fn delete(kid: &str) -> Statement {
    Statement::new("DELETE FROM signing_keys WHERE kid = ?1", args![kid])
}
