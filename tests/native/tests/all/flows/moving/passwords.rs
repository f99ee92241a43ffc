use portcullis_tests::{Jar, Req, World, people::BUYER};
use serde_json::json;

use super::{BCRYPT, HORSE, counts, export, import, owner, person};

const FIREBASE: &str = "$firebase-scrypt$hash=4azc7d3YMRhnFgznpCSbJKMnytDVNuzlviv7zLy0TkgDXtlruVhjncabqb/MTFsIUBpzZBQqQaZU38A2MzMDiA==$salt=xNDs7xXJfVrogohk$sk=u2PZQ72jiXSY5Nzw8X+/OUG1/sz1qpKUfcD3zJxqAiX9pDqQlRVjj5dAqmigm9zti6cQNO4/pjiiJ74lr7+omg==$ss=Bw==$r=4$m=10";
const SIGNER_KEY: &str = "u2PZQ72jiXSY5Nzw8X+/OUG1/sz1qpKUfcD3zJxqAiX9pDqQlRVjj5dAqmigm9zti6cQNO4/pjiiJ74lr7+omg";

fn kinds(world: &World) -> Vec<(String, i64)> {
    let rows = world.rows("SELECT kind, n FROM customer_password_kinds ORDER BY kind");
    rows.iter().map(|row| (row["kind"].as_str().unwrap().to_owned(), row["n"].as_i64().unwrap())).collect()
}

