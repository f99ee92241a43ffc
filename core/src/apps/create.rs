//! `POST /api/apps`: an app of the caller's tenant; of the platform, when a super admin says so.

use serde_json::json;

use super::{
    event,
    terms::{self, ADMIN_CLAIMS, FEATURES, HOSTS, IS_ACTIVE, REALMS},
    view,
};
use crate::{
    change::Change,
    cx::Cx,
    domain::{app, audit::Entry, id::App, id::Id},
    ports::StoreError,
    problem::Problem,
    store::apps::{self, AppRow, Terms},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("name", Kind::Text { min: 1, max: 200 }),
        required("audience", Kind::Text { min: 1, max: 300 }),
        FEATURES,
        HOSTS,
        REALMS,
        ADMIN_CLAIMS,
        IS_ACTIVE,
        optional("platform", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["app.created"];

/// What an app is unless its registration says otherwise.
fn usual() -> Terms {
    Terms { name: String::new(), features: Vec::new(), hosts: Vec::new(), customers: true, staff: false, admin_claims: false, is_active: true }
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let platform = cx.body.flag("platform");
    if platform && !actor.grants.admin {
        return Err(Problem::forbidden("Only super admins register apps of the platform."));
    }
    let config = &cx.deployment.config;
    let audience = app::audience(cx.body.text("audience")?, &[&config.issuer, &config.app_url], config.is_development())
        .map_err(|why| Problem::validation("Validation failed", vec![("audience".into(), vec![why.into()])]))?;
    let terms = terms::from_body(cx, usual())?;
    let (id, tenant): (Id<App>, _) = (cx.new_id(), (!platform).then_some(actor.tenant));
    let detail = json!({
        "name": terms.name, "audience": audience, "features": terms.features, "returnHosts": terms.hosts, "customers": terms.customers, "staff": terms.staff,
        "adminClaims": terms.admin_claims, "platform": platform,
    });
    let change = Change::new(apps::insert(id, tenant, &audience, &terms, cx.now))
        .audit(Entry::new("app.created", "app", id).detail(detail))
        .event(event(cx, "platform.app.created", id, tenant, json!({"audience": audience}))?);
    cx.try_commit(change).await.map_err(taken)?;
    let row = AppRow::fresh(id, tenant, &audience, &terms, cx.now);
    Ok(Response::json(201, &json!({"ok": true, "app": view(&row)})))
}

/// Whose name it was already.
pub fn taken(error: StoreError) -> Problem {
    match &error {
        StoreError::Unique(columns) if columns.contains("audience") => Problem::conflict("Another app has this audience."),
        StoreError::Unique(columns) if columns.contains("host") => Problem::conflict("Another app has one of these return hosts."),
        StoreError::Precondition => foreign_host(),
        _ => error.into(),
    }
}

pub fn foreign_host() -> Problem {
    Problem::conflict("One of these return hosts is a portal of another tenant.")
}
