//! I2: what every route leaves in the trail. Each route that may change something is asked as it should be, and every
//! row that appears has to say who, in which realm, tenant and organization, did what to whom, how it ended, from where
//! and when; and to hold no address, telephone number, password or token in clear.

use portcullis_core::{
    domain::realm::Realm,
    routes::{Audit, ROUTES, Route},
    web::request::Body,
};
use portcullis_tests::{Fault, Jar, Req, World, cases};
use serde_json::Value;

/// Answers alike whether or not there was anything to do; here there is not.
const NOTHING_TO_DO: [&str; 1] = ["seed"];

struct Asked {
    world: World,
    /// The caller's account, on a route that wants somebody.
    actor: Option<String>,
    rows: Vec<Value>,
    secrets: Vec<String>,
    request_id: String,
}

fn ask(route: &Route) -> Asked {
    let case = cases::of(route).unwrap();
    let world = World::seeded();
    let persona = world.persona(case.by);
    let req = (case.good)(&world);
    let known = req.request.headers.contains_key("cookie") || req.request.headers.contains_key("authorization");
    let req = if known { req } else { req.jar(&persona.jar) }.ip("203.0.113.77").header("user-agent", "Trail/1.0");
    let actor = cases::wants_somebody(route).then(|| actor(route.realm(), &persona.jar));
    let mut secrets = secrets(&req.request.body);
    let before = world.count("audit_log");
    let res = world.send(req);
    assert!(res.status < 400, "{}: {}", route.name, res.text());
    secrets.extend(Jar::of(&res).0.into_values());
    let rows = world.rows(&format!("SELECT * FROM audit_log ORDER BY rowid LIMIT -1 OFFSET {before}"));
    Asked { actor, rows, secrets, request_id: res.header("x-request-id").unwrap().to_owned(), world }
}

fn actor(realm: Realm, jar: &Jar) -> String {
    cases::claims(jar.get(realm.auth_cookie()))["sub"].as_str().unwrap().to_owned()
}

/// Every text of a request's body under a name that no trail may repeat.
fn secrets(body: &Body) -> Vec<String> {
    let Body::Bytes(bytes) = body else { return Vec::new() };
    let Ok(Value::Object(members)) = serde_json::from_slice(bytes) else { return Vec::new() };
    let hidden = |name: &str| ["email", "phone", "password", "token", "secret"].iter().any(|word| name.to_ascii_lowercase().contains(word));
    members.into_iter().filter(|(name, _)| hidden(name)).filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
}

/// What a row fails to say, in words.
fn faults(route: &Route, asked: &Asked, row: &Value) -> Vec<&'static str> {
    let Audit::Events(declared) = route.audit else { return vec!["the route declares no event"] };
    let text = |name: &str| row[name].as_str();
    let (action, detail, realm) = (text("action").unwrap(), text("detail").unwrap(), route.realm().name());
    let actor_kind = if text("actor_id").is_some() { realm } else { "anonymous" };
    // A change says what was and what is, field by field.
    let change = ["updated", "_changed", "_replaced"].iter().any(|end| action.ends_with(end));
    let mut hidden = asked.secrets.iter().filter(|secret| secret.len() > 5);
    let rules = [
        (declared.contains(&action), "an event that is not declared"),
        (["success", "failure", "denied"].contains(&text("outcome").unwrap()), "how it ended"),
        (text("tenant_id").is_some(), "which tenant"),
        (!text("target_kind").unwrap().is_empty() && text("target_id").is_some(), "what it was done to"),
        (text("realm") == Some(realm), "which realm"),
        (text("ip_address") == Some("203.0.113.77"), "from which address"),
        (text("user_agent") == Some("Trail/1.0"), "with which browser"),
        (text("request_id") == Some(&asked.request_id), "in which request"),
        (row["at"] == asked.world.now(), "when"),
        // Where nobody is signed in: whoever has just proved to be somebody, or nobody.
        (asked.actor.is_none() || asked.actor.as_deref() == text("actor_id"), "who did it"),
        (text("actor_kind") == Some(actor_kind), "what kind of actor"),
        (asked.actor.is_none() || text("organization_id").is_some(), "which organization"),
        (hidden.all(|secret| !row.to_string().contains(secret.as_str())), "it holds an address, number, password or token of the request"),
        (detail.match_indices('@').all(|(at, _)| detail[..at].ends_with("***")), "it holds an address in clear"),
        (!change || detail.contains("\"before\"") && detail.contains("\"after\""), "what was before and what is after"),
    ];
    rules.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what).collect()
}

