//! Where a person is sent after signing in: a path on our own origin, whatever the caller asked for.

/// Longer targets are nobody's bookmark.
const MAX: usize = 2_048;

/// The path of a target on one of our own origins; `None` for anything else, and for whatever browsers and servers
/// might read differently.
pub fn own_path(target: &str, origins: &[&str]) -> Option<String> {
    let path = origins.iter().find_map(|origin| target.strip_prefix(*origin).filter(|rest| rest.starts_with('/'))).unwrap_or(target);
    // Browsers drop tabs and line ends, and read a backslash as a slash.
    let plain = path.len() <= MAX && path.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>'));
    let bare = path.split(['?', '#']).next().unwrap_or_default();
    // `/./` and the like vanish on the way and could leave `//host` behind.
    let dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let fits = plain && bare.starts_with('/') && !bare.contains("//") && !bare.split('/').any(dots);
    fits.then(|| path.to_owned())
}

/// Host and the whole of an address outside, for whoever knows which hosts are fine; `None` for whatever two parsers might
/// read differently. `https`, and in development `http`.
pub fn outside(target: &str, development: bool) -> Option<(String, String)> {
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://").filter(|_| development))?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    own_path(path, &[])?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    (!host.is_empty() && host.bytes().all(plain)).then(|| (host.to_ascii_lowercase(), target.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[&str] = &["https://id.example.com", "http://127.0.0.1:8787"];

    #[test]
    fn our_own_paths_are_kept() {
        for (target, wanted) in [
            ("/", "/"),
            ("/backend/customers?page=2#x", "/backend/customers?page=2#x"),
            ("/backend?next=//x/../y", "/backend?next=//x/../y"),
            ("https://id.example.com/backend", "/backend"),
            ("http://127.0.0.1:8787/a", "/a"),
        ] {
            assert_eq!(own_path(target, OURS).as_deref(), Some(wanted), "{target}");
        }
    }

    #[test]
    fn addresses_outside_are_taken_apart_or_refused() {
        for (target, host) in [
            ("https://App.example.com", "app.example.com"),
            ("https://app.example.com:8443/a?b=c#d", "app.example.com:8443"),
            ("http://app.localhost/", "app.localhost"),
        ] {
            assert_eq!(outside(target, true).map(|(host, _)| host).as_deref(), Some(host), "{target}");
        }
        for target in [
            "/path",
            "//app.example.com",
            "https:app.example.com",
            "https:///app.example.com",
            "HTTPS://app.example.com/",
            "https://user@app.example.com/",
            "https://app.example.com@evil.example/",
            "https://app.example.com\\@evil.example/",
            "https://app.example.com%2f@evil.example/",
            "https://app.example.com/\r\nSet-Cookie:x",
            "https://app.example.com//evil.example",
            "https://app.example.com/../x",
            "https://[::1]/",
            "https://äpp.example.com/",
            "https://",
            "javascript://app.example.com/%0aalert(1)",
            "data:text/html,x",
        ] {
            assert_eq!(outside(target, true), None, "{target:?}");
        }
        assert_eq!(outside("http://app.example.com/", false), None);
    }

    #[test]
    fn everything_else_is_not_followed() {
        for target in [
            "",
            "backend",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/%2e/../evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/%2E%2e/x",
            "https://evil.example/",
            "https://id.example.com",
            "https://id.example.com.evil.example/",
            "https://id.example.com@evil.example/",
            "https:/evil.example",
            "javascript:alert(1)",
            " /backend",
            "/back end",
            "/ü",
            "/a\r\nSet-Cookie: x=1",
        ] {
            assert_eq!(own_path(target, OURS), None, "{target:?}");
        }
        assert_eq!(own_path(&format!("/{}", "a".repeat(MAX)), OURS), None);
    }
}
