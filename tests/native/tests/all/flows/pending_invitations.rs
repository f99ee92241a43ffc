//! Invitations nobody has answered yet: who sees them, and who takes them back.

use portcullis_tests::{
    Jar, Req, Res, World,
    cases::{portal_company, portal_role},
    people::{ADMIN, BUYER},
    staff::OWNER,
};
use serde_json::{Value, json};

use super::{CA, admin_users::keys, get, post};

const GUEST: &str = "guest@acme.example";

fn invite(world: &World, path: &str, jar: &Jar, email: &str, role: &str) -> String {
    let body = json!({"email": email, "roleIds": [portal_role(world, role)]});
    post(world, path, jar, body).ok(201).json()["invitation"]["id"].as_str().unwrap().to_owned()
}

fn listed(world: &World, path: &str, jar: &Jar) -> Vec<Value> {
    get(world, path, jar).ok(200).json()["items"].as_array().unwrap().clone()
}

fn cancel(world: &World, realm: &str, jar: &Jar, id: &str) -> Res {
    world.send(Req::delete(&format!("{CA}/{realm}/invitations/{id}")).jar(jar))
}

fn accept(world: &World, token: &str) -> Res {
    let body = json!({"token": token, "password": "a fine passphrase", "displayName": "Guest"});
    world.send(Req::post(&format!("{CA}/invitations/accept")).json(body))
}

/// The seeded people in one company, and the portal admin signed in.
fn company() -> (World, Jar) {
    let world = World::seeded();
    portal_company(&world);
    let jar = world.login(ADMIN);
    (world, jar)
}

/// A colleague with grants of their own.
fn manager(world: &World, features: &str) -> Jar {
    world.arrange(&format!(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES ('acl', '{}', '{}', '{features}', 1)",
        world.user_id(BUYER),
        world.acme().tenant
    ));
    world.login(BUYER)
}

#[test]
fn colleagues_see_who_is_invited_and_the_latest_first() {
    let (world, jar) = company();
    let first = invite(&world, "/portal/users-invite", &jar, GUEST, "viewer");
    world.advance_seconds(1);
    let owner = world.persona("owner").jar;
    let second = invite(&world, "/admin/users-invite", &owner, "other@acme.example", "buyer");
    world.arrange(&format!(
        "UPDATE customer_user_invitations SET customer_entity_id = (SELECT customer_entity_id FROM customer_users LIMIT 1) WHERE id = '{second}'"
    ));
    let items = listed(&world, "/portal/invitations", &jar);
    assert_eq!(items.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), [&second, &first]);
    assert_eq!(keys(&items[0]), ["createdAt", "customerEntityId", "displayName", "email", "expiresAt", "id", "invitedBy", "invitedByType", "roles"]);
    assert_eq!((&items[0]["invitedByType"], &items[0]["invitedBy"]), (&json!("staff"), &Value::Null), "staff stay unnamed");
    assert_eq!((&items[1]["invitedByType"], &items[1]["invitedBy"], &items[1]["email"]), (&json!("portal"), &json!("Ada Admin"), &json!(GUEST)));
    assert_eq!(items[1]["roles"][0]["slug"], "viewer");
    let page = get(&world, "/portal/invitations?page=2&pageSize=1", &jar).ok(200).json();
    assert_eq!((&page["items"][0]["id"], &page["total"], &page["totalPages"]), (&json!(first), &json!(2), &json!(2)));
    // Answered, taken back, or run out: no longer pending.
    accept(&world, &world.mailed_token(GUEST)).ok(201);
    assert_eq!(listed(&world, "/portal/invitations", &jar).len(), 1);
    world.advance_seconds(72 * 3_600 - 1);
    assert_eq!(get(&world, "/admin/invitations", &world.persona("owner").jar).ok(200).json()["total"], 1);
    world.advance_seconds(1);
    assert_eq!(get(&world, "/admin/invitations", &world.persona("owner").jar).ok(200).json()["total"], 0);
}

#[test]
fn an_invitation_that_is_taken_back_opens_nothing() {
    let (world, jar) = company();
    let id = invite(&world, "/portal/users-invite", &jar, GUEST, "viewer");
    let token = world.mailed_token(GUEST);
    cancel(&world, "portal", &jar, &id).ok(200);
    accept(&world, &token).is(400, "Invalid or expired invitation");
    cancel(&world, "portal", &jar, &id).is(404, "Invitation not found");
    cancel(&world, "portal", &jar, "nonsense").is(404, "Invitation not found");
    assert!(listed(&world, "/portal/invitations", &jar).is_empty());
    assert_eq!(world.count("audit_log WHERE action = 'invitation.cancelled' AND detail NOT LIKE '%guest@%'"), 1, "with the address masked");
    let told = world.rows("SELECT payload FROM event_outbox WHERE name = 'customer_accounts.invitation.cancelled'");
    let payload: Value = serde_json::from_str(told[0]["payload"].as_str().unwrap()).unwrap();
    assert_eq!(
        (told.len(), &payload["invitationId"], &payload["cancelledByType"], &payload["email"]),
        (1, &json!(id), &json!("portal"), &json!(GUEST))
    );
    // And the address may be invited again.
    world.advance_seconds(1);
    assert_ne!(invite(&world, "/portal/users-invite", &jar, GUEST, "viewer"), id);
    accept(&world, &world.mailed_token(GUEST)).ok(201);
}

