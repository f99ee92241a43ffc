//! H1 to H3, G5: every call of every route going wrong in every way. What must hold: an honest answer, nothing partial,
//! and a retry that works.

use std::collections::BTreeMap;

use portcullis_core::routes::{Audit, Guard, ROUTES, Route};
use portcullis_tests::{Fault, Req, World, cases, people::BUYER};

/// A world in which the route's request is about to be sent, and the request.
fn about_to(route: &Route) -> (World, Req) {
    let case = cases::of(route).unwrap_or_else(|| panic!("route `{}` has no case in tests/native/src/cases", route.name));
    let world = World::seeded();
    let persona = world.persona(case.by);
    let req = (case.good)(&world);
    let req = if req.request.headers.contains_key("authorization") { req } else { req.jar(&persona.jar) };
    world.does_later_work.set(false);
    world.database.take_calls();
    (world, req)
}

fn routes() -> impl Iterator<Item = &'static Route> {
    // Health reports the fault instead of falling over it; its own test is in flows/directory.rs. A route without a case
    // fails the matrix, once.
    ROUTES.iter().filter(|route| route.guard != Guard::Development && route.name != "health" && cases::of(route).is_some())
}

fn counts(world: &World) -> BTreeMap<String, i64> {
    world.tables().into_iter().map(|table| (table.clone(), world.count(&table))).collect()
}

#[track_caller]
fn honest(route: &Route, what: &str, res: &portcullis_tests::Res) {
    assert_eq!(res.status, 503, "{} with {what}: {}", route.name, res.text());
    assert_eq!(res.json()["code"], "UNAVAILABLE");
    assert_eq!(res.header("retry-after"), Some("2"));
    assert_eq!(res.all("set-cookie").count(), 0, "{} with {what} hands out or takes away cookies", route.name);
    for word in ["D1", "SQL", "timed out", "switched off"] {
        assert!(!res.text().contains(word), "{} with {what} says {word}", route.name);
    }
}

/// What holds of any database, whatever went wrong.
#[track_caller]
fn whole(world: &World, what: &str) {
    assert!(world.rows("PRAGMA foreign_key_check").is_empty(), "{what}");
    let gaps = "SELECT 1 FROM audit_log GROUP BY tenant_id HAVING count(*) <> max(seq) OR min(seq) <> 1";
    assert!(world.rows(gaps).is_empty(), "{what}: the trail has gaps");
    let halves = "SELECT u.email FROM customer_users u WHERE u.deleted_at IS NULL AND (\
         NOT EXISTS (SELECT 1 FROM customer_user_roles r WHERE r.user_id = u.id) \
         OR (u.email_verified_at IS NULL AND NOT EXISTS (SELECT 1 FROM customer_user_email_verifications v WHERE v.user_id = u.id)) \
         OR (u.email_verified_at IS NULL AND NOT EXISTS (SELECT 1 FROM mail_outbox m WHERE m.recipient = u.email)))";
    assert!(world.rows(halves).is_empty(), "{what}: half a user: {:?}", world.rows(halves));
    let unheard = "SELECT 1 FROM customer_users u WHERE u.sessions_revoked_at IS NOT NULL AND EXISTS \
         (SELECT 1 FROM customer_user_sessions s WHERE s.user_id = u.id AND s.deleted_at IS NULL AND s.created_at < u.sessions_revoked_at)";
    assert!(world.rows(unheard).is_empty(), "{what}: a session outlived its revocation");
}

/// H1: nothing happened, the caller is told so, and the same request works afterwards.
#[test]
fn a_call_that_fails_or_hangs_changes_nothing_and_a_retry_works() {
    for route in routes() {
        let (world, req) = about_to(route);
        let res = world.send(req);
        assert!(res.status < 400, "{}: {}", route.name, res.text());
        let (calls, after) = (world.database.take_calls().len(), counts(&world));
        for n in 1..=calls {
            for fault in [Fault::Fails, Fault::Hangs] {
                let what = format!("call {n} of {calls}: {fault:?}");
                let (world, req) = about_to(route);
                let before = world.dump(|_| true);
                world.database.fault(n, fault);
                honest(route, &what, &world.send(req.clone()));
                assert!(before == world.dump(|_| true), "{} with {what} changed something", route.name);
                let retried = world.send(req);
                assert_eq!(retried.status, res.status, "{} retried after {what}: {}", route.name, retried.text());
                assert_eq!(counts(&world), after, "{} retried after {what} leaves other rows", route.name);
                whole(&world, route.name);
            }
        }
    }
}

