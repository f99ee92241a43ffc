//! The path of somebody else's request, so that every server behind a proxy reads it as we did, or not at all.
//!
//! Rules are matched on what [`RequestPath::read`] returns. Whatever two servers are known to read differently (encoded
//! slashes, dot segments, empty segments, backslashes, path parameters, double escapes, …) is refused, not repaired: a
//! repaired path would be decided about here and another one served there.

use unicode_normalization::UnicodeNormalization;

/// Longer paths are nobody's link.
const MAX: usize = 2_048;

/// A path by its segments: decoded, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPath {
    segments: Vec<String>,
}

/// Why a path is refused, for whoever asks what a rule would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Riddle {
    TooLong,
    NotAbsolute,
    /// Something no request line holds: a space, a control character, a byte beyond ASCII.
    NotPlain,
    Backslash,
    /// `;`, which some servers cut off with what follows.
    Parameter,
    EmptySegment,
    DotSegment,
    /// A segment that ends in a dot or a space, which some file systems drop.
    TrailingDot,
    /// An escape that is none, or of no UTF-8.
    BadEscape,
    /// `%2F`, `%5C`, `%3B`, `%3F`, `%23`, or a control character.
    EscapedDelimiter,
    /// An escape within an escape: `%252F`.
    DoubleEscape,
    /// A character that turns into an ASCII one when normalised.
    Lookalike,
}

impl Riddle {
    pub const fn about(self) -> &'static str {
        match self {
            Self::TooLong => "the path is too long",
            Self::NotAbsolute => "the path does not begin with a slash",
            Self::NotPlain => "the path holds a character that no path holds",
            Self::Backslash => "the path holds a backslash",
            Self::Parameter => "the path holds a semicolon",
            Self::EmptySegment => "the path holds two slashes in a row",
            Self::DotSegment => "the path holds a dot segment",
            Self::TrailingDot => "a segment ends in a dot or a space",
            Self::BadEscape => "the path holds a broken escape",
            Self::EscapedDelimiter => "the path holds an escaped delimiter or control character",
            Self::DoubleEscape => "the path holds an escape within an escape",
            Self::Lookalike => "the path holds a character that looks like an ASCII one",
        }
    }
}

impl RequestPath {
    /// Reads `/path` or `/path?query`, as it was sent. A slash at the end makes no difference.
    pub fn read(uri: &str) -> Result<Self, Riddle> {
        let path = uri.split('?').next().unwrap_or_default();
        if path.len() > MAX {
            return Err(Riddle::TooLong);
        }
        let Some(rest) = path.strip_prefix('/') else { return Err(Riddle::NotAbsolute) };
        if !path.bytes().all(|b| b.is_ascii_graphic()) || path.contains('#') {
            return Err(Riddle::NotPlain);
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() {
            // `//` is a slash, an empty segment, and a slash.
            return if path.len() > 1 { Err(Riddle::EmptySegment) } else { Ok(Self { segments: Vec::new() }) };
        }
        let segments = rest.split('/').map(segment).collect::<Result<_, _>>()?;
        Ok(Self { segments })
    }

    pub fn segments(&self) -> &[String] {
        &self.segments
    }
}

impl std::fmt::Display for RequestPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.segments.join("/"))
    }
}

/// One segment, decoded once.
fn segment(raw: &str) -> Result<String, Riddle> {
    if raw.is_empty() {
        return Err(Riddle::EmptySegment);
    }
    if raw.contains('\\') {
        return Err(Riddle::Backslash);
    }
    if raw.contains(';') {
        return Err(Riddle::Parameter);
    }
    let text = String::from_utf8(decoded(raw)?).map_err(|_| Riddle::BadEscape)?;
    if text.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | ';' | '?' | '#')) {
        return Err(Riddle::EscapedDelimiter);
    }
    if text.chars().any(|c| !c.is_ascii() && c.nfkc().any(|n| n.is_ascii())) {
        return Err(Riddle::Lookalike);
    }
    if matches!(text.as_str(), "." | "..") {
        return Err(Riddle::DotSegment);
    }
    if text.ends_with(['.', ' ']) {
        return Err(Riddle::TrailingDot);
    }
    if has_escape(&text) {
        return Err(Riddle::DoubleEscape);
    }
    // Composed and decomposed spellings are one name, and so are both cases.
    Ok(text.nfc().collect::<String>().to_lowercase())
}

