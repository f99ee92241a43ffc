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
