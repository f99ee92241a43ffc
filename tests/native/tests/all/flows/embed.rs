//! Views that a CRM shows in frames: by an address that is signed whole, dies in minutes, and is worth no more than who
//! made it.

use portcullis_core::app::asset_headers;
use portcullis_tests::{
    Jar, Req, Res, World,
    cases::embed::{company, make, person},
    people::{BUYER, VIEWER},
    staff::{ADMIN, EMPLOYEE},
};
use serde_json::json;

const STATUS: &str = "account-status";
const USERS: &str = "portal-users";

/// What stands after the `#` of an address.
fn address(world: &World, jar: &Jar, view: &str, entity: &str) -> String {
    let made = world.send(make(view, entity).jar(jar)).ok(201).json();
    let url = made["url"].as_str().unwrap().to_owned();
    let (page, token) = url.split_once('#').unwrap();
    assert_eq!(page, format!("http://127.0.0.1:8787/embed/{view}"), "the configured origin, and nothing of the token in what servers see");
    assert_eq!(made["expiresAt"], iso(world.now() + 5 * 60_000));
    token.to_owned()
}

fn iso(at: i64) -> String {
    portcullis_core::domain::time::Millis(at).iso()
}

fn see(world: &World, view: &str, token: &str) -> Res {
    world.send(Req::get(&format!("/api/embed/{view}")).bearer(token))
}

fn reason(res: &Res) -> (u16, String) {
    (res.status, res.json()["reason"].as_str().unwrap_or_default().to_owned())
}

fn refused(why: &str) -> (u16, String) {
    (401, why.to_owned())
}

#[test]
fn an_address_shows_one_view_of_one_person_or_company_without_cookies() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    world.login(BUYER);
    let (person, company) = (person(&world), company(&world));
    let seen = see(&world, STATUS, &address(&world, &jar, STATUS, person)).ok(200).json();
    assert_eq!((&seen["person"]["id"], &seen["account"]["email"], &seen["account"]["devices"]), (&json!(person), &json!(BUYER), &json!(1)));
    assert_eq!(
        (&seen["account"]["isActive"], &seen["account"]["lockedUntil"], &seen["account"]["emailVerified"]),
        (&json!(true), &json!(null), &json!(true))
    );
    let seen = see(&world, USERS, &address(&world, &jar, USERS, company)).ok(200).json();
    assert_eq!((&seen["company"]["id"], &seen["total"], &seen["users"][0]["email"]), (&json!(company), &json!(1), &json!(BUYER)));
    assert!(seen["users"].as_array().unwrap().iter().all(|user| user["email"] != VIEWER), "nobody of another company");

    world.arrange(&format!("UPDATE customer_users SET locked_until = {} WHERE email = '{BUYER}'", world.now() + 60_000));
    assert_eq!(see(&world, STATUS, &address(&world, &jar, STATUS, person)).ok(200).json()["account"]["lockedUntil"], iso(world.now() + 60_000));
    world.arrange("UPDATE customer_users SET person_entity_id = NULL");
    assert_eq!(see(&world, STATUS, &address(&world, &jar, STATUS, person)).ok(200).json()["account"], json!(null), "no account is an answer too");
}

#[test]
fn making_one_leaves_a_row_in_the_trail_and_needs_the_feature_and_ones_own_organization() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let (person, company) = (person(&world), company(&world));
    address(&world, &jar, STATUS, person);
    let rows = world.rows("SELECT target_kind, target_id, detail FROM audit_log WHERE action = 'embed.created'");
    assert_eq!((rows.len(), &rows[0]["target_kind"], &rows[0]["target_id"]), (1, &json!("person"), &json!(person)));
    let trail = rows[0]["detail"].as_str().unwrap();
    assert!(trail.contains(STATUS) && !trail.contains("e1."), "the trail names the view and not the address: {trail}");

    world.send(make(STATUS, company).jar(&jar)).is(404, "Person not found");
    world.send(make(USERS, person).jar(&jar)).is(404, "Company not found");
    for body in [json!({}), json!({"view": "everything", "entityId": person}), json!({"view": STATUS, "entityId": "x"})] {
        world.send(Req::post("/api/customers/embeds").json(body).jar(&jar)).is(400, "Validation failed");
    }
    world.send(make(STATUS, person)).is(401, "Unauthorized");
    world.send(make(STATUS, person).jar(&world.staff_login(EMPLOYEE))).is(403, "Forbidden");
    let elsewhere = world.staff(&world.second_organization(), "stranger", &["customer_accounts.view"]);
    world.send(make(STATUS, person).jar(&elsewhere)).is(404, "Person not found");
    assert_eq!(world.count("audit_log WHERE action = 'embed.created'"), 1);
}

#[test]
fn after_five_minutes_it_has_expired_and_says_so_to_its_holder_only() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let token = address(&world, &jar, STATUS, person(&world));
    world.advance(5 * 60_000 - 1);
    see(&world, STATUS, &token).ok(200);
    world.advance(1);
    let res = see(&world, STATUS, &token);
    assert_eq!(reason(&res), refused("expired"));
    assert_eq!(res.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    // Prolonged by hand, it is nothing of ours.
    let at: i64 = token.split('.').nth(7).unwrap().parse().unwrap();
    assert_eq!(reason(&see(&world, STATUS, &token.replace(&at.to_string(), &(at + 60_000).to_string()))), refused("invalid"));
}