/// Whether a decoded text holds what a second decoding would take for an escape.
fn has_escape(text: &str) -> bool {
    text.as_bytes().windows(3).any(|window| matches!(window, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()))
}

fn decoded(raw: &str) -> Result<Vec<u8>, Riddle> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let [high, low, tail @ ..] = tail else { return Err(Riddle::BadEscape) };
        let (Some(high), Some(low)) = ((*high as char).to_digit(16), (*low as char).to_digit(16)) else { return Err(Riddle::BadEscape) };
        out.push(u8::try_from(high * 16 + low).unwrap_or(0));
        rest = tail;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Result<String, Riddle> {
        RequestPath::read(uri).map(|path| path.to_string())
    }

    #[test]
    fn spellings_of_one_path_are_one_path() {
        for uri in ["/admin/users", "/admin/users/", "/ADMIN/Users", "/%61dmin/%75sers", "/admin/users?x=/../%2f", "/admin/users/?"] {
            assert_eq!(read(uri).as_deref(), Ok("/admin/users"), "{uri}");
        }
        assert_eq!(read("/").as_deref(), Ok("/"));
        assert_eq!(read("/?a").as_deref(), Ok("/"));
        assert_eq!(read("/b%C3%BCcher"), read("/bu%CC%88cher"));
        assert_eq!(read("/a%20b/100%25").as_deref(), Ok("/a b/100%"));
    }

    #[test]
    fn what_two_servers_read_differently_is_refused() {
        use Riddle::*;
        for (uri, why) in [
            ("", NotAbsolute),
            ("admin", NotAbsolute),
            ("http://app/admin", NotAbsolute),
            ("*", NotAbsolute),
            ("//", EmptySegment),
            ("//admin", EmptySegment),
            ("/admin//", EmptySegment),
            ("/public//admin", EmptySegment),
            ("/public/../admin", DotSegment),
            ("/public/./admin", DotSegment),
            ("/public/%2e%2e/admin", DotSegment),
            ("/public/.%2E/admin", DotSegment),
            ("/..", DotSegment),
            ("/public/%2e", DotSegment),
            ("/public%2f..%2fadmin", EscapedDelimiter),
            ("/public/%2F", EscapedDelimiter),
            ("/public%5c..%5cadmin", EscapedDelimiter),
            ("/public\\..\\admin", Backslash),
            ("/public/..;/admin", Parameter),
            ("/admin;jsessionid=1", Parameter),
            ("/admin%3bx", EscapedDelimiter),
            ("/admin%00.png", EscapedDelimiter),
            ("/admin%0d%0aX:y", EscapedDelimiter),
            ("/admin%3fx", EscapedDelimiter),
            ("/admin%23x", EscapedDelimiter),
            ("/admin%7f", EscapedDelimiter),
            ("/public/%252e%252e/admin", DoubleEscape),
            ("/public%252fadmin", DoubleEscape),
            ("/public/%25%32%66", DoubleEscape),
            ("/admin%", BadEscape),
            ("/admin%2", BadEscape),
            ("/admin%zz", BadEscape),
            ("/%c0%af", BadEscape),
            ("/%ff", BadEscape),
            ("/admin.", TrailingDot),
            ("/admin%20", TrailingDot),
            ("/admin...", TrailingDot),
            ("/%EF%BC%8F", Lookalike),
            ("/%EF%BD%81dmin", Lookalike),
            ("/%E2%84%AAing", Lookalike),
            ("/%E2%80%A5", Lookalike),
            ("/ad min", NotPlain),
            ("/ad\tmin", NotPlain),
            ("/ad\0min", NotPlain),
            ("/ädmin", NotPlain),
            ("/admin#x", NotPlain),
        ] {
            assert_eq!(read(uri), Err(why), "{uri:?}");
        }
        assert_eq!(read(&format!("/{}", "a".repeat(MAX))), Err(TooLong));
    }
}
