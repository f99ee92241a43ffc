//! One account: read, made, changed, and changed by two at once.

use portcullis_tests::{
    Req, Res, World, cases,
    people::{BUYER, PASSWORD, VIEWER},
};
use serde_json::{Value, json};

use super::super::refresh;
use super::{EXPECTED, NOBODY, events, keys, list, of, owner, post, put, users};

#[test]
fn one_account_is_flat_and_lists_its_live_sessions() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    world.advance_seconds(1);
    world.login(BUYER);
    refresh(&world, &buyer).ok(200);
    let body = world.send(Req::get(&of(&world, BUYER, "")).jar(&jar)).ok(200).json();
    assert_eq!(
        keys(&body),
        [
            "createdAt",
            "customerEntityId",
            "displayName",
            "email",
            "emailVerifiedAt",
            "id",
            "isActive",
            "lastLoginAt",
            "lockedUntil",
            "ok",
            "personEntityId",
            "roles",
            "sessions",
            "updatedAt"
        ]
    );
    let sessions = body["sessions"].as_array().unwrap();
    assert_eq!(keys(&sessions[0]), ["createdAt", "expiresAt", "id", "ipAddress", "lastUsedAt", "userAgent"]);
    assert_eq!(sessions.len(), 2);
    world.send(Req::get(&users("/nonsense")).jar(&jar)).is(400, "Invalid user ID");
    for path in ["/nonsense/acl", "/nonsense/sessions"] {
        world.send(Req::get(&users(path)).jar(&jar)).is(404, "User not found");
    }
    world.send(Req::put(&users("/nonsense")).jar(&jar).json(json!({}))).is(404, "User not found");
    world.send(Req::delete(&users("/%27")).jar(&jar)).is(404, "User not found");
}

#[test]
fn a_made_account_is_verified_signs_in_and_is_announced() {
    let world = World::seeded();
    let jar = owner(&world);
    let body = json!({"email": "Made@Acme.Example", "password": "a fine passphrase", "displayName": "Made", "roleIds": [cases::portal_role(&world, "viewer")]});
    let made = post(&world, &jar, &users(""), body.clone()).ok(201).json();
    let id = world.user_id("made@acme.example");
    assert_eq!(made, json!({"ok": true, "user": {"id": id, "email": "made@acme.example", "displayName": "Made"}}));
    let signed_in = world.try_login("made@acme.example", "a fine passphrase").ok(200).json();
    assert_eq!((&signed_in["user"]["emailVerified"], &signed_in["resolvedFeatures"][0]), (&json!(true), &json!("portal.account.manage")));
    let staff = world.value("SELECT id FROM staff_users WHERE email = 'owner@staff.example'");
    let place = world.acme();
    assert_eq!(
        events(&world, "user.created").last().unwrap(),
        &json!({"id": id, "email": "made@acme.example", "tenantId": place.tenant, "organizationId": place.organization, "createdBy": staff})
    );
    let audit = &world.rows("SELECT * FROM audit_log WHERE action = 'user.created'")[0];
    assert_eq!((&audit["actor_kind"], &audit["actor_id"], &audit["target_id"]), (&json!("staff"), &staff, &json!(id)));
    assert!(!audit["detail"].as_str().unwrap().contains("made@acme"), "addresses are masked in the trail");

    let again = |change: Value| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        post(&world, &jar, &users(""), body)
    };
    again(json!({})).is(409, "A user with this email already exists");
    again(json!({"email": BUYER, "roleIds": [NOBODY]})).is(409, "A user with this email already exists");
    again(json!({"email": "x@acme.example", "roleIds": [NOBODY]})).is(400, &format!("Role {NOBODY} not found"));
    again(json!({"email": "x@acme.example", "customerEntityId": NOBODY})).is(400, "Company not found");
    again(json!({"email": "no address"})).is(400, "Validation failed");
    assert_eq!(
        again(json!({"email": "x@acme.example", "password": "password1"})).is(400, "Validation failed").json()["details"]["password"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let theirs = world.found("globex");
    let foreign = world.value(&format!("SELECT id FROM customer_roles WHERE organization_id = '{}'", theirs.organization));
    again(json!({"email": "x@acme.example", "roleIds": [foreign]})).is(400, &format!("Role {} not found", foreign.as_str().unwrap()));
    assert_eq!(world.count("customer_users WHERE email = 'x@acme.example'"), 0);
    world.add_user(&theirs, "twin@acme.example", "buyer");
    again(json!({"email": "twin@acme.example"})).ok(201);
}

/// H4: a deleted account's address is free again.
#[test]
fn an_address_may_be_used_again_after_deletion() {
    let world = World::seeded();
    let jar = owner(&world);
    world.send(Req::delete(&of(&world, BUYER, "")).jar(&jar)).ok(200);
    let body = json!({"email": BUYER, "password": "a fine passphrase", "displayName": "Bruno again", "roleIds": []});
    post(&world, &jar, &users(""), body).ok(201);
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    world.try_login(BUYER, "a fine passphrase").ok(200);
}

/// TC-CACC-CRUDFORM-002.
#[test]
fn tc_cacc_crudform_002_every_field_round_trips() {
    let world = World::seeded();
    let jar = owner(&world);
    let entity = |kind: &str, name: &str| {
        let res = post(&world, &jar, &format!("/api/customers/{kind}"), json!({"displayName": name})).ok(201).json();
        res["entityId"].as_str().unwrap().to_owned()
    };
    let (one, two, person) = (entity("companies", "One"), entity("companies", "Two"), entity("people", "Pat"));
    let (viewer, buyer) = (cases::portal_role(&world, "viewer"), cases::portal_role(&world, "buyer"));
    let body =
        json!({"email": "form@acme.example", "password": "a fine passphrase", "displayName": "Form", "roleIds": [viewer], "customerEntityId": one});
    post(&world, &jar, &users(""), body).ok(201);
    let read = || world.send(Req::get(&of(&world, "form@acme.example", "")).jar(&jar)).ok(200).json();
    assert_eq!((&read()["customerEntityId"], &read()["roles"][0]["id"]), (&json!(one), &json!(viewer)));
    assert_eq!(list(&world, &jar, &format!("?customerEntityId={one}"))["total"], 1);

    let change = json!({"displayName": "Formed", "roleIds": [buyer, buyer], "personEntityId": person, "customerEntityId": two, "isActive": false,
        "email": "other@acme.example"});
    let updated = put(&world, &jar, "form@acme.example", change).ok(200).json();
    let after = read();
    assert_eq!(updated, json!({"ok": true, "updatedAt": after["updatedAt"]}));
    assert_eq!(after["email"], "form@acme.example", "an address is no field of this form");
    for (name, value) in
        [("displayName", json!("Formed")), ("personEntityId", json!(person)), ("customerEntityId", json!(two)), ("isActive", json!(false))]
    {
        assert_eq!(after[name], value, "{name}");
    }
    assert_eq!(after["roles"].as_array().unwrap().len(), 1, "a role named twice is held once");
    assert_eq!(list(&world, &jar, &format!("?personEntityId={person}&status=inactive"))["total"], 1);

    put(&world, &jar, "form@acme.example", json!({"roleIds": [], "personEntityId": null, "customerEntityId": null})).ok(200);
    let cleared = read();
    assert_eq!((&cleared["roles"], &cleared["personEntityId"], &cleared["customerEntityId"]), (&json!([]), &Value::Null, &Value::Null));
    let updates = events(&world, "user.updated");
    assert_eq!(keys(&updates[0]), ["email", "id", "organizationId", "recipientUserId", "tenantId", "updatedBy"]);
    assert_eq!(updates.len(), 2);
}

/// H6: nothing is written when anything is wrong.
#[test]
fn an_update_is_all_or_nothing() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = post(&world, &jar, "/api/customers/companies", json!({"displayName": "One"})).json()["id"].clone();
    let before = world.dump(|table| table.starts_with("customer_"));
    for (change, error) in [
        (json!({"displayName": "X", "roleIds": [NOBODY]}), format!("Role {NOBODY} not found")),
        (json!({"displayName": "X", "customerEntityId": NOBODY}), "Company not found".into()),
        (json!({"displayName": "X", "personEntityId": company}), "Person not found".into()),
        (json!({"displayName": ""}), "Validation failed".into()),
        (json!({"isActive": null}), "Validation failed".into()),
        (json!({"lockedUntil": "2026-11-21T05:00:00+01:00"}), "Validation failed".into()),
        (json!({"roleIds": "x"}), "Validation failed".into()),
    ] {
        put(&world, &jar, BUYER, change).is(400, &error);
    }
    world.send(Req::put(&of(&world, BUYER, "")).jar(&jar).header("content-type", "application/json").bytes("{")).is(400, "Invalid request body");
    assert!(before == world.dump(|table| table.starts_with("customer_")));
}

