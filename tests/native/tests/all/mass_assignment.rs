//! D4: fields nobody declared change nothing. Every unsafe route is asked twice, in two worlds that are equal to the last
//! random byte: as it should be, and with every privileged or unknown field there is beside. Database, answer and mails
//! must come out the same, to the last byte as well.

use std::collections::BTreeMap;

use portcullis_core::{
    domain::realm::Realm,
    routes::{ROUTES, Route},
    web::request::Body,
};
use portcullis_tests::{Req, Res, World, cases};
use serde_json::{Map, Value, json};

const ID: &str = "0190f5fe-7c00-7a00-8000-00000000beef";

/// What somebody would try, and what no table has.
fn privileged(route: &Route, world: &World) -> Map<String, Value> {
    let (past, future) = ("2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z");
    // Staff who name another tenant are refused, which is a test of its own.
    let tenant = if route.realm() == Realm::Staff { world.acme().tenant.to_string() } else { ID.to_owned() };
    let whose = json!({
        "id": ID, "_id": ID, "userId": ID, "user": {"id": ID}, "sub": ID, "actorId": ID, "createdBy": ID, "tenantId": tenant, "tenant": tenant,
        "organizationId": ID, "organization": {"id": ID}, "orgId": ID, "partnerId": ID, "merchantId": ID, "merchantIds": [ID],
        "customerEntityId": null, "personEntityId": null, "companyId": null, "homeTenantId": ID, "parentId": null,
    });
    let rank = json!({
        "isSuperAdmin": true, "superAdmin": true, "isPortalAdmin": true, "isAdmin": true, "admin": true, "isSystem": true, "isDefault": true,
        "customerAssignable": true, "roles": ["superadmin"], "role": {"slug": "superadmin"}, "roleIds": [ID], "roleId": ID,
        "memberships": [{"roleId": ID}], "priority": 1000, "features": ["*"], "grants": ["*"], "grantedFeatures": ["*"], "deniedFeatures": [],
        "acl": {"isSuperAdmin": true}, "__proto__": {"isSuperAdmin": true}, "constructor": {"prototype": {}}, "$set": {"isActive": false},
    });
    let state = json!({
        "isActive": false, "active": false, "enabled": true, "verified": true, "mustChangePassword": false, "emailVerified": true,
        "emailVerifiedAt": past, "email_verified_at": 1, "passwordHash": "$argon2id$v=19$m=8,t=1,p=1$x", "password_hash": "x",
        "credentialEpoch": 99, "failedLoginAttempts": 0, "lockedUntil": null, "locked_until": 9_999_999_999_999_i64,
        "sessionsRevokedAt": null, "createdAt": past, "updatedAt": past, "deletedAt": past, "deleted_at": 1, "expiresAt": future,
        "slug": "taken-over", "status": "active", "policy": "none", "plan": "enterprise", "seq": 1, "mac": "x",
    });
    [whose, rank, state].into_iter().flat_map(|fields| fields.as_object().unwrap().clone()).collect()
}

/// Fields the schema names are a matter of the route's own tests, and so is how a public route finds its place.
fn undeclared(route: &Route, world: &World) -> Map<String, Value> {
    let declared = |name: &str| route.body.is_some_and(|takes| takes.fields.iter().any(|field| field.name == name));
    let place = |name: &str| ["tenantId", "tenant", "organizationId"].contains(&name) && !cases::wants_somebody(route);
    privileged(route, world).into_iter().filter(|(name, _)| !declared(name) && !place(name)).collect()
}

type Left = (Res, BTreeMap<String, Vec<Value>>);

/// A route's typical request with further fields in its body and its query.
fn ask(route: &Route, more: impl Fn(&World) -> Map<String, Value>) -> Left {
    let case = cases::of(route).unwrap();
    let world = World::seeded();
    let persona = world.persona(case.by);
    let mut req = (case.good)(&world);
    let more = more(&world);
    if !more.is_empty() {
        req = with(req, more);
    }
    let known = req.request.headers.contains_key("cookie") || req.request.headers.contains_key("authorization");
    let res = world.send(if known { req } else { req.jar(&persona.jar) });
    world.minute();
    // Request ids and the addresses of requests count up alike in both worlds.
    let rows = world.dump(|_| true);
    (res, rows)
}

fn with(mut req: Req, more: Map<String, Value>) -> Req {
    let Body::Bytes(bytes) = &req.request.body else { panic!("a case's body is never too large") };
    let mut body = serde_json::from_slice::<Value>(bytes).unwrap_or_else(|_| json!({}));
    let object = body.as_object_mut().expect("bodies are objects");
    for (name, value) in &more {
        object.entry(name).or_insert(value.clone());
    }
    let query: Vec<String> = more.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?))).collect();
    let own = |name: &str| req.request.query.split('&').any(|pair| pair.starts_with(&format!("{name}=")));
    let query: Vec<String> = query.into_iter().filter(|pair| !own(pair.split('=').next().unwrap())).collect();
    let separator = if req.request.query.is_empty() { "" } else { "&" };
    req.request.query = format!("{}{separator}{}", req.request.query, query.join("&"));
    req.json(body)
}

fn plainly(left: &Left) -> (u16, String, &BTreeMap<String, Vec<Value>>) {
    (left.0.status, String::from_utf8_lossy(&left.0.body).into_owned(), &left.1)
}

#[test]
fn undeclared_fields_change_nothing_on_any_route() {
    let mut probed = 0;
    for route in ROUTES.iter().filter(|route| !route.method.is_safe()) {
        if cases::of(route).is_none() {
            continue;
        }
        let as_it_should_be = ask(route, |_| Map::new());
        let again = ask(route, |_| Map::new());
        assert_eq!(plainly(&as_it_should_be), plainly(&again), "{}: two equal worlds differ, so nothing could be told from them", route.name);
        let greedy = ask(route, |world| undeclared(route, world));
        assert_eq!(plainly(&as_it_should_be), plainly(&greedy), "{}: undeclared fields changed something", route.name);
        probed += 1;
    }
    assert!(probed > 45, "only {probed} routes probed");
}

/// The probe sees what a declared field does.
#[test]
fn a_field_that_is_taken_shows() {
    let route = ROUTES.iter().find(|route| route.name == "create_customer_role").unwrap();
    let plain = ask(route, |_| Map::new());
    let greedy = ask(route, |_| json!({"isDefault": true}).as_object().unwrap().clone());
    assert_ne!(plain.1, greedy.1);
}
