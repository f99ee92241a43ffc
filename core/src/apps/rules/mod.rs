//! `/api/apps/{id}/rules`: which paths of an app are open to whom, for the proxies that ask. The document is replaced as
//! a whole by whoever names the version that is in force; every version stays.

pub mod what_if;

use serde_json::{Value, json};

use super::{event, target};
use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, realm::Realm, rule_document},
    ports::StoreError,
    problem::{Code, Problem},
    store::{
        self,
        path_rules::{self, NewRules, RulesRow},
        users::Count,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("version", Kind::Whole { max: 1_000_000_000 }),
        required("realm", Kind::Word(&["customer", "staff"])),
        optional("loginOrganization", Kind::TextOrNull { min: 1, max: 100 }),
        required("rules", Kind::Objects { max: crate::domain::path_rule::MAX_RULES }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["app.rules_replaced"];

/// Versions a page of the history shows.
const PAGE: i64 = 20;

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (_, mut rows) = target(cx, |id| vec![path_rules::current(id)]).await?;
    let current = rows.next().unwrap_or_default().first::<RulesRow>()?;
    Ok(Response::json(200, &json!({"ok": true, "rules": view(current.as_ref())})))
}

pub async fn history(cx: &Cx<'_>) -> Result<Response, Problem> {
    let below = i64::from(cx.request.query_number("before", u32::MAX, 1..=u32::MAX));
    let (_, mut rows) = target(cx, |id| vec![path_rules::history(id, below, PAGE)]).await?;
    let items: Vec<Value> = rows.next().unwrap_or_default().all::<RulesRow>()?.iter().map(|row| view(Some(row))).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": items})))
}

/// 1. Read the document (400 names the rule). 2. The version it replaces is the one in force, by the batch as well.
/// 3. The portal it sends people to is one of theirs.
pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let realm = if cx.body.text("realm")? == Realm::Staff.name() { Realm::Staff } else { Realm::Customer };
    let rules = rule_document::parse(realm, cx.body.list("rules")).map_err(|(field, why)| fault(field, why))?;
    let slug = cx.body.opt_text("loginOrganization").map(str::to_ascii_lowercase);
    let asked = slug.clone().unwrap_or_default();
    let (app, mut rows) = target(cx, |id| vec![path_rules::current(id), path_rules::login_place(id, &asked)]).await?;
    let before = rows.next().unwrap_or_default().first::<RulesRow>()?;
    let place = rows.next().unwrap_or_default().first::<Count>()?;
    if slug.is_some() && place.is_none() {
        return Err(fault("loginOrganization".into(), "not an organization whose people the app is for".into()));
    }
    let in_force = before.as_ref().map_or(0, |row| row.version);
    let replaces = cx.body.number("version")?;
    if replaces != in_force {
        return Err(stale(in_force));
    }
    let list: Vec<Value> = rules.rules.iter().map(rule_document::view).collect();
    let new = NewRules {
        app: app.id,
        replaces,
        realm,
        login_slug: slug.as_deref(),
        rules_json: Value::from(list.clone()).to_string(),
        by: cx.actor()?.user,
    };
    let after = json!({"version": replaces + 1, "realm": realm.name(), "loginOrganization": slug, "rules": list});
    let detail = json!({"rules": {"before": view(before.as_ref()), "after": after}});
    let change = Change::new(vec![path_rules::append(&new, cx.now), store::changed_one()])
        .audit(Entry::new("app.rules_replaced", "app", app.id).detail(detail))
        .event(event(cx, "platform.app.rules_replaced", app.id, app.tenant_id, json!({"version": replaces + 1}))?);
    match cx.try_commit(change).await {
        Ok(_) => Ok(Response::json(200, &json!({"ok": true, "version": replaces + 1}))),
        // Somebody was quicker.
        Err(StoreError::Precondition | StoreError::Unique(_)) => Err(stale(replaces + 1)),
        Err(other) => Err(other.into()),
    }
}

/// The document, and the empty one before anybody wrote any: a session of a customer for everything.
fn view(row: Option<&RulesRow>) -> Value {
    match row {
        None => json!({"version": 0, "realm": Realm::Customer.name(), "loginOrganization": null, "rules": []}),
        Some(row) => json!({
            "version": row.version, "realm": row.realm().name(), "loginOrganization": row.login_slug, "rules": row.list(),
            "createdAt": row.created_at, "createdBy": row.created_by,
        }),
    }
}

fn fault(field: String, why: String) -> Problem {
    Problem::validation("Validation failed", vec![(field, vec![why])])
}

fn stale(in_force: i64) -> Problem {
    Problem::new(Code::OptimisticLockConflict, "record_modified").member("currentVersion", in_force)
}
