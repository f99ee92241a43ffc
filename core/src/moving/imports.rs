//! `…/admin/imports`: runs of an import. A run is a cursor: whoever may import into the organization can take it up.

use serde_json::{Value, json};

use super::chunk::MISSING;
use crate::{
    admin::{home, scope, scope_or},
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Record},
    },
    problem::Problem,
    store::imports::{self, ImportRow},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("source", Kind::Text { min: 1, max: 255 }), optional("dryRun", Kind::Bool)],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["import.started"];

/// Runs that a list shows.
const MOST: i64 = 50;

pub async fn create(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let by = cx.actor()?.user;
    let (id, source, dry_run) = (cx.new_id::<Record>(), cx.body.text("source")?, cx.body.opt_bool("dryRun").unwrap_or(false));
    let payload = json!({"id": id, "tenantId": scope.tenant, "organizationId": scope.organization, "startedBy": by, "dryRun": dry_run});
    let change = Change::new(vec![imports::insert(id, scope, by, source, dry_run, cx.now)])
        .audit(Entry::new("import.started", "import", id).detail(json!({"source": source, "dryRun": dry_run})))
        .event(Event::new("customer_accounts.import.started", scope.tenant, Some(scope.organization), payload));
    cx.commit(change).await?;
    let row = ImportRow {
        id,
        created_by: by.to_string(),
        source: source.to_owned(),
        dry_run,
        next_line: 1,
        created: 0,
        updated: 0,
        unchanged: 0,
        refused: 0,
        created_at: cx.now,
        updated_at: cx.now,
        finished_at: None,
    };
    Ok(Response::json(201, &json!({"ok": true, "import": row.view()})))
}

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let rows = match scope(cx.actor()?) {
        Some(scope) => cx.read_one(imports::newest(scope, MOST)).await?.all::<ImportRow>()?,
        None => Vec::new(),
    };
    Ok(Response::json(200, &json!({"ok": true, "items": rows.iter().map(ImportRow::view).collect::<Vec<Value>>()})))
}

/// The run the path names, or 404.
pub async fn named(cx: &Cx<'_>) -> Result<ImportRow, Problem> {
    let scope = scope_or(cx, MISSING)?;
    let id: Id<Record> = cx.id_param("id", MISSING)?;
    cx.read_one(imports::one(scope, id)).await?.first::<ImportRow>()?.ok_or_else(|| Problem::not_found(MISSING))
}

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    Ok(Response::json(200, &json!({"ok": true, "import": named(cx).await?.view()})))
}
