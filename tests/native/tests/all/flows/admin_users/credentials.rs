//! Passwords, links, invitations and the account's own ACL: TC-AUTH-027, 032.

use portcullis_tests::{Jar, Req, World, cases, people::BUYER};
use serde_json::{Value, json};

use super::super::{CA, profile};
use super::{NOBODY, events, keys, of, owner, post};

#[test]
fn a_one_time_password_is_shown_once_and_good_for_choosing_another() {
    let world = World::seeded();
    let jar = owner(&world);
    let before = world.login(BUYER);
    let issued = post(&world, &jar, &of(&world, BUYER, "/one-time-password"), json!({})).ok(200).json();
    let password = issued["oneTimePassword"].as_str().unwrap().to_owned();
    assert_eq!((keys(&issued), password.len()), (vec!["ok", "oneTimePassword"], 19));
    profile(&world, &before).is(401, "Authentication required");
    let dump = format!("{:?}{:?}", world.dump(|_| true), world.inbox(BUYER));
    assert!(!dump.contains(&password), "it is stored and mailed nowhere");
    let res = world.try_login(BUYER, &password);
    assert_eq!(res.ok(200).json()["mustChangePassword"], true);
    let mut held = Jar::of(&res);
    profile(&world, &held).is(403, "Please change your one-time password first.");
    let changed = world.send(cases::change_password(&password).jar(&held));
    changed.ok(200);
    held.absorb(&changed);
    profile(&world, &held).ok(200);
    assert_eq!(world.inbox(BUYER).len(), 2, "told of both changes");
}

/// TC-AUTH-027.
#[test]
fn tc_auth_027_a_reset_link_is_answered_mailed_and_works_once() {
    let world = World::seeded();
    let jar = owner(&world);
    world.send(world.signup_request("fresh@acme.example", "a fine passphrase")).ok(202);
    world.try_login("fresh@acme.example", "a fine passphrase").is(401, "Invalid email or password");
    let send = || post(&world, &jar, &of(&world, "fresh@acme.example", "/send-reset-link"), json!({})).ok(200).json()["resetLink"].clone();
    let older = send();
    world.advance_seconds(1);
    let link = send();
    let token = |link: &Value| link.as_str().unwrap().strip_prefix("/portal/reset-password?token=").unwrap().to_owned();
    assert_eq!(world.mailed_token("fresh@acme.example"), token(&link), "the mail carries the same");
    let confirm = |token: String| {
        world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(json!({"token": token, "password": "another fine passphrase"})))
    };
    confirm(token(&older)).is(400, "Invalid or expired token");
    confirm(token(&link)).ok(200);
    world.try_login("fresh@acme.example", "another fine passphrase").ok(200);
    confirm(token(&link)).is(400, "Invalid or expired token");
    assert_eq!(keys(&events(&world, "password.reset")[0]), ["email", "id", "organizationId", "recipientUserId", "resetBy", "tenantId"]);
    for _ in 0..8 {
        send();
    }
    assert_eq!(world.inbox("fresh@acme.example").len(), 6, "at most six an hour, the sign-up's and the notice among them");
}

/// B9: vouching for an address does not make a stranger's password live.
#[test]
fn a_forced_verification_voids_the_password_that_waits() {
    let world = World::seeded();
    let jar = owner(&world);
    world.send(world.signup_request("owner@elsewhere.example", "a stranger's passphrase")).ok(202);
    let link = world.mailed_token("owner@elsewhere.example");
    let verify = || post(&world, &jar, &of(&world, "owner@elsewhere.example", "/verify-email"), json!({})).ok(200).json();
    assert_eq!(verify(), json!({"ok": true}));
    assert_eq!(verify(), json!({"ok": true, "alreadyVerified": true}));
    world.try_login("owner@elsewhere.example", "a stranger's passphrase").is(401, "Invalid email or password");
    world.verify(&link).is(400, "Invalid or expired token");
    world.try_login("owner@elsewhere.example", "a stranger's passphrase").is(401, "Invalid email or password");
    assert_eq!(keys(&events(&world, "email.verified")[0]), ["email", "id", "organizationId", "recipientUserId", "tenantId", "verifiedBy"]);
}

