//! 4, 5, 14, 17: ways back into an account, and what they let out.

use portcullis_tests::{
    Jar, Req, World, cases,
    cases::claims,
    people::{ADMIN, BUYER, PASSWORD},
    staff::{self, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{REFUSED, admin_path, owner, post};
use crate::flows::{CA, refresh};

const NEW: &str = "another fine passphrase";

/// 4: whoever trusts the token alone must not let somebody in who has yet to choose a password.
#[test]
fn a_one_time_password_makes_tokens_that_grant_nothing() {
    let world = World::seeded();
    let password =
        post(&world, &admin_path(&world, ADMIN, "/one-time-password"), &owner(&world), json!({})).ok(200).json()["oneTimePassword"].clone();
    let login = world.try_login(ADMIN, password.as_str().unwrap());
    let mut jar = Jar::of(login.ok(200));
    let held = |token: &str| {
        let claims = claims(token);
        (claims["resolvedFeatures"].clone(), claims["isPortalAdmin"].clone(), claims["mustChangePassword"].clone())
    };
    let nothing = (json!([]), json!(false), json!(true));
    assert_eq!(held(jar.get("customer_auth_token")), nothing, "after signing in");
    jar.absorb(refresh(&world, &jar).ok(200));
    assert_eq!(held(jar.get("customer_auth_token")), nothing, "after a refresh");
    jar.absorb(world.send(cases::change_password(password.as_str().unwrap()).jar(&jar)).ok(200));
    let (features, admin, _) = held(jar.get("customer_auth_token"));
    assert_eq!((features, admin), (json!(["portal.*"]), json!(true)), "a password was chosen");
    assert_ne!(claims(jar.get("customer_auth_token"))["mustChangePassword"], true);
}

#[test]
fn a_one_time_password_of_staff_makes_tokens_that_grant_nothing() {
    for email in [SUPERADMIN, staff::ADMIN] {
        let world = World::seeded();
        world.arrange("UPDATE staff_users SET must_change_password = 1");
        let jar = world.staff_login(email);
        let refreshed = world.send(Req::post("/api/auth/session/refresh").json(json!({"refreshToken": jar.get("session_token")})));
        for token in [jar.get("auth_token"), refreshed.ok(200).json()["accessToken"].as_str().unwrap()] {
            let claims = claims(token);
            assert_eq!((&claims["isSuperAdmin"], &claims["resolvedFeatures"]), (&json!(false), &json!([])), "{email}");
            assert_eq!(claims["mustChangePassword"], true, "{email}");
        }
    }
}

fn lock(world: &World) {
    for _ in 0..5 {
        world.try_login(BUYER, "wrong password").is(401, REFUSED);
    }
    // The limit is over, the lock is not.
    world.advance_seconds(61);
    world.try_login(BUYER, PASSWORD).is(401, REFUSED);
}

/// 5: strangers' failures are about the old password.
#[test]
fn a_new_password_opens_a_locked_account() {
    let by_mail = |world: &World| {
        world.send(Req::post(&format!("{CA}/password/reset-request")).json(json!({"email": BUYER, "tenantId": world.acme().tenant}))).ok(200);
        let body = json!({"token": world.mailed_token(BUYER), "password": NEW});
        world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(body)).ok(200);
        NEW.to_owned()
    };
    let by_staff = |world: &World| {
        post(world, &admin_path(world, BUYER, "/reset-password"), &owner(world), json!({"newPassword": NEW})).ok(200);
        NEW.to_owned()
    };
    let one_time = |world: &World| {
        let issued = post(world, &admin_path(world, BUYER, "/one-time-password"), &owner(world), json!({})).ok(200).json();
        issued["oneTimePassword"].as_str().unwrap().to_owned()
    };
    let ways: [&dyn Fn(&World) -> String; 3] = [&by_mail, &by_staff, &one_time];
    for way in ways {
        let world = World::seeded();
        lock(&world);
        let password = way(&world);
        world.try_login(BUYER, &password).ok(200);
        let row = world.rows(&format!("SELECT failed_login_attempts AS n, locked_until AS until FROM customer_users WHERE email = '{BUYER}'"));
        assert_eq!(row[0], json!({"n": 0, "until": null}));
    }
}

/// 14: guessing from within a stolen session leaves a trail, and ends the session.
#[test]
fn wrong_current_passwords_are_in_the_trail_and_end_the_session() {
    let world = World::seeded();
    let (stolen, own) = (world.login(BUYER), world.login(BUYER));
    let change = |password: &str| world.send(cases::change_password(password).jar(&stolen));
    for n in 1..=5 {
        change("not it").is(400, "Current password is incorrect");
        assert_eq!(world.count("audit_log WHERE action = 'password.change_failed'"), n);
    }
    let row = &world.rows("SELECT outcome, target_id, actor_id, detail FROM audit_log WHERE action = 'password.change_failed'")[0];
    let user = json!(world.user_id(BUYER));
    assert_eq!((&row["outcome"], &row["target_id"], &row["actor_id"]), (&json!("failure"), &user, &user));
    assert!(!row["detail"].as_str().unwrap().contains("not it"));
    let hashes = world.hasher.count.get();
    change(PASSWORD).is(401, "Authentication required");
    assert_eq!(world.hasher.count.get(), hashes);
    refresh(&world, &stolen).is(401, "Invalid or expired session");
    crate::flows::profile(&world, &own).ok(200);
}

#[test]
fn a_right_current_password_starts_the_count_again() {
    let world = World::seeded();
    let mut jar = world.login(BUYER);
    for _ in 0..4 {
        world.send(cases::change_password("not it").jar(&jar)).is(400, "Current password is incorrect");
    }
    jar.absorb(world.send(cases::change_password(PASSWORD).jar(&jar)).ok(200));
    world.advance_seconds(61);
    for _ in 0..4 {
        world.send(cases::change_password("not it").jar(&jar)).is(400, "Current password is incorrect");
    }
    crate::flows::profile(&world, &jar).ok(200);
}

/// 17: support staff may have a link mailed; the link itself opens the account, and is for those who may anyway.
#[test]
fn support_staff_have_a_reset_link_mailed_and_never_see_it() {
    let world = World::seeded();
    let send = |jar: &Jar| post(&world, &admin_path(&world, BUYER, "/send-reset-link"), jar, json!({}));
    let support = world.staff(&world.acme(), "support", &["customer_accounts.support"]);
    let res = send(&support);
    assert_eq!(res.ok(200).json()["ok"], true);
    let mailed = world.mailed_token(BUYER);
    assert!(!res.text().contains("token=") && !res.text().contains(&mailed), "{}", res.text());
    let body = json!({"token": mailed, "password": NEW});
    world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(body)).ok(200);
    world.try_login(BUYER, NEW).ok(200);
    world.advance_seconds(1);
    let link: Value = send(&world.staff(&world.acme(), "manager", &["customer_accounts.manage"])).ok(200).json()["resetLink"].clone();
    assert_eq!(link, format!("/portal/reset-password?token={}", world.mailed_token(BUYER)));
}
