//! What strangers typed, made harmless before it meets a mail.
//!
//! Anyone may sign up somebody else's address under any name, and we send the mail. So a name must not start a line, hide
//! text, or hold anything that a mail program turns into a link by itself, which includes bare host names. A space after the
//! joint that makes it a link is the one defence all programs respect; zero-width characters are skipped by some.

/// Characters of a name or a fact; the rest is cut.
const MAX: usize = 200;

/// For anything that reaches a header: no character that could end its line (RFC 5322 §2.2), nor any other control.
pub fn header(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect()
}

/// For a name in running text. Doing it twice changes nothing.
pub fn name(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars();
    let mut before = None;
    while let Some(c) = rest.next() {
        let mut ahead = rest.clone();
        if joins(&out, before, c, ahead.next(), ahead.next()) {
            out.extend([c, ' ']);
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    cut(out)
}

/// For a time, a device or an address. An IP address is shown as it is: what it may consist of leaves no room for mischief.
pub fn fact(text: &str) -> String {
    text.parse::<std::net::IpAddr>().map_or_else(|_| name(text), |address| address.to_string())
}

/// For text and attribute values of HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Line breaks and other white space become single spaces; what cannot be seen goes.
fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !(c.is_control() || is_invisible(*c))).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Zero-width characters, which would take words apart for us and not for the program that looks for links, and those that
/// turn the direction of text, which would show another name than the one stored.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `c` is what makes a link of its neighbours: the colon of a scheme or the dot before the next part of a host name.
/// Initials (`J.R.R.`), abbreviations (`z o.o.`), versions and times stay as they are.
fn joins(so_far: &str, before: Option<char>, c: char, next: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(next)) = (before, next) else { return false };
    if before.is_whitespace() || next.is_whitespace() {
        return false;
    }
    match c {
        ':' | '：' => !(before.is_ascii_digit() && next.is_ascii_digit()),
        // The other four are dots to anything that knows international names (UTS 46 §4).
        '.' | '․' | '。' | '．' | '｡' => {
            let after_www = so_far.get(so_far.len().saturating_sub(3)..).is_some_and(|w| ["www", "ftp"].iter().any(|p| w.eq_ignore_ascii_case(p)));
            // A top-level domain starts with a letter and has two characters at least.
            let next_part =
                !next.is_ascii() || (next.is_ascii_alphabetic() && after.is_some_and(|a| !a.is_ascii() || a.is_ascii_alphanumeric() || a == '-'));
            after_www || next_part
        }
        _ => false,
    }
}

/// Cutting comes last and only takes away, so it cannot bring a joint back.
fn cut(text: String) -> String {
    if text.chars().count() <= MAX {
        return text;
    }
    let head: String = text.chars().take(MAX - 1).collect();
    format!("{}…", head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line() {
        assert_eq!(header("Hi\r\nBcc: x@evil.example"), "HiBcc: x@evil.example");
        assert_eq!(header("a\0b\u{b}c\u{85}d\u{2028}e\u{2029}f\u{7f}g"), "abcdefg");
        assert_eq!(header("Portcullis <no-reply@example.com>"), "Portcullis <no-reply@example.com>");
        assert_eq!(header("Zażółć – „ß“"), "Zażółć – „ß“");
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escape("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
    }

    #[test]
    fn a_name_stays_on_its_line_and_is_short() {
        assert_eq!(name("  Ann\r\n\r\n Smith\t\u{2028}Jr\0 "), "Ann Smith Jr");
        assert_eq!(name("evil\u{202e}moc.\u{200b}x\u{feff}"), "evilmoc.x");
        assert_eq!(name(&"x".repeat(200)).chars().count(), 200);
        let long = name(&"é.example ".repeat(100));
        assert!(long.chars().count() <= 200 && long.ends_with('…'), "{long}");
        assert_eq!(name("\r\n\u{200b}"), "");
    }

    #[test]
    fn names_that_people_and_firms_have_are_left_alone() {
        for good in [
            "Ann O'Neil",
            "J.R.R. Tolkien",
            "ACME Inc.",
            "Müller & Söhne GmbH",
            "Sp. z o.o.",
            "Portal 2.0",
            "José Á. Núñez",
            "山田 太郎",
            "Dr. A. B.",
            "24:7 Shop",
        ] {
            assert_eq!(name(good), good);
        }
    }

    #[test]
    fn a_name_holds_nothing_that_a_mail_program_would_link() {
        for (typed, shown) in [
            ("https://evil.example/x", "https: //evil. example/x"),
            ("HTTP://1.2.3.4", "HTTP: //1.2.3.4"),
            ("http:\\\\evil.example", "http: \\\\evil. example"),
            ("www.evil.example", "www. evil. example"),
            ("WWW.1.com", "WWW. 1. com"),
            ("ftp.9.com", "ftp. 9. com"),
            ("Win at evil.com now", "Win at evil. com now"),
            ("evil.co/x?y.z", "evil. co/x?y.z"),
            ("bob@evil.com", "bob@evil. com"),
            ("mailto:bob@evil", "mailto: bob@evil"),
            ("tel:+1555", "tel: +1555"),
            ("evil.xn--p1ai", "evil. xn--p1ai"),
            ("evil.x\u{200d}n--p1ai", "evil. xn--p1ai"),
            ("зло.рф", "зло. рф"),
            ("evil。com", "evil。 com"),
            ("evil．com", "evil． com"),
            ("evil.\u{34f}com", "evil. \u{34f}com"),
            ("ht\u{ad}tp\u{200b}://evil.example", "http: //evil. example"),
            ("www\u{2060}.evil.example", "www. evil. example"),
        ] {
            assert_eq!(name(typed), shown, "{typed}");
            assert_eq!(name(shown), shown, "once is enough: {typed}");
        }
    }

    #[test]
    fn an_address_is_shown_as_it_is_and_anything_else_is_a_name() {
        assert_eq!(fact("2001:db8::1"), "2001:db8::1");
        assert_eq!(fact("203.0.113.9"), "203.0.113.9");
        assert_eq!(fact("2026-11-21 04:47 UTC"), "2026-11-21 04:47 UTC");
        assert_eq!(fact("Bot/1.0 (+http://evil.example)\r\nx"), "Bot/1.0 (+http: //evil. example) x");
    }
}