#[test]
fn a_cancellation_that_is_overtaken_by_the_acceptance_says_so() {
    let (world, jar) = company();
    let id = invite(&world, "/portal/users-invite", &jar, GUEST, "viewer");
    world.database.before_next_write("UPDATE customer_user_invitations SET accepted_at = 1");
    cancel(&world, "portal", &jar, &id).is(404, "Invitation not found");
    assert_eq!(world.count("audit_log WHERE action = 'invitation.cancelled'"), 0);
}

/// D3: another company's, organization's or tenant's invitation is none.
#[test]
fn other_peoples_invitations_are_not_found() {
    let (world, jar) = company();
    let id = invite(&world, "/portal/users-invite", &jar, GUEST, "viewer");
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    cancel(&world, "admin", &rival, &id).is(404, "Invitation not found");
    assert!(listed(&world, "/admin/invitations", &rival).is_empty());
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = '0190f5fe-7c00-7a00-8000-0000000000c1' WHERE email = '{ADMIN}'"));
    assert!(listed(&world, "/portal/invitations", &jar).is_empty());
    cancel(&world, "portal", &jar, &id).is(404, "Invitation not found");
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = NULL WHERE email = '{ADMIN}'"));
    get(&world, "/portal/invitations", &jar).is(403, "No company association");
    assert_eq!(world.count("customer_user_invitations WHERE cancelled_at IS NOT NULL"), 0);
    let owner = world.persona("owner").jar;
    cancel(&world, "admin", &owner, &id).ok(200);
}

#[test]
fn each_feature_opens_its_own_route_and_admins_are_invited_and_uninvited_by_admins() {
    let (world, _) = company();
    let owner = world.persona("owner").jar;
    let id = invite(&world, "/admin/users-invite", &owner, GUEST, "portal_admin");
    world.arrange("UPDATE customer_user_invitations SET customer_entity_id = (SELECT customer_entity_id FROM customer_users LIMIT 1)");
    let viewer = world.login("viewer@portal.acme.com");
    get(&world, "/portal/invitations", &viewer).is(403, "Insufficient permissions");
    cancel(&world, "portal", &viewer, &id).is(403, "Insufficient permissions");
    let manager = manager(&world, r#"["portal.users.view","portal.users.manage"]"#);
    assert_eq!(listed(&world, "/portal/invitations", &manager).len(), 1);
    cancel(&world, "portal", &manager, &id).is(403, "Insufficient permissions");
    let looks = world.staff(&world.acme(), "looks", &["customer_accounts.view"]);
    assert_eq!(listed(&world, "/admin/invitations", &looks).len(), 1);
    cancel(&world, "admin", &looks, &id).is(403, "Insufficient permissions");
    cancel(&world, "portal", &world.login(ADMIN), &id).ok(200);
}

#[test]
fn the_roles_on_offer_are_those_that_may_be_given() {
    let (world, jar) = company();
    let offered = |jar: &Jar| -> Vec<String> {
        let body = get(&world, "/portal/roles", jar).ok(200).json();
        body["roles"].as_array().unwrap().iter().map(|role| role["slug"].as_str().unwrap().to_owned()).collect()
    };
    let owner = world.persona("owner").jar;
    let role = post(&world, "/admin/roles", &owner, json!({"name": "Helper", "slug": "helper", "customerAssignable": true})).ok(201).json();
    let acl = format!("{CA}/admin/roles/{}/acl", role["role"]["id"].as_str().unwrap());
    world.send(Req::put(&acl).json(json!({"features": ["portal.users.roles.manage"]})).jar(&owner)).ok(200);
    assert_eq!(offered(&jar), ["buyer", "helper", "viewer"], "a portal admin; and nobody makes another one");
    let manager = manager(&world, r#"["portal.users.view","portal.users.manage"]"#);
    assert_eq!(offered(&manager), ["buyer", "viewer"], "nothing that reaches further over people");
    // What is offered is what is taken, and nothing else is.
    for slug in ["buyer", "viewer", "helper", "portal_admin"] {
        let body = json!({"email": format!("{slug}@new.example"), "roleIds": [portal_role(&world, slug)]});
        let status = post(&world, "/portal/users-invite", &manager, body).status;
        assert_eq!(status == 201, offered(&manager).contains(&slug.to_owned()), "{slug}");
    }
    get(&world, "/portal/roles", &world.login("viewer@portal.acme.com")).is(403, "Insufficient permissions");
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = NULL WHERE email = '{ADMIN}'"));
    get(&world, "/portal/roles", &jar).is(403, "No company association");
}
