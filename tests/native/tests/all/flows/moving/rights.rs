use portcullis_tests::{Req, World, people::BUYER};
use serde_json::json;

use super::{ADMIN, counts, import, owner, person, report, send, start};

/// Rule 5 over HTTP: a file is no way round what its sender may not do.
#[test]
fn a_file_gives_nothing_that_its_sender_does_not_hold() {
    let world = World::seeded();
    let mover = world.staff(&world.acme(), "mover", &["customer_accounts.view", "customer_accounts.import"]);
    let run = start(&world, &mover, false);
    let file = [
        person("plain@x.example", ""),
        person("admin@x.example", r#","roles":["portal_admin"]"#),
        person("acl@x.example", r#","features":["*"],"isPortalAdmin":true"#),
        person("firm@x.example", r#","companyExternalId":"n","companyName":"N""#),
        person(BUYER, r#","displayName":"Taken over""#),
    ];
    assert_eq!(counts(&send(&world, &mover, &run, 1, &file.concat()).ok(200).json()["import"]), [1, 0, 0, 4]);
    let fields: Vec<_> = report(&world, &mover, &run).iter().map(|line| line["field"].as_str().unwrap_or("").to_owned()).collect();
    assert_eq!(fields, ["", "roles", "features", "companyExternalId", "email"]);
    assert_eq!(world.count("customer_users WHERE email LIKE '%@x.example'"), 1);
    assert_eq!(world.count("customer_user_acls WHERE is_portal_admin = 1"), 0);
}

#[test]
fn hashes_leave_with_those_who_may_take_them_and_every_export_is_in_the_trail() {
    let world = World::seeded();
    let reader = world.staff(&world.acme(), "reader", &["customer_accounts.view", "customer_accounts.export"]);
    let ask = |hashes: bool| world.send(Req::post(&format!("{ADMIN}/users-export")).jar(&reader).json(json!({"passwordHashes": hashes})));
    let text = ask(false).ok(200).text();
    assert!(text.contains(BUYER) && !text.contains("passwordHash") && !text.contains("argon2"), "{text}");
    let refused = ask(true);
    assert_eq!(refused.is(403, "Insufficient permissions").json()["requiredFeatures"], json!(["customer_accounts.export.passwords"]));
    assert!(super::export(&world, &owner(&world), true).contains("$argon2id$"));
    let trail = world.rows("SELECT detail FROM audit_log WHERE action = 'customers.exported' ORDER BY seq");
    assert_eq!(
        trail.iter().map(|row| row["detail"].as_str().unwrap()).collect::<Vec<_>>(),
        [r#"{"passwordHashes":false}"#, r#"{"passwordHashes":true}"#]
    );
}

/// D3: a run of somewhere else is as good as none, and so are people there.
#[test]
fn nobody_sees_or_moves_people_of_another_place() {
    let world = World::seeded();
    let other = world.found("other");
    let theirs = world.staff(&other, "their-owner", &["customer_accounts.*", "customers.*"]);
    let run = start(&world, &owner(&world), false);
    for path in ["", "/report.jsonl"] {
        world.send(Req::get(&format!("{ADMIN}/imports/{run}{path}")).jar(&theirs)).is(404, "Import not found");
    }
    send(&world, &theirs, &run, 1, &person("a@x.example", "")).is(404, "Import not found");
    assert!(!super::export(&world, &theirs, true).contains(BUYER));
    let list = world.send(Req::get(&format!("{ADMIN}/imports")).jar(&theirs)).ok(200).json();
    assert_eq!(list["items"], json!([]));
    // The same address in another tenant is another person.
    assert_eq!(counts(&import(&world, &theirs, &person(BUYER, ""))), [1, 0, 0, 0]);
    assert_eq!(world.count(&format!("customer_users WHERE email = '{BUYER}'")), 2);
}

/// In another organization of the tenant it is somebody's already.
#[test]
fn an_address_of_another_organization_of_the_tenant_is_refused() {
    let world = World::seeded();
    let second = world.second_organization();
    let there = world.staff(&second, "second-owner", &["customer_accounts.*", "customers.*"]);
    let run = import(&world, &there, &person(BUYER, r#","displayName":"Mine now""#));
    assert_eq!(counts(&run), [0, 0, 0, 1]);
    let roles = import(&world, &there, &person("b@x.example", r#","roles":["no_such_role"]"#));
    assert_eq!(counts(&roles), [0, 0, 0, 1]);
}
