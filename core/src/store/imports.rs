//! Runs of imports, and what became of their lines. Scope: tenant and organization, in every statement about a run.

use serde::Deserialize;
use serde_json::{Value, json};

use super::admin_users::Scope;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Record, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct ImportRow {
    pub id: Id<Record>,
    pub created_by: String,
    pub source: String,
    #[serde(deserialize_with = "flag")]
    pub dry_run: bool,
    pub next_line: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub refused: i64,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub finished_at: Option<Millis>,
}

const COLUMNS: &str = "SELECT id, created_by, source, dry_run, next_line, created, updated, unchanged, refused, created_at, updated_at, finished_at FROM customer_imports";

impl ImportRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "source": self.source, "dryRun": self.dry_run, "nextLine": self.next_line, "created": self.created, "updated": self.updated,
            "unchanged": self.unchanged, "refused": self.refused, "createdBy": self.created_by, "createdAt": self.created_at, "updatedAt": self.updated_at,
            "finishedAt": self.finished_at,
        })
    }
}

pub fn one(scope: Scope, id: Id<Record>) -> Query {
    Query::new(format!("{COLUMNS} WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3"), args![id, scope.tenant, scope.organization])
}

/// The newest runs.
pub fn newest(scope: Scope, most: i64) -> Query {
    Query::new(
        format!("{COLUMNS} WHERE tenant_id = ?1 AND organization_id = ?2 ORDER BY created_at DESC, id DESC LIMIT ?3"),
        args![scope.tenant, scope.organization, most],
    )
}

pub fn insert(id: Id<Record>, scope: Scope, by: Id<User>, source: &str, dry_run: bool, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_imports (id, tenant_id, organization_id, created_by, source, dry_run, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        args![id, scope.tenant, scope.organization, by, source, dry_run, now],
    )
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub refused: i64,
}

/// Moves a run on from the very line it stood at; follow with [`super::changed_one`]. Of two that send the same lines, one
/// gets them in.
pub fn advance(id: Id<Record>, from: i64, next: i64, counts: Counts, finished: bool, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_imports SET next_line = ?3, created = created + ?4, updated = updated + ?5, unchanged = unchanged + ?6, refused = refused + ?7, \
         updated_at = ?8, finished_at = CASE WHEN ?9 THEN ?8 END WHERE id = ?1 AND next_line = ?2 AND finished_at IS NULL",
        args![id, from, next, counts.created, counts.updated, counts.unchanged, counts.refused, now, finished],
    )
}

pub fn report(id: Id<Record>, first_line: i64, lines: &Value) -> Statement {
    Statement::new("INSERT INTO customer_import_reports (import_id, first_line, lines) VALUES (?1, ?2, ?3)", args![id, first_line, lines.to_string()])
}

/// The lines of some chunks.
#[derive(Clone, Debug, Deserialize)]
pub struct ReportRow {
    pub first_line: i64,
    lines: String,
}

impl ReportRow {
    pub fn lines(&self) -> Vec<Value> {
        serde_json::from_str(&self.lines).unwrap_or_default()
    }
}

/// Up to `most` chunks from a line on.
pub fn reports(id: Id<Record>, from: i64, most: i64) -> Query {
    Query::new(
        "SELECT first_line, lines FROM customer_import_reports WHERE import_id = ?1 AND first_line >= ?2 ORDER BY first_line LIMIT ?3",
        args![id, from, most],
    )
}

/// Reports and then the runs they are of, in bites of chunks.
pub fn sweep(before: Millis, bite: i64) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM customer_import_reports WHERE (import_id, first_line) IN (SELECT r.import_id, r.first_line FROM customer_imports i \
             JOIN customer_import_reports r ON r.import_id = i.id WHERE i.created_at < ?1 LIMIT ?2)",
            args![before, bite],
        ),
        Statement::new(
            "DELETE FROM customer_imports WHERE id IN (SELECT i.id FROM customer_imports i WHERE i.created_at < ?1 \
             AND NOT EXISTS (SELECT 1 FROM customer_import_reports r WHERE r.import_id = i.id) LIMIT ?2)",
            args![before, bite],
        ),
    ]
}
