//! Who writes rules, and what becomes of the ones before.

use portcullis_tests::{
    Req, World,
    cases::{apps, edge::document},
    people::{BUYER, VIEWER},
};
use serde_json::{Value, json};

use super::usual;

struct Desk {
    world: World,
    path: String,
    jar: portcullis_tests::Jar,
}

impl Desk {
    fn new() -> Self {
        let world = World::seeded();
        let path = format!("/api/apps/{}/rules", apps::make_app(&world));
        let jar = world.persona("super").jar;
        Self { world, path, jar }
    }

    fn put(&self, version: u64, rules: Value) -> portcullis_tests::Res {
        self.world.send(Req::put(&self.path).jar(&self.jar).json(document(version, rules)))
    }

    fn get(&self, rest: &str) -> Value {
        self.world.send(Req::get(&format!("{}{rest}", self.path)).jar(&self.jar)).ok(200).json()
    }

    fn what_if(&self, body: Value) -> Value {
        self.world.send(Req::post(&format!("{}/what-if", self.path)).jar(&self.jar).json(body)).ok(200).json()
    }
}

#[test]
fn a_document_replaces_the_one_that_was_read_and_every_version_stays() {
    let desk = Desk::new();
    assert_eq!(desk.get("")["rules"], json!({"version": 0, "realm": "customer", "loginOrganization": null, "rules": []}));
    assert_eq!(desk.put(0, usual()).ok(200).json()["version"], 1);
    let stale = desk.put(0, json!([]));
    assert_eq!(
        (stale.status, stale.json()["code"].as_str(), stale.json()["currentVersion"].as_i64()),
        (409, Some("optimistic_lock_conflict"), Some(1))
    );
    assert_eq!(desk.put(1, json!([])).ok(200).json()["version"], 2);
    let history = desk.get("/history");
    let versions: Vec<_> = history["items"].as_array().unwrap().iter().map(|item| item["version"].clone()).collect();
    assert_eq!(versions, [2, 1]);
    assert_eq!(history["items"][1]["rules"], usual());
    assert_eq!(desk.get("/history?before=2")["items"].as_array().unwrap().len(), 1);
    let row = &desk.world.rows("SELECT detail FROM audit_log WHERE action = 'app.rules_replaced' ORDER BY seq")[1];
    let detail: Value = serde_json::from_str(row["detail"].as_str().unwrap()).unwrap();
    assert_eq!((&detail["rules"]["before"]["rules"], &detail["rules"]["after"]["rules"]), (&usual(), &json!([])));
    assert_eq!(desk.world.count("event_outbox WHERE name = 'platform.app.rules_replaced'"), 2);
}

/// The check is in the batch, not before it.
#[test]
fn of_two_documents_at_once_one_wins() {
    let desk = Desk::new();
    let app = desk.world.value("SELECT id FROM apps");
    let overtaken = format!(
        "INSERT INTO app_rules (app_id, version, realm, rules_json, created_at) VALUES ('{}', 1, 'customer', '[]', 1)",
        app.as_str().unwrap()
    );
    desk.world.database.before_next_write(&overtaken);
    desk.put(0, usual()).ok(409);
    assert_eq!(desk.get("")["rules"]["rules"], json!([]));
    assert_eq!(desk.world.count("audit_log WHERE action = 'app.rules_replaced'"), 0);
}

#[test]
fn what_is_wrong_is_named() {
    let desk = Desk::new();
    let faults = |body: Value| desk.world.send(Req::put(&desk.path).jar(&desk.jar).json(body)).ok(400).json()["details"].clone();
    let named = |details: &Value, field: &str| assert!(details.to_string().contains(field), "{details}");
    named(&faults(document(0, json!([{"path": "/a", "access": "public"}, {"path": "/a/%2e%2e", "access": "public"}]))), "rules.1.path");
    named(&faults(json!({"version": 0, "realm": "customer", "rules": [7]})), "rules");
    named(&faults(json!({"version": -1, "realm": "customer", "rules": []})), "version");
    named(&faults(json!({"version": 0, "realm": "both", "rules": []})), "realm");
    named(&faults(json!({"version": 0, "realm": "customer", "loginOrganization": "nobody", "rules": []})), "loginOrganization");
    desk.world.found("globex");
    named(&faults(json!({"version": 0, "realm": "customer", "loginOrganization": "globex", "rules": []})), "loginOrganization");
}

#[test]
fn what_if_says_what_would_be_decided_and_why() {
    let desk = Desk::new();
    desk.put(0, usual()).ok(200);
    let (buyer, viewer) = (desk.world.user_id(BUYER), desk.world.user_id(VIEWER));
    let told = |method: &str, path: &str, user: Option<&str>| {
        let mut body = json!({"method": method, "path": path});
        if let Some(user) = user {
            body["user"] = json!(user);
        }
        desk.what_if(body)
    };
    let plain = told("GET", "/ORDERS/%37?x", None);
    assert_eq!(
        (&plain["decision"], &plain["rule"], &plain["path"], &plain["access"]),
        (&json!("session_needed"), &json!(2), &json!("/orders/7"), &json!("all"))
    );
    assert_eq!(plain["matched"]["features"], json!(["portal.orders.view"]));
    assert_eq!(told("GET", "/orders", Some(&buyer))["decision"], "allowed");
    let lacking = told("DELETE", "/admin/x", Some(&viewer));
    assert_eq!((&lacking["decision"], &lacking["reason"]), (&json!("denied"), &json!("lacks nobody.has.this")));
    assert_eq!(told("GET", "/public/x", None)["decision"], "allowed");
    let default = told("GET", "/elsewhere", None);
    assert_eq!((&default["rule"], &default["matched"], &default["access"]), (&Value::Null, &Value::Null, &json!("session")));
    let refused = told("GET", "/public/../admin", Some(&buyer));
    assert_eq!((&refused["decision"], &refused["reason"]), (&json!("refused"), &json!("the path holds a dot segment")));
    let stranger = desk.world.persona("stranger");
    let theirs = portcullis_tests::cases::claims(stranger.jar.get("customer_auth_token"))["sub"].as_str().unwrap().to_owned();
    let nobody = told("GET", "/orders", Some("0190f5fe-7c00-7a00-8000-000000000001"));
    assert_eq!(told("GET", "/orders", Some(&theirs)), nobody, "somebody of another tenant answers like nobody");
}