#[test]
fn every_route_that_declares_events_writes_whole_rows() {
    let (mut rows, mut wrong) = (0, Vec::new());
    for route in ROUTES.iter().filter(|route| matches!(route.audit, Audit::Events(_)) && !NOTHING_TO_DO.contains(&route.name)) {
        if cases::of(route).is_none() {
            continue;
        }
        let asked = ask(route);
        if asked.rows.is_empty() {
            wrong.push(format!("{} left nothing", route.name));
        }
        for row in &asked.rows {
            let faults = faults(route, &asked, row);
            wrong.extend((!faults.is_empty()).then(|| format!("{} {} does not say: {faults:?}: {}", route.name, row["action"], row["detail"])));
            rows += 1;
        }
    }
    assert!(wrong.is_empty(), "The trail is for investigations, and these rows would not help one:\n{wrong:#?}");
    assert!(rows >= 40, "only {rows} rows");
}

#[test]
fn routes_that_declare_no_event_leave_no_row() {
    for route in ROUTES.iter().filter(|route| !matches!(route.audit, Audit::Events(_))) {
        if cases::of(route).is_some() {
            assert_eq!(ask(route).rows, Vec::<Value>::new(), "{}", route.name);
        }
    }
}

/// A denial is recorded with as much as a change is, once for an actor, a route and a minute.
#[test]
fn a_denial_of_somebody_signed_in_is_recorded_once_a_minute() {
    let world = World::seeded();
    let clerk = world.persona("clerk");
    let ask = |path: &str| {
        let req = Req::get(path).jar(&clerk.jar).ip("203.0.113.77").header("user-agent", "Trail/1.0");
        world.send(req).ok(403);
    };
    for _ in 0..3 {
        ask("/api/customer_accounts/admin/users");
    }
    ask("/api/customer_accounts/admin/roles");
    world.advance_seconds(60);
    ask("/api/customer_accounts/admin/users");
    let rows = world.rows("SELECT * FROM audit_log WHERE outcome = 'denied' ORDER BY seq");
    let targets: Vec<_> = rows.iter().map(|row| row["target_id"].as_str().unwrap()).collect();
    assert_eq!(targets, ["list_customer_users", "list_customer_roles", "list_customer_users"]);
    let (acme, row) = (world.acme(), &rows[0]);
    let said = ["action", "realm", "actor_kind", "ip_address", "user_agent", "target_kind", "detail"].map(|name| row[name].as_str().unwrap());
    assert_eq!(said, ["access.denied", "staff", "staff", "203.0.113.77", "Trail/1.0", "route", "{\"code\":\"FORBIDDEN\"}"]);
    assert_eq!(row["actor_id"], actor(Realm::Staff, &clerk.jar));
    assert_eq!(
        (row["tenant_id"].as_str().unwrap(), row["organization_id"].as_str().unwrap()),
        (acme.tenant.to_string().as_str(), acme.organization.to_string().as_str())
    );
}

/// The row is best effort; the refusal is not.
#[test]
fn a_denial_that_cannot_be_recorded_is_a_denial() {
    let world = World::seeded();
    let clerk = world.persona("clerk");
    let (res, later) = world.send_only(Req::get("/api/customer_accounts/admin/users").jar(&clerk.jar));
    world.database.fault(1, Fault::Fails);
    world.after(later);
    res.ok(403);
    assert_eq!(world.count("audit_log WHERE outcome = 'denied'"), 0);
    assert!(world.log.0.borrow().iter().any(|line| line["later"] == "failed"), "and the log says so");
}

/// Nobody can make us write without signing in: a refusal of a stranger is a log line.
#[test]
fn a_denial_of_nobody_leaves_no_row() {
    let world = World::seeded();
    let before = world.dump(|_| true);
    for route in ROUTES.iter().filter(|route| cases::wants_somebody(route)) {
        world.send(Req::new(route.method.clone(), &route.path.replace(['{', '}'], ""))).ok(401);
    }
    assert_eq!(world.dump(|_| true), before);
}
