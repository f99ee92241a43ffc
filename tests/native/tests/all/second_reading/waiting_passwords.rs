//! 1 and 15: of two people who sign up with one address, the mail proves neither, so neither one's password becomes live.

use portcullis_tests::{Req, World};
use serde_json::{Value, json};

use super::{PASSPHRASE, REFUSED};
use crate::flows::CA;

const VICTIM: &str = "victim@acme.example";
const OTHER: &str = "the other passphrase";

fn sign_up(world: &World, password: &str) {
    let res = world.send(world.signup_request(VICTIM, password));
    assert_eq!((res.status, res.text().as_str()), (202, r#"{"ok":true}"#));
}

fn verify(world: &World) {
    world.verify(&world.mailed_token(VICTIM)).ok(200);
    assert!(world.value(&format!("SELECT email_verified_at FROM customer_users WHERE email = '{VICTIM}'")).is_i64());
}

#[track_caller]
fn nobodys_password_is_live(world: &World) {
    for password in [PASSPHRASE, OTHER] {
        world.try_login(VICTIM, password).is(401, REFUSED);
    }
    assert_eq!(world.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{VICTIM}'")), Value::Null);
}

#[test]
fn two_passwords_within_a_minute_send_one_mail_that_makes_neither_live() {
    // The last of the three would bring the first one's password back.
    for passwords in [vec![PASSPHRASE, OTHER], vec![PASSPHRASE, OTHER, PASSPHRASE]] {
        let world = World::seeded();
        for password in passwords {
            sign_up(&world, password);
            world.advance_seconds(10);
        }
        assert_eq!(world.inbox(VICTIM).len(), 1);
        verify(&world);
        nobodys_password_is_live(&world);
        assert_eq!(world.count("customer_user_email_verifications WHERE password_hash IS NOT NULL"), 0);
        // The owner of the address goes on with what only the owner gets: another mail.
        let tenant = world.acme().tenant;
        world.send(Req::post(&format!("{CA}/password/reset-request")).json(json!({"email": VICTIM, "tenantId": tenant}))).ok(200);
        let body = json!({"token": world.mailed_token(VICTIM), "password": "chosen by the owner"});
        world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(body)).ok(200);
        world.try_login(VICTIM, "chosen by the owner").ok(200);
    }
}

#[test]
fn a_double_click_keeps_its_password() {
    let world = World::seeded();
    sign_up(&world, PASSPHRASE);
    world.advance_seconds(1);
    sign_up(&world, PASSPHRASE);
    assert_eq!(world.inbox(VICTIM).len(), 1);
    verify(&world);
    world.try_login(VICTIM, PASSPHRASE).ok(200);
}

/// Six mails within the hour: the seventh sign-up sends none, and is heard all the same.
#[test]
fn a_sign_up_over_the_cap_of_mails_counts_like_any_other() {
    for (seventh, live) in [(PASSPHRASE, true), (OTHER, false)] {
        let world = World::seeded();
        for _ in 0..6 {
            sign_up(&world, PASSPHRASE);
            world.advance_seconds(61);
        }
        sign_up(&world, seventh);
        assert_eq!(world.inbox(VICTIM).len(), 6);
        verify(&world);
        if live {
            world.try_login(VICTIM, PASSPHRASE).ok(200);
        } else {
            nobodys_password_is_live(&world);
        }
    }
}

/// 15: between a stranger's sign-up being read and written, the owner proves the address.
#[test]
fn a_sign_up_overtaken_by_the_owners_proof_leaves_no_password_waiting() {
    let proven = format!("UPDATE customer_users SET email_verified_at = 1 WHERE email = '{VICTIM}'");
    let void = "UPDATE customer_user_email_verifications SET voided_at = 1, password_hash = NULL";
    let gone = "DELETE FROM customer_user_email_verifications";
    // The first link is still pending, or was swept long ago.
    for (before, overtaking) in [("", format!("{proven}; {void}")), (gone, proven.clone())] {
        let world = World::seeded();
        sign_up(&world, PASSPHRASE);
        world.advance_seconds(61);
        world.arrange(before);
        world.database.before_next_write(&overtaking);
        sign_up(&world, OTHER);
        assert_eq!(world.count("customer_user_email_verifications WHERE password_hash IS NOT NULL"), 0);
        // Whatever the newest mail says, it makes no stranger's password live.
        let links = world.inbox(VICTIM)[0]["links"].to_string();
        if let Some((_, token)) = links.split_once("token=") {
            world.verify(token.trim_end_matches(['"', ']']));
        }
        nobodys_password_is_live(&world);
    }
}
