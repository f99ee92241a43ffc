//! What staff are told in the back office.

use portcullis_tests::{
    Jar, Req, World,
    people::BUYER,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN},
};
use serde_json::{Value, json};

use super::login;

fn list(world: &World, jar: &Jar, query: &str) -> Vec<Value> {
    world.send(Req::get(&format!("/api/auth/notifications{query}")).jar(jar)).ok(200).json()["items"].as_array().unwrap().clone()
}

fn unread(world: &World, jar: &Jar) -> Value {
    world.send(Req::get("/api/auth/notifications/unread-count").jar(jar)).ok(200).json()["unreadCount"].clone()
}

#[test]
fn a_reset_tells_whose_account_it_is() {
    let world = World::seeded();
    let (jar, other) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE));
    world.send(Req::post("/api/auth/reset").json(json!({"email": ADMIN}))).ok(200);
    let told = list(&world, &jar, "");
    assert_eq!(told.len(), 1);
    let (kind, module, link) = (&told[0]["type"], &told[0]["sourceModule"], &told[0]["linkHref"]);
    assert_eq!((kind, module, link), (&json!("auth.password_reset.requested"), &json!("auth"), &json!("/backend/auth/profile")));
    assert_eq!((unread(&world, &jar), list(&world, &other, "").len()), (json!(1), 0));

    let id = told[0]["id"].as_str().unwrap();
    let put = |jar: &Jar, verb: &str| world.send(Req::put(&format!("/api/auth/notifications/{id}/{verb}")).jar(jar));
    put(&other, "read").is(404, "Notification not found");
    put(&jar, "read").ok(200);
    assert_eq!((unread(&world, &jar), list(&world, &jar, "?status=unread").len()), (json!(0), 0));
    put(&other, "dismiss").is(404, "Notification not found");
    put(&jar, "dismiss").ok(200);
    assert_eq!((list(&world, &jar, "").len(), list(&world, &jar, "?status=dismissed").len()), (0, 1));
    let ask = || world.send(Req::post("/api/auth/reset").json(json!({"email": ADMIN}))).ok(200).spent();
    ask();
    assert_eq!(unread(&world, &jar), 0, "once a day, however often somebody asks");
    world.advance_seconds(25 * 3_600);
    ask();
    let jar = world.staff_login(ADMIN);
    assert_eq!(world.send(Req::put("/api/auth/notifications/mark-all-read").jar(&jar)).ok(200).json()["count"], 1);
    assert_eq!(unread(&world, &jar), 0);
}

#[test]
fn the_failure_that_locks_is_told_once() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    for _ in 0..7 {
        login(&world, json!({"password": "wrong password"})).ok(401);
        world.advance_seconds(61);
    }
    let told = list(&world, &jar, "");
    assert_eq!((told.len(), &told[0]["type"]), (1, &json!("auth.account.locked")));
}

#[test]
fn what_is_over_is_swept() {
    let world = World::seeded();
    world.send(Req::post("/api/auth/reset").json(json!({"email": ADMIN}))).ok(200);
    world.minute();
    assert_eq!(world.count("staff_notifications"), 1);
    world.advance_seconds(24 * 3_600 + 1);
    world.minute();
    assert_eq!(world.count("staff_notifications"), 0);
}

