//! I2: change one byte, drop one row, truncate the tail: verify names each. Whoever tampers has the database in hand and
//! takes the triggers away first.

use portcullis_tests::{Jar, World, people::BUYER};
use serde_json::{Value, json};

use super::get;

/// A trail of nine rows, sealed, and one that is not.
fn sealed() -> (World, Jar) {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    for n in 0..8 {
        world.advance_seconds(61);
        world.try_login(BUYER, "wrong password");
        if n == 3 {
            world.minute();
        }
    }
    world.minute();
    world.advance_seconds(61);
    world.try_login(BUYER, "wrong password");
    world.arrange(
        "DROP TRIGGER audit_log_is_append_only_update; DROP TRIGGER audit_log_is_append_only_delete; \
         DROP TRIGGER audit_seals_are_append_only_update; DROP TRIGGER audit_seals_are_append_only_delete;",
    );
    (world, owner)
}

fn verify(world: &World, jar: &Jar) -> Value {
    let res = world.send(portcullis_tests::Req::get("/api/audit/verify").jar(jar));
    res.ok(200).json()
}

#[test]
fn a_whole_trail_is_sound_and_says_what_is_not_sealed_yet() {
    let (world, owner) = sealed();
    let said = verify(&world, &owner);
    assert_eq!((&said["sound"], &said["complete"]), (&json!(true), &json!(true)), "{said}");
    assert_eq!((&said["report"]["rows"], &said["report"]["unsealed"]), (&json!(10), &json!(1)));
    assert_eq!(said["head"]["seq"], 9);
}

#[test]
fn one_changed_byte_in_any_column_is_named() {
    for column in [
        "id",
        "at",
        "realm",
        "tenant_id",
        "organization_id",
        "actor_kind",
        "actor_id",
        "action",
        "outcome",
        "target_kind",
        "target_id",
        "detail",
        "ip_address",
        "user_agent",
        "request_id",
        "mac",
    ] {
        let (world, owner) = sealed();
        let value = match column {
            "at" => "at + 1",
            "realm" => "'staff'",
            "actor_kind" => "'system'",
            "outcome" => "'success'",
            "detail" => "'{}'",
            // A row that is taken to another tenant's trail is missing in its own.
            "tenant_id" => "'elsewhere'",
            _ => "'changed'",
        };
        world.arrange(&format!("UPDATE audit_log SET {column} = {value} WHERE seq = 4"));
        let said = verify(&world, &owner);
        let list = if column == "tenant_id" { "missing" } else { "changed" };
        assert_eq!((&said["sound"], &said["report"][list]), (&json!(false), &json!([4])), "{column}: {said}");
    }
}

#[test]
fn a_dropped_row_is_named_wherever_it_stood() {
    for seq in [1, 4, 5, 9] {
        let (world, owner) = sealed();
        world.arrange(&format!("DELETE FROM audit_log WHERE seq = {seq}"));
        let said = verify(&world, &owner);
        assert_eq!((&said["sound"], &said["report"]["missing"]), (&json!(false), &json!([seq])), "{said}");
    }
}

#[test]
fn a_truncated_tail_is_named_row_by_row() {
    let (world, owner) = sealed();
    world.arrange("DELETE FROM audit_log WHERE seq > 6");
    let said = verify(&world, &owner);
    assert_eq!((&said["sound"], &said["report"]["missing"]), (&json!(false), &json!([7, 8, 9])), "{said}");
}

/// Who takes the seals along leaves a shorter trail that is sound in itself; but `head` was another before, and no seal
/// ends there any more. The command keeps the head of its last run for this.
#[test]
fn a_tail_cut_with_its_seals_is_missed_by_who_kept_the_head() {
    let (world, owner) = sealed();
    let kept = verify(&world, &owner)["head"].clone();
    world.arrange("DELETE FROM audit_log WHERE seq > 5; DELETE FROM audit_seals WHERE last_seq > 5");
    assert_ne!(verify(&world, &owner)["head"], kept);
    let res = world.send(portcullis_tests::Req::get(&format!("/api/audit/verify?after={}", kept["seq"])).jar(&owner));
    res.is(400, "Invalid query parameters");
}

#[test]
fn an_exchanged_row_an_inserted_row_and_a_forged_seal_are_named() {
    let (world, owner) = sealed();
    world.arrange(
        "UPDATE audit_log SET seq = 100 WHERE seq = 6; UPDATE audit_log SET seq = 6 WHERE seq = 7; UPDATE audit_log SET seq = 7 WHERE seq = 100",
    );
    assert_eq!(verify(&world, &owner)["sound"], false, "rows that changed places");

    let (world, owner) = sealed();
    world.arrange("UPDATE audit_seals SET hash = 'forged' WHERE last_seq = 9");
    let said = verify(&world, &owner);
    assert_eq!(said["sound"], false);
    assert!(!said["report"]["brokenSeals"].as_array().unwrap().is_empty(), "{said}");

    let (world, owner) = sealed();
    world.arrange("UPDATE audit_seals SET signature = 'AAAA' || substr(signature, 5) WHERE last_seq = 9");
    assert_eq!(verify(&world, &owner)["sound"], false, "a signature that is not ours");
    let _ = get(&world, &owner, "").ok(200);
}