/// Every word of the address, replaced by another that is as good; and each of its characters.
fn every_change(world: &World) -> Vec<String> {
    let (person, company) = (person(world), company(world));
    let token = address(world, &world.staff_login(ADMIN), STATUS, person);
    let words: Vec<&str> = token.split('.').collect();
    let mut passed = Vec::new();
    let mut attempt = |view: &str, changed: String| {
        if see(world, view, &changed).status != 401 {
            passed.push(changed);
        }
    };
    attempt(USERS, token.clone());
    attempt(USERS, token.replace(STATUS, USERS).replace(person, company));
    for n in 0..words.len() {
        for other in ["", "0", STATUS, USERS, company, "9999999999999"] {
            let mut changed = words.clone();
            changed[n] = other;
            if changed != words {
                attempt(STATUS, changed.join("."));
            }
        }
    }
    for n in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[n] = if changed[n] == b'0' { b'1' } else { b'0' };
        attempt(STATUS, String::from_utf8(changed).unwrap());
    }
    for junk in ["", ".", "e1", "e1..", &"e1.".repeat(2_000), &token[1..], &format!("{token}A"), &format!("{token}="), &format!("{token}.{token}")] {
        attempt(STATUS, junk.to_owned());
    }
    passed
}

#[test]
fn nothing_of_an_address_can_be_changed_and_the_twin_that_signs_only_its_end_is_caught() {
    assert_eq!(every_change(&World::seeded()), Vec::<String>::new());
    let passed = every_change(&World::seeded_with(&[("TWIN", "embed-unbound")]));
    assert!(
        passed.iter().any(|changed| changed.contains(USERS)),
        "the check above would catch a signature that leaves out the view and whom it is of"
    );
}

#[test]
fn it_is_worth_no_more_than_who_made_it() {
    let world = World::seeded();
    let person = person(&world);
    let acme = world.acme();
    let jar = world.staff(&acme, "helper", &["customer_accounts.view"]);
    let token = address(&world, &jar, STATUS, person);
    see(&world, STATUS, &token).ok(200);
    let session = "(SELECT id FROM staff_user_sessions ORDER BY rowid DESC LIMIT 1)";
    for (undo, change, wanted) in [
        (
            format!("UPDATE staff_user_sessions SET deleted_at = NULL WHERE id = {session}"),
            format!("UPDATE staff_user_sessions SET deleted_at = 1 WHERE id = {session}"),
            (401, "expired"),
        ),
        (
            "UPDATE staff_users SET is_active = 1".into(),
            format!("UPDATE staff_users SET is_active = 0 WHERE id = (SELECT user_id FROM staff_user_sessions WHERE id = {session})"),
            (401, "expired"),
        ),
        (
            "UPDATE staff_memberships SET deleted_at = NULL".into(),
            format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = (SELECT user_id FROM staff_user_sessions WHERE id = {session})"),
            (403, ""),
        ),
        ("UPDATE organizations SET is_active = 1".into(), "UPDATE organizations SET is_active = 0".into(), (403, "")),
        (
            "UPDATE staff_role_acls SET features_json = '[\"customer_accounts.view\"]'".into(),
            "UPDATE staff_role_acls SET features_json = '[]'".into(),
            (403, ""),
        ),
        ("SELECT 1".into(), "UPDATE customer_entities SET deleted_at = 1".into(), (404, "")),
    ] {
        world.arrange(&change);
        let res = see(&world, STATUS, &token);
        assert_eq!(reason(&res), (wanted.0, wanted.1.to_owned()), "{change}: {}", res.text());
        world.arrange(&undo);
    }
}

#[test]
fn it_opens_nothing_else_and_cookies_open_none_of_it() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let token = address(&world, &jar, STATUS, person(&world));
    for path in ["/api/auth/profile", "/api/customers/people", "/api/customer_accounts/admin/users", "/api/customer_accounts/portal/profile"] {
        assert_eq!(world.send(Req::get(path).bearer(&token)).status, 401, "{path}");
    }
    assert_eq!(reason(&world.send(Req::get("/api/embed/account-status").jar(&jar))), refused("invalid"));
    let access = jar.get("auth_token").to_owned();
    assert_eq!(reason(&see(&world, STATUS, &access)), refused("invalid"));
    assert_eq!(world.send(Req::post("/api/embed/account-status").bearer(&token)).status, 405, "read, and nothing else");
}

#[test]
fn only_the_embedded_pages_may_be_framed_and_only_by_the_configured_origins() {
    let of = |world: &World, file: &str| {
        let headers = asset_headers(&world.deployment, file);
        let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        (value("content-security-policy").unwrap(), value("x-frame-options"), value("referrer-policy").unwrap())
    };
    let crm = World::with(&[("EMBED_ORIGINS", "https://crm.example.com, https://Desk.example.com:8443/")]);
    for page in ["/embed/account-status.html", "/embed/portal-users.html"] {
        let (policy, frames, referrer) = of(&crm, page);
        assert!(
            policy.starts_with("default-src 'none'") && policy.ends_with("frame-ancestors https://crm.example.com https://desk.example.com:8443"),
            "{policy}"
        );
        assert_eq!((frames, referrer.as_str()), (None, "no-referrer"));
    }
    for (world, page) in
        [(&crm, "/portal/login.html"), (&crm, "/backend/index.html"), (&crm, "/embed/other.html"), (&World::with(&[]), "/embed/portal-users.html")]
    {
        let (policy, frames, _) = of(world, page);
        assert!(policy.ends_with("frame-ancestors 'none'"), "{page}: {policy}");
        assert_eq!(frames.as_deref(), Some("DENY"), "{page}");
    }
}
