//! K2: no spelling of a path changes what is decided about it. An independent model stands for the servers behind a
//! proxy: each reads a path in its own way, and whatever passed has to be allowed in every one of these readings.

use portcullis_core::domain::{path_rule::Access, realm::Realm, request_path::RequestPath, rule_document};
use proptest::prelude::*;
use serde_json::json;

use super::{PROXIES, ask, shop, usual};

/// How servers are known to read a path: decoding once, twice or not at all; backslashes as slashes or not; parameters
/// cut off or not; dot segments resolved before or after decoding; slashes merged; case folded; cut at a NUL.
fn readings(uri: &str) -> Vec<String> {
    let decode = |text: &str| {
        let bytes = text.as_bytes();
        let (mut out, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let hex = bytes.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
            match (bytes[at], hex) {
                (b'%', Some(byte)) => {
                    out.push(byte);
                    at += 3;
                }
                (byte, _) => {
                    out.push(byte);
                    at += 1;
                }
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    };
    let resolve = |path: &str| {
        let mut kept: Vec<&str> = Vec::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            match segment {
                "." => {}
                ".." => drop(kept.pop()),
                other => kept.push(other),
            }
        }
        format!("/{}", kept.join("/"))
    };
    let slashes = |path: &str| path.replace('\\', "/");
    let parameters = |path: &str| path.split('/').map(|segment| segment.split(';').next().unwrap()).collect::<Vec<_>>().join("/");
    let trimmed = |path: &str| path.split('/').map(|segment| segment.trim_end_matches(['.', ' '])).collect::<Vec<_>>().join("/");
    let until = |path: &str| path.split(['?', '#', '\0']).next().unwrap().to_owned();
    let raw = uri.split('?').next().unwrap().to_owned();
    let once = decode(&raw);
    let twice = decode(&once);
    let mut all = vec![raw, once, twice];
    for step in [&slashes as &dyn Fn(&str) -> String, &parameters, &trimmed, &until] {
        all.extend(all.clone().iter().map(|path| step(path)));
    }
    let decoded: Vec<String> = all.iter().map(|path| decode(path)).collect();
    all.extend(decoded);
    all.iter().flat_map(|path| [resolve(path), resolve(&path.to_lowercase())]).collect()
}

/// The model: everything under `/admin`, in any case, is closed; all else is open.
fn is_closed(path: &str) -> bool {
    let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    first.eq_ignore_ascii_case("admin")
}

fn opens(uri: &str) -> bool {
    let rules = json!([{"path": "/admin/**", "access": "session"}, {"path": "/**", "access": "public"}]);
    let rules = rule_document::parse(Realm::Customer, rules.as_array().unwrap()).unwrap();
    RequestPath::read(uri).is_ok_and(|path| *rules.decide("GET", &path).access == Access::Public)
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "/",
        "//",
        "admin",
        "ADMIN",
        "aDmin",
        "%61dmin",
        "adm%69n",
        "public",
        "x",
        ".",
        "..",
        "%2e",
        "%2E%2e",
        ".%2e",
        "%2f",
        "%2F",
        "%5c",
        "\\",
        ";",
        ";a=b",
        "%3b",
        "%00",
        "%",
        "%2",
        "%252e",
        "%252f",
        "%25",
        "?",
        "#",
        "%3f",
        "%23",
        "%20",
        " ",
        "%0a",
        "%ef%bc%8f",
        "%c0%af",
        "é",
        "%c3%a9",
        "...",
        "%09",
    ];
    prop::sample::select(pieces.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn what_passes_is_open_however_it_is_read(pieces in prop::collection::vec(piece(), 1..8)) {
        let uri = format!("/{}", pieces.concat());
        if opens(&uri) {
            let closed: Vec<_> = readings(&uri).into_iter().filter(|reading| is_closed(reading)).collect();
            prop_assert!(closed.is_empty(), "{uri:?} passes, and is read as {closed:?}");
        }
    }

    #[test]
    fn a_path_is_read_as_itself(segments in prop::collection::vec("[a-z0-9_~-]{1,8}", 0..6)) {
        let uri = format!("/{}", segments.join("/"));
        prop_assert_eq!(RequestPath::read(&uri).unwrap().to_string(), uri.clone());
        prop_assert_eq!(opens(&uri), !is_closed(&uri));
    }
}

/// The property above notices a reader that repairs instead of refusing.
#[test]
fn the_model_tells_tricks_from_paths() {
    for trick in [
        "/public/../admin",
        "/public/%2e%2e/admin",
        "/public%2f..%2fadmin",
        "/public/..;/admin",
        "//admin",
        "/public\\..\\admin",
        "/ADMIN",
        "/admin;x",
        "/admin%00.png",
        "/%61dmin",
        "/public/%252e%252e/admin",
        "/admin.",
        "/admin%3fx",
        "/./admin",
    ] {
        assert!(readings(trick).iter().any(|reading| is_closed(reading)), "{trick}");
        assert!(!opens(trick), "{trick}");
    }
    for path in ["/", "/public/admin", "/administrator", "/x/y"] {
        assert!(opens(path) && !readings(path).iter().any(|reading| is_closed(reading)), "{path}");
    }
}

/// The same through the door: nobody who is not signed in gets anywhere but to public paths.
#[test]
fn no_trick_gets_past_any_proxy() {
    let world = shop(usual());
    for trick in [
        "/public/../orders",
        "/public/%2e%2e/orders",
        "/public/.%2E/orders",
        "/public%2f..%2forders",
        "/public/..%2forders",
        "/public/..;/orders",
        "/public\\..\\orders",
        "/public/%5c..%5corders",
        "//orders",
        "/public//../orders",
        "/public/%252e%252e/orders",
        "/public/x%00/../../orders",
        "/ORDERS",
        "/%6frders",
        "/orders/",
        "/orders?x=/public/",
        "/orders%3f/public",
        "/orders%23",
        "/public/x/../../orders",
        "/public/%2e%2e%2forders",
        "/public/.",
        "/public/..",
        "/public;/../orders",
        "/orders;/public/",
    ] {
        for proxy in PROXIES {
            // What cannot even stand in a request line never reaches us from Envoy.
            let res = ask(&world, proxy, trick, |req| req);
            assert!(matches!(res.status, 401 | 403), "{proxy} {trick}: {}", res.status);
        }
    }
}
