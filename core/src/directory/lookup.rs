//! `GET /api/directory/{organizations,tenants}/lookup`: what a sign-in page needs to know before anybody signs in.

use serde_json::{Value, json};

use crate::{
    app::Later,
    cx::Cx,
    domain::{
        branding,
        id::{Id, Tenant},
    },
    problem::{Code, Problem},
    store::directory::{self, OrganizationCard, TenantCard},
    web::response::Response,
};

/// The key of a slug's card in KV. Suspending or renaming an organization deletes it; elsewhere a copy lives a minute more.
/// It is good only beside [`open_key`].
pub fn slug_key(slug: &str) -> String {
    format!("slug:{slug}")
}

/// Says that a tenant is open. Suspending the tenant deletes this one copy, and with it every card of its organizations.
pub fn open_key(id: Id<Tenant>) -> String {
    format!("open:{id}")
}

pub fn tenant_key(id: Id<Tenant>) -> String {
    format!("tenant:{id}")
}

pub async fn organization(cx: &Cx<'_>) -> Result<Response, Problem> {
    let slug = cx.request.query_value("slug").map(|slug| slug.trim().to_lowercase()).unwrap_or_default();
    let fits = (1..=150).contains(&slug.len()) && slug.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    if !fits {
        return Err(Problem::new(Code::ValidationError, "Invalid slug."));
    }
    let key = slug_key(&slug);
    let cached = cx.io.cached(&key).await.and_then(|text| serde_json::from_str::<OrganizationCard>(&text).ok());
    let is_open = match &cached {
        Some(card) => cx.io.cached(&open_key(card.tenant_id)).await.is_some(),
        None => false,
    };
    let card = match cached.filter(|_| is_open) {
        Some(card) => card,
        None => {
            let card = cx.read_one(directory::organization_by_slug(&slug)).await?.first::<OrganizationCard>()?;
            let card = card.ok_or_else(|| Problem::not_found("Organization not found."))?;
            cx.after(Later::Cache { key, value: serde_json::to_string(&card).unwrap_or_default() });
            cx.after(Later::Cache { key: open_key(card.tenant_id), value: "1".into() });
            card
        }
    };
    Ok(Response::json(200, &json!({"ok": true, "organization": view(&card)})))
}

/// The wire's three members, and the branding of an organization that has one.
fn view(card: &OrganizationCard) -> Value {
    let branding = [("logoUrl", branding::shown(card.logo_url.as_deref())), ("accent", card.accent.as_deref())];
    let branding = branding.into_iter().filter_map(|(name, value)| Some((name, json!(value?))));
    [("id", json!(card.id)), ("name", json!(card.name)), ("slug", json!(card.slug))].into_iter().chain(branding).collect()
}

pub async fn tenant(cx: &Cx<'_>) -> Result<Response, Problem> {
    let named = cx.request.query_value("tenantId").or_else(|| cx.request.query_value("tenant"));
    let Some(id) = named.as_deref().and_then(Id::<Tenant>::parse) else { return Err(Problem::new(Code::ValidationError, "Invalid tenant id.")) };
    let key = tenant_key(id);
    let cached = cx.io.cached(&key).await.and_then(|text| serde_json::from_str::<TenantCard>(&text).ok());
    let card = match cached {
        Some(card) => card,
        None => {
            let card = cx.read_one(directory::tenant(id)).await?.first::<TenantCard>()?.ok_or_else(|| Problem::not_found("Tenant not found."))?;
            cx.after(Later::Cache { key, value: serde_json::to_string(&card).unwrap_or_default() });
            card
        }
    };
    Ok(Response::json(200, &json!({"ok": true, "tenant": {"id": card.id, "name": card.name}})))
}
