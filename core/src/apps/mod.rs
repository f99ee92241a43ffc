//! Origin apps: who they are, what they prove themselves with, and the tokens they take.
//!
//! Whoever has an app and a person of a live session makes a token with [`token::mint_app_token`]: the routes of
//! [`mint`] do, and whatever else hands identity on. The app comes from [`crate::store::apps::by_audience`] or
//! [`crate::store::apps::by_host`] (`row.app()`), and has to [admit](crate::domain::app::App::admits) the person first.

pub mod create;
pub mod credentials;
pub mod delete;
pub mod introspect;
pub mod list;
pub mod mint;
pub mod read;
pub mod rules;
pub mod terms;
pub mod token;
pub mod update;

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    domain::{
        event::Event,
        id::{App, Id},
    },
    ports::Query,
    problem::Problem,
    store::apps::{self, AppRow, Owner},
};

pub const MISSING: &str = "App not found";

/// Whose apps the caller administers.
fn owner(cx: &Cx<'_>) -> Result<Owner, Problem> {
    let actor = cx.actor()?;
    Ok(Owner { tenant: actor.tenant, platform: actor.grants.admin })
}

/// The app the path names, or 404, with further reads in the same round trip.
async fn target(cx: &Cx<'_>, more: impl FnOnce(Id<App>) -> Vec<Query>) -> Result<(AppRow, std::vec::IntoIter<crate::ports::Rows>), Problem> {
    let id = cx.id_param::<App>("id", MISSING)?;
    let mut queries = vec![apps::one(owner(cx)?, id)];
    queries.extend(more(id));
    let mut rows = cx.read(queries).await?.into_iter();
    let app = rows.next().unwrap_or_default().first::<AppRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((app, rows))
}

pub fn view(app: &AppRow) -> Value {
    let realms: Vec<&str> = [("customer", app.customers), ("staff", app.staff)].into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
    json!({
        "id": app.id, "tenantId": app.tenant_id, "name": app.name, "audience": app.audience, "features": app.features(), "returnHosts": app.hosts(),
        "realms": realms, "adminClaims": app.admin_claims, "isActive": app.is_active, "createdAt": app.created_at, "updatedAt": app.updated_at,
    })
}

/// An event of the app's tenant; those of the platform's apps stand under the tenant of whoever made the change.
fn event(cx: &Cx<'_>, name: &'static str, app: Id<App>, tenant: Option<Id<crate::domain::id::Tenant>>, more: Value) -> Result<Event, Problem> {
    let mut payload = json!({"id": app, "tenantId": tenant});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    Ok(Event::new(name, tenant.map_or_else(|| cx.actor().map(|actor| actor.tenant), Ok)?, None, payload))
}
