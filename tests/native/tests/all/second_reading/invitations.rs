//! 3, 9, 12: an invitation gives what it may give on the day it is accepted, and nothing that somebody took back since.

use portcullis_tests::{
    Jar, Req, Res, World,
    people::{ADMIN, VIEWER},
    staff::OWNER,
};
use serde_json::{Value, json};

use super::{PASSPHRASE, accept, admin_path, held_roles, owner, post, role_in};
use crate::flows::{CA, profile};

const GUEST: &str = "guest@acme.example";
const COMPANY: &str = "0190f5fe-7c00-7a00-8000-0000000000c0";
const INVALID: &str = "Invalid or expired invitation";

/// Everybody of Acme works for one company.
fn one_company(world: &World) {
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = '{COMPANY}'"));
}

fn try_invite(world: &World, by: &Jar, roles: &[&str]) -> Res {
    let roles: Vec<String> = roles.iter().map(|slug| role_in(world, &world.acme(), slug)).collect();
    post(world, &format!("{CA}/portal/users-invite"), by, json!({"email": GUEST, "roleIds": roles}))
}

/// Invites the guest; the mailed token comes back.
fn invite(world: &World, by: &Jar, roles: &[&str]) -> String {
    try_invite(world, by, roles).ok(201);
    world.mailed_token(GUEST)
}

/// A portal user who may invite and no more than that.
fn inviter(world: &World) -> Jar {
    let user = world.add_user(&world.acme(), "inviter@acme.example", "buyer");
    world.arrange(&format!(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, created_at) \
         VALUES ('acl', '{user}', '{}', '[\"portal.users.manage\"]', 1)",
        world.acme().tenant
    ));
    one_company(world);
    world.login("inviter@acme.example")
}

fn delete_by_staff(world: &World, email: &str) {
    world.send(Req::delete(&admin_path(world, email, "")).jar(&owner(world))).ok(200);
}

#[test]
fn an_invitation_dies_with_the_account_at_its_address() {
    let by_colleague = |world: &World| {
        let admin = world.login(ADMIN);
        world.send(Req::delete(&format!("{CA}/portal/users/{}", world.user_id(GUEST))).jar(&admin)).ok(200);
    };
    let ways: [&dyn Fn(&World); 2] = [&|world| delete_by_staff(world, GUEST), &by_colleague];
    for delete in ways {
        let world = World::seeded();
        world.send(world.signup_request(GUEST, PASSPHRASE)).ok(202);
        world.advance_seconds(1);
        let jar = inviter(&world);
        let token = invite(&world, &jar, &["viewer"]);
        delete(&world);
        accept(&world, &token).is(400, INVALID);
        // A new one works.
        world.advance_seconds(1);
        let token = invite(&world, &jar, &["viewer"]);
        accept(&world, &token).ok(201);
    }
}

#[test]
fn an_invitation_dies_with_whoever_sent_it() {
    let deactivated = |world: &World| {
        world.send(Req::put(&admin_path(world, "inviter@acme.example", "")).jar(&owner(world)).json(json!({"isActive": false}))).ok(200);
    };
    let removed = |world: &World| {
        let admin = world.login(ADMIN);
        world.send(Req::delete(&format!("{CA}/portal/users/{}", world.user_id("inviter@acme.example"))).jar(&admin)).ok(200);
    };
    let ways: [&dyn Fn(&World); 3] = [&|world| delete_by_staff(world, "inviter@acme.example"), &deactivated, &removed];
    for (n, end) in ways.iter().enumerate() {
        let world = World::seeded();
        let jar = inviter(&world);
        let token = invite(&world, &jar, &["viewer"]);
        end(&world);
        accept(&world, &token).is(400, INVALID);
        assert_eq!(world.count(&format!("customer_users WHERE email = '{GUEST}'")), 0, "way {n}");
    }
}

