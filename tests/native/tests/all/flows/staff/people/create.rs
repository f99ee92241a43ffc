//! Making accounts of staff.

use portcullis_tests::{
    Jar, Req, World,
    people::PASSWORD,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

use super::{USERS, create, created, detail, item, list, send};

/// TC-AUTH-048: a password or an invitation; three combinations that work.
#[test]
fn tc_auth_048_create_needs_password_or_invite() {
    let world = World::seeded();
    let (jar, acme) = (world.staff_login(ADMIN), world.acme());
    let neither = create(&world, &jar, &acme, "new@acme.com", json!({"password": null}));
    neither.is(400, "Invalid input");
    assert_eq!(neither.json()["details"][0]["path"], json!(["password"]));
    let no = create(&world, &jar, &acme, "new@acme.com", json!({"password": null, "sendInviteEmail": false}));
    no.is(400, "Invalid input");
    let bad = create(&world, &jar, &acme, "no address", json!({}));
    assert_eq!(bad.is(400, "Invalid input").json()["details"][0]["path"], json!(["email"]));
    let weak = create(&world, &jar, &acme, "new@acme.com", json!({"password": "short"}));
    assert_eq!(weak.is(400, "Invalid input").json()["details"][0], json!({"path": ["password"], "message": "Password is too short"}));
    create(&world, &jar, &acme, "one@acme.com", json!({})).ok(201);
    create(&world, &jar, &acme, "two@acme.com", json!({"password": null, "sendInviteEmail": true})).ok(201);
    create(&world, &jar, &acme, "three@acme.com", json!({"sendInviteEmail": true})).ok(201);
    assert_eq!(world.inbox("one@acme.com").len() + world.inbox("three@acme.com").len(), 0, "who has a password needs no link");
    assert_eq!(world.inbox("two@acme.com").len(), 1);
}

/// CRUDFORM-001: what was given reads back, in the list's shape.
#[test]
fn crudform_001_fields_round_trip() {
    let world = World::seeded();
    let (jar, acme) = (world.staff_login(ADMIN), world.acme());
    let id =
        created(&world, &jar, "Zoe@Acme.com", json!({"name": "  Zoë Brien ", "roles": ["employee"], "isSuperAdmin": true, "tenantId": acme.tenant}));
    let shown = item(&world, &jar, &id);
    let role = world.value("SELECT id FROM staff_roles WHERE slug = 'employee'");
    for (name, value) in [
        ("email", json!("zoe@acme.com")),
        ("name", json!("Zoë Brien")),
        ("organizationId", json!(acme.organization)),
        ("organizationName", json!("Acme")),
        ("tenantId", json!(acme.tenant)),
        ("tenantName", json!("Acme")),
        ("roles", json!(["employee"])),
        ("roleIds", json!([role])),
        ("hasPassword", json!(true)),
        ("updatedAt", Value::Null),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let more = detail(&world, &jar, &id);
    assert_eq!(
        (&more["isSuperAdmin"], &more["memberships"][0]["role"]["slug"], &more["sessionCount"]),
        (&json!(false), &json!("employee"), &json!(0))
    );
    world.send(login_request("zoe@acme.com", PASSWORD)).ok(200);
    let events = world.rows("SELECT payload FROM event_outbox WHERE name = 'auth.user.created'");
    assert!(events[0]["payload"].as_str().unwrap().contains(&id));
    let trail = world.value("SELECT detail FROM audit_log WHERE action = 'user.created'");
    assert!(!trail.as_str().unwrap().contains("zoe@"), "{trail}");
}

/// TC-AUTH-039: a blank display name is none.
#[test]
fn tc_auth_039_a_blank_name_is_stored_as_null() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    for (email, name) in [("a@acme.com", json!("   ")), ("b@acme.com", json!("")), ("c@acme.com", Value::Null)] {
        let id = created(&world, &jar, email, json!({"name": name}));
        assert_eq!(item(&world, &jar, &id)["name"], Value::Null);
    }
    assert_eq!(world.count("staff_users WHERE display_name IS NULL"), 3);
}

/// TC-AUTH-047a: an address is one person's in a tenant, and somebody else's in another.
#[test]
fn tc_auth_047a_an_address_is_taken_in_its_tenant_only() {
    let world = World::seeded();
    let jar = world.staff_login(SUPERADMIN);
    let again = create(&world, &jar, &world.acme(), EMPLOYEE, json!({}));
    again.is(400, "Email already in use");
    let body = again.json();
    assert_eq!(body["details"], json!([{"path": ["email"], "message": "Email already in use", "code": "duplicate", "origin": "validation"}]));
    assert!(body["fieldErrors"]["email"].is_string());
    let globex = world.found("globex");
    create(&world, &jar, &globex, EMPLOYEE, json!({})).ok(201);
    // The race, which only the index decides.
    world.database.before_next_write(&format!(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) VALUES ('x', '{}', 'race@acme.com', '{}', 1)",
        world.acme().tenant,
        world.deployment.keys.lookup_hash(&portcullis_core::domain::email::Email::parse("race@acme.com").unwrap())
    ));
    create(&world, &jar, &world.acme(), "race@acme.com", json!({})).is(400, "Email already in use");
}

