//! D2: every route as every persona, against `golden/authorization.txt`.

use portcullis_core::{domain::realm::Realm, routes::ROUTES};
use portcullis_tests::{PEOPLE, World, cases, golden};

const TEACH: &str = "Who may do what has changed, or a route is new. Check every status of the new lines against the contract: \
a 200 for somebody who should not get one is a hole.";

#[test]
fn every_route_as_every_persona() {
    let width = ROUTES.iter().map(|route| route.name.len()).max().unwrap();
    let mut table = format!("{:width$}", "route");
    for name in PEOPLE {
        table.push_str(&format!(" {name:>11}"));
    }
    table.push('\n');
    for route in ROUTES {
        let case = cases::of(route).unwrap_or_else(|| {
            panic!("route `{}` has no case. Add one to tests/native/src/cases.rs: a request that succeeds and one that does not.", route.name)
        });
        table.push_str(&format!("{:width$}", route.name));
        for name in PEOPLE {
            let world = World::seeded();
            let persona = world.persona(name);
            let res = world.send((case.good)(&world).jar(&persona.jar));
            assert_ne!(res.status, 500, "{} as {name}: {}", route.name, res.text());
            table.push_str(&format!(" {:>11}", res.status));
        }
        table.push('\n');
    }
    golden::check("authorization.txt", &table, TEACH);
}

/// What the golden file must never be talked into.
#[test]
fn nobody_without_a_live_session_passes_a_guard() {
    for route in ROUTES.iter().filter(|route| cases::wants_somebody(route)) {
        let Some(case) = cases::of(route) else { continue };
        for name in ["anonymous", "suspended", "deactivated", "expired"] {
            let world = World::seeded();
            let persona = world.persona(name);
            let res = world.send((case.good)(&world).jar(&persona.jar));
            // A customer is nobody to staff routes, suspended or not.
            let wanted = if name == "suspended" && route.realm() == Realm::Customer { 403 } else { 401 };
            assert_eq!(res.status, wanted, "{} as {name}: {}", route.name, res.text());
        }
    }
}

/// D3: a row of somebody else's answers like one that does not exist.
#[test]
fn a_foreign_row_answers_like_a_missing_one() {
    let world = World::seeded();
    let buyer = world.persona("buyer");
    let theirs = format!("/api/customer_accounts/portal/sessions/{}", cases::session_id(&buyer.jar));
    let nobodys = "/api/customer_accounts/portal/sessions/0190f5fe-7c00-7a00-8000-000000000001";
    for name in ["admin", "viewer", "stranger"] {
        let persona = world.persona(name);
        let mut answers = [theirs.as_str(), nobodys].map(|path| {
            let res = world.send(portcullis_tests::Req::delete(path).jar(&persona.jar));
            let mut body = res.json();
            body["requestId"] = "masked".into();
            (res.status, body, res.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())
        });
        assert_eq!(answers[0].0, 404);
        let missing = std::mem::replace(&mut answers[1].1, serde_json::Value::Null);
        assert_eq!(answers[0].1, missing, "{name}");
        assert_eq!(answers[0].2, answers[1].2, "{name}");
    }
    world.send(portcullis_tests::Req::get("/api/customer_accounts/portal/profile").jar(&buyer.jar)).ok(200);
}
