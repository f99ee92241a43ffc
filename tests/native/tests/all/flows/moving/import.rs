use portcullis_tests::{Fault, World, people::BUYER};
use serde_json::json;

use super::{BCRYPT, HORSE, counts, go_on, import, owner, person, report, send, start};

#[test]
fn a_person_moves_in_with_password_roles_and_company() {
    let world = World::seeded();
    let jar = owner(&world);
    let rest = format!(
        r#","displayName":"Ann","locale":"de","passwordHash":"{BCRYPT}","roles":["buyer"],"companyExternalId":"c-1","companyName":"Kern GmbH","personExternalId":"p-1","personName":"Ann Kern""#
    );
    let events = world.count("event_outbox");
    let run = import(&world, &jar, &person("ann@kern.example", &rest));
    assert_eq!(counts(&run), [1, 0, 0, 0]);
    let signed_in = world.try_login("ann@kern.example", HORSE);
    assert_eq!(signed_in.ok(200).json()["user"]["displayName"], "Ann");
    assert!(signed_in.json()["resolvedFeatures"].as_array().unwrap().contains(&json!("portal.orders.*")), "{}", signed_in.text());
    let row = &world.rows("SELECT c.display_name AS company, p.company_id = c.id AS hers, u.locale FROM customer_users u JOIN customer_entities c ON c.id = u.customer_entity_id \
         JOIN customer_entities p ON p.id = u.person_entity_id WHERE u.email = 'ann@kern.example'")[0];
    assert_eq!((&row["company"], &row["hers"], &row["locale"]), (&json!("Kern GmbH"), &json!(1), &json!("de")));
    let names: Vec<_> = world.rows("SELECT name FROM event_outbox ORDER BY id").split_off(usize::try_from(events).unwrap());
    for name in ["customers.company.created", "customers.person.created", "customer_accounts.user.created", "customer_accounts.import.advanced"] {
        assert_eq!(names.iter().filter(|row| row["name"] == name).count(), 1, "{name}: {names:?}");
    }
    let audit = &world.rows("SELECT detail FROM audit_log WHERE action = 'customers.imported'")[0];
    assert!(audit["detail"].as_str().unwrap().contains(&world.user_id("ann@kern.example")), "the trail has everybody by name");
    assert_eq!(world.count("customer_search WHERE kind = 'user' AND word = 'ann'"), 1, "and she is found");
}