/// TC-LOCK-OSS-013 and 033.
#[test]
fn tc_lock_oss_013_033_stale_writes_are_refused() {
    let world = World::seeded();
    let jar = owner(&world);
    let send = |req: Req, expected: Option<&str>| {
        let req = req.jar(&jar);
        world.send(if let Some(at) = expected { req.header(EXPECTED, at) } else { req })
    };
    let change = |name: &str, expected: Option<&str>| send(Req::put(&of(&world, BUYER, "")).json(json!({"displayName": name})), expected);
    let version = |res: &Res| res.ok(200).json()["updatedAt"].as_str().unwrap().to_owned();
    // A record nobody has changed has no version to be stale against.
    let first = version(&change("One", Some("2020-01-01T00:00:00.000Z")));
    let second = version(&change("Two", None));
    assert!(second > first, "the version advances within a millisecond");
    let third = version(&change("Three", Some(&second)));
    let conflict = |res: Res| {
        let body = res.is(409, "record_modified").json();
        assert_eq!(
            (&body["code"], &body["expectedUpdatedAt"], &body["currentUpdatedAt"]),
            (&json!("optimistic_lock_conflict"), &json!(first), &json!(third))
        );
    };
    conflict(change("Four", Some(&first)));
    conflict(send(Req::delete(&of(&world, BUYER, "")), Some(&first)));
    conflict(send(Req::put(&of(&world, BUYER, "/acl")).json(json!({"features": []})), Some(&first)));
    for blank in ["", " ", "soon"] {
        change("Four", Some(blank)).ok(200);
    }
    let last = version(&change("Five", None));
    send(Req::delete(&of(&world, BUYER, "")), Some(&last)).ok(200);
    send(Req::delete(&of(&world, VIEWER, "")), None).ok(200);

    let off = World::seeded_with(&[("OM_OPTIMISTIC_LOCK", "off")]);
    let jar = owner(&off);
    put(&off, &jar, BUYER, json!({})).ok(200);
    off.send(Req::put(&of(&off, BUYER, "")).jar(&jar).header(EXPECTED, "2020-01-01T00:00:00.000Z").json(json!({}))).ok(200);
}
