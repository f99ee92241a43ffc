use portcullis_tests::{
    Fault, Req, World,
    people::{BUYER, PASSWORD},
};
use serde_json::{Value, json};

use super::{ADMIN, BCRYPT, HORSE, counts, export, import, owner, person};

/// Out of one deployment and into another: the same people sign in, and may what they could.
#[test]
fn who_leaves_with_an_export_arrives_with_it() {
    let old = World::seeded();
    let jar = owner(&old);
    let rest = format!(
        r#","displayName":"Ann","passwordHash":"{BCRYPT}","roles":["viewer"],"companyExternalId":"c-1","companyName":"Kern","personExternalId":"p-1","personName":"Ann Kern","features":["portal.orders.view"]"#
    );
    import(&old, &jar, &person("ann@kern.example", &rest));
    old.arrange(&format!("UPDATE customer_users SET must_change_password = 1 WHERE email = '{BUYER}'"));
    let file = export(&old, &jar, true);

    // An instance with nobody in it.
    let new = World::seeded();
    for table in ["user_sessions", "user_email_verifications", "user_password_resets", "notifications", "user_roles", "user_acls", "users"] {
        new.arrange(&format!("DELETE FROM customer_{table}"));
    }
    let jar = owner(&new);
    let run = import(&new, &jar, &file);
    assert_eq!(counts(&run), [file.lines().count() as i64, 0, 0, 0]);

    let ann = new.try_login("ann@kern.example", HORSE);
    assert_eq!(ann.ok(200).json()["resolvedFeatures"], json!(["portal.orders.view"]), "her own ACL came along");
    assert_eq!(new.try_login(BUYER, PASSWORD).ok(200).json()["mustChangePassword"], true);
    let people = |world: &World, jar| {
        let plain = |line: &str| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            for name in ["createdAt", "lastLoginAt", "passwordHash"] {
                line.as_object_mut().unwrap().remove(name);
            }
            line.to_string()
        };
        let mut lines: Vec<String> = export(world, jar, true).lines().map(plain).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(people(&new, &jar), people(&old, &owner(&old)), "and what leaves there again is what arrived");
}

#[test]
fn twenty_thousand_people_are_never_held_at_once() {
    let world = World::seeded();
    let (acme, jar) = (world.acme(), owner(&world));
    world.arrange(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
         INSERT INTO customer_users (id, tenant_id, organization_id, email, email_hash, display_name, created_at) \
         SELECT printf('0190f5fe-7c00-7a00-9000-%012d', i), '{}', '{}', 'p' || i || '@crowd.example', 'h' || i, 'Person ' || i, 1000 + i / 7 FROM n",
        acme.tenant, acme.organization
    ));
    let text = export(&world, &jar, false);
    assert_eq!(text.matches("@crowd.example").count(), 20_000);
    let mut emails: Vec<&str> = text.lines().filter_map(|line| line.split('"').find(|part| part.contains('@'))).collect();
    emails.sort_unstable();
    emails.dedup();
    assert_eq!(emails.len(), text.lines().count(), "each once, though seven came in the same millisecond");
    let largest = world.largest_piece.get();
    assert!(largest < 250 * 400 && text.len() > 2_000_000, "{largest} of {} bytes at once", text.len());
}

#[test]
fn an_export_that_cannot_go_on_breaks_off() {
    let world = World::seeded();
    let jar = owner(&world);
    let file: String = (0..600).map(|n| person(&format!("p{n}@crowd.example"), "")).collect();
    import(&world, &jar, &file);
    let ask = || world.send(Req::post(&format!("{ADMIN}/users-export")).jar(&jar).json(json!({})));
    world.database.fault(4, Fault::Fails);
    assert!(ask().broke_off);
    world.database.fault(3, Fault::Fails);
    assert_eq!(ask().status, 503, "what cannot be put in the trail does not leave");
}
