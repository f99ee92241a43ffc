//! Slugs: the part of an address that names an organization or a merchant.

/// Never an organization's: what stands at the root of the platform's own paths.
const RESERVED: [&str; 11] = ["admin", "api", "dev", "assets", "embed", "backend", "login", "reset", "portal", "cdn-cgi", ".well-known"];

/// The longest slug there is.
pub const MAX: usize = 150;

/// Room for a suffix.
const STEM: usize = 140;

/// Candidates tried in order, and one at the end that nobody has.
const TRIES: usize = 40;

/// What was typed, trimmed and in lower case: letters, digits, `_` and `-`.
pub fn parse(text: &str) -> Option<String> {
    let slug = text.trim().to_lowercase();
    let fits = (1..=MAX).contains(&slug.len()) && slug.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
    fits.then_some(slug)
}

/// A slug out of a name: lower case, everything but letters, digits and hyphens as one hyphen. A name that leaves nothing
/// gets `fallback`.
pub fn of_name(name: &str, fallback: &str) -> String {
    let mut slug = String::new();
    for sign in name.to_lowercase().chars() {
        match sign {
            'a'..='z' | '0'..='9' => slug.push(sign),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches('-').get(..STEM.min(slug.trim_matches('-').len())).unwrap_or_default().trim_end_matches('-').to_owned();
    if slug.is_empty() { fallback.to_owned() } else { slug }
}

/// Tries before a crowd that wants the same slug is sidestepped.
pub const PATIENCE: usize = 3;

/// The slug itself unless it is reserved, then with `-1`, `-2` and so on, then with something of its own.
/// After [`PATIENCE`] lost races only the last of these is left, which nobody else can want.
pub fn candidates(base: &str, unique: &str, races_lost: usize) -> Vec<String> {
    let stem = base.get(..STEM.min(base.len())).unwrap_or(base);
    let plain = (!RESERVED.contains(&base)).then(|| base.to_owned());
    let numbered = (1..TRIES).map(|n| format!("{stem}-{n}"));
    let own = format!("{}-{unique}", stem.get(..100.min(stem.len())).unwrap_or(stem));
    plain.into_iter().chain(numbered).filter(|_| races_lost < PATIENCE).chain([own]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_trimmed_and_lowered_and_nothing_else() {
        assert_eq!(parse(" Acme_West-1 ").as_deref(), Some("acme_west-1"));
        for bad in ["", " ", "a b", "a.b", "a/b", "é", &"x".repeat(151)] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_becomes_a_slug() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("  Acme & Sons, Ltd. ", "acme-sons-ltd"),
            ("Łódź", "d"),
            ("株式会社", "organization"),
            ("--", "organization"),
            ("a--b", "a-b"),
        ] {
            assert_eq!(of_name(name, "organization"), slug, "{name}");
        }
        assert_eq!(of_name(&"x".repeat(200), "o").len(), STEM);
    }

    #[test]
    fn candidates_count_up_and_leave_reserved_words_out() {
        let tried = candidates("acme", "0190", 0);
        assert_eq!((tried[0].as_str(), tried[1].as_str(), tried.last().unwrap().as_str()), ("acme", "acme-1", "acme-0190"));
        for word in RESERVED {
            assert_eq!(candidates(word, "x", 2)[0], format!("{word}-1"));
        }
        assert_eq!(candidates("acme", "0190", PATIENCE), ["acme-0190"]);
        assert!(candidates(&"x".repeat(150), &"u".repeat(36), 0).iter().all(|slug| slug.len() <= MAX));
    }
}