/// TC-AUTH-032.
#[test]
fn tc_auth_032_staff_invite_and_a_made_up_token_is_refused() {
    let world = World::seeded();
    let jar = owner(&world);
    assert_ne!(world.send(Req::get(&format!("{CA}/admin/roles")).jar(&jar)).ok(200).json()["items"], json!([]));
    let role = cases::portal_role(&world, "portal_admin");
    let company = post(&world, &jar, "/api/customers/companies", json!({"displayName": "One"})).json()["id"].clone();
    let invite = |body: Value| post(&world, &jar, &format!("{CA}/admin/users-invite"), body);
    let made = invite(json!({"email": "Guest@Acme.example", "roleIds": [role], "displayName": "Guest", "customerEntityId": company})).ok(201).json();
    assert_eq!((keys(&made["invitation"]), &made["invitation"]["email"]), (vec!["email", "expiresAt", "id"], &json!("guest@acme.example")));
    assert!(made["invitation"]["expiresAt"].as_str().unwrap() > "2026-11-22");
    let accept = |token: &str| {
        world.send(
            Req::post(&format!("{CA}/invitations/accept")).json(json!({"token": token, "password": "a fine passphrase", "displayName": "Guest"})),
        )
    };
    assert_eq!(accept("made-up").is(400, "Invalid or expired invitation").json()["ok"], false);
    let signed_in = Jar::of(accept(&world.mailed_token("guest@acme.example")).ok(201));
    let me = profile(&world, &signed_in).ok(200).json();
    assert_eq!((&me["isPortalAdmin"], &me["user"]["customerEntityId"]), (&json!(true), &company), "staff may hand out any role of the organization");
    assert_eq!(events(&world, "user.invited")[0]["invitedByType"], "staff");
    invite(json!({"email": "g2@acme.example", "roleIds": [NOBODY]})).is(400, &format!("Role {NOBODY} not found"));
    invite(json!({"email": "g2@acme.example", "roleIds": [role], "customerEntityId": NOBODY})).is(400, "Company not found");
    invite(json!({"email": "g2@acme.example", "roleIds": []})).is(400, "Validation failed");
    invite(json!([])).is(400, "Validation failed");
}

/// 429 comes before the feature check.
#[test]
fn invitations_are_limited_before_anybody_asks_what_the_caller_may() {
    let world = World::seeded();
    let clerk = world.staff(&world.acme(), "clerk", &[]);
    let invite = || post(&world, &clerk, &format!("{CA}/admin/users-invite"), json!({"email": "guest@acme.example", "roleIds": []}));
    for _ in 0..5 {
        invite().is(403, "Insufficient permissions");
    }
    assert_eq!(invite().is(429, "Too many requests. Please try again later.").header("x-ratelimit-limit"), Some("5"));
}

#[test]
fn a_users_own_acl_replaces_roles_until_it_is_deleted() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    let check = || world.send(cases::feature_check(json!(["portal.orders.view", "portal.users.view"])).jar(&buyer)).ok(200).json()["granted"].clone();
    let path = of(&world, BUYER, "/acl");
    let read = || world.send(Req::get(&path).jar(&jar)).ok(200).json();
    let set = |body: Value| world.send(Req::put(&path).jar(&jar).json(body));
    let shown = |acl: &Value| (acl["hasCustomAcl"].clone(), acl["features"].clone(), acl["isPortalAdmin"].clone());
    assert_eq!(shown(&read()), (json!(false), json!([]), json!(false)));
    set(json!({"features": ["portal.users.view"]})).ok(200);
    assert_eq!(check(), json!(["portal.users.view"]), "in force on the next request");
    set(json!({"features": []})).ok(200);
    assert_eq!((shown(&read()), check()), ((json!(true), json!([]), json!(false)), json!([])), "present and empty means nothing");
    set(json!({"features": [], "isPortalAdmin": true})).ok(200);
    set(json!({"features": ["a"]})).ok(200);
    assert_eq!(shown(&read()), (json!(true), json!(["a"]), json!(true)), "the flag stays until it is said otherwise");
    assert_eq!(check(), json!(["portal.orders.view", "portal.users.view"]));
    world.send(Req::delete(&path).jar(&jar)).ok(200);
    world.send(Req::delete(&path).jar(&jar)).ok(200);
    assert_eq!((shown(&read()), check()), ((json!(false), json!([]), json!(false)), json!(["portal.orders.view"])));
    set(json!({"features": ["b"]})).ok(200);
    assert_eq!(shown(&read()).1, json!(["b"]));

    for bad in
        [json!({}), json!({"features": null}), json!({"features": [""]}), json!({"features": ["x".repeat(101)]}), json!({"features": vec!["x"; 201]})]
    {
        set(bad).is(400, "Validation failed");
    }
    assert_eq!(set(json!({"features": vec!["x".repeat(100); 200]})).ok(200).json()["warning"], "features_omitted");
}
