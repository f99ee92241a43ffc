//! F1 to F3 and F6: one error shape, strict bodies, methods, headers.

use http::Method;
use portcullis_core::routes::{Guard, ROUTES};
use portcullis_tests::{
    Req, World,
    people::{ADMIN, BUYER},
};
use serde_json::json;

use super::{CA, profile};

/// F1.
#[test]
fn every_error_has_the_one_shape() {
    let world = World::seeded();
    let errors = [
        world.send(Req::get("/nowhere")),
        world.send(Req::get(&format!("{CA}/login"))),
        profile(&world, &Default::default()),
        world.send(Req::post(&format!("{CA}/login")).json(json!({}))),
        world.send(Req::post(&format!("{CA}/login")).bytes("{}")),
        world.try_login(BUYER, "wrong password"),
    ];
    for res in errors {
        let body = res.json();
        assert_eq!(res.header("content-type"), Some("application/problem+json"));
        assert_eq!((&body["ok"], body["status"].as_u64()), (&json!(false), Some(u64::from(res.status))));
        for member in ["error", "code", "type", "title", "requestId"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {body}");
        }
        assert_eq!(res.header("x-request-id"), body["requestId"].as_str());
    }
}

/// F2.
#[test]
fn bodies_are_strict() {
    let world = World::seeded();
    let send = |body: &[u8]| world.send(Req::post(&format!("{CA}/login")).header("content-type", "application/json").bytes(body));
    let deep = format!("{{\"email\":{}1{}}}", "[".repeat(20), "]".repeat(20));
    for bad in [
        &b""[..],
        b"{",
        b"{} {}",
        b"{\"email\":\"a@b.co\",\"email\":\"c@d.co\"}",
        b"{\"email\":\"a\\u0000@b.co\"}",
        b"{\"email\":\"\\ud800\"}",
        b"{\"email\":\"\xff\"}",
        b"\xef\xbb\xbf{}",
        b"{\"a\":NaN}",
        b"{\"a\":1e999}",
        deep.as_bytes(),
    ] {
        send(bad).is(400, "Invalid request body");
    }
    send(&vec![b' '; 64 * 1024 + 1]).is(413, "The body may hold at most 65536 bytes");
    assert_eq!(send(&vec![b' '; 64 * 1024]).status, 400);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "", "text/json"] {
        let res = world.send(Req::post(&format!("{CA}/login")).header("content-type", kind).bytes("{}"));
        res.is(415, "Content-Type must be application/json");
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        world.send(Req::post(&format!("{CA}/login")).header("content-type", kind).bytes("{}")).is(400, "Invalid credentials");
    }
}

/// F3.
#[test]
fn a_method_the_path_does_not_offer_is_405_with_what_it_does() {
    let world = World::seeded();
    // Envoy asks in the method of the request it asks about.
    for route in ROUTES.iter().filter(|route| !route.name.starts_with("forward_auth_envoy")) {
        let path = route.path.replace("{id}", "0190f5fe-7c00-7a00-8000-000000000001");
        for method in [Method::TRACE, Method::PATCH, Method::CONNECT] {
            let res = world.send(Req::new(method, &path));
            res.is(405, "Method not allowed");
            assert!(res.header("allow").unwrap().split(", ").any(|m| m == route.method.as_str()), "{}", route.path);
        }
        let res = world.send(Req::new(Method::OPTIONS, &path));
        assert_eq!(res.status, 204);
        assert!(res.header("allow").unwrap().contains(route.method.as_str()));
    }
}

#[test]
fn head_is_get_without_a_body() {
    let world = World::seeded();
    for path in ["/.well-known/jwks.json", "/api/health", "/api/directory/organizations/lookup?slug=acme"] {
        let (get, head) = (world.send(Req::get(path)), world.send(Req::new(Method::HEAD, path)));
        assert_eq!((get.status, get.header("content-type")), (head.status, head.header("content-type")), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty());
    }
}

/// F6.
#[test]
fn every_answer_carries_the_security_headers() {
    let world = World::seeded();
    for path in ["/nowhere", "/.well-known/jwks.json", "/api/health", "/dev/inbox", "/api/customer_accounts/portal/profile"] {
        let res = world.send(Req::get(path));
        let csp = res.header("content-security-policy").unwrap();
        assert!(csp.contains("frame-ancestors 'none'") && !csp.contains("unsafe"), "{csp}");
        assert!(res.header("strict-transport-security").unwrap().starts_with("max-age=63072000"));
        assert_eq!(res.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(res.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(res.header("x-frame-options"), Some("DENY"));
    }
}

#[test]
fn aliases_and_any_case_reach_the_same_routes() {
    let world = World::seeded();
    let login = |path: &str| {
        let mut req = world.login_request(BUYER, "wrong password");
        req.request.path = path.into();
        world.send(req)
    };
    for path in ["/api/login", "/api/customer_accounts/login", "/API/Customer_Accounts/Login"] {
        login(path).is(401, "Invalid email or password");
    }
    for path in ["/api/customer_accounts/login/", "/api//login", "/api/customer_accounts/login%2f", "/api/customer_accounts/../login", "/login"] {
        login(path).is(404, "Not Found");
    }
}

#[test]
fn development_routes_do_not_exist_in_production() {
    let world = World::with(&[("ENVIRONMENT", "production"), ("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "k")]);
    for route in ROUTES.iter().filter(|route| route.guard == Guard::Development) {
        let res = world.send(Req::new(route.method.clone(), route.path).at("https://id.example.com"));
        res.is(404, "Not Found");
    }
}

/// F5: reading changes nothing. (A denial is put on record, which is no change of what was asked for.)
#[test]
fn get_changes_nothing() {
    let world = World::seeded();
    let jar = world.login(ADMIN);
    let state = || world.dump(|table| table != "audit_log");
    for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
        let before = state();
        world.send(Req::get(route.path).jar(&jar));
        world.send(Req::get(&format!("{}?slug=acme&tenantId={}", route.path, world.acme().tenant)).jar(&jar));
        assert!(before == state(), "{} changed a row", route.path);
    }
}
