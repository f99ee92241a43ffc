//! `PUT /api/apps/{id}`: everything but the audience, which is what tokens were minted for.

use serde_json::{Map, Value, json};

use super::{
    create::{foreign_host, taken},
    event, target,
    terms::{self, ADMIN_CLAIMS, FEATURES, HOSTS, IS_ACTIVE, REALMS},
};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::apps::{self, Terms},
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[optional("name", Kind::Text { min: 1, max: 200 }), FEATURES, HOSTS, REALMS, ADMIN_CLAIMS, IS_ACTIVE],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["app.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut tried = None;
    for _ in 0..3 {
        let (app, _) = target(cx, |_| Vec::new()).await?;
        lock::check(cx, lock::APP, app.updated_at)?;
        if tried == Some(app.updated_at) {
            // Nobody was faster: it is the hosts.
            return Err(foreign_host());
        }
        tried = Some(app.updated_at);
        let (before, version) = (app.terms(), lock::next(app.updated_at, cx.now));
        let after = terms::from_body(cx, before.clone())?;
        let change = Change::new(apps::update(&app, &after, version))
            .audit(Entry::new("app.updated", "app", app.id).detail(changed(&before, &after)))
            .event(event(cx, "platform.app.updated", app.id, app.tenant_id, json!({"audience": app.audience}))?);
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &json!({"ok": true, "updatedAt": version}))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(taken(other)),
        }
    }
    Err(lock::lost())
}

/// Before and after, of what is different.
fn changed(before: &Terms, after: &Terms) -> Value {
    let fields = |terms: &Terms| {
        [
            ("name", json!(terms.name)),
            ("features", json!(terms.features)),
            ("returnHosts", json!(terms.hosts)),
            ("customers", json!(terms.customers)),
            ("staff", json!(terms.staff)),
            ("adminClaims", json!(terms.admin_claims)),
            ("isActive", json!(terms.is_active)),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after)).filter(|((_, before), (_, after))| before != after);
    Value::Object(pairs.map(|((name, before), (_, after))| (name.to_owned(), json!({"before": before, "after": after}))).collect::<Map<_, _>>())
}