/// B9: what a stranger left at the address does not open the account that moves in there.
#[test]
fn a_strangers_waiting_password_is_void() {
    let world = World::seeded();
    world.send(world.signup_request("ann@kern.example", "a strangers passphrase")).ok(202);
    let token = world.mailed_token("ann@kern.example");
    let run = import(&world, &owner(&world), &person("ann@kern.example", &format!(r#","passwordHash":"{BCRYPT}""#)));
    assert_eq!(counts(&run), [0, 1, 0, 0]);
    assert!(world.verify(&token).status >= 400);
    world.try_login("ann@kern.example", "a strangers passphrase").is(401, "Invalid email or password");
    world.try_login("ann@kern.example", HORSE).ok(200);
    assert_eq!(world.count("customer_user_email_verifications WHERE password_hash IS NOT NULL"), 0);
}

fn crowd(people: usize) -> String {
    (0..people).map(|n| person(&format!("p{n}@crowd.example"), &format!(r#","displayName":"Person {n}","roles":["viewer"]"#))).collect()
}

#[test]
fn a_file_sent_again_changes_nobody() {
    let world = World::seeded();
    let jar = owner(&world);
    let file = format!("{}{}", crowd(600), person("ann@kern.example", &format!(r#","passwordHash":"{BCRYPT}","roles":["buyer"]"#)));
    assert_eq!(counts(&import(&world, &jar, &file)), [601, 0, 0, 0]);
    world.try_login("ann@kern.example", HORSE).ok(200);
    let before = world.dump(|table| table.starts_with("customer_user"));
    assert_eq!(counts(&import(&world, &jar, &file)), [0, 0, 601, 0], "the hash that replaced hers stays");
    assert!(before == world.dump(|table| table.starts_with("customer_user")));
}

/// Cut off wherever it may be: nothing of a chunk, or all of it; and sent again, once.
#[test]
fn a_run_that_breaks_off_goes_on_where_it_stood() {
    for fault in [Fault::Fails, Fault::LosesReply] {
        for nth in 2..=3 {
            let world = World::seeded();
            let jar = owner(&world);
            let file = crowd(300);
            let run = start(&world, &jar, false);
            world.database.fault(nth, fault);
            let res = send(&world, &jar, &run, 1, &file);
            assert_eq!(res.status, 503, "{nth}: {}", res.text());
            let made = world.count("customer_users WHERE email LIKE '%@crowd.example'");
            let next = world.rows(&format!("SELECT next_line FROM customer_imports WHERE id = '{run}'"))[0]["next_line"].as_i64().unwrap();
            assert_eq!(made, next - 1, "{nth}: the cursor is where the people are");
            let again = send(&world, &jar, &run, 1, &file);
            let from = if made == 0 {
                again.ok(200).json()["import"]["nextLine"].as_i64().unwrap()
            } else {
                assert_eq!((again.status, again.json()["nextLine"].as_i64()), (409, Some(next)), "{}", again.text());
                next
            };
            assert_eq!(counts(&go_on(&world, &jar, &run, &file, from)), [300, 0, 0, 0]);
            assert_eq!(report(&world, &jar, &run).len(), 300);
        }
    }
}

/// Two clients with the same lines: whoever commits second finds that it was second.
#[test]
fn of_two_that_send_the_same_lines_one_gets_them_in() {
    let world = World::seeded();
    let jar = owner(&world);
    let run = start(&world, &jar, false);
    world.database.before_next_write(&format!("UPDATE customer_imports SET next_line = 3 WHERE id = '{run}'"));
    let res = send(&world, &jar, &run, 1, &crowd(2));
    assert_eq!((res.status, res.json()["nextLine"].as_i64()), (409, Some(3)), "{}", res.text());
    assert_eq!(world.count("customer_users WHERE email LIKE '%@crowd.example'"), 0);
}

/// Somebody signs up, or an administrator changes the account, between the look and the leap: it is decided again.
#[test]
fn what_changed_since_it_was_read_is_read_again() {
    let world = World::seeded();
    let jar = owner(&world);
    let run = start(&world, &jar, false);
    world
        .database
        .before_next_write(&format!("UPDATE customer_users SET display_name = 'Changed meanwhile', updated_at = 77 WHERE email = '{BUYER}'"));
    let res = send(&world, &jar, &run, 1, &person(BUYER, r#","displayName":"From the file""#));
    assert_eq!(counts(&res.ok(200).json()["import"]), [0, 1, 0, 0]);
    assert_eq!(world.count("customer_users WHERE display_name = 'From the file' AND updated_at > 77"), 1);
    let run = start(&world, &jar, false);
    let acme = world.acme();
    let lookup = world.rows(&format!("SELECT email_hash FROM customer_users WHERE email = '{BUYER}'"))[0]["email_hash"].clone();
    world.arrange(&format!("UPDATE customer_users SET email_hash = 'elsewhere' WHERE email = '{BUYER}'"));
    world.database.before_next_write(
        &format!("UPDATE customer_users SET email_hash = {lookup} WHERE email = '{BUYER}' AND tenant_id = '{}'", acme.tenant).replace('"', "'"),
    );
    let res = send(&world, &jar, &run, 1, &person(BUYER, r#","displayName":"Again""#));
    assert_eq!(counts(&res.ok(200).json()["import"]), [0, 1, 0, 0], "no second account at the address");
}

#[test]
fn a_dry_run_reports_the_same_and_changes_nobody() {
    let world = World::seeded();
    let jar = owner(&world);
    let file = format!(
        "{}{}{{\"email\":\"x\"}}\n",
        crowd(3),
        person(BUYER, r#","displayName":"Other","roles":["viewer"],"companyExternalId":"new","companyName":"New""#)
    );
    let before = world.dump(|table| table.starts_with("customer_") && !table.starts_with("customer_import"));
    let dry = start(&world, &jar, true);
    assert_eq!(counts(&go_on(&world, &jar, &dry, &file, 1)), [3, 1, 0, 1]);
    assert!(before == world.dump(|table| table.starts_with("customer_") && !table.starts_with("customer_import")));
    assert_eq!(world.count("event_outbox WHERE name LIKE '%.user.%' AND payload LIKE '%importId%'"), 0);
    let outcome = |run: &str| report(&world, &jar, run).iter().map(|line| (line["line"].clone(), line["outcome"].clone())).collect::<Vec<_>>();
    let wet = start(&world, &jar, false);
    go_on(&world, &jar, &wet, &file, 1);
    assert_eq!(outcome(&dry), outcome(&wet));
}

/// What a file comes to does not depend on where it is cut.
#[test]
fn an_address_that_stands_twice_is_a_second_look_at_the_same_person() {
    let world = World::seeded();
    let jar = owner(&world);
    let run = start(&world, &jar, false);
    let file = format!(
        "{}\n{}{}",
        person("ann@kern.example", r#","displayName":"First""#),
        person("bob@kern.example", ""),
        person("ANN@kern.example", r#","displayName":"Second""#)
    );
    let res = send(&world, &jar, &run, 1, &file);
    assert_eq!(res.ok(200).json()["import"]["nextLine"], 4, "no further than the line before it; blank lines count as lines");
    assert_eq!(counts(&go_on(&world, &jar, &run, &file, 4)), [2, 1, 0, 0]);
    assert_eq!(world.count("customer_users WHERE email = 'ann@kern.example' AND display_name = 'Second'"), 1);
    let lines: Vec<_> = report(&world, &jar, &run).iter().map(|line| line["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [1, 3, 4]);
}

#[test]
fn a_run_is_over_when_its_last_line_is_in_and_not_before() {
    let world = World::seeded();
    let jar = owner(&world);
    let run = start(&world, &jar, false);
    let last = |from: i64, lines: &str| {
        let req = portcullis_tests::Req::post(&format!("{}/imports/{run}/lines", super::ADMIN)).jar(&jar);
        world.send(req.json(json!({"from": from, "lines": lines, "last": true})))
    };
    let file = crowd(260);
    assert!(last(1, &file).ok(200).json()["import"]["finishedAt"].is_null(), "250 of 260 were taken");
    let rest: String = file.lines().skip(250).map(|line| format!("{line}\n")).collect();
    assert!(last(251, &rest).ok(200).json()["import"]["finishedAt"].is_string());
    last(261, &rest).is(409, "The import is finished");
    let list = world.send(portcullis_tests::Req::get(&format!("{}/imports", super::ADMIN)).jar(&jar)).ok(200).json();
    assert_eq!((list["items"][0]["id"].as_str(), list["items"][0]["created"].as_i64()), (Some(run.as_str()), Some(260)));
}

#[test]
fn runs_and_reports_are_swept_after_a_month_and_people_are_not() {
    let world = World::seeded();
    let jar = owner(&world);
    import(&world, &jar, &crowd(260));
    world.minute();
    assert_eq!((world.count("customer_imports"), world.count("customer_import_reports")), (1, 2));
    world.advance_seconds(31 * 86_400);
    world.minute();
    world.minute();
    assert_eq!((world.count("customer_imports"), world.count("customer_import_reports")), (0, 0));
    assert_eq!(world.count("customer_users WHERE email LIKE '%@crowd.example'"), 260);
}
