//! Staff look after customers, roles, companies and people.

use serde_json::{Value, json};

use super::{
    Case, case,
    portal::{pending, role},
};
use crate::{
    Req, World,
    people::{BUYER, VIEWER},
};

const ADMIN: &str = "/api/customer_accounts/admin";
const CRM: &str = "/api/customers";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    users(name).or_else(|| credentials(name)).or_else(|| roles(name)).or_else(|| crm(name))
}

fn users(name: &str) -> Option<Case> {
    Some(match name {
        "list_customer_users" => {
            case("owner", |_| Req::get(&format!("{ADMIN}/users?search=buyer")), |_| Req::get(&format!("{ADMIN}/users?roleId=nonsense")))
        }
        "create_customer_user" => case("owner", |w| create(w, "made@acme.example"), |w| create(w, BUYER)),
        "read_customer_user" => case("owner", |w| Req::get(&of_user(w, "")), |_| Req::get(&nobodys(""))),
        "update_customer_user" => case("owner", |w| Req::put(&of_user(w, "")).json(change(w)), |w| Req::put(&nobodys("")).json(change(w))),
        "delete_customer_user" => case("owner", |w| Req::delete(&of_user(w, "")), |_| Req::delete(&nobodys(""))),
        "unlock_customer_user" => case(
            "owner",
            |w| {
                w.arrange(&format!("UPDATE customer_users SET failed_login_attempts = 5, locked_until = 9999999999999 WHERE email = '{VIEWER}'"));
                Req::post(&of_user(w, "/unlock"))
            },
            |_| Req::post(&nobodys("/unlock")),
        ),
        "list_customer_sessions" => case("owner", |w| Req::get(&of_user(w, "/sessions")), |_| Req::get(&nobodys("/sessions"))),
        "end_customer_session" => case(
            "owner",
            |w| {
                let session = super::session_id(&w.login(VIEWER));
                Req::delete(&of_user(w, &format!("/sessions/{session}")))
            },
            |w| Req::delete(&of_user(w, &format!("/sessions/{NOBODY}"))),
        ),
        "force_customer_logout" => case("owner", |w| Req::post(&of_user(w, "/force-logout")), |_| Req::post(&nobodys("/force-logout"))),
        "read_customer_acl" => case("owner", |w| Req::get(&of_user(w, "/acl")), |_| Req::get(&nobodys("/acl"))),
        "replace_customer_acl" => case("owner", |w| Req::put(&of_user(w, "/acl")).json(acl()), |_| Req::put(&nobodys("/acl")).json(acl())),
        "delete_customer_acl" => case("owner", |w| Req::delete(&of_user(w, "/acl")), |_| Req::delete(&nobodys("/acl"))),
        _ => return None,
    })
}

fn credentials(name: &str) -> Option<Case> {
    Some(match name {
        "reset_customer_password" => {
            case("owner", |w| Req::post(&of_user(w, "/reset-password")).json(password()), |_| Req::post(&nobodys("/reset-password")).json(password()))
        }
        "issue_customer_one_time_password" => {
            case("owner", |w| Req::post(&of_user(w, "/one-time-password")), |_| Req::post(&nobodys("/one-time-password")))
        }
        "send_customer_reset_link" => case("owner", |w| Req::post(&of_user(w, "/send-reset-link")), |_| Req::post(&nobodys("/send-reset-link"))),
        "verify_customer_email" => case(
            "owner",
            |w| {
                w.arrange(&format!("UPDATE customer_users SET email_verified_at = NULL WHERE email = '{VIEWER}'"));
                Req::post(&of_user(w, "/verify-email"))
            },
            |_| Req::post(&nobodys("/verify-email")),
        ),
        "list_customer_invitations" => case(
            "owner",
            |w| {
                pending(w);
                Req::get(&format!("{ADMIN}/invitations"))
            },
            |_| Req::get(&format!("{ADMIN}/invitations?page=0")),
        ),
        "cancel_customer_invitation" => {
            case("owner", |w| Req::delete(&format!("{ADMIN}/invitations/{}", pending(w))), |_| Req::delete(&format!("{ADMIN}/invitations/{NOBODY}")))
        }
        "invite_customer_user" => case(
            "owner",
            |w| Req::post(&format!("{ADMIN}/users-invite")).json(json!({"email": "guest@acme.example", "roleIds": [role(w, "viewer")]})),
            |_| Req::post(&format!("{ADMIN}/users-invite")).json(json!({"email": "guest@acme.example", "roleIds": [NOBODY]})),
        ),
        _ => return None,
    })
}

