//! The rows behind the feed: few, whatever happens, and gone with the tokens they concern.

use portcullis_core::domain::revocation::LIFE;
use portcullis_tests::{
    Req, World,
    feed::{Feed, payload},
    people::BUYER,
};

/// Sessions of the buyer's that end at once: the `n`th has the id `sNNNN`.
fn mass_logout(world: &World, from: usize, to: usize) {
    let user = world.user_id(BUYER);
    let id = "printf('0190f5fe-7c00-7a00-8000-%012x', n)";
    world.arrange(&format!(
        "WITH RECURSIVE counting (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM counting WHERE n < {to}) \
         INSERT INTO customer_user_sessions (id, user_id, token_hash, expires_at, last_used_at, created_at) \
         SELECT {id}, '{user}', 'h' || n, {far}, 1, 1 FROM counting; \
         UPDATE customer_user_sessions SET deleted_at = {now} WHERE token_hash LIKE 'h%' AND deleted_at IS NULL",
        far = world.now() * 2,
        now = world.now()
    ));
}

#[test]
fn signing_up_and_signing_in_leave_no_row() {
    let world = World::seeded();
    world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
    world.verify(&world.mailed_token("nina@acme.example")).ok(200);
    world.try_login("nina@acme.example", "a fine passphrase").ok(200);
    world.login(BUYER);
    assert!(Feed::of(&world).is_empty(), "{:?}", world.rows("SELECT * FROM revocations"));
}

#[test]
fn a_subject_has_one_row_however_often_it_changes() {
    let world = World::seeded();
    let user = world.user_id(BUYER);
    for _ in 0..5 {
        world.arrange(&format!(
            "UPDATE customer_users SET is_active = 0 WHERE id = '{user}'; UPDATE customer_users SET is_active = 1 WHERE id = '{user}'"
        ));
        world.advance_seconds(1);
    }
    assert_eq!(world.rows("SELECT seq, not_before FROM revocations").len(), 1);
    assert_eq!(world.value("SELECT not_before FROM revocations"), world.now() / 1_000);
    // Everything revoked speaks of whole seconds before; it must not weaken what is there.
    world.arrange(&format!("UPDATE customer_users SET sessions_revoked_at = {} WHERE id = '{user}'", world.now() - 3_000));
    assert_eq!(world.value("SELECT not_before FROM revocations"), world.now() / 1_000);
    // Of one realm, then of both.
    let org = world.acme().organization;
    world.arrange("UPDATE customer_role_acls SET updated_at = 1");
    assert_eq!(world.value(&format!("SELECT realm FROM revocations WHERE subject = '{org}'")), "customer");
    world.arrange(&format!("UPDATE organizations SET is_active = 0 WHERE id = '{org}'"));
    assert_eq!(world.rows(&format!("SELECT realm FROM revocations WHERE subject = '{org}'")), [serde_json::json!({"realm": null})]);
}

#[test]
fn a_row_lives_as_long_as_the_last_token_it_concerns() {
    let world = World::seeded();
    mass_logout(&world, 1, 3);
    assert_eq!(Feed::of(&world).len(), 3);
    world.advance_seconds(LIFE - 2);
    world.minute();
    assert_eq!(Feed::of(&world).len(), 0, "the feed leaves out what concerns nobody, swept or not");
    world.minute();
    assert_eq!(world.count("revocations"), 1, "the newest stays, so that the sequence never goes back");
    assert_eq!(payload(&world, "")["seq"], 3);
}

#[test]
fn what_is_too_much_becomes_a_floor_and_is_refused_as_before() {
    let world = World::seeded();
    let (old, bystander) = (world.login(BUYER), world.persona("stranger"));
    world.send(Req::post("/api/customer_accounts/portal/logout").jar(&old)).ok(200);
    let mut follower = Feed::of(&world);
    assert!(follower.refuses(old.get("customer_auth_token")));
    world.advance_seconds(10);
    mass_logout(&world, 1, 1_500);
    let burst = Feed::of(&world);
    assert_eq!(burst.len(), 1_501, "until cron comes, all of them");
    world.minute();
    let whole = Feed::of(&world);
    follower.catch_up(&world);
    assert_eq!(whole.len(), 1_000);
    for feed in [&whole, &follower] {
        assert!(feed.refuses(old.get("customer_auth_token")), "its own row is gone; the floor stands for it");
        assert!(!feed.refuses(bystander.jar.get("customer_auth_token")), "another tenant's");
    }
    let fresh = world.login(BUYER);
    assert!(!whole.refuses(fresh.get("customer_auth_token")), "whoever refreshes is in again");
}

#[test]
fn a_book_that_is_far_behind_is_read_in_pages() {
    let world = World::seeded();
    mass_logout(&world, 1, 7_000);
    world.database.take_calls();
    assert_eq!(Feed::of(&world).len(), 7_000);
    assert_eq!(world.database.take_calls().len(), 2);
}

/// A database that was restored from an earlier time counts again from there.
#[test]
fn a_sequence_that_went_back_is_read_from_the_beginning() {
    let world = World::seeded();
    mass_logout(&world, 1, 5);
    assert_eq!(Feed::of(&world).seq, 5);
    world.arrange("DELETE FROM revocations WHERE seq > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'revocations'");
    mass_logout(&world, 6, 6);
    let feed = Feed::of(&world);
    assert_eq!((feed.seq, feed.len()), (3, 3));
}