#[test]
fn a_role_that_reaches_further_since_is_not_granted() {
    let features = |features: &str| {
        let role = "(SELECT id FROM customer_roles WHERE slug = 'buyer' AND organization_id = (SELECT id FROM organizations WHERE slug = 'acme'))";
        format!("UPDATE customer_role_acls SET features_json = '{features}' WHERE role_id = {role}")
    };
    for change in [
        features(r#"["portal.orders.view","portal.users.roles.manage"]"#),
        features(r#"["portal.users.*"]"#),
        features(r#"["portal.*"]"#),
        features(r#"["*"]"#),
        "UPDATE customer_roles SET customer_assignable = 0 WHERE slug = 'buyer'".to_owned(),
        "UPDATE customer_role_acls SET is_portal_admin = 1 WHERE role_id IN (SELECT id FROM customer_roles WHERE slug = 'buyer')".to_owned(),
    ] {
        let world = World::seeded();
        let jar = inviter(&world);
        let token = invite(&world, &jar, &["buyer", "viewer"]);
        world.arrange(&change);
        let guest = Jar::of(accept(&world, &token).ok(201));
        assert_eq!(held_roles(&world, &guest), ["viewer"], "{change}");
    }
}

/// 9: what a sign-up was linked to in one organization does not come along into another.
#[test]
fn an_account_taken_over_by_another_organization_leaves_its_company_behind() {
    let world = World::seeded();
    let jar = owner(&world);
    let create = |path: &str, body: Value| post(&world, &format!("/api/customers/{path}"), &jar, body).ok(201).json()["id"].clone();
    let company = create("companies", json!({"displayName": "One"}));
    create("people", json!({"displayName": "Guest", "primaryEmail": GUEST, "companyId": company}));
    world.send(world.signup_request(GUEST, PASSPHRASE)).ok(202);
    let links =
        || world.rows(&format!("SELECT customer_entity_id AS c, person_entity_id AS p FROM customer_users WHERE email = '{GUEST}'"))[0].clone();
    assert_eq!(links()["c"], company);

    world.advance_seconds(1);
    let place = world.second_organization();
    let bella = world.staff(&place, "bella", &OWNER);
    let body = json!({"email": GUEST, "roleIds": [role_in(&world, &place, "portal_admin")]});
    post(&world, &format!("{CA}/admin/users-invite"), &bella, body).ok(201);
    let guest = Jar::of(accept(&world, &world.mailed_token(GUEST)).ok(201));
    assert_eq!(links(), json!({"c": null, "p": null}));
    let me = profile(&world, &guest).ok(200).json();
    assert_eq!((&me["user"]["customerEntityId"], &me["user"]["personEntityId"]), (&Value::Null, &Value::Null));
    world.send(Req::get(&format!("{CA}/portal/users")).jar(&guest)).is(403, "No company association");
}

/// 12: the address got its share of mails, so the link of before keeps working; it gives what the newest invitation says.
#[test]
fn an_invitation_renewed_without_a_mail_gives_what_it_says_now() {
    let world = World::seeded();
    one_company(&world);
    let admin = world.login(ADMIN);
    let token = invite(&world, &admin, &["buyer"]);
    for n in 0..5 {
        world.arrange(&format!(
            "INSERT INTO mail_outbox (id, tenant_id, recipient, recipient_hash, template, locale, payload, created_at, due_at, sent_at) \
             SELECT 'mail-{n}', tenant_id, recipient, recipient_hash, template, locale, payload, created_at, due_at, sent_at FROM mail_outbox \
             WHERE recipient = '{GUEST}' LIMIT 1"
        ));
    }
    let mails = world.count("mail_outbox");
    world.advance_seconds(1);
    try_invite(&world, &admin, &["viewer"]).ok(201);
    assert_eq!((world.count("mail_outbox"), world.count("customer_user_invitations")), (mails, 1), "no further mail");
    let guest = Jar::of(accept(&world, &token).ok(201));
    assert_eq!(held_roles(&world, &guest), ["viewer"]);
    assert_eq!(world.count(&format!("customer_users WHERE email = '{VIEWER}'")), 1);
}

/// What happens between looking and committing counts too: the batch itself asks whether what it rests on still stands.
#[test]
fn an_inviter_who_goes_or_is_demoted_during_the_acceptance_is_noticed() {
    let demoted = "UPDATE customer_user_acls SET features_json = '[]'";
    for (change, status, held) in [
        ("UPDATE customer_users SET is_active = 0 WHERE email = 'inviter@acme.example'", 400, &[][..]),
        ("UPDATE customer_users SET deleted_at = 1 WHERE email = 'inviter@acme.example'", 400, &[]),
        (demoted, 201, &["viewer"]),
        ("UPDATE customer_roles SET customer_assignable = 0 WHERE slug = 'helper'", 201, &["viewer"]),
        ("UPDATE customer_roles SET deleted_at = 1 WHERE slug = 'helper'", 201, &["viewer"]),
        ("UPDATE customer_users SET display_name = 'Renamed' WHERE email = 'inviter@acme.example'", 201, &["helper", "viewer"]),
    ] {
        let world = World::seeded();
        let jar = inviter(&world);
        let made =
            post(&world, &format!("{CA}/admin/roles"), &owner(&world), json!({"name": "Helper", "slug": "helper", "customerAssignable": true}));
        made.ok(201);
        world.arrange(
            "UPDATE customer_role_acls SET features_json = '[\"portal.users.manage\"]' WHERE role_id IN (SELECT id FROM customer_roles WHERE slug = 'helper')",
        );
        let token = invite(&world, &jar, &["helper", "viewer"]);
        world.database.before_next_write(change);
        let hashes = world.hasher.count.get();
        let res = accept(&world, &token);
        assert_eq!((res.status, world.hasher.count.get() - hashes), (status, 1), "{change}");
        if status == 201 {
            let mut roles = held_roles(&world, &Jar::of(&res));
            roles.sort();
            assert_eq!(roles, held, "{change}");
        }
    }
}

/// The person is who was invited; what they may do is decided by somebody who may.
#[test]
fn an_invitation_of_which_no_role_is_left_makes_an_account_that_may_do_nothing_yet() {
    let world = World::seeded();
    let jar = inviter(&world);
    let token = invite(&world, &jar, &["viewer"]);
    let viewer = role_in(&world, &world.acme(), "viewer");
    world.arrange("UPDATE customer_roles SET customer_assignable = 0 WHERE slug = 'viewer'");
    let guest = Jar::of(accept(&world, &token).ok(201));
    assert!(held_roles(&world, &guest).is_empty());
    assert_eq!(profile(&world, &guest).ok(200).json()["resolvedFeatures"], json!([]));
    let detail = world.value("SELECT detail FROM audit_log WHERE action = 'invitation.accepted'");
    let detail: Value = serde_json::from_str(detail.as_str().unwrap()).unwrap();
    assert_eq!(detail, json!({"roles": [], "withheld": [viewer]}), "and the trail says what was not given");
}
