//! Colleagues, notifications, navigation.

use serde_json::json;

use super::{Case, case};
use crate::{
    Req, World,
    people::{BUYER, VIEWER},
};

const PORTAL: &str = "/api/customer_accounts/portal";
const COMPANY: &str = "0190f5fe-7c00-7a00-8000-0000000000c0";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "get_nav" => case("buyer", |_| Req::get(&format!("{PORTAL}/nav")), |_| Req::get(&format!("{PORTAL}/nav")).bearer("made-up")),
        "stream_portal_events" => {
            case("buyer", |_| Req::get(&format!("{PORTAL}/events/stream")), |_| Req::get(&format!("{PORTAL}/events/stream")).bearer("made-up"))
        }
        "list_company_users" => case(
            "admin",
            |w| {
                company(w);
                Req::get(&format!("{PORTAL}/users"))
            },
            |_| Req::get(&format!("{PORTAL}/users")),
        ),
        "invite_company_user" => case(
            "admin",
            |w| invite(w, "guest@acme.example"),
            |w| {
                company(w);
                Req::post(&format!("{PORTAL}/users-invite")).json(json!({"email": "guest@acme.example", "roleIds": [NOBODY]}))
            },
        ),
        "remove_company_user" => case(
            "admin",
            |w| {
                company(w);
                Req::delete(&format!("{PORTAL}/users/{}", w.user_id(VIEWER)))
            },
            |w| {
                company(w);
                Req::delete(&format!("{PORTAL}/users/{NOBODY}"))
            },
        ),
        "set_company_user_roles" => case(
            "admin",
            |w| {
                company(w);
                set_roles(&w.user_id(VIEWER), &role(w, "buyer"))
            },
            |w| {
                company(w);
                set_roles(&w.user_id(VIEWER), NOBODY)
            },
        ),
        "list_assignable_roles" => case(
            "admin",
            |w| {
                company(w);
                Req::get(&format!("{PORTAL}/roles"))
            },
            |_| Req::get(&format!("{PORTAL}/roles")),
        ),
        "list_company_invitations" => case(
            "admin",
            |w| {
                pending(w);
                Req::get(&format!("{PORTAL}/invitations"))
            },
            |_| Req::get(&format!("{PORTAL}/invitations")),
        ),
        "cancel_company_invitation" => case(
            "admin",
            |w| Req::delete(&format!("{PORTAL}/invitations/{}", pending(w))),
            |w| {
                company(w);
                Req::delete(&format!("{PORTAL}/invitations/{NOBODY}"))
            },
        ),
        "list_notifications" => {
            case("buyer", |_| Req::get(&format!("{PORTAL}/notifications")), |_| Req::get(&format!("{PORTAL}/notifications?status=odd")))
        }
        "count_unread_notifications" => case(
            "buyer",
            |_| Req::get(&format!("{PORTAL}/notifications/unread-count")),
            |_| Req::get(&format!("{PORTAL}/notifications/unread-count")).bearer("made-up"),
        ),
        "read_all_notifications" => case(
            "buyer",
            |_| Req::put(&format!("{PORTAL}/notifications/mark-all-read")),
            |_| Req::put(&format!("{PORTAL}/notifications/mark-all-read")).bearer("made-up"),
        ),
        "read_notification" => case(
            "buyer",
            |w| Req::put(&format!("{PORTAL}/notifications/{}/read", notified(w))),
            |_| Req::put(&format!("{PORTAL}/notifications/{NOBODY}/read")),
        ),
        "dismiss_notification" => case(
            "buyer",
            |w| Req::put(&format!("{PORTAL}/notifications/{}/dismiss", notified(w))),
            |_| Req::put(&format!("{PORTAL}/notifications/{NOBODY}/dismiss")),
        ),
        _ => return None,
    })
}

/// Everybody of Acme works for one company.
pub fn company(world: &World) {
    let organization = world.acme().organization;
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = '{COMPANY}' WHERE organization_id = '{organization}'"));
}

pub fn role(world: &World, slug: &str) -> String {
    let organization = world.acme().organization;
    let sql = format!("SELECT id FROM customer_roles WHERE slug = '{slug}' AND organization_id = '{organization}'");
    world.value(&sql).as_str().unwrap().to_owned()
}

/// An invitation as a viewer.
pub fn invite(world: &World, email: &str) -> Req {
    company(world);
    Req::post(&format!("{PORTAL}/users-invite")).json(json!({"email": email, "roleIds": [role(world, "viewer")]}))
}

/// An invitation that nobody has answered.
pub fn pending(world: &World) -> &'static str {
    company(world);
    let place = world.acme();
    world.arrange(&format!(
        "INSERT INTO customer_user_invitations (id, tenant_id, organization_id, email, email_hash, token, token_row, customer_entity_id, role_ids_json, expires_at, created_at) \
         VALUES ('0190f5fe-7c00-7a00-8000-0000000000d0', '{}', '{}', 'guest@acme.example', 'hash', 'token', 'row', '{COMPANY}', '[\"{}\"]', {now} + 1000000, {now})",
        place.tenant,
        place.organization,
        role(world, "viewer"),
        now = world.now()
    ));
    "0190f5fe-7c00-7a00-8000-0000000000d0"
}

fn set_roles(user: &str, role: &str) -> Req {
    Req::put(&format!("{PORTAL}/users/{user}/roles")).json(json!({"roleIds": [role]}))
}

/// Something the seeded buyer is told.
fn notified(world: &World) -> &'static str {
    let (tenant, user) = (world.acme().tenant, world.user_id(BUYER));
    world.arrange(&format!(
        "INSERT INTO customer_notifications (id, tenant_id, recipient_user_id, type, title, severity, created_at, expires_at) \
         VALUES ('0190f5fe-7c00-7a00-8000-0000000000f0', '{tenant}', '{user}', 'test', 'Told', 'info', {now}, {now} + 1000000)",
        now = world.now()
    ));
    "0190f5fe-7c00-7a00-8000-0000000000f0"
}
