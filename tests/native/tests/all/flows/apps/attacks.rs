//! E1 to E5 for app tokens, and for tokens of both realms at every path that reads one: none is taken, none is a 5xx.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use portcullis_core::jose::{jwk::PrivateJwk, portable};
use portcullis_tests::{
    Jar, Req, World,
    cases::{AUDIENCE, add_credential, claims, edge, make_app},
    people::BUYER,
    staff::ADMIN,
    world::{OTHER_KEY, SIGNING_KEY},
};
use serde_json::{Value, json};

const SECRET: &str = "a-secret-of-an-app";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

fn signed(header: &Value, claims: &Value, key: &str) -> String {
    let input = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = portable::sign(&PrivateJwk::parse(key).unwrap(), input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature))
}

fn merged(base: &Value, change: &Value) -> Value {
    let mut merged = base.clone();
    for (name, value) in change.as_object().unwrap() {
        if value.is_null() {
            merged.as_object_mut().unwrap().remove(name);
        } else {
            merged[name] = value.clone();
        }
    }
    merged
}

/// Who asks no database believes our own signature about who belongs to which session.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    Strong,
    Fast,
}

/// Crafted from a good token: each must be refused wherever the good one is taken.
fn crafted(world: &World, good: &str, path: Path) -> Vec<String> {
    let (said, key) = (claims(good), world.first_key());
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": key.public.kid});
    let other = PrivateJwk::parse(OTHER_KEY).unwrap().public;
    let mut tokens = Vec::new();
    let mut headers: Vec<Value> = ["none", "None", "", "HS256", "HS512", "RS256", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256"]
        .iter()
        .map(|alg| json!({"alg": alg}))
        .collect();
    headers.extend([
        json!({"alg": null}),
        json!({"kid": null}),
        json!({"kid": ""}),
        json!({"kid": 1}),
        json!({"kid": "../x"}),
        json!({"kid": "' OR 1=1"}),
        json!({"kid": other.kid}),
    ]);
    headers.extend([
        json!({"jku": "https://evil.example"}),
        json!({"x5u": "https://evil.example"}),
        json!({"jwk": other.view()}),
        json!({"x5c": ["MIIB"]}),
        json!({"crit": ["exp"]}),
    ]);
    headers.extend([json!({"typ": "at+jwt"}), json!({"typ": null}), json!({"zip": "DEF"}), json!({"b64": false}), json!({"cty": "JWT"})]);
    for change in &headers {
        let header = merged(&header, change);
        tokens.extend([signed(&header, &said, SIGNING_KEY), signed(&header, &said, OTHER_KEY)]);
    }
    let now = world.now() / 1_000;
    for change in [
        json!({"iss": "https://evil.example"}),
        json!({"iss": null}),
        json!({"aud": "somebody-else"}),
        json!({"aud": null}),
        json!({"aud": [said["aud"]]}),
        json!({"type": "other"}),
        json!({"type": null}),
        json!({"sub": null}),
        json!({"sid": null}),
        json!({"tenantId": null}),
        json!({"exp": now - 60}),
        json!({"exp": null}),
        json!({"exp": "9999999999"}),
        json!({"exp": 1e300}),
        json!({"iat": now + 61}),
        json!({"iat": null}),
        json!({"exp": i64::MIN}),
        json!({"iat": i64::MAX}),
        json!({"jti": null}),
        json!({"sub": "x"}),
    ] {
        tokens.push(signed(&header, &merged(&said, &change), SIGNING_KEY));
    }
    if path == Path::Strong {
        let swapped = [json!({"sub": said["sid"]}), json!({"sid": said["sub"]}), json!({"tenantId": said["sub"]})];
        tokens.extend(swapped.iter().map(|change| signed(&header, &merged(&said, change), SIGNING_KEY)));
    }
    tokens.push(signed(&header, &said, OTHER_KEY));
    let input = good.rsplit_once('.').unwrap().0;
    for secret in [
        key.public.view().to_string().into_bytes(),
        portable::verifying_key(&key.public).unwrap().to_encoded_point(false).as_bytes().to_vec(),
        Vec::new(),
    ] {
        for alg in ["HS256", "ES256"] {
            let input = format!("{}.{}", encode(merged(&header, &json!({"alg": alg})).to_string()), input.split_once('.').unwrap().1);
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
            mac.update(input.as_bytes());
            let tag: [u8; 32] = mac.finalize().into_bytes().into();
            tokens.extend([format!("{input}.{}", encode(tag)), format!("{input}.{}", encode([tag, tag].concat()))]);
        }
    }
    tokens.extend([
        format!("{input}."),
        input.to_owned(),
        format!("{input}.{}", encode([0; 64])),
        format!("{good}.x"),
        format!("{good}="),
        "x".repeat(9_000),
    ]);
    tokens.push(signed(&header, &merged(&said, &json!({"pad": "x".repeat(9_000)})), SIGNING_KEY));
    for at in (0..good.len()).step_by(29) {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        tokens.push(String::from_utf8(bytes).unwrap());
    }
    tokens
}

#[test]
fn no_crafted_token_of_either_realm_opens_a_route() {
    let world = World::seeded();
    make_app(&world);
    let (buyer, admin) = (world.login(BUYER), world.staff_login(ADMIN));
    let app = |path: &str, jar: &Jar| {
        world.send(Req::post(path).jar(jar).json(json!({"audience": AUDIENCE}))).ok(200).json()["accessToken"].as_str().unwrap().to_owned()
    };
    let customer = (buyer.get("customer_auth_token").to_owned(), "/api/customer_accounts/portal/profile", "customer_auth_token");
    let staff = (admin.get("auth_token").to_owned(), "/api/auth/profile", "auth_token");
    let apps = [app("/api/customer_accounts/portal/app-token", &buyer), app("/api/auth/app-token", &admin)];
    for (good, path, cookie) in [&customer, &staff] {
        world.send(Req::get(path).bearer(good)).ok(200);
        let mut tokens = crafted(&world, good, Path::Strong);
        assert!(tokens.len() > 100, "{}", tokens.len());
        tokens.extend(apps.iter().cloned());
        tokens.push(if *path == customer.1 { staff.0.clone() } else { customer.0.clone() });
        for token in &tokens {
            // As a header can carry it.
            assert_eq!(world.send(Req::get(path).bearer(token)).status, 401, "{token}");
            let jar = Jar([((*cookie).to_owned(), token.clone())].into());
            assert_eq!(world.send(Req::get(path).jar(&jar)).status, 401, "{token}");
        }
    }
}

#[test]
fn no_crafted_app_token_is_active() {
    let world = World::seeded();
    let id = make_app(&world);
    add_credential(&world, SECRET);
    let ask = |token: &str| {
        let body = json!({"token": token, "client_id": id, "client_secret": SECRET});
        world.send(Req::post("/api/introspect").json(body)).ok(200).json()
    };
    for (path, jar) in [("/api/customer_accounts/portal/app-token", world.login(BUYER)), ("/api/auth/app-token", world.staff_login(ADMIN))] {
        let res = world.send(Req::post(path).jar(&jar).json(json!({"audience": AUDIENCE})));
        let good = res.ok(200).json()["accessToken"].as_str().unwrap().to_owned();
        assert_eq!(ask(&good)["active"], true);
        let tokens = crafted(&world, &good, Path::Strong);
        assert!(tokens.len() > 100);
        for token in tokens {
            assert_eq!(ask(&token), json!({"active": false}), "{token}");
        }
    }
}

/// The paths that ask no database: the fast check and every kind of proxy, with the token as bearer and as cookie.
#[test]
fn no_crafted_token_passes_the_fast_check_or_a_proxy() {
    let world = World::seeded();
    make_app(&world);
    for (jar, cookie, uri) in [(world.login(BUYER), "customer_auth_token", "/"), (world.staff_login(ADMIN), "auth_token", "/back")] {
        let good = jar.get(cookie).to_owned();
        if cookie == "auth_token" {
            let rules = json!([{"path": "/back/**", "access": "session", "realm": "staff"}]);
            let app = world.value("SELECT id FROM apps").as_str().unwrap().to_owned();
            let root = world.staff_login(portcullis_tests::staff::SUPERADMIN);
            world.send(Req::put(&format!("/api/apps/{app}/rules")).jar(&root).json(edge::document(0, rules))).ok(200);
            world.advance_seconds(6);
        }
        let asks = |token: &str| {
            let jar = Jar([(cookie.to_owned(), token.to_owned())].into());
            let mut asked = vec![Req::get("/api/check").bearer(token), Req::get("/api/check").jar(&jar)];
            for proxy in ["nginx", "caddy", "traefik", "envoy"] {
                asked.extend([edge::asked(proxy, "GET", uri).bearer(token), edge::asked(proxy, "GET", uri).jar(&jar)]);
            }
            asked.into_iter().map(|req| world.send(req).status).collect::<Vec<_>>()
        };
        assert_eq!(asks(&good), [200; 10], "{cookie}");
        let tokens = crafted(&world, &good, Path::Fast);
        assert!(tokens.len() > 100);
        for token in tokens {
            assert_eq!(asks(&token), [401; 10], "{token}");
        }
    }
}
