//! A request as the pipeline reads it.

use http::{HeaderMap, HeaderName, Method};

/// Method, parts of the URL, headers and the whole body (the shell caps it). Nothing here is trusted.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// `http` or `https`, as the platform saw it.
    pub scheme: String,
    /// Host with port, as the platform saw it; never `X-Forwarded-Host`.
    pub authority: String,
    /// Percent-encoded, as sent.
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Body,
}

/// What the shell read of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Bytes(Vec<u8>),
    /// Over [`MAX_BODY`]; the rest was not read.
    TooLarge,
}

/// 64 KiB.
pub const MAX_BODY: usize = 64 * 1024;

impl Request {
    /// A header's value, if it is text.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// At most 512 characters: it is shown in session lists and audit rows, and anyone may send anything.
    pub fn user_agent(&self) -> String {
        self.header(&http::header::USER_AGENT).unwrap_or_default().chars().filter(|c| !c.is_control()).take(512).collect()
    }

    /// The decoded value of a query parameter, the first if repeated. `+` is a space, as forms have it.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_values(name).next()
    }

    pub fn query_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.query.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key) == name).then(|| decode(value))
        })
    }

    /// `page` and `pageSize`-like numbers: absent or unreadable is the default, anything else is clamped.
    pub fn query_number(&self, name: &str, default: u32, range: std::ops::RangeInclusive<u32>) -> u32 {
        match self.query_value(name).map(|text| text.trim().parse::<i128>()) {
            Some(Ok(number)) => u32::try_from(number.clamp(i128::from(*range.start()), i128::from(*range.end()))).unwrap_or(default),
            _ => default,
        }
    }

    /// Whether `If-None-Match` names an entity tag (RFC 9110 §13.1.2).
    pub fn has_etag(&self, etag: &str) -> bool {
        let tags = self.header(&http::header::IF_NONE_MATCH).unwrap_or_default();
        tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag || tag.trim() == "*")
    }

    /// Host without the port; brackets of an IPv6 literal kept.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// Methods that must not change anything (RFC 9110 §9.2.1).
    pub fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }
}

fn decode(text: &str) -> String {
    form_decode(text)
}

/// A value as forms encode it.
pub fn form_decode(text: &str) -> String {
    percent_decode(&text.replace('+', " "))
}

/// Percent-decoding; a malformed escape or broken UTF-8 leaves the raw text.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let [high, low, tail @ ..] = tail else { return text.to_owned() };
        let (Some(high), Some(low)) = ((*high as char).to_digit(16), (*low as char).to_digit(16)) else { return text.to_owned() };
        out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
        rest = tail;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
pub fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(query: &str) -> Request {
        Request {
            method: Method::GET,
            scheme: "http".into(),
            authority: "localhost:8787".into(),
            path: "/".into(),
            query: query.into(),
            headers: HeaderMap::new(),
            body: Body::Bytes(Vec::new()),
        }
    }

    #[test]
    fn numbers_are_clamped_and_nonsense_is_the_default() {
        for (query, want) in [("", 25), ("n=0", 1), ("n=-1", 1), ("n=9223372036854775808", 100), ("n=abc", 25), ("n=7", 7), ("n=", 25)] {
            assert_eq!(get(query).query_number("n", 25, 1..=100), want, "{query}");
        }
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(percent_decode("a%20b%C3%A9"), "a bé");
        assert_eq!(percent_decode("%"), "%");
        assert_eq!(percent_decode("%zz"), "%zz");
        assert_eq!(percent_decode("%ff"), "%ff");
        assert_eq!(percent_encode("a b/é"), "a%20b%2F%C3%A9");
    }

    #[test]
    fn the_port_is_not_part_of_the_host() {
        let mut request = get("");
        for (authority, host) in [("a.b:80", "a.b"), ("a.b", "a.b"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]")] {
            request.authority = authority.into();
            assert_eq!(request.host(), host);
        }
    }
}
