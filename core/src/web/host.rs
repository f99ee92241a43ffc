//! Which hosts are ours.

/// `localhost`, anything under `.localhost` (RFC 6761 §6.3), 127.0.0.0/8 and `[::1]`.
pub fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// The client a per-address limit counts: IPv4 whole, IPv6 by /64, since one household holds that many addresses.
pub fn client_key(ip: &str) -> Option<String> {
    match ip.trim().parse::<std::net::IpAddr>().ok()? {
        std::net::IpAddr::V4(v4) => Some(v4.to_string()),
        std::net::IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => Some(v4.to_string()),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names() {
        for yes in ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in ["localhost.evil.com", "128.0.0.1", "xlocalhost", "", "127.0.0.1.nip.io"] {
            assert!(!is_loopback(no), "{no}");
        }
    }

    #[test]
    fn an_ipv6_household_is_one_client() {
        assert_eq!(client_key("2001:db8:1:2:3:4:5:6"), client_key("2001:db8:1:2:ffff::1"));
        assert_ne!(client_key("2001:db8:1:2::"), client_key("2001:db8:1:3::"));
        assert_eq!(client_key("::ffff:10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(client_key("nonsense"), None);
    }
}
