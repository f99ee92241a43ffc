//! A5 again, below the statements: whoever may not be told apart makes the database write the same number of pages.
//! Time follows pages: without the ballast a known address took 0.4 ms longer than an unknown one.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use portcullis_tests::{
    Req, World,
    people::{BUYER, PASSWORD},
    staff::{ADMIN, login_request},
};
use serde_json::json;

/// A file of its own in the build's folder for such things; gone when the test is.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("pages-{}-{}.sqlite", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}

/// Pages written by one request, after another of its kind made the hour's counter.
fn pages(arrange: &str, before: impl Fn(&World), req: impl Fn(&World, &str) -> Req, email: &str) -> u64 {
    let mut world = World::seeded();
    before(&world);
    if !arrange.is_empty() {
        world.arrange(arrange);
    }
    world.send_only(req(&world, "somebody.else@acme.example"));
    let scratch = Scratch::new();
    let in_memory = std::mem::take(&mut world.database);
    world.database = in_memory.on_disk(&scratch.0);
    world.database.set_clock(world.now());
    let before = world.database.pages_written();
    world.send_only(req(&world, email));
    world.database.pages_written() - before
}

/// The same number for every case; the first one is what the others are held to.
fn all_write_the_same(cases: impl IntoIterator<Item = (&'static str, u64)>) {
    let found: Vec<_> = cases.into_iter().collect();
    let most = found[0].1;
    assert!(most > 5, "{}: {most} pages", found[0].0);
    let others: Vec<_> = found.iter().filter(|(_, pages)| *pages != most).collect();
    assert!(others.is_empty(), "{} writes {most} pages, but {others:?}", found[0].0);
}

const NOBODY: &str = "nobody@acme.example";
const NOTHING: fn(&World) = |_| {};

fn on_buyer(set: &str) -> String {
    format!("UPDATE customer_users SET {set} WHERE email = '{BUYER}'")
}

#[test]
fn every_failed_login_writes_as_many_pages() {
    let login = |password: &'static str| move |world: &World, email: &str| world.login_request(email, password);
    let wrong = login("wrong password");
    all_write_the_same([
        ("a wrong password", pages("", NOTHING, wrong, BUYER)),
        ("nobody there", pages("", NOTHING, wrong, NOBODY)),
        ("locked", pages(&on_buyer("locked_until = 9999999999999"), NOTHING, wrong, BUYER)),
        ("locked, right password", pages(&on_buyer("locked_until = 9999999999999"), NOTHING, login(PASSWORD), BUYER)),
        ("inactive", pages(&on_buyer("is_active = 0"), NOTHING, wrong, BUYER)),
        ("unverified", pages(&on_buyer("email_verified_at = NULL"), NOTHING, wrong, BUYER)),
        ("without a password", pages(&on_buyer("password_hash = NULL"), NOTHING, wrong, BUYER)),
        ("deleted", pages(&on_buyer("deleted_at = 1"), NOTHING, wrong, BUYER)),
    ]);
}

#[test]
fn every_failed_staff_login_writes_as_many_pages() {
    let wrong = |_: &World, email: &str| login_request(email, "wrong password");
    let on_admin = |set: &str| format!("UPDATE staff_users SET {set} WHERE email = '{ADMIN}'");
    all_write_the_same([
        ("a wrong password", pages("", NOTHING, wrong, ADMIN)),
        ("nobody there", pages("", NOTHING, wrong, NOBODY)),
        ("locked", pages(&on_admin("locked_until = 9999999999999"), NOTHING, wrong, ADMIN)),
        ("inactive", pages(&on_admin("is_active = 0"), NOTHING, wrong, ADMIN)),
    ]);
}

#[test]
fn every_request_for_a_link_writes_as_many_pages() {
    for path in ["customer_accounts/magic-link/request", "customer_accounts/password/reset-request", "auth/reset"] {
        let known = if path == "auth/reset" { ADMIN } else { BUYER };
        let ask = |world: &World, email: &str| {
            let tenant = world.acme().tenant;
            Req::post(&format!("/api/{path}")).json(json!({"email": email, "tenantId": tenant}))
        };
        let often = |world: &World| {
            for _ in 0..6 {
                world.send(ask(world, known)).ok(200);
                world.advance_seconds(300);
            }
        };
        all_write_the_same([
            (path, pages("", NOTHING, ask, known)),
            ("nobody there", pages("", NOTHING, ask, NOBODY)),
            ("over the cap", pages("", often, ask, known)),
        ]);
    }
}

const PENDING: &str = "pending@acme.example";

#[test]
fn every_sign_up_writes_as_many_pages() {
    let sign_up = |world: &World, email: &str| world.signup_request(email, "a fine passphrase");
    let waits = |world: &World| {
        world.send(sign_up(world, PENDING)).ok(202);
        world.advance_seconds(120);
    };
    let just_asked = |email: &'static str| {
        move |world: &World| {
            waits(world);
            world.send(sign_up(world, email)).ok(202);
            world.advance_seconds(1);
        }
    };
    all_write_the_same([
        ("a free address", pages("", waits, sign_up, "fresh@acme.example")),
        ("waiting", pages("", waits, sign_up, PENDING)),
        ("taken", pages("", waits, sign_up, BUYER)),
        ("inactive", pages(&on_buyer("is_active = 0"), waits, sign_up, BUYER)),
        ("a double click", pages("", just_asked(PENDING), sign_up, PENDING)),
        ("reminded just now", pages("", just_asked(BUYER), sign_up, BUYER)),
    ]);
}

/// Somebody hears of every event of the tenant's by a webhook.
fn listened(world: &World) {
    world.arrange(&format!(
        "INSERT INTO webhook_endpoints (id, tenant_id, url, events_json, secret_wrapped, created_at) VALUES ('w', '{}', 'https://hooks.example.com/', '[\"*\"]', '', 1)",
        world.acme().tenant
    ));
}

#[test]
fn where_somebody_listens_to_events_it_is_as_many_pages_too() {
    let wrong = |world: &World, email: &str| world.login_request(email, "wrong password");
    let (heard, unheard) = (pages("", listened, wrong, BUYER), pages("", NOTHING, wrong, BUYER));
    assert_eq!(heard, unheard + 1, "the queue's page");
    all_write_the_same([("a wrong password", heard), ("nobody there", pages("", listened, wrong, NOBODY))]);
    let staff = |_: &World, email: &str| login_request(email, "wrong password");
    all_write_the_same([("a wrong password of staff", pages("", listened, staff, ADMIN)), ("nobody of staff", pages("", listened, staff, NOBODY))]);
    let reset = |world: &World, email: &str| {
        Req::post("/api/customer_accounts/password/reset-request").json(json!({"email": email, "tenantId": world.acme().tenant}))
    };
    all_write_the_same([("a link", pages("", listened, reset, BUYER)), ("a link for nobody", pages("", listened, reset, NOBODY))]);
    let sign_up = |world: &World, email: &str| world.signup_request(email, "a fine passphrase");
    let waits = |world: &World| {
        world.send(sign_up(world, PENDING)).ok(202);
        world.advance_seconds(120);
        listened(world);
    };
    all_write_the_same([
        ("a free address", pages("", waits, sign_up, "fresh@acme.example")),
        ("waiting", pages("", waits, sign_up, PENDING)),
        ("taken", pages("", waits, sign_up, BUYER)),
    ]);
}
