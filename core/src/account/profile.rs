//! `GET` and `PUT …/portal/profile`: one's own account.

use serde_json::{Value, json};

use crate::{
    actor::{Actor, HeldRole},
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, realm::Realm},
    problem::Problem,
    store::users,
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[optional("displayName", Kind::Text { min: 1, max: 255 })], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["profile.updated"];

pub async fn get(cx: &Cx<'_>) -> Result<Response, Problem> {
    Ok(Response::json(200, &view(cx.actor()?)))
}

fn view(actor: &Actor) -> Value {
    json!({
        "ok": true,
        "user": {
            "id": actor.user,
            "email": actor.email,
            "displayName": actor.display_name,
            "emailVerified": actor.email_verified_at.is_some(),
            "customerEntityId": actor.company,
            "personEntityId": actor.person,
            "isActive": true,
            "lastLoginAt": actor.last_login_at,
            "createdAt": actor.created_at,
        },
        "roles": roles(&actor.roles),
        "resolvedFeatures": actor.grants.features,
        "isPortalAdmin": actor.grants.admin,
    })
}

pub fn roles(held: &[HeldRole]) -> Value {
    held.iter().map(|role| json!({"id": role.id, "name": role.name, "slug": role.slug})).collect()
}

pub async fn update(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let name = cx.body.opt_text("displayName").filter(|name| *name != actor.display_name);
    if let Some(name) = name {
        let payload = json!({"id": actor.user, "recipientUserId": actor.user, "email": actor.email, "tenantId": actor.tenant, "organizationId": actor.organization, "updatedBy": actor.user});
        let detail = json!({"displayName": {"before": actor.display_name, "after": name}});
        let change = Change::new(vec![users::rename(Realm::Customer, actor.user, name)])
            .audit(Entry::new("profile.updated", "user", actor.user).detail(detail))
            .event(Event::new("customer_accounts.user.updated", actor.tenant, actor.organization, payload));
        cx.commit(change).await?;
    }
    let shown = name.unwrap_or(&actor.display_name);
    Ok(Response::json(200, &json!({"ok": true, "user": {"id": actor.user, "email": actor.email, "displayName": shown}})))
}