fn stored(world: &World, email: &str) -> String {
    world.rows(&format!("SELECT password_hash FROM customer_users WHERE email = '{email}'"))[0]["password_hash"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_sign_in_replaces_the_hash_and_ends_nothing() {
    let world = World::seeded();
    let file = format!(
        "{}{}",
        person("ann@kern.example", &format!(r#","passwordHash":"{BCRYPT}""#)),
        person("bob@kern.example", &format!(r#","passwordHash":"{BCRYPT}""#))
    );
    import(&world, &owner(&world), &file);
    assert_eq!(kinds(&world), [("bcrypt:5".to_owned(), 2)]);
    world.try_login("ann@kern.example", "wrong password").is(401, "Invalid email or password");
    assert_eq!(stored(&world, "ann@kern.example"), BCRYPT, "a wrong password replaces nothing");
    let first = world.try_login("ann@kern.example", HORSE);
    let jar = Jar::of(first.ok(200));
    assert_eq!((first.spent().hash, first.spent().d1), (1, 2), "in the work and the batch of the sign-in itself");
    assert!(stored(&world, "ann@kern.example").starts_with("$argon2id$"));
    assert_eq!(kinds(&world), [("bcrypt:5".to_owned(), 1)]);
    let ours = stored(&world, "ann@kern.example");
    world.send(Req::get("/api/customer_accounts/portal/profile").jar(&jar)).ok(200);
    world.advance_seconds(61);
    let again = world.send(world.login_request("ann@kern.example", HORSE).jar(&jar.only("customer_device")));
    again.ok(200);
    assert_eq!(stored(&world, "ann@kern.example"), ours, "once");
    assert_eq!(world.count("customer_notifications WHERE type = 'customer_accounts.login.new_device'"), 0, "the device is known still");
    world.try_login("bob@kern.example", HORSE).ok(200);
    assert!(kinds(&world).is_empty(), "the last one out turns off the light");
}

/// Whoever is asked for: the same kinds are worked through, which is what a sign-in's time is made of.
#[test]
fn an_unknown_address_costs_what_every_other_does() {
    let world = World::seeded();
    import(&world, &owner(&world), &person("ann@kern.example", &format!(r#","passwordHash":"{BCRYPT}""#)));
    let mut works = Vec::new();
    for (email, password) in [("ann@kern.example", "x"), (BUYER, "x"), ("nobody@kern.example", "x")] {
        world.advance_seconds(61);
        let res = world.try_login(email, password);
        works.push((res.status, res.spent(), world.hasher.kinds.borrow().iter().map(|kind| kind.name()).collect::<Vec<_>>()));
    }
    assert_eq!(works[0].2, ["bcrypt:5"]);
    assert!(works.iter().all(|work| *work == works[0]), "{works:?}");
}

/// Statements that know nothing of kinds cannot leave one behind.
#[test]
fn whatever_replaces_removes_or_brings_back_is_counted() {
    let world = World::seeded();
    let jar = owner(&world);
    let both = format!(
        "{}{}",
        person("ann@kern.example", &format!(r#","passwordHash":"{BCRYPT}""#)),
        person("bob@kern.example", &format!(r#","passwordHash":"{FIREBASE}""#))
    );
    import(&world, &jar, &both);
    let two = [("bcrypt:5".to_owned(), 1), ("scrypt:10,4,1".to_owned(), 1)];
    assert_eq!(kinds(&world), two);
    world.arrange("UPDATE customer_users SET deleted_at = 5 WHERE email = 'ann@kern.example'");
    assert_eq!(kinds(&world), two[1..]);
    world.arrange("UPDATE customer_users SET deleted_at = NULL WHERE email = 'ann@kern.example'");
    assert_eq!(kinds(&world), two);
    world.arrange("UPDATE customer_users SET password_hash = password_hash, display_name = 'x' WHERE email = 'ann@kern.example'");
    assert_eq!(kinds(&world), two);
    let ann = world.user_id("ann@kern.example");
    let path = format!("{}/users/{ann}/reset-password", super::ADMIN);
    world.send(Req::post(&path).jar(&jar).json(json!({"newPassword": "a fine passphrase"}))).ok(200);
    assert_eq!(kinds(&world), two[1..], "an administrator's reset");
    world.arrange("DELETE FROM customer_users WHERE email = 'bob@kern.example'");
    assert!(kinds(&world).is_empty());
}

#[test]
fn a_hash_over_the_cap_is_refused_with_the_reason_and_one_that_got_in_opens_nothing() {
    let world = World::seeded();
    let jar = owner(&world);
    let dear = BCRYPT.replace("$05$", "$13$");
    let run = import(&world, &jar, &person("ann@kern.example", &format!(r#","passwordHash":"{dear}""#)));
    assert_eq!(counts(&run), [0, 0, 0, 1]);
    let line = &super::report(&world, &jar, run["id"].as_str().unwrap())[0];
    assert_eq!(
        (line["field"].as_str(), line["reason"].as_str()),
        (Some("passwordHash"), Some("bcrypt has a cost of 13, and the most that is verified here is 12"))
    );
    world.arrange(&format!("UPDATE customer_users SET password_hash = '{dear}' WHERE email = '{BUYER}'"));
    world.try_login(BUYER, HORSE).is(401, "Invalid email or password");
    assert!(world.log.0.borrow().iter().any(|line| line.to_string().contains("the stored hash cannot be used")), "the operator is told");
}

#[test]
fn a_signer_key_rests_wrapped_and_leaves_with_the_export() {
    let world = World::seeded();
    let jar = owner(&world);
    import(&world, &jar, &person("fire@kern.example", &format!(r#","passwordHash":"{FIREBASE}""#)));
    let everything = serde_json::to_string(&world.dump(|_| true)).unwrap();
    assert!(!everything.contains(SIGNER_KEY) && !everything.contains(&SIGNER_KEY.replace('/', "\\/")), "not in any row");
    assert!(export(&world, &jar, true).contains(SIGNER_KEY));
    world.try_login("fire@kern.example", "wrong password").is(401, "Invalid email or password");
    world.try_login("fire@kern.example", HORSE).ok(200);
}

/// Signed in by a link, and never with the password: it still has to be proven to change it.
#[test]
fn a_foreign_password_can_be_changed_before_it_was_ever_replaced() {
    let world = World::seeded();
    import(&world, &owner(&world), &person("fire@kern.example", &format!(r#","passwordHash":"{FIREBASE}""#)));
    let mail = Req::post("/api/customer_accounts/magic-link/request").json(json!({"email": "fire@kern.example", "tenantId": world.acme().tenant}));
    world.send(mail).ok(200);
    let token = world.mailed_token("fire@kern.example");
    let jar = Jar::of(world.send(Req::post("/api/customer_accounts/magic-link/verify").json(json!({"token": token}))).ok(200));
    let change = |current: &str| {
        world.send(
            Req::post("/api/customer_accounts/portal/password-change")
                .jar(&jar)
                .json(json!({"currentPassword": current, "newPassword": "another fine passphrase"})),
        )
    };
    change("not it").is(400, "Current password is incorrect");
    change(HORSE).ok(200);
    assert!(kinds(&world).is_empty());
}
