//! Webhooks.

use serde_json::{Value, json};

use super::{Case, case};
use crate::{Req, World};

const WEBHOOKS: &str = "/api/webhooks";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
const MADE: &str = "0190f5fe-7c00-7a00-8000-0000000000d0";
const DELIVERY: &str = "0190f5fe-7c00-7a00-8000-0000000000e0";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "list_webhook_events" => case("owner", |_| Req::get("/api/webhook-events"), |_| Req::get("/api/webhook-events").bearer("made-up")),
        "list_webhooks" => case("owner", |_| Req::get(WEBHOOKS), |_| Req::get(WEBHOOKS).bearer("made-up")),
        "create_webhook" => case("owner", |w| create(w, "https://hooks.example.com/in?key=1"), |w| create(w, "https://10.0.0.1/in")),
        "read_webhook" => case("owner", |w| Req::get(&at(w, "")), |_| Req::get(&nobodys(""))),
        "update_webhook" => case("owner", |w| Req::put(&at(w, "")).json(change()), |_| Req::put(&nobodys("")).json(change())),
        "delete_webhook" => case("owner", |w| Req::delete(&at(w, "")), |_| Req::delete(&nobodys(""))),
        "rotate_webhook_secret" => case("owner", |w| Req::post(&at(w, "/rotate-secret")), |_| Req::post(&nobodys("/rotate-secret"))),
        "test_webhook" => case("owner", |w| Req::post(&at(w, "/test")), |_| Req::post(&nobodys("/test"))),
        "replay_webhook" => case("owner", |w| Req::post(&at(w, "/replay")).json(since()), |_| Req::post(&nobodys("/replay")).json(since())),
        "list_webhook_deliveries" => {
            case("owner", |w| Req::get(&at(w, "/deliveries?state=delivered")), |w| Req::get(&at(w, "/deliveries?state=nonsense")))
        }
        "read_webhook_delivery" => {
            case("owner", |w| Req::get(&at(w, &format!("/deliveries/{DELIVERY}"))), |w| Req::get(&at(w, &format!("/deliveries/{NOBODY}"))))
        }
        "replay_webhook_delivery" => case(
            "owner",
            |w| Req::post(&at(w, &format!("/deliveries/{DELIVERY}/replay"))),
            |w| Req::post(&at(w, &format!("/deliveries/{NOBODY}/replay"))),
        ),
        _ => return None,
    })
}

/// An endpoint of Acme's that hears of everything, with one delivery behind it.
pub fn make_webhook(world: &World) -> &'static str {
    let (acme, keys, now) = (world.acme(), &world.deployment.keys, world.now());
    let belongs_to = format!("portcullis/webhook-secret/{MADE}");
    let secret = portcullis_core::domain::wrapping::wrap(keys.wrapping_key(), [3; 12], &belongs_to, &[7; 32]).unwrap();
    let (tenant, organization) = (acme.tenant, acme.organization);
    world.arrange(&format!(
        "INSERT INTO webhook_endpoints (id, tenant_id, organization_id, url, events_json, secret_wrapped, created_at) \
         VALUES ('{MADE}', '{tenant}', '{organization}', 'https://hooks.example.com/in', '[\"*\"]', '{secret}', 1); \
         INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) \
         VALUES ('{DELIVERY}', '{tenant}', '{organization}', 'customer_accounts.user.updated', '{{\"id\": \"{MADE}\"}}', {now}); \
         DELETE FROM webhook_queue; \
         INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, tries, last_status, created_at, settled_at) \
         VALUES ('{MADE}', '{DELIVERY}', 'delivered', 1, 1, 200, {now}, {now}); \
         INSERT INTO webhook_attempts (endpoint_id, event_id, number, at, duration_ms, status, response) \
         VALUES ('{MADE}', '{DELIVERY}', 1, {now}, 31, 200, 'thank you');"
    ));
    MADE
}

fn at(world: &World, rest: &str) -> String {
    format!("{WEBHOOKS}/{}{rest}", make_webhook(world))
}

fn nobodys(rest: &str) -> String {
    format!("{WEBHOOKS}/{NOBODY}{rest}")
}

fn create(world: &World, url: &str) -> Req {
    let body = json!({"url": url, "events": ["customer_accounts.user.*", "auth.user.created"], "organizationId": world.acme().organization});
    Req::post(WEBHOOKS).json(body)
}

fn change() -> Value {
    json!({"url": "https://hooks.example.com/other", "events": ["customer_accounts.*"], "description": "Mail system", "enabled": true})
}

fn since() -> Value {
    json!({"since": "2026-11-20T00:00:00Z", "include": "all"})
}
