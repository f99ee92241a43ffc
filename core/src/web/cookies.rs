//! Cookies in and out (RFC 6265bis).

use crate::web::request::{percent_decode, percent_encode};

/// The value of a cookie. A name sent twice with different values is nobody's: planted beside the real one, it must not win.
pub fn find(header: &str, name: &str) -> Option<String> {
    // Two Cookie headers arrive joined by a comma on Workers, so a comma separates too. Our own values never hold one.
    let mut found = header
        .split([';', ','])
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'));
    let first = found.next()?;
    found.all(|other| other == first).then(|| percent_decode(first)).filter(|value| !value.is_empty())
}

/// `SameSite` of every cookie of ours; `Strict` by config or policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SameSite {
    #[default]
    Lax,
    Strict,
}

/// How a deployment writes cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style<'d> {
    pub same_site: SameSite,
    /// Shared with every host under this one. `None`: the host that set it, alone.
    pub domain: Option<&'d str>,
    /// False only when the request itself is plain http on a loopback host.
    pub secure: bool,
    /// `__Host-` or nothing. Needs `secure`, so it is left out on plain-http loopback.
    pub host_prefix: bool,
}

impl Style<'_> {
    pub fn name(self, name: &str) -> String {
        if self.host_prefix && self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// A cookie that lives `max_age` seconds. Attribute order is contractual: Path, Expires, Max-Age, Secure, HttpOnly, SameSite.
    pub fn set(self, name: &str, value: &str, max_age: i64, expires: &str) -> String {
        format!("{}={}; Path=/; Expires={expires}; Max-Age={max_age}{}", self.name(name), percent_encode(value), self.tail())
    }

    /// A cookie that lives until an instant, without a `Max-Age`.
    pub fn set_until(self, name: &str, value: &str, expires: &str) -> String {
        format!("{}={}; Path=/; Expires={expires}{}", self.name(name), percent_encode(value), self.tail())
    }

    pub fn clear(self, name: &str) -> String {
        format!("{}=; Path=/; Max-Age=0{}", self.name(name), self.tail())
    }

    fn tail(self) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let same_site = match self.same_site {
            SameSite::Lax => "lax",
            SameSite::Strict => "strict",
        };
        let domain = self.domain.map(|domain| format!("; Domain={domain}")).unwrap_or_default();
        format!("{domain}{secure}; HttpOnly; SameSite={same_site}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_planted_twice_is_nobodys() {
        assert_eq!(find("a=1; b=2", "b").as_deref(), Some("2"));
        assert_eq!(find("a=1; a=2", "a"), None);
        assert_eq!(find("a=1; a=1", "a").as_deref(), Some("1"));
        assert_eq!(find("a=1,b=2", "b").as_deref(), Some("2"));
        assert_eq!(find("a=; ab=1", "a"), None);
        assert_eq!(find(";;=;a", "a"), None);
        assert_eq!(find("a=%zz", "a").as_deref(), Some("%zz"));
    }

    #[test]
    fn attributes_come_in_the_wire_order() {
        let style = Style { same_site: SameSite::Lax, domain: None, secure: true, host_prefix: true };
        assert_eq!(
            style.set("t", "a b", 60, "Sat, 21 Nov 2026 05:00:00 GMT"),
            "__Host-t=a%20b; Path=/; Expires=Sat, 21 Nov 2026 05:00:00 GMT; Max-Age=60; Secure; HttpOnly; SameSite=lax"
        );
        assert_eq!(Style { secure: false, ..style }.clear("t"), "t=; Path=/; Max-Age=0; HttpOnly; SameSite=lax");
    }
}