/// Who is told of what happens to customers: those of the place whose business it is.
#[test]
fn what_happens_to_customers_is_told_to_those_who_look_after_them() {
    let told = |arrange: &str| {
        let world = World::seeded();
        world.staff(&world.acme(), "looker", &["customer_accounts.view"]);
        world.staff(&world.acme(), "denied", &["customer_accounts.*"]);
        world.staff(&world.acme(), "elsewhere", &["customer_accounts.*"]);
        world.staff(&world.found("globex"), "rival", &OWNER);
        let user = |name: &str| format!("(SELECT id FROM staff_users WHERE email = '{name}@staff.example')");
        world.arrange(&format!(
            "INSERT INTO staff_user_acls (id, user_id, tenant_id, denied_json, created_at) \
             SELECT 'd', id, tenant_id, '[\"customer_accounts.view\"]', 1 FROM staff_users WHERE id = {}; \
             INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('other', '{}', 'Other', 'other', 1); \
             UPDATE staff_memberships SET organization_id = 'other' WHERE user_id = {}; {arrange}",
            user("denied"),
            world.acme().tenant,
            user("elsewhere"),
        ));
        for _ in 0..5 {
            world.try_login(BUYER, "wrong password").ok(401);
            world.advance_seconds(61);
        }
        let rows = world.rows("SELECT u.email, n.type FROM staff_notifications n JOIN staff_users u ON u.id = n.recipient_user_id ORDER BY u.email");
        rows.iter().map(|row| format!("{} {}", row["email"].as_str().unwrap(), row["type"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let locked = |names: &[&str]| names.iter().map(|name| format!("{name} customer_accounts.user.locked")).collect::<Vec<_>>();
    assert_eq!(told(""), locked(&[ADMIN, "looker@staff.example", SUPERADMIN]));
    assert_eq!(told("UPDATE staff_users SET is_active = 0 WHERE email LIKE 'looker%'"), locked(&[ADMIN, SUPERADMIN]));
    let own = "INSERT INTO staff_user_acls (id, user_id, tenant_id, features_json, created_at) \
               SELECT 'e', id, tenant_id, '[\"customer_accounts.*\"]', 1 FROM staff_users WHERE email = 'employee@acme.com'";
    assert_eq!(told(own), locked(&[ADMIN, EMPLOYEE, "looker@staff.example", SUPERADMIN]));
}

/// However many there are, a request makes a bounded number of rows, and a stranger with many accounts to lock no more.
#[test]
fn an_audience_is_bounded() {
    let world = World::seeded();
    let role = world.value("SELECT id FROM staff_roles WHERE slug = 'admin'");
    let acme = world.acme().tenant;
    world.arrange(&format!(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
         SELECT printf('0190f5fe-7c00-7a00-9000-%012d', i), '{acme}', 'p' || i || '@x.example', 'h' || i, i FROM n; \
         INSERT INTO staff_memberships (id, user_id, tenant_id, role_id, created_at) \
         SELECT 'm' || id, id, tenant_id, '{}', 1 FROM staff_users WHERE email LIKE 'p%@x.example'",
        role.as_str().unwrap()
    ));
    for _ in 0..5 {
        world.try_login(BUYER, "wrong password").ok(401);
        world.advance_seconds(61);
    }
    let rows = world.count("staff_notifications");
    assert!((1..=50).contains(&rows), "{rows}");
    assert_eq!(world.count("(SELECT DISTINCT recipient_user_id FROM staff_notifications)"), rows);
}

#[test]
fn a_verified_sign_up_and_an_accepted_invitation_are_told() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    world.send(world.signup_request("fresh@acme.example", "a fine passphrase")).ok(202);
    assert_eq!(list(&world, &jar, "").len(), 0, "anybody can ask");
    world.verify(&world.mailed_token("fresh@acme.example")).ok(200);
    let told = list(&world, &jar, "");
    assert_eq!((told.len(), &told[0]["type"]), (1, &json!("customer_accounts.user.signup")));
    let user = world.user_id("fresh@acme.example");
    assert_eq!((&told[0]["sourceEntityId"], &told[0]["linkHref"]), (&json!(user), &json!(format!("/backend/customer_accounts/users/{user}"))));
    assert!(!format!("{told:?}").contains("fresh@"), "the page behind the link says who");

    let roles = json!([portcullis_tests::cases::portal_role(&world, "buyer")]);
    let invite = json!({"email": "guest@acme.example", "roleIds": roles});
    world.send(Req::post("/api/customer_accounts/admin/users-invite").jar(&jar).json(invite)).ok(201);
    let accept = json!({"token": world.mailed_token("guest@acme.example"), "password": "a fine passphrase", "displayName": "Guest"});
    world.send(Req::post("/api/customer_accounts/invitations/accept").json(accept)).ok(201);
    let told = list(&world, &jar, "");
    assert_eq!(told.len(), 2);
    assert!(told.iter().any(|notice| notice["type"] == "customer_accounts.invitation.accepted" && notice["titleVariables"]["name"] == "Guest"));
}
