//! Views that the CRM shows in frames.

use serde_json::json;

use super::{Case, case};
use crate::{Req, World, people::BUYER};

const EMBEDS: &str = "/api/customers/embeds";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
const PERSON: &str = "0190f5fe-7c00-7a00-8000-0000000000e1";
const COMPANY: &str = "0190f5fe-7c00-7a00-8000-0000000000e2";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "create_embed_address" => case("owner", |w| make("account-status", person(w)), |_| make("account-status", NOBODY)),
        "embed_account_status" => case("owner", |w| view(w, "account-status", person(w)), |_| Req::get("/api/embed/account-status").bearer("e1.x")),
        "embed_portal_users" => case("owner", |w| view(w, "portal-users", company(w)), |_| Req::get("/api/embed/portal-users").bearer("e1.x")),
        _ => return None,
    })
}

pub fn make(view: &str, entity: &str) -> Req {
    Req::post(EMBEDS).json(json!({"view": view, "entityId": entity}))
}

/// Asks for a view by an address that a member of staff of Acme has just made.
fn view(world: &World, view: &str, entity: &str) -> Req {
    let url = world.send(make(view, entity).jar(&world.staff(&world.acme(), "framer", &["customer_accounts.view"]))).ok(201).json()["url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let token = url.split_once('#').map(|(_, token)| token.to_owned()).unwrap_or_default();
    Req::get(&format!("/api/embed/{view}")).bearer(&token)
}

/// A person of the registry, whose account is the seeded buyer's.
pub fn person(world: &World) -> &'static str {
    entity(world, PERSON, "person");
    world.arrange(&format!("UPDATE customer_users SET person_entity_id = '{PERSON}' WHERE email = '{BUYER}'"));
    PERSON
}

/// A company of the registry, for which the seeded buyer works.
pub fn company(world: &World) -> &'static str {
    entity(world, COMPANY, "company");
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = '{COMPANY}' WHERE email = '{BUYER}'"));
    COMPANY
}

fn entity(world: &World, id: &str, kind: &str) {
    let acme = world.acme();
    world.arrange(&format!(
        "INSERT INTO customer_entities (id, tenant_id, organization_id, kind, display_name, search_words, created_at) \
         VALUES ('{id}', '{}', '{}', '{kind}', 'Of the CRM', '[]', 1)",
        acme.tenant, acme.organization
    ));
}
