//! [`Database`] on D1. A call of either kind is one `batch()`: one round trip to the primary, and one transaction.
//!
//! Reads go to the primary because no session is opened. The platform repeats failed reads by itself, writes never;
//! when a write times out, nobody knows whether it happened.

use std::time::Duration;

use js_sys::{Array, JSON, futures::JsFuture};
use portcullis_core::ports::{Database, Fut, Query, Rows, Statement, StoreError, Value, Written};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys;

use crate::{bindings::Binding, console::sentence, deadline::within};

const READ: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(10);
/// Numbers cross over as doubles, exact up to 2^53.
const MAX_INT: u64 = 1 << 53;

/// Held below `worker`'s own wrapper, which takes results apart row by row and maps errors differently per method.
pub struct D1(Binding<worker_sys::D1Database>);

/// One result of a batch, as D1 writes it.
#[derive(Deserialize)]
struct Outcome {
    success: bool,
    results: Vec<serde_json::Value>,
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    changes: u64,
}

impl D1 {
    pub fn new(database: Binding<worker_sys::D1Database>) -> Self {
        Self(database)
    }

    async fn batch(&self, statements: Vec<Statement>, limit: Duration) -> Result<Vec<Outcome>, StoreError> {
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let asked = statements.len();
        let prepared = statements.iter().map(|statement| self.prepare(statement)).collect::<Result<Array, _>>()?;
        let batch = self.0.get().batch(prepared).map_err(failure)?;
        let settled = within(limit, JsFuture::from(batch)).await;
        let results = settled.ok_or_else(|| StoreError::Unavailable("timed out".into()))?.map_err(failure)?;
        // One crossing for all rows. JavaScript writes whole numbers without a point, so they are integers again here.
        let text = String::from(JSON::stringify(&results).map_err(failure)?);
        let outcomes: Vec<Outcome> = serde_json::from_str(&text).map_err(|e| StoreError::Broken(format!("batch answered something else: {e}")))?;
        // A short or failed answer must not read as "no rows".
        if outcomes.len() != asked || outcomes.iter().any(|outcome| !outcome.success) {
            return Err(StoreError::Unavailable("batch answered in part".into()));
        }
        Ok(outcomes)
    }

    fn prepare(&self, statement: &Statement) -> Result<JsValue, StoreError> {
        let prepared = self.0.get().prepare(&statement.sql).map_err(failure)?;
        if statement.args.is_empty() {
            return Ok(prepared.into());
        }
        // One crossing for all parameters, as for all rows.
        let args: Vec<_> = statement.args.iter().map(bound).collect::<Result<_, _>>()?;
        let text = serde_json::to_string(&args).map_err(|e| StoreError::Broken(e.to_string()))?;
        let args: Array = JSON::parse(&text).map_err(failure)?.unchecked_into();
        Ok(prepared.bind(args).map_err(failure)?.into())
    }
}

/// A parameter as JSON writes it.
#[derive(Serialize)]
#[serde(untagged)]
enum Bound<'a> {
    Null,
    Text(&'a str),
    Int(i64),
}

fn bound(value: &Value) -> Result<Bound<'_>, StoreError> {
    match value {
        Value::Null => Ok(Bound::Null),
        Value::Text(text) => Ok(Bound::Text(text)),
        Value::Int(int) if int.unsigned_abs() <= MAX_INT => Ok(Bound::Int(*int)),
        Value::Int(int) => Err(StoreError::Broken(format!("{int} does not fit a double"))),
    }
}

fn failure(thrown: JsValue) -> StoreError {
    StoreError::classify(&sentence(&thrown))
}

impl Database for D1 {
    fn read(&self, queries: Vec<Query>) -> Fut<'_, Result<Vec<Rows>, StoreError>> {
        Box::pin(async move {
            let outcomes = self.batch(queries.into_iter().map(Statement::from).collect(), READ).await?;
            Ok(outcomes.into_iter().map(|outcome| Rows(outcome.results)).collect())
        })
    }

    fn write(&self, statements: Vec<Statement>) -> Fut<'_, Result<Vec<Written>, StoreError>> {
        Box::pin(async move {
            let outcomes = self.batch(statements, WRITE).await?;
            Ok(outcomes.into_iter().map(|outcome| Written { rows: Rows(outcome.results), changes: outcome.meta.changes }).collect())
        })
    }
}
