//! Setting endpoints up: by whom, for what, with which addresses.

use portcullis_core::domain::webhook::MOST;
use portcullis_tests::{Jar, Req, Res, World, staff::SUPERADMIN};
use serde_json::{Value, json};

use super::{URL, WEBHOOKS, made, set_up, settle};

fn integrator(world: &World) -> Jar {
    world.staff(&world.acme(), "integrator", &["webhooks.*"])
}

fn create(world: &World, jar: &Jar, change: Value) -> Res {
    let mut body = json!({"url": URL, "events": ["customer_accounts.*"], "organizationId": world.acme().organization});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.send(Req::post(WEBHOOKS).jar(jar).json(body))
}

#[test]
fn an_endpoint_is_made_read_changed_and_deleted() {
    let world = World::seeded();
    let jar = integrator(&world);
    let res = create(&world, &jar, json!({"events": ["b.c", "a.*", "b.c"], "description": " Billing "}));
    let webhook = res.json()["webhook"].clone();
    assert_eq!((&webhook["events"], &webhook["description"], &webhook["enabled"]), (&json!(["a.*", "b.c"]), &json!("Billing"), &json!(true)));
    assert_eq!((&webhook["organizationId"], webhook["organizationName"].is_string()), (&json!(world.acme().organization), true));
    let hook = made(res, jar);
    assert!(hook.secret.starts_with("whsec_") && hook.secret.len() == 50, "32 bytes as base64");
    let read = hook.get(&world, "");
    assert_eq!(read["webhook"], webhook, "as it was made, and without its secret");
    hook.put(&world, json!({"url": "https://hooks.example.com/v2", "secret": "mine", "organizationId": null})).ok(200);
    let read = hook.get(&world, "")["webhook"].clone();
    assert_eq!((read["url"].as_str(), &read["organizationId"]), (Some("https://hooks.example.com/v2"), &json!(world.acme().organization)));
    let detail = world.value("SELECT detail FROM audit_log WHERE action = 'webhook.updated'");
    assert_eq!(detail, r#"{"url":{"after":"https://hooks.example.com/v2","before":"https://hooks.example.com/in"}}"#);
    world.send(Req::delete(&hook.path("")).jar(&hook.jar)).ok(200);
    world.send(Req::get(&hook.path("")).jar(&hook.jar)).is(404, "Webhook not found");
    assert_eq!(world.value("SELECT secret_wrapped FROM webhook_endpoints"), "", "its secret is gone");
    let list = world.send(Req::get(WEBHOOKS).jar(&hook.jar)).ok(200).json();
    assert_eq!(list["items"], json!([]));
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let world = World::seeded();
    let jar = integrator(&world);
    for (field, value) in [
        ("url", json!("http://hooks.example.com/")),
        ("url", json!("https://127.0.0.1/")),
        ("url", json!("https://2130706433/")),
        ("url", json!("https://[::ffff:10.0.0.1]/")),
        ("url", json!("https://metadata.google.internal/")),
        ("url", json!("https://u:p@hooks.example.com/")),
        ("url", json!("http://127.0.0.1:9999/")),
        ("url", json!("nonsense")),
        ("url", json!(7)),
        ("events", json!([])),
        ("events", json!(["a..b"])),
        ("events", json!(["*.created"])),
        ("events", json!("a.b")),
        ("description", json!("x".repeat(201))),
        ("enabled", json!("yes")),
        ("organizationId", json!("acme")),
    ] {
        let res = create(&world, &jar, json!({field: value}));
        assert_eq!(res.status, 400, "{field} {value}: {}", res.text());
        assert!(res.json()["details"].get(field).is_some(), "{field} {value}: {}", res.text());
    }
    assert_eq!(world.count("webhook_endpoints"), 0);
}

#[test]
fn loopback_is_taken_in_development_and_only_where_a_setting_says_so() {
    let url = json!({"url": "http://127.0.0.1:9999/in"});
    let world = World::seeded();
    create(&world, &integrator(&world), url.clone()).ok(400);
    let world = World::seeded_with(&[("WEBHOOK_ALLOW_LOOPBACK", "true")]);
    create(&world, &integrator(&world), url).ok(201);
    create(&world, &integrator(&world), json!({"url": "http://127.0.0.1:8787/in"})).ok(400);
    let mut settings = portcullis_tests::world::settings();
    for (name, value) in
        [("ENVIRONMENT", "production"), ("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "key"), ("WEBHOOK_ALLOW_LOOPBACK", "true")]
    {
        settings.insert(name.into(), value.into());
    }
    let problems = portcullis_tests::world::config(&settings).err().unwrap();
    assert_eq!(problems, ["WEBHOOK_ALLOW_LOOPBACK is for development only"]);
}

#[test]
fn no_endpoint_leads_to_a_portal() {
    let world = World::seeded();
    let acme = world.acme();
    world.arrange(&format!(
        "INSERT INTO domain_mappings (id, hostname, tenant_id, organization_id, status, created_at) VALUES ('d', 'portal.acme.example', '{}', '{}', 'active', 1)",
        acme.tenant, acme.organization
    ));
    let jar = integrator(&world);
    create(&world, &jar, json!({"url": "https://portal.acme.example/x"})).ok(409);
    let hook = made(create(&world, &jar, json!({})), jar);
    hook.put(&world, json!({"url": "https://portal.acme.example/x"})).is(409, "No webhook leads to a portal.");
}

#[test]
fn whoever_looks_after_one_organization_hears_of_that_one_alone() {
    let world = World::seeded();
    let (acme, jar) = (world.acme(), integrator(&world));
    let neighbour = world.neighbour();
    create(&world, &jar, json!({"organizationId": null})).ok(403);
    create(&world, &jar, json!({"organizationId": neighbour.organization})).is(404, "Organization not found");
    create(&world, &jar, json!({"organizationId": world.found("globex").organization})).is(404, "Organization not found");
    create(&world, &jar, json!({"organizationId": world.organization(acme.tenant, "acme-below", Some(acme.organization)).organization})).ok(201);
    // Somebody else's, and the whole tenant's: as if there were none.
    let theirs =
        made(create(&world, &world.staff(&neighbour, "other", &["webhooks.*"]), json!({"organizationId": neighbour.organization})), jar.clone());
    let whole = set_up(&world, &["*"]);
    for id in [&theirs.id, &whole.id] {
        let path = format!("{WEBHOOKS}/{id}");
        for req in [
            Req::get(&path),
            Req::put(&path).json(json!({"enabled": false})),
            Req::delete(&path),
            Req::post(&format!("{path}/rotate-secret")),
            Req::post(&format!("{path}/test")),
            Req::post(&format!("{path}/replay")).json(json!({"since": "2026-11-21T00:00:00Z"})),
            Req::get(&format!("{path}/deliveries")),
        ] {
            world.send(req.jar(&jar)).is(404, "Webhook not found");
        }
    }
    assert_eq!(world.send(Req::get(WEBHOOKS).jar(&jar)).ok(200).json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.send(Req::get(WEBHOOKS).jar(&world.staff_login(SUPERADMIN))).ok(200).json()["items"].as_array().unwrap().len(), 3);
}

#[test]
fn there_is_a_most_even_for_two_at_once() {
    let world = World::seeded();
    let jar = integrator(&world);
    for _ in 1..MOST {
        create(&world, &jar, json!({})).ok(201);
    }
    let clone = "INSERT INTO webhook_endpoints (id, tenant_id, url, events_json, secret_wrapped, created_at) \
                 SELECT 'x', tenant_id, url, events_json, secret_wrapped, created_at FROM webhook_endpoints LIMIT 1";
    world.database.before_next_write(clone);
    create(&world, &jar, json!({})).ok(409);
    assert_eq!(world.count("webhook_endpoints"), MOST);
}

#[test]
fn a_stale_change_is_refused() {
    let world = World::seeded();
    let hook = made(create(&world, &integrator(&world), json!({})), integrator(&world));
    let put = |version: &str| {
        let req = Req::put(&hook.path("")).jar(&hook.jar).json(json!({"description": "x"}));
        world.send(req.header("x-om-ext-optimistic-lock-expected-updated-at", version))
    };
    let version = put("").ok(200).json()["updatedAt"].as_str().unwrap().to_owned();
    world.advance(5);
    put(&version).ok(200);
    put(&version).is(409, "record_modified");
}

#[test]
fn deliveries_are_listed_by_state_and_page() {
    let world = World::seeded();
    let hook = set_up(&world, &["customer_accounts.login.success"]);
    for n in 0..5 {
        world.receivers.say(if n == 2 { 500 } else { 200 });
        super::sign_in(&world);
        world.advance(60_001);
        world.arrange("UPDATE webhook_deliveries SET state = 'dead', due_at = NULL WHERE last_status = 500");
        world.arrange("UPDATE webhook_endpoints SET busy_until = 0");
    }
    settle(&world);
    let of = |query: &str| hook.get(&world, &format!("/deliveries{query}"));
    assert_eq!((of("")["total"].as_i64(), of("?state=delivered")["total"].as_i64()), (Some(5), Some(4)));
    assert_eq!((of("?state=dead")["items"].as_array().unwrap().len(), of("?state=pending")["total"].as_i64()), (1, Some(0)));
    let page = of("?pageSize=2&page=3");
    assert_eq!((page["items"].as_array().unwrap().len(), page["totalPages"].as_i64()), (1, Some(3)));
    let times: Vec<_> = of("")["items"].as_array().unwrap().iter().map(|item| item["createdAt"].as_str().unwrap().to_owned()).collect();
    assert!(times.windows(2).all(|pair| pair[0] > pair[1]), "{times:?}");
}
