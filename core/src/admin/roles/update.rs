//! `PUT …/admin/roles/{id}`: everything but the slug, which others may have written down.

use serde_json::{Map, Value, json};

use super::{target, updated};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        admin_roles::{self, Patch, RoleRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        optional("name", Kind::Text { min: 1, max: 255 }),
        optional("description", Kind::Text { min: 0, max: 1000 }),
        optional("isDefault", Kind::Bool),
        optional("customerAssignable", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["role.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let patch = Patch {
        name: cx.body.opt_text("name"),
        description: cx.body.opt_text("description"),
        is_default: cx.body.opt_bool("isDefault"),
        customer_assignable: cx.body.opt_bool("customerAssignable"),
    };
    for _ in 0..3 {
        let (scope, role, _) = target(cx, |_| Vec::new()).await?;
        if role.is_system && patch.name.is_some_and(|name| name != role.name) {
            return Err(Problem::invalid("Cannot change name of a system role"));
        }
        lock::check(cx, lock::ROLE, role.updated_at)?;
        let version = lock::next(role.updated_at, cx.now);
        let change = Change::new(vec![admin_roles::update(scope, &role, &patch, version), store::changed_one()])
            .audit(Entry::new("role.updated", "role", role.id).detail(detail(&role, &patch)))
            .event(updated(scope, &role, patch.name.unwrap_or(&role.name)));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &json!({"ok": true, "updatedAt": version}))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// Before and after, of what was asked for.
fn detail(role: &RoleRow, patch: &Patch) -> Value {
    let mut detail = Map::new();
    let mut note = |name: &str, before: Value, after: Option<Value>| {
        if let Some(after) = after {
            detail.insert(name.into(), json!({"before": before, "after": after}));
        }
    };
    note("name", json!(role.name), patch.name.map(Value::from));
    note("description", json!(role.description), patch.description.map(Value::from));
    note("isDefault", json!(role.is_default), patch.is_default.map(Value::from));
    note("customerAssignable", json!(role.customer_assignable), patch.customer_assignable.map(Value::from));
    Value::Object(detail)
}