/// H1: it happened and nobody heard. The caller is told that it may not have; asking again does no harm.
#[test]
fn a_commit_whose_reply_is_lost_is_whole_and_asking_again_does_no_harm() {
    // Rows that a second success may add; a mail about it goes with each.
    // Nobody saw the secret of a credential whose reply was lost, so asking again makes another.
    let may_grow = [
        "revocations",
        "audit_log",
        "event_outbox",
        "live_feed",
        "customer_user_sessions",
        "staff_user_sessions",
        "attempt_counters",
        "customer_notifications",
        "staff_notifications",
        "mail_outbox",
        "app_credentials",
        "webhook_queue",
        "webhook_deliveries",
    ];
    // Nothing about a new one has to be unique, or its slug gets a suffix: who asks again gets another, and can tell from the list.
    let makes_another =
        ["create_tenant", "create_partner", "create_organization", "create_merchant", "create_webhook", "test_webhook", "start_import"];
    for route in routes().filter(|route| route.audit != Audit::Reads) {
        let (world, req) = about_to(route);
        let res = world.send(req);
        assert!(res.status < 400, "{}: {}", route.name, res.text());
        let calls = world.database.take_calls();
        let after = counts(&world);
        for n in (1..=calls.len()).filter(|n| calls[n - 1].writes) {
            let (world, req) = about_to(route);
            world.database.fault(n, Fault::LosesReply);
            honest(route, "a lost reply", &world.send(req.clone()));
            assert_eq!(counts(&world), after, "{}: all of it is there", route.name);
            whole(&world, route.name);
            let again = world.send(req);
            assert!(again.status < 500, "{}: {}", route.name, again.text());
            whole(&world, route.name);
            let fixed = |table: &str| !may_grow.contains(&table) && !makes_another.contains(&route.name);
            for (table, count) in counts(&world).into_iter().filter(|(table, _)| fixed(table)) {
                // A link that is asked for again voids the one before.
                let links = ["customer_user_email_verifications", "customer_user_password_resets", "staff_user_password_resets"];
                let most = if links.contains(&table.as_str()) && route.name != "signup" { after[&table] + 1 } else { after[&table] };
                assert!(count <= most, "{}: {table} holds {count} rows, {} after one success", route.name, after[&table]);
            }
        }
    }
}

/// The one thing a lost reply must not do to a sign-up: two mails, or two accounts.
#[test]
fn signing_up_again_after_a_lost_reply_makes_one_account_and_one_mail() {
    let world = World::seeded();
    let req = world.signup_request("nina@acme.example", "a fine passphrase");
    world.database.take_calls();
    world.database.fault(3, Fault::LosesReply);
    assert_eq!(world.send(req.clone()).status, 503, "cold directory: the commit is the third call");
    world.send(req).ok(202);
    world.minute();
    assert_eq!(world.inbox("nina@acme.example").len(), 1);
    world.verify(&world.mailed_token("nina@acme.example")).ok(200);
    world.try_login("nina@acme.example", "a fine passphrase").ok(200);
}

/// H2: sessions hang on nothing that KV holds.
#[test]
fn with_the_cache_down_everything_works() {
    for route in routes() {
        let (world, req) = about_to(route);
        world.cache.down.set(true);
        world.does_later_work.set(true);
        let res = world.send(req);
        assert!(res.status < 400, "{}: {}", route.name, res.text());
    }
}

/// G5: never unlimited.
#[test]
fn with_the_limiter_down_whatever_is_limited_is_refused_and_nothing_is_hashed_or_written() {
    for route in routes().filter(|route| route.limit != portcullis_core::routes::Limit::NONE) {
        let (world, req) = about_to(route);
        let (before, hashes) = (world.dump(|_| true), world.hasher.count.get());
        world.limiter.down.set(true);
        honest(route, "the limiter down", &world.send(req));
        assert_eq!(world.hasher.count.get(), hashes, "{}", route.name);
        assert!(before == world.dump(|_| true), "{} wrote without a limit", route.name);
    }
}

#[test]
fn with_the_hasher_down_whatever_hashes_is_refused_and_nothing_is_written() {
    for route in routes().filter(|route| route.budget.hash > 0) {
        let (world, req) = about_to(route);
        let before = world.dump(|_| true);
        world.hasher.down.set(true);
        honest(route, "the hasher down", &world.send(req));
        assert!(before == world.dump(|_| true), "{} wrote without a hash", route.name);
    }
}

/// H3: a revocation that did not happen never looks like one.
#[test]
fn logging_out_and_revoking_never_answer_ok_when_storage_failed() {
    for (name, calls) in [("logout", 2), ("revoke_session", 2), ("change_password", 3)] {
        let route = ROUTES.iter().find(|route| route.name == name).unwrap();
        for n in 1..=calls {
            let (world, req) = about_to(route);
            world.database.fault(n, Fault::Fails);
            let res = world.send(req);
            assert_eq!(res.status, 503, "{name}, call {n}");
            assert_eq!(world.count("customer_user_sessions WHERE deleted_at IS NOT NULL"), 0);
        }
    }
}

/// The answer is true before the work for afterwards is done, and stays true when that fails.
#[test]
fn work_after_the_response_may_fail_without_anybody_noticing() {
    for route in routes() {
        let (world, req) = about_to(route);
        let (res, later) = world.send_only(req);
        assert!(res.status < 400);
        world.database.set_down(true);
        world.limiter.down.set(true);
        world.cache.down.set(true);
        world.after(later);
        world.minute();
        world.database.set_down(false);
    }
}

/// A stored hash nobody can use is not a storage fault, and must not tell that the account exists.
#[test]
fn an_unusable_stored_hash_answers_like_a_wrong_password() {
    let world = World::seeded();
    for hash in ["nonsense", "", "$argon2id$v=19$m=9999999,t=2,p=1$Dxr2QDnB0mWdWq3yVt1ZgQ$4n3XrKfXo1mJpDq8mY0b3nN8u0P1c1n0oH7mYxv2f3k", "$2b$10$abc"]
    {
        world.arrange(&format!("UPDATE customer_users SET password_hash = '{hash}' WHERE email = '{BUYER}'"));
        world.try_login(BUYER, "wrong password").is(401, "Invalid email or password");
        world.advance_seconds(61);
    }
}