/// TC-AUTH-047b: `auth.*` and `*` let somebody in, the grants of another module do not.
#[test]
fn tc_auth_047b_wildcards_match_within_their_module() {
    let world = World::seeded();
    for (grant, status) in
        [("auth.*", 200), ("*", 200), ("auth.users.*", 200), ("customer_accounts.*", 403), ("auth.roles.*", 403), ("auth.users", 403)]
    {
        let jar = world.staff(&world.acme(), &format!("holder-{}", grant.replace(['.', '*'], "-")), &[grant]);
        assert_eq!(send(&world, &jar, Req::get(USERS)).status, status, "{grant}");
    }
}

/// TC-AUTH-052: nobody is made in an organization of another tenant, except by super admins.
#[test]
fn tc_auth_052_a_foreign_organization_is_missing() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (admin, owner, platform) = (world.staff_login(ADMIN), world.staff(&world.acme(), "owner", &OWNER), world.staff_login(SUPERADMIN));
    world.arrange(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('0190f5fe-7c00-7a00-8000-0000000000c1', '{}', 'Other', 'other', 1)",
        world.acme().tenant
    ));
    let beside = portcullis_tests::people::Place {
        tenant: world.acme().tenant,
        organization: portcullis_core::domain::id::Id::parse("0190f5fe-7c00-7a00-8000-0000000000c1").unwrap(),
    };
    create(&world, &admin, &globex, "new@globex.example", json!({})).is(404, "Organization not found");
    create(&world, &owner, &beside, "new@acme.com", json!({})).is(404, "Organization not found");
    create(&world, &admin, &beside, "new@acme.com", json!({})).ok(201);
    create(&world, &platform, &globex, "new@globex.example", json!({})).ok(201);
    let nowhere = json!({"email": "x@acme.com", "organizationId": super::NOBODY, "password": PASSWORD});
    send(&world, &admin, Req::post(USERS).json(nowhere)).is(404, "Organization not found");
}

#[test]
fn roles_go_by_name_or_id_and_all_of_them_have_to_be_there() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let owner = world.value("SELECT id FROM staff_roles WHERE slug = 'owner'");
    let id = created(&world, &jar, "a@acme.com", json!({"roles": ["Employee", owner, "employee"]}));
    assert_eq!(item(&world, &jar, &id)["roles"], json!(["owner", "employee"]));
    let res = create(&world, &jar, &world.acme(), "b@acme.com", json!({"roles": ["employee", "astronaut", "x\"y"]}));
    res.is(400, "Role(s) not found: \"astronaut\", \"x\"y\"");
    world.found("globex");
    assert_eq!(world.count("staff_users WHERE email = 'b@acme.com'"), 0);
}

/// Rule 5: nobody gives what stands as high as they do, nor what they do not hold.
#[test]
fn nobody_gives_a_role_that_is_not_theirs_to_give() {
    let world = World::seeded();
    let acme = world.acme();
    let limited = world.staff(&acme, "limited", &["auth.*"]);
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    let give =
        |jar: &Jar, role: &str| create(&world, jar, &acme, &format!("{role}-{}@acme.com", world.count("staff_users")), json!({"roles": [role]}));
    give(&admin, "admin").is(403, "Cannot grant a role at or above your own priority.");
    give(&admin, "superadmin").is(403, "Only super administrators can grant super admin access.");
    give(&admin, "operator").ok(403);
    give(&limited, "owner").is(403, "Cannot grant a role at or above your own priority.");
    world.arrange("UPDATE staff_role_acls SET features_json = '[\"customers.people.view\"]' WHERE role_id = (SELECT id FROM staff_roles WHERE slug = 'cashier')");
    give(&limited, "cashier").is(403, "Cannot grant feature customers.people.view.");
    assert_eq!(world.count("staff_users WHERE email LIKE '%-%@acme.com'"), 0, "nothing was made");
    for role in ["owner", "cashier", "employee"] {
        give(&admin, role).ok(201);
    }
    give(&platform, "superadmin").ok(201);
    // Roles for the whole tenant are given for it, whatever organization somebody is made in.
    give(&platform, "admin").ok(201);
    assert_eq!(
        world.count("staff_memberships m JOIN staff_roles r ON r.id = m.role_id WHERE r.priority >= 700 AND m.organization_id IS NOT NULL"),
        0
    );
}

/// What goes away between the look and the write leaves nobody behind.
#[test]
fn a_role_or_a_place_that_goes_away_meanwhile_makes_nobody() {
    for between in ["UPDATE staff_roles SET deleted_at = 1 WHERE slug = 'employee'", "UPDATE organizations SET deleted_at = 1 WHERE slug = 'acme'"] {
        let world = World::seeded();
        let jar = world.staff_login(ADMIN);
        let before = world.count("staff_users");
        world.database.before_next_write(between);
        create(&world, &jar, &world.acme(), "new@acme.com", json!({"roles": ["employee"]})).ok(409);
        assert_eq!(world.count("staff_users"), before, "{between}");
    }
}

/// TC-AUTH-015: an employee reaches nothing of this.
#[test]
fn tc_auth_015_an_employee_administers_nobody() {
    let world = World::seeded();
    let jar = world.staff_login(EMPLOYEE);
    let res = send(&world, &jar, Req::get(USERS));
    assert_eq!(res.is(403, "Forbidden").json()["requiredFeatures"], json!(["auth.users.list"]));
    create(&world, &jar, &world.acme(), "new@acme.com", json!({})).ok(403);
    assert_eq!(list(&world, &world.staff_login(ADMIN), "")["items"].as_array().unwrap().len(), 2);
}
