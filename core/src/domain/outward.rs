//! Addresses outside that somebody may register: https, by a public name. No IP literals, no names of private networks,
//! nothing that two parsers would read differently. Loopback only in development.

use std::net::Ipv4Addr;

/// Top labels that never lead to the public Internet (RFC 6761, RFC 6762, RFC 8375, ICANN's list of collisions).
const PRIVATE: [&str; 13] =
    ["local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "mail", "invalid", "test", "arpa"];

/// `name` or `name:port` in lower case, or why not.
pub fn host(text: &str, development: bool) -> Result<String, &'static str> {
    let lower = text.to_ascii_lowercase();
    let (name, port) = lower.split_once(':').map_or((lower.as_str(), None), |(name, port)| (name, Some(port)));
    if port.is_some_and(|port| port.is_empty() || port.len() > 5 || !port.bytes().all(|b| b.is_ascii_digit()) || port.parse::<u16>().is_err()) {
        return Err("not a port");
    }
    if development && is_loopback(name) {
        return Ok(lower);
    }
    let labels: Vec<&str> = name.split('.').collect();
    if name.len() > 253 || labels.iter().any(|label| !is_label(label)) {
        return Err("not a host name");
    }
    let top = labels.last().copied().unwrap_or_default();
    // What ends in a number is an address, in whatever notation (WHATWG URL, section 3.5).
    if top.bytes().all(|b| b.is_ascii_digit()) || top.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err("IP addresses are not taken");
    }
    if labels.len() < 2 || PRIVATE.contains(&top) {
        return Err("a public host name is needed");
    }
    Ok(lower)
}

/// `https://host[:port][/path]`, or why not. `http` for loopback in development.
pub fn url(text: &str, development: bool) -> Result<String, &'static str> {
    if text.len() > 300 || !text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^'))
    {
        return Err("not a URL");
    }
    if text.contains(['?', '#', '@', '%']) {
        return Err("neither user, query, fragment nor escapes are taken");
    }
    let (scheme, rest) = text.split_once("://").ok_or("not a URL")?;
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let authority = host(authority, development)?;
    let name = authority.split(':').next().unwrap_or_default();
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {}
        "http" if development && is_loopback(name) => {}
        _ => return Err("https is needed"),
    }
    if path.split('/').skip(1).any(|segment| matches!(segment, "." | "..")) || path.contains("//") {
        return Err("not a plain path");
    }
    Ok(format!("{}://{authority}{path}", scheme.to_ascii_lowercase()))
}

/// Where webhooks go: as [`url`], with a query if need be, and no host of `ours` (`name` or `name:port`).
pub fn webhook(text: &str, loopback: bool, ours: &[String]) -> Result<String, &'static str> {
    let (place, query) = text.split_once('?').map_or((text, None), |(place, query)| (place, Some(query)));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&b);
    if text.len() > 500 || !query.unwrap_or_default().bytes().all(plain) {
        return Err("not a URL");
    }
    let place = url(place, loopback)?;
    let authority = place.split('/').nth(2).unwrap_or_default();
    let name = authority.split(':').next().unwrap_or_default();
    // On loopback another port is another server.
    let own = |host: &String| if is_loopback(name) { host == authority } else { host.split(':').next() == Some(name) };
    if ours.iter().any(own) {
        return Err("an address of our own");
    }
    Ok(query.map_or(place.clone(), |query| format!("{place}?{query}")))
}

fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name.strip_suffix(".localhost").is_some_and(|rest| rest.split('.').all(is_label))
        || name.parse() == Ok(Ipv4Addr::LOCALHOST)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_names_are_taken_in_lower_case() {
        for (text, wanted) in [
            ("App.Example.com", "app.example.com"),
            ("a-1.example.co.uk:8443", "a-1.example.co.uk:8443"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(host(text, false).as_deref(), Ok(wanted));
        }
        assert_eq!(url("HTTPS://App.Example.com/shop/", false).as_deref(), Ok("https://app.example.com/shop/"));
        assert_eq!(url("https://app.example.com", false).as_deref(), Ok("https://app.example.com"));
    }

    #[test]
    fn addresses_private_names_and_riddles_are_not() {
        for text in [
            "",
            ".",
            "a",
            "localhost",
            "app.localhost",
            "printer.local",
            "db.internal",
            "nas.lan",
            "x.home.arpa",
            "127.0.0.1",
            "10.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "1.2.3.4:443",
            "[::1]",
            "::1",
            "a..b",
            "a.b.",
            ".a.b",
            "-a.example.com",
            "a-.example.com",
            "a_b.example.com",
            "bücher.example",
            "a.example.com:",
            "a.example.com:99999",
            "a.example.com:1:2",
            "a.example.com/x",
            "u@a.example.com",
            "a example.com",
            "a.example.com\n",
            "*.example.com",
        ] {
            assert!(host(text, false).is_err(), "{text:?}");
        }
        for text in [
            "app.example.com",
            "http://app.example.com",
            "ftp://app.example.com",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://u:p@app.example.com/",
            "https://app.example.com/?x=1",
            "https://app.example.com/#x",
            "https://app.example.com/../x",
            "https://app.example.com//x",
            "https://app.example.com\\@evil.example/",
            "https://app.example.com/%2e%2e/",
            "https://app.example.com/ü",
            " https://app.example.com",
            "http://localhost:3000",
        ] {
            assert!(url(text, false).is_err(), "{text:?}");
        }
    }

    /// K1, in every spelling of an address that some parser knows.
    #[test]
    fn a_webhook_goes_to_no_private_place_however_it_is_spelled() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0177.0.0.1",
            "0x7f.0.0.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0",
            "0.0.0.0",
            "10.0.0.8",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "x.localhost",
            "metadata.google.internal",
            "printer.local",
            "router.lan",
            "db",
            "1.2.3.4",
            "127。0。0。1",
            "①②⑦.0.0.1",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "u@hooks.example.com",
            "u:p@hooks.example.com",
            "hooks.example.com#",
            "",
        ] {
            for text in [format!("https://{host}/hook"), format!("https://{host}:8443/hook"), format!("https://{host}")] {
                assert!(webhook(&text, false, &[]).is_err(), "{text}");
            }
        }
        for text in [
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "//hooks.example.com/",
            "https://hooks.example.com/?a b",
            "https://hooks.example.com/?<",
            " https://hooks.example.com/",
        ] {
            assert!(webhook(text, false, &[]).is_err(), "{text}");
        }
        assert_eq!(webhook("HTTPS://Hooks.Example.com/a?key=%41&x=1", false, &[]).as_deref(), Ok("https://hooks.example.com/a?key=%41&x=1"));
    }

    #[test]
    fn a_webhook_goes_to_no_host_of_our_own() {
        let ours = ["id.example.com".to_owned(), "127.0.0.1:8787".to_owned()];
        for text in ["https://id.example.com/api", "https://ID.example.com:8443/", "https://id.example.com"] {
            assert_eq!(webhook(text, false, &ours), Err("an address of our own"), "{text}");
        }
        assert_eq!(webhook("http://127.0.0.1:8787/x", true, &ours), Err("an address of our own"));
        assert!(webhook("http://127.0.0.1:9999/x", true, &ours).is_ok() && webhook("http://127.0.0.1:9999/x", false, &ours).is_err());
        assert!(webhook("https://other.example.com/", false, &ours).is_ok());
    }

    #[test]
    fn loopback_is_taken_in_development_and_nowhere_else() {
        for text in ["localhost", "localhost:3000", "app.localhost", "app.localhost:8080", "127.0.0.1:3000"] {
            assert!(host(text, true).is_ok() && host(text, false).is_err(), "{text}");
            assert!(url(&format!("http://{text}/x"), true).is_ok() && url(&format!("http://{text}/x"), false).is_err(), "{text}");
        }
        for text in ["10.0.0.1", "127.0.0.2", "[::1]", "printer.local", "..localhost", "http.evil.example"] {
            assert!(host(text, true).is_err() || !is_loopback(text), "{text}");
        }
        assert!(url("http://app.example.com", true).is_err());
    }
}
