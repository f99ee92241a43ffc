//! [`Database`] on D1. A call of either kind is one `batch()`: one round trip to the primary, and one transaction.
//!
//! Reads go to the primary because no session is opened. The platform repeats failed reads by itself, writes never;
//! when a write times out, nobody knows whether it happened.

use std::time::Duration;

use js_sys::{Array, JSON, futures::JsFuture};
use portcullis_core::ports::{Database, Fut, Query, Rows, Statement, StoreError, Value, Written};
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use worker::{D1Database, worker_sys};

use crate::{console::sentence, deadline::within};

const READ: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(10);
/// Numbers cross over as doubles, exact up to 2^53.
const MAX_INT: u64 = 1 << 53;

/// Held below `worker`'s own wrapper, which takes results apart row by row and maps errors differently per method.
pub struct D1(worker_sys::D1Database);

/// One result of a batch, as D1 writes it.
#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    results: Vec<serde_json::Value>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    changes: u64,
}

impl D1 {
    pub fn new(database: D1Database) -> Self {
        Self(JsValue::from(database).unchecked_into())
    }

    async fn batch(&self, statements: Vec<Statement>, limit: Duration) -> Result<Vec<Outcome>, StoreError> {
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        let prepared = statements.iter().map(|statement| self.prepare(statement)).collect::<Result<Array, _>>()?;
        let batch = self.0.batch(prepared).map_err(failure)?;
        let settled = within(limit, JsFuture::from(batch)).await;
        let results = settled.ok_or_else(|| StoreError::Unavailable("timed out".into()))?.map_err(failure)?;
        // One crossing for all rows. JavaScript writes whole numbers without a point, so they are integers again here.
        let text = String::from(JSON::stringify(&results).map_err(failure)?);
        serde_json::from_str(&text).map_err(|e| StoreError::Broken(format!("batch answered something else: {e}")))
    }

    fn prepare(&self, statement: &Statement) -> Result<JsValue, StoreError> {
        let args = statement.args.iter().map(bound).collect::<Result<Array, _>>()?;
        let prepared = self.0.prepare(&statement.sql).and_then(|prepared| prepared.bind(args)).map_err(failure)?;
        Ok(prepared.into())
    }
}

fn bound(value: &Value) -> Result<JsValue, StoreError> {
    match value {
        Value::Null => Ok(JsValue::NULL),
        Value::Text(text) => Ok(JsValue::from_str(text)),
        #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
        Value::Int(int) if int.unsigned_abs() <= MAX_INT => Ok(JsValue::from_f64(*int as f64)),
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