fn roles(name: &str) -> Option<Case> {
    Some(match name {
        "list_customer_features" => case("owner", |_| Req::get(&format!("{ADMIN}/features")), |_| Req::get(&format!("{ADMIN}/features")).bearer("x")),
        "list_customer_roles" => case("owner", |_| Req::get(&format!("{ADMIN}/roles")), |_| Req::get(&format!("{ADMIN}/roles?search=nothing"))),
        "create_customer_role" => case("owner", |_| create_role("auditor"), |_| create_role("buyer")),
        "read_customer_role" => case("owner", |w| Req::get(&of_role(w, "")), |_| Req::get(&format!("{ADMIN}/roles/{NOBODY}"))),
        "update_customer_role" => case(
            "owner",
            |w| Req::put(&of_role(w, "")).json(json!({"description": "Looks"})),
            |w| Req::put(&of_role(w, "")).json(json!({"name": "Another name"})),
        ),
        "delete_customer_role" => case(
            "owner",
            |w| {
                let organization = w.acme();
                w.arrange(&format!(
                    "INSERT INTO customer_roles (id, tenant_id, organization_id, name, slug, created_at) \
                     VALUES ('0190f5fe-7c00-7a00-8000-0000000000a0', '{}', '{}', 'Auditor', 'auditor', 1)",
                    organization.tenant, organization.organization
                ));
                Req::delete(&format!("{ADMIN}/roles/0190f5fe-7c00-7a00-8000-0000000000a0"))
            },
            |w| Req::delete(&of_role(w, "")),
        ),
        "replace_customer_role_acl" => {
            case("owner", |w| Req::put(&of_role(w, "/acl")).json(acl()), |_| Req::put(&format!("{ADMIN}/roles/{NOBODY}/acl")).json(acl()))
        }
        _ => return None,
    })
}

fn crm(name: &str) -> Option<Case> {
    Some(match name {
        "list_companies" => case("owner", |_| Req::get(&format!("{CRM}/companies?search=glo")), |_| Req::get(&format!("{CRM}/companies?page=0"))),
        "create_company" => case("owner", |_| entity("companies", "c-1"), |_| Req::post(&format!("{CRM}/companies")).json(json!({}))),
        "update_company" => case("owner", |w| rename(w, "companies", "company"), |_| rename_nobody("companies")),
        "delete_company" => case("owner", |w| Req::delete(&format!("{CRM}/companies?id={}", made(w, "company"))), |_| delete_nobody("companies")),
        "list_people" => case("owner", |_| Req::get(&format!("{CRM}/people?email={BUYER}")), |_| Req::get(&format!("{CRM}/people?page=0"))),
        "create_person" => case("owner", |_| entity("people", "p-1"), |_| entity_of_nobody()),
        "update_person" => case("owner", |w| rename(w, "people", "person"), |_| rename_nobody("people")),
        "delete_person" => case("owner", |w| Req::delete(&format!("{CRM}/people?id={}", made(w, "person"))), |_| delete_nobody("people")),
        _ => return None,
    })
}

/// A path about the seeded viewer.
fn of_user(world: &World, rest: &str) -> String {
    format!("{ADMIN}/users/{}{rest}", world.user_id(VIEWER))
}

fn nobodys(rest: &str) -> String {
    format!("{ADMIN}/users/{NOBODY}{rest}")
}

/// A path about the seeded role `viewer`.
fn of_role(world: &World, rest: &str) -> String {
    format!("{ADMIN}/roles/{}{rest}", role(world, "viewer"))
}

fn create(world: &World, email: &str) -> Req {
    let body = json!({"email": email, "password": "a fine passphrase", "displayName": "Made", "roleIds": [role(world, "viewer")]});
    Req::post(&format!("{ADMIN}/users")).json(body)
}

fn change(world: &World) -> Value {
    json!({"displayName": "Vera II", "isActive": false, "roleIds": [role(world, "buyer")]})
}

fn password() -> Value {
    json!({"newPassword": "another fine passphrase"})
}

fn acl() -> Value {
    json!({"features": ["portal.orders.view"]})
}

fn create_role(slug: &str) -> Req {
    Req::post(&format!("{ADMIN}/roles")).json(json!({"name": "Auditor", "slug": slug}))
}

fn entity(path: &str, external: &str) -> Req {
    Req::post(&format!("{CRM}/{path}")).json(json!({"displayName": "Globex", "primaryEmail": BUYER, "externalId": external}))
}

fn entity_of_nobody() -> Req {
    Req::post(&format!("{CRM}/people")).json(json!({"displayName": "Bruno", "companyId": NOBODY}))
}

/// A company or person of Acme.
fn made(world: &World, kind: &str) -> &'static str {
    let place = world.acme();
    world.arrange(&format!(
        "INSERT INTO customer_entities (id, tenant_id, organization_id, kind, display_name, created_at) \
         VALUES ('0190f5fe-7c00-7a00-8000-0000000000e0', '{}', '{}', '{kind}', 'Globex', 1)",
        place.tenant, place.organization
    ));
    "0190f5fe-7c00-7a00-8000-0000000000e0"
}

fn rename(world: &World, path: &str, kind: &str) -> Req {
    Req::put(&format!("{CRM}/{path}")).json(json!({"id": made(world, kind), "displayName": "Hooli"}))
}

fn rename_nobody(path: &str) -> Req {
    Req::put(&format!("{CRM}/{path}")).json(json!({"id": NOBODY, "displayName": "Hooli"}))
}

fn delete_nobody(path: &str) -> Req {
    Req::delete(&format!("{CRM}/{path}?id={NOBODY}"))
}
