//! Registering apps.

use portcullis_tests::{Jar, Req, Res, World, staff::SUPERADMIN};
use serde_json::{Value, json};

const APPS: &str = "/api/apps";

fn registrar(world: &World) -> Jar {
    world.staff(&world.acme(), "registrar", &["apps.*"])
}

fn create(world: &World, jar: &Jar, change: Value) -> Res {
    let mut body =
        json!({"name": "Shop", "audience": "https://shop.example.com", "features": ["portal.orders.*"], "returnHosts": ["shop.example.com"]});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.send(Req::post(APPS).jar(jar).json(body))
}

fn made(res: &Res) -> String {
    res.ok(201).json()["app"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_app_is_registered_read_changed_and_deleted() {
    let world = World::seeded();
    let admin = registrar(&world);
    let res = create(&world, &admin, json!({"realms": ["staff", "customer"], "returnHosts": ["Shop.Example.com", "shop.example.com"]}));
    let id = made(&res);
    let app = res.json()["app"].clone();
    assert_eq!((&app["returnHosts"], &app["realms"], &app["isActive"]), (&json!(["shop.example.com"]), &json!(["customer", "staff"]), &json!(true)));
    let read = world.send(Req::get(&format!("{APPS}/{id}")).jar(&admin)).ok(200).json()["app"].clone();
    assert_eq!((read["audience"].as_str(), &read["credentials"]), (Some("https://shop.example.com"), &json!([])));

    let path = format!("{APPS}/{id}");
    world.send(Req::put(&path).jar(&admin).json(json!({"features": ["portal.*"], "audience": "other", "platform": true, "tenantId": null}))).ok(200);
    let read = world.send(Req::get(&path).jar(&admin)).ok(200).json()["app"].clone();
    assert_eq!((read["audience"].as_str(), &read["features"]), (Some("https://shop.example.com"), &json!(["portal.*"])));
    assert_eq!(read["tenantId"], json!(world.acme().tenant));
    let detail = world.value("SELECT detail FROM audit_log WHERE action = 'app.updated'");
    assert_eq!(detail.as_str().unwrap(), r#"{"features":{"after":["portal.*"],"before":["portal.orders.*"]}}"#);

    world.send(Req::delete(&path).jar(&admin)).ok(200);
    world.send(Req::get(&path).jar(&admin)).is(404, "App not found");
    assert_eq!(world.count("app_hosts"), 0, "its hosts are free again");
    create(&world, &admin, json!({})).is(409, "Another app has this audience.");
    assert_eq!(world.count("event_outbox WHERE name LIKE 'platform.app.%'"), 3);
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let world = World::seeded();
    let admin = registrar(&world);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("   ")),
        ("audience", json!("customer")),
        ("audience", json!("http://127.0.0.1:8787")),
        ("audience", json!("http://shop.example.com")),
        ("audience", json!("https://192.168.0.1/app")),
        ("features", json!(["Portal.*"])),
        ("features", json!(["a..b"])),
        ("returnHosts", json!(["10.0.0.1"])),
        ("returnHosts", json!(["db.internal"])),
        ("returnHosts", json!(["shop.example.com/path"])),
        ("returnHosts", json!(["127.0.0.1:8787"])),
        ("realms", json!(["guest"])),
        ("realms", json!([])),
        ("adminClaims", json!("yes")),
    ] {
        let res = create(&world, &admin, json!({field: value}));
        assert_eq!(res.status, 400, "{field} {value}: {}", res.text());
        assert!(res.json()["details"].get(field).is_some(), "{field} {value}: {}", res.text());
    }
    assert_eq!(world.count("apps"), 0);
    // Loopback is for development, which this is.
    made(&create(&world, &admin, json!({"audience": "http://localhost:3000", "returnHosts": ["localhost:3000", "app.localhost"]})));
}

#[test]
fn in_production_loopback_is_no_address_of_an_app() {
    use portcullis_core::domain::outward;
    assert!(outward::host("localhost:3000", false).is_err() && outward::url("http://localhost:3000", false).is_err());
}

#[test]
fn names_and_hosts_belong_to_one_app() {
    let world = World::seeded();
    let admin = registrar(&world);
    let first = made(&create(&world, &admin, json!({})));
    create(&world, &admin, json!({"returnHosts": []})).is(409, "Another app has this audience.");
    create(&world, &admin, json!({"audience": "other"})).is(409, "Another app has one of these return hosts.");
    let second = made(&create(&world, &admin, json!({"audience": "other", "returnHosts": ["other.example.com"]})));
    let take = Req::put(&format!("{APPS}/{second}")).jar(&admin).json(json!({"returnHosts": ["shop.example.com"]}));
    world.send(take.clone()).is(409, "Another app has one of these return hosts.");
    world.send(Req::delete(&format!("{APPS}/{first}")).jar(&admin)).ok(200);
    world.send(take).ok(200);
}

#[test]
fn a_portal_of_another_tenant_is_nobodys_return_host() {
    let world = World::seeded();
    let globex = world.found("globex");
    world.arrange(&format!(
        "INSERT INTO domain_mappings (id, hostname, tenant_id, organization_id, status, created_at) VALUES ('d', 'portal.globex.example', '{}', '{}', 'active', 1)",
        globex.tenant, globex.organization
    ));
    let admin = registrar(&world);
    create(&world, &admin, json!({"returnHosts": ["portal.globex.example"]})).is(409, "One of these return hosts is a portal of another tenant.");
    let id = made(&create(&world, &admin, json!({})));
    let res = world.send(Req::put(&format!("{APPS}/{id}")).jar(&admin).json(json!({"returnHosts": ["portal.globex.example"]})));
    res.is(409, "One of these return hosts is a portal of another tenant.");
}

#[test]
fn a_foreign_app_answers_like_a_missing_one_and_the_platforms_are_super_admins_business() {
    let world = World::seeded();
    let (root, admin) = (world.staff_login(SUPERADMIN), registrar(&world));
    create(&world, &admin, json!({"platform": true})).is(403, "Only super admins register apps of the platform.");
    let id = made(&create(&world, &root, json!({"platform": true})));
    let rival = world.staff(&world.found("globex"), "rival", &["apps.*"]);
    let theirs = made(&create(&world, &rival, json!({"audience": "theirs", "returnHosts": []})));
    for (jar, path) in [(&admin, &id), (&admin, &theirs), (&rival, &id)] {
        let path = format!("{APPS}/{path}");
        for req in [Req::get(&path), Req::put(&path).json(json!({"name": "x"})), Req::delete(&path), Req::post(&format!("{path}/credentials"))] {
            world.send(req.jar(jar)).is(404, "App not found");
        }
    }
    let names = |jar: &Jar, query: &str| {
        let items = world.send(Req::get(&format!("{APPS}{query}")).jar(jar)).ok(200).json()["items"].clone();
        items.as_array().unwrap().iter().map(|app| app["audience"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&rival, ""), ["theirs"]);
    assert_eq!(names(&admin, "?platform=true"), [""; 0]);
    assert_eq!(names(&root, "?platform=true"), ["https://shop.example.com"]);
}

#[test]
fn two_credentials_at_a_time_each_shown_once() {
    let world = World::seeded();
    let admin = registrar(&world);
    let id = made(&create(&world, &admin, json!({})));
    let path = format!("{APPS}/{id}/credentials");
    let add = || world.send(Req::post(&path).jar(&admin));
    let first = add().ok(201).json();
    assert_eq!((first["clientId"].as_str(), first["clientSecret"].as_str().map(str::len)), (Some(id.as_str()), Some(43)));
    assert_ne!(add().ok(201).json()["clientSecret"], first["clientSecret"]);
    add().is(409, "An app has at most 2 credentials. Revoke one first.");
    let listed = world.send(Req::get(&format!("{APPS}/{id}")).jar(&admin));
    assert!(!listed.text().contains(first["clientSecret"].as_str().unwrap()));
    let ids: Vec<_> = listed.json()["app"]["credentials"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 2);
    let revoke = || world.send(Req::delete(&format!("{path}/{}", ids[0])).jar(&admin));
    revoke().ok(200);
    revoke().is(404, "Credential not found");
    add().ok(201);
    world.send(Req::delete(&format!("{APPS}/{id}")).jar(&admin)).ok(200);
    assert_eq!(world.count("app_credentials WHERE revoked_at IS NULL"), 0);
}

#[test]
fn a_stale_change_is_refused() {
    let world = World::seeded();
    let admin = registrar(&world);
    let id = made(&create(&world, &admin, json!({})));
    let path = format!("{APPS}/{id}");
    let put = |version: &str| {
        world.send(Req::put(&path).jar(&admin).json(json!({"name": "x"})).header("x-om-ext-optimistic-lock-expected-updated-at", version))
    };
    let version = put("").ok(200).json()["updatedAt"].as_str().unwrap().to_owned();
    world.advance(5);
    put(&version).ok(200);
    put(&version).is(409, "record_modified");
}
