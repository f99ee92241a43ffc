//! `POST /api/customers/embeds`: an address for a frame of the CRM. It stores nothing, and leaves a row in the trail: what
//! it shows leaves our own pages.

use serde_json::json;

use super::sign;
use crate::{
    admin::home,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        embed::{Address, LIFE, View},
        id::{Entity, Id},
    },
    problem::Problem,
    store::entities::{self, EntityRow},
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("view", Kind::Word(View::NAMES)), required("entityId", Kind::Uuid)],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["embed.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let scope = home(cx)?;
    let view = View::parse(cx.body.text("view")?).ok_or_else(|| Problem::invalid("view is not known").member("field", "view"))?;
    let entity: Id<Entity> = cx.body.opt_id("entityId").ok_or_else(|| Problem::not_found(view.of().not_found()))?;
    let found = cx.read_one(entities::one(scope.tenant, scope.organization, view.of(), entity)).await?.first::<EntityRow>()?;
    found.ok_or_else(|| Problem::not_found(view.of().not_found()))?;
    let address = Address {
        view,
        tenant: scope.tenant,
        organization: scope.organization,
        entity,
        user: actor.user,
        session: actor.session,
        expires: cx.now.plus(LIFE),
    };
    let entry = Entry::new("embed.created", view.of().name(), entity).detail(json!({"view": view.name(), "expiresAt": address.expires}));
    cx.commit(Change::new(Vec::new()).audit(entry)).await?;
    // After the `#`: a browser tells neither a server nor the next page what stands there.
    let url = format!("{}/embed/{}#{}", cx.deployment.config.app_url, view.name(), sign(cx, &address));
    Ok(Response::json(201, &json!({"ok": true, "url": url, "expiresAt": address.expires})))
}
