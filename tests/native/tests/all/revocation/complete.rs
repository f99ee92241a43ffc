//! The feed leaves nothing out: whatever a route takes from somebody who holds a token, the feed takes from the token.

use portcullis_core::{
    domain::registry::FEATURES,
    routes::{Audit, ROUTES, Route},
};
use portcullis_tests::{Jar, Req, World, cases, feed::Feed};
use serde_json::{Value, json};

/// Somebody's token, and what it is good for where the database is asked.
struct Holder {
    name: &'static str,
    token: String,
    customer: bool,
}

impl Holder {
    /// Status of a strong route and what it grants of everything there is.
    fn strong(&self, world: &World) -> (u16, Value) {
        let (path, realm) = if self.customer { ("customer_accounts/portal", "customer") } else { ("auth", "staff") };
        let all: Vec<&str> = FEATURES.iter().filter(|feature| feature.realm.name() == realm).map(|feature| feature.id).collect();
        let asked = |features: &[&str]| {
            let res = world.send(Req::post(&format!("/api/{path}/feature-check")).bearer(&self.token).json(json!({"features": features})));
            (res.status, if res.status == 200 { res.json()["granted"].clone() } else { Value::Null })
        };
        let mut granted = Vec::new();
        for features in all.chunks(40) {
            match asked(features) {
                (200, list) => granted.extend(list.as_array().unwrap().clone()),
                refused => return refused,
            }
        }
        (200, granted.into())
    }
}

/// Everybody who is signed in, once more, in a world where a route is about to be called.
fn holders(world: &World) -> Vec<Holder> {
    let token = |name: &'static str, jar: &Jar| {
        let customer = jar.0.get("customer_auth_token");
        let token = customer.or_else(|| jar.0.get("auth_token"))?;
        Some(Holder { name, token: token.clone(), customer: customer.is_some() })
    };
    ["admin", "buyer", "viewer", "owner", "clerk", "super"].into_iter().filter_map(|name| token(name, &world.persona(name).jar)).collect()
}

/// Who lost something by the route's good case, and whether the feed says so of each: `(who, told)`.
fn losers(route: &Route, sabotage: &str) -> Vec<(String, bool)> {
    let world = World::seeded();
    let Some(case) = cases::of(route) else { return Vec::new() };
    world.arrange(sabotage);
    let persona = world.persona(case.by);
    let mut holders = holders(&world);
    let own = persona.jar.0.get("customer_auth_token").or_else(|| persona.jar.0.get("auth_token"));
    holders.extend(own.map(|token| Holder { name: "the caller", token: token.clone(), customer: persona.jar.0.contains_key("customer_auth_token") }));
    let req = (case.good)(&world);
    // The accounts are older than the request, if by little: it is the same second still.
    world.advance(1);
    let before: Vec<_> = holders.iter().map(|holder| holder.strong(&world)).collect();
    let req =
        if req.request.headers.contains_key("authorization") || req.request.headers.contains_key("cookie") { req } else { req.jar(&persona.jar) };
    let res = world.send(req);
    assert!(res.status < 400, "{}: {}", route.name, res.text());
    let changed: Vec<_> =
        holders.iter().zip(before).filter(|(holder, before)| before.0 == 200 && holder.strong(&world) != *before).map(|(holder, _)| holder).collect();
    let feed = Feed::of(&world);
    changed.into_iter().map(|holder| (holder.name.to_owned(), feed.refuses(&holder.token))).collect()
}

#[test]
fn whoever_loses_something_by_a_route_is_refused_by_the_feed() {
    let mut losses = 0;
    for route in ROUTES.iter().filter(|route| matches!(route.audit, Audit::Events(_))) {
        for (who, told) in losers(route, "") {
            losses += 1;
            assert!(told, "{} takes something from {who}, and an offline verifier would not hear of it", route.name);
        }
    }
    assert!(losses > 10, "{losses}");
}

/// The check above, with triggers taken away.
#[test]
fn a_path_that_does_not_reach_the_feed_is_noticed() {
    let route = |name: &str| ROUTES.iter().find(|route| route.name == name).unwrap();
    let cases = [
        ("logout", "DROP TRIGGER customer_sessions_revoked_after_end"),
        ("staff_logout", "DROP TRIGGER staff_sessions_revoked_after_end"),
        ("replace_customer_acl", "DROP TRIGGER customer_user_acls_revoked_after_insert; DROP TRIGGER customer_user_acls_revoked_after_update"),
        ("replace_customer_role_acl", "DROP TRIGGER customer_role_acls_revoked_after_update"),
    ];
    for (name, sabotage) in cases {
        assert!(!losers(route(name), "").is_empty(), "{name} takes something from somebody");
        assert!(losers(route(name), sabotage).iter().any(|(_, told)| !told), "{name} without its trigger went unnoticed");
    }
}
