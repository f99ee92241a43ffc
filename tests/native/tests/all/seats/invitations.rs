//! Invitations to a place, for an account that is there already or not.

use portcullis_tests::{
    Jar, Req, Res, World,
    people::{PASSWORD, Place},
    staff::{ADMIN, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

const REFUSED: &str = "Invalid or expired invitation";
const GUEST: &str = "guest@globex.com";
const PASSPHRASE: &str = "a new and fine passphrase";

fn invite(world: &World, jar: &Jar, email: &str, role: &str, place: &Place) -> Res {
    let body = json!({"email": email, "roleId": world.seeded_role(role), "organizationId": place.organization});
    world.send(Req::post("/api/auth/memberships/invite").jar(jar).json(body))
}

fn accept(world: &World, body: Value) -> Res {
    world.send(Req::post("/api/auth/memberships/accept").json(body))
}

/// Somebody of Globex who is invited to Acme, and the token.
fn invited(world: &World) -> (Place, String) {
    let globex = world.found("globex");
    let user = world.colleague(globex.tenant, GUEST);
    world.join(user, globex.seat(), world.staff_role(Some(globex.tenant), "theirs", 300, &[]));
    invite(world, &world.staff_login(ADMIN), GUEST, "employee", &world.acme()).ok(201);
    (globex, world.joining_token(GUEST))
}

#[test]
fn an_account_of_another_tenant_gets_one_more_place_and_keeps_its_password() {
    let world = World::seeded();
    let (_, token) = invited(&world);
    // B6: looking does not take.
    assert_eq!(world.send(Req::get("/api/auth/memberships/accept")).status, 405);
    let (users, sessions) = (world.count("staff_users"), world.count("staff_user_sessions"));
    let res = accept(&world, json!({"token": token}));
    assert_eq!(
        res.ok(201).json(),
        json!({"ok": true, "tenantId": world.acme().tenant, "organizationId": world.acme().organization, "newAccount": false})
    );
    assert!(res.all("set-cookie").next().is_none());
    assert_eq!((world.count("staff_users"), world.count("staff_user_sessions")), (users, sessions), "nobody is signed in by it");
    accept(&world, json!({"token": token})).is(400, REFUSED);
    let jar = Jar::of(world.send(login_request(GUEST, PASSWORD)).ok(200));
    let switched = world.send(Req::post("/api/auth/switch").jar(&jar).json(json!({"organizationId": world.acme().organization})));
    switched.ok(200);
    assert_eq!(world.count("audit_log WHERE action = 'invitation.accepted'"), 1);
    for event in ["auth.user.invited", "auth.invitation.accepted", "auth.membership.created"] {
        assert_eq!(world.count(&format!("event_outbox WHERE name = '{event}'")), 1, "{event}");
    }
    assert_eq!(world.count("staff_notifications WHERE type LIKE '%invitation%'"), 1, "the inviter hears of it");
}

/// The inviter learns nothing of other tenants: neither from the answer nor from what it costs.
#[test]
fn whether_an_address_has_an_account_shows_nowhere() {
    let world = World::seeded();
    let globex = world.found("globex");
    world.colleague(globex.tenant, GUEST);
    let admin = world.staff_login(ADMIN);
    let answers = [GUEST, "nobody@elsewhere.example"].map(|email| {
        world.database.take_calls();
        let res = invite(&world, &admin, email, "employee", &world.acme());
        let mut body = res.ok(201).json();
        for name in ["id", "email", "expiresAt"] {
            body["invitation"][name] = Value::Null;
        }
        let sql: Vec<_> = world.database.take_calls().into_iter().take(4).map(|call| call.sql).collect();
        (body, res.spent(), format!("{sql:?}"))
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn an_address_without_an_account_makes_one_and_the_password_has_to_be_good() {
    let world = World::seeded();
    invite(&world, &world.staff_login(ADMIN), "new@elsewhere.example", "employee", &world.acme()).ok(201);
    let token = world.joining_token("new@elsewhere.example");
    accept(&world, json!({"token": token})).is(400, "Validation failed");
    accept(&world, json!({"token": token, "password": "short"})).is(400, "Validation failed");
    let hashes = world.hasher.count.get();
    assert_eq!(accept(&world, json!({"token": "made-up", "password": PASSPHRASE})).status, 400);
    assert_eq!(world.hasher.count.get(), hashes, "a link is checked before anything is hashed");
    let res = accept(&world, json!({"token": token, "password": PASSPHRASE, "displayName": "New"}));
    assert_eq!(res.ok(201).json()["newAccount"], true);
    world.send(login_request("new@elsewhere.example", PASSPHRASE)).ok(200);
}

/// B5, and cancelling.
#[test]
fn a_newer_invitation_voids_the_older_and_a_cancelled_one_is_void() {
    let world = World::seeded();
    let (_, old) = invited(&world);
    world.advance_seconds(1);
    let admin = world.staff_login(ADMIN);
    let again = invite(&world, &admin, GUEST, "cashier", &world.acme()).ok(201).json();
    let new = world.joining_token(GUEST);
    assert_ne!(old, new);
    accept(&world, json!({"token": old})).is(400, REFUSED);
    let listed = world.send(Req::get("/api/auth/memberships/invitations").jar(&admin)).ok(200).json();
    let items = listed["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["id"], &items[0]["role"]["name"]), (1, &again["invitation"]["id"], &json!("cashier")));
    let path = format!("/api/auth/memberships/invitations/{}", again["invitation"]["id"].as_str().unwrap());
    let rival = world.staff(&world.place("globex"), "rival", &portcullis_tests::staff::OWNER);
    world.send(Req::delete(&path).jar(&rival)).is(404, "Invitation not found");
    world.send(Req::delete(&path).jar(&admin)).ok(200);
    world.send(Req::delete(&path).jar(&admin)).is(404, "Invitation not found");
    accept(&world, json!({"token": new})).is(400, REFUSED);
}

/// B8: of what the inviter, the role, the place and the account are when it is accepted.
#[test]
fn everything_is_asked_again_at_acceptance() {
    for (what, change, status) in [
        ("nothing", "SELECT 1".to_owned(), 201),
        ("the inviter is disabled", format!("UPDATE staff_users SET is_active = 0 WHERE email = '{ADMIN}'"), 400),
        ("the inviter is gone", format!("UPDATE staff_users SET deleted_at = 1 WHERE email = '{ADMIN}'"), 400),
        ("the inviter works there no more", "UPDATE staff_memberships SET deleted_at = 1 WHERE role_id = (SELECT id FROM staff_roles WHERE slug = 'admin')".into(), 400),
        ("the inviter may not invite", "UPDATE staff_role_acls SET features_json = '[]'".into(), 400),
        ("the role has risen", "UPDATE staff_roles SET priority = 700 WHERE slug = 'employee'".into(), 400),
        ("the role grants more than the inviter holds", "UPDATE staff_role_acls SET features_json = '[\"directory.tenants.manage\"]' WHERE role_id = (SELECT id FROM staff_roles WHERE slug = 'employee')".into(), 400),
        ("the role is gone", "UPDATE staff_roles SET deleted_at = 1 WHERE slug = 'employee'".into(), 400),
        ("the organization is gone", "UPDATE organizations SET deleted_at = 1 WHERE slug = 'acme'".into(), 400),
        ("the tenant is suspended", "UPDATE tenants SET is_active = 0 WHERE name = 'Acme'".into(), 403),
        ("the account is disabled", format!("UPDATE staff_users SET is_active = 0 WHERE email = '{GUEST}'"), 400),
        ("three days are over", "UPDATE staff_membership_invitations SET expires_at = 1".into(), 400),
    ] {
        let world = World::seeded();
        let (_, token) = invited(&world);
        world.arrange(&change);
        let res = accept(&world, json!({"token": token, "password": PASSPHRASE}));
        assert_eq!(res.status, status, "{what}: {}", res.text());
        let given = world.count(&format!("staff_memberships WHERE organization_id = '{}' AND user_id = (SELECT id FROM staff_users WHERE email = '{GUEST}')", world.acme().organization));
        assert_eq!(given, i64::from(status == 201), "{what}");
    }
}

/// B1: of two who press at once one wins, and the loser leaves nothing.
#[test]
fn of_two_who_accept_at_once_one_wins() {
    let world = World::seeded();
    let (_, token) = invited(&world);
    world.database.before_next_write("UPDATE staff_membership_invitations SET accepted_at = 1");
    accept(&world, json!({"token": token})).is(400, REFUSED);
    assert_eq!(
        (world.count("audit_log WHERE action = 'invitation.accepted'"), world.count("event_outbox WHERE name = 'auth.membership.created'")),
        (0, 0)
    );
    // A membership that is there already stays the only one.
    let world = World::seeded();
    let (_, token) = invited(&world);
    let guest = world.value(&format!("SELECT id FROM staff_users WHERE email = '{GUEST}'"));
    world.join(portcullis_core::domain::id::Id::parse(guest.as_str().unwrap()).unwrap(), world.acme().seat(), world.seeded_role("employee"));
    accept(&world, json!({"token": token})).ok(201);
    assert_eq!(world.count(&format!("staff_memberships WHERE user_id = '{}' AND tenant_id = '{}'", guest.as_str().unwrap(), world.acme().tenant)), 1);
}

/// Two accounts of one address: the one at home here, else the one whose token comes along.
#[test]
fn of_several_accounts_the_one_that_is_meant() {
    let world = World::seeded();
    let (_, token) = invited(&world);
    let hush = world.found("hush");
    let second = world.colleague(hush.tenant, GUEST);
    accept(&world, json!({"token": token})).is(409, "This address has several accounts. Please sign in with the one that is meant.");
    let stranger = world.staff_login(SUPERADMIN);
    world.send(Req::post("/api/auth/memberships/accept").jar(&stranger).json(json!({"token": token}))).ok(409);
    let jar = world.staff_session(second, hush.seat());
    world.send(Req::post("/api/auth/memberships/accept").jar(&jar).json(json!({"token": token}))).ok(201);
    assert_eq!(world.count(&format!("staff_memberships WHERE user_id = '{second}'")), 1);
}

#[test]
fn invitations_are_mailed_from_the_configured_origin_and_limited() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let body = json!({"email": GUEST, "roleId": world.seeded_role("employee"), "organizationId": world.acme().organization});
    let req = || Req::post("/api/auth/memberships/invite").jar(&admin).header("x-forwarded-host", "evil.example").json(&body);
    world.send(req()).ok(201);
    let link = world.inbox(GUEST)[0]["links"][0].as_str().unwrap().to_owned();
    assert!(link.starts_with("http://127.0.0.1:8787/backend/join/"), "{link}");
    for _ in 0..4 {
        world.send(req()).ok(201);
    }
    assert_eq!(world.send(req()).status, 429);
}

/// Nobody is invited to what the inviter could not give.
#[test]
fn the_ceilings_hold_for_invitations_too() {
    let world = World::seeded();
    let globex = world.found("globex");
    let admin = world.staff_login(ADMIN);
    invite(&world, &admin, GUEST, "admin", &world.acme()).is(403, "Cannot grant a role at or above your own priority.");
    invite(&world, &admin, GUEST, "superadmin", &world.acme()).is(403, "Only super administrators can grant super admin access.");
    invite(&world, &admin, GUEST, "employee", &globex).is(404, "Organization not found");
    assert_eq!((world.count("staff_membership_invitations"), world.count("mail_outbox")), (0, 0));
}
