//! Storage operations per route: what the table promises is what requests cost.

use portcullis_core::{
    io::Operations,
    routes::{ROUTES, Subject},
};
use portcullis_tests::{PEOPLE, Req, Res, World, cases, people};
use serde_json::json;

fn ask(good: bool, name: &str) -> (Res, &'static str) {
    let route = ROUTES.iter().find(|route| route.name == name).unwrap();
    let case = cases::of(route)
        .unwrap_or_else(|| panic!("route `{name}` has no case, so nobody counts what it costs. Add one to tests/native/src/cases.rs."));
    let world = World::seeded();
    // The tenant directory is warm, as it is for all but the first request of a minute.
    world.send(world.signup_request("warm@acme.example", "a fine passphrase"));
    let persona = world.persona(case.by);
    let req = if good { (case.good)(&world) } else { (case.bad)(&world) };
    let has_credentials = req.request.headers.contains_key("authorization") || req.request.headers.contains_key("cookie");
    let req = if has_credentials { req } else { req.jar(&persona.jar) };
    (world.send(req), case.by)
}

#[test]
fn every_route_stays_within_its_budget() {
    let mut over = Vec::new();
    for route in ROUTES {
        for good in [true, false] {
            let (res, by) = ask(good, route.name);
            assert!(PEOPLE.contains(&by));
            let expected = if good { res.status < 400 } else { res.status != 500 };
            assert!(expected, "{} good={good}: {}", route.name, res.text());
            if !res.spent().fits(route.budget) {
                over.push(format!("{} (good: {good}): {:?} over {:?}", route.name, res.spent(), route.budget));
            }
        }
    }
    assert!(over.is_empty(), "A request costs more than its row in core/src/routes.rs says. Spend less, or raise the row and say why:\n{over:#?}");
}

/// A budget nobody reaches hides the next operation somebody adds.
#[test]
fn no_budget_is_looser_than_the_dearest_request_but_for_known_reasons() {
    // Upper bounds that the two requests above do not reach, each with its reason.
    let reasons = [
        ("seed", "for further seeds"),
        ("verify_audit_log", "a page of the trail is a call; the seeds fill one"),
        ("check_by_query", "a token that had no room for its features makes it ask"),
        ("check_by_body", "as above"),
        ("forward_auth_", "the app, the revocations, and a session beside a void token"),
        ("jwks", "the copy of published keys is read once in five minutes"),
    ];
    let mut loose = Vec::new();
    for route in ROUTES.iter().filter(|route| !reasons.iter().any(|(name, _)| route.name.starts_with(name))) {
        let mut dearest = Operations::default();
        for good in [true, false] {
            let spent = ask(good, route.name).0.spent();
            dearest = Operations {
                d1: dearest.d1.max(spent.d1),
                kv: dearest.kv.max(spent.kv),
                limiter: dearest.limiter.max(spent.limiter),
                hash: dearest.hash.max(spent.hash),
                channel: dearest.channel.max(spent.channel),
            };
        }
        // Naming the organization costs a look-up; these requests name the tenant.
        if matches!(route.limit.subject, Subject::Address | Subject::TypedAddress) && !route.limit.user {
            dearest.kv = route.budget.kv;
        }
        if dearest != route.budget {
            loose.push(format!("{}: {:?}, and its row says {:?}", route.name, dearest, route.budget));
        }
    }
    assert!(loose.is_empty(), "Tighten these rows in core/src/routes.rs, or give a reason here:\n{loose:#?}");
}

#[test]
fn the_numbers_the_product_is_sold_with() {
    let spent = |good, name| ask(good, name).0.spent();
    let operations = |d1, kv, limiter, hash| Operations { d1, kv, limiter, hash, channel: 0 };
    assert_eq!(spent(true, "login"), operations(2, 0, 2, 1));
    assert_eq!(spent(false, "login"), operations(2, 0, 2, 1));
    assert_eq!(spent(true, "refresh_session"), operations(1, 0, 1, 0));
    assert_eq!(spent(true, "check_features"), operations(1, 0, 1, 0));
    assert_eq!(spent(true, "jwks").d1, 0);
}

#[test]
fn naming_the_organization_costs_one_read_of_the_cache_once_it_is_warm() {
    let world = World::seeded();
    let body = json!({"email": people::BUYER, "password": people::PASSWORD, "organizationId": world.acme().organization});
    let login = || world.send(Req::post("/api/customer_accounts/login").json(&body)).ok(200).spent();
    assert_eq!(login(), Operations { d1: 3, kv: 1, limiter: 2, hash: 1, channel: 0 }, "cold: the directory is read once");
    assert_eq!(login(), Operations { d1: 2, kv: 1, limiter: 2, hash: 1, channel: 0 });
}

#[test]
fn a_refused_login_is_refused_before_anything_is_read_or_hashed() {
    let world = World::seeded();
    let mut last = None;
    for _ in 0..6 {
        last = Some(world.try_login(people::BUYER, "wrong password"));
    }
    let last = last.unwrap();
    assert_eq!((last.status, last.spent()), (429, Operations { d1: 0, kv: 0, limiter: 2, hash: 0, channel: 0 }));
}

#[test]
fn production_tells_nobody_what_a_request_cost() {
    let world = World::with(&[("ENVIRONMENT", "production"), ("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "key")]);
    let res = world.send(Req::get("/.well-known/jwks.json").at("https://id.example.com"));
    assert_eq!((res.status, res.header("x-portcullis-operations")), (200, None));
}
