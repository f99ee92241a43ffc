use portcullis_tests::{Fault, World, people::BUYER};

use super::{fill, get};

/// 50,000 rows leave in pieces, and no more than one piece is ever held. The bound: 500 rows.
#[test]
fn fifty_thousand_rows_are_never_held_at_once() {
    let world = World::seeded();
    let (acme, owner) = (world.acme(), world.persona("owner").jar);
    fill(&world, &acme.tenant.to_string(), &acme.organization.to_string(), 50_000);
    let res = get(&world, &owner, ".csv");
    let text = res.ok(200).text();
    assert_eq!(res.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(res.header("content-disposition"), Some("attachment; filename=\"audit-log.csv\""));
    assert_eq!(text.matches("\r\n").count(), 1 + 50_001, "a head and every row");
    let seqs: Vec<i64> = text.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] == pair[1] + 1), "each once, newest first");
    let (largest, whole) = (world.largest_piece.get(), res.body.len());
    assert!(largest < 500 * 500 && whole > 10_000_000, "{largest} of {whole} bytes at once");
}

/// Rows that come while somebody downloads are not in the file: it shows the trail as it was.
#[test]
fn the_filters_of_the_list_hold_for_the_table() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    world.try_login(BUYER, "wrong password");
    let text = get(&world, &owner, ".csv?outcome=failure").ok(200).text();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("login.failed"));
    get(&world, &owner, ".csv?outcome=odd").is(400, "Invalid query parameters");
}

#[test]
fn a_row_that_looks_like_a_formula_is_text() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    let evil = "=HYPERLINK(\"http://evil.example\")";
    world.send(world.login_request(BUYER, "wrong password").header("user-agent", evil));
    let text = get(&world, &owner, ".csv?outcome=failure").ok(200).text();
    assert!(text.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{text}");
}

/// A database that goes away in the middle must not look like the end of the trail.
#[test]
fn a_table_that_cannot_go_on_breaks_off() {
    let world = World::seeded();
    let (acme, owner) = (world.acme(), world.persona("owner").jar);
    fill(&world, &acme.tenant.to_string(), &acme.organization.to_string(), 1_200);
    // The isolate knows the keys, as all but the first request of its life find it.
    world.send(portcullis_tests::Req::get("/.well-known/jwks.json")).ok(200);
    world.database.fault(3, Fault::Fails);
    let res = get(&world, &owner, ".csv");
    assert!(res.broke_off && res.body.len() < 400_000);
    world.database.fault(2, Fault::Fails);
    assert_eq!(get(&world, &owner, ".csv").status, 503, "before the first byte it is an error like any other");
}
