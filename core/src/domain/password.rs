//! Password policy: length by realm and tenant policy, no composition rules unless a tenant asks, no common passwords.

use std::sync::OnceLock;

use super::{realm::Realm, secret::Password};

/// What a new password must satisfy. Lengths are UTF-16 units, as browsers and the wire count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub min: usize,
    pub max: usize,
    /// Lower case, upper case, digit and something else: only the named policy `strict` wants it.
    pub classes: bool,
}

impl Policy {
    pub const fn default_for(realm: Realm) -> Self {
        match realm {
            Realm::Customer => Self { min: 8, max: 128, classes: false },
            Realm::Staff => Self { min: 12, max: 256, classes: false },
        }
    }

    /// The named policy `strict`.
    pub const fn strict(self) -> Self {
        Self { min: if self.min > 12 { self.min } else { 12 }, max: self.max, classes: true }
    }

    /// What is wrong with a password, in words for the person; empty when it is fine.
    ///
    /// `context` holds what an attacker would try first: the address, the organization's name, the product's.
    pub fn check(self, password: &Password, context: &[&str]) -> Vec<&'static str> {
        let text = password.reveal();
        let length = text.encode_utf16().count();
        let mut wrong = Vec::new();
        if length < self.min {
            wrong.push("Password is too short");
        }
        if length > self.max {
            // Said before anything is hashed: hashing what we refuse would be free work for an attacker.
            return vec!["Password is too long"];
        }
        if text.contains('\0') {
            wrong.push("Password must not contain NUL");
        }
        if self.classes && !has_classes(text) {
            wrong.push("Password needs lower case, upper case, a digit and another character");
        }
        if is_common(text) || is_context(text, context) {
            wrong.push("Password is too easy to guess");
        }
        wrong
    }
}

fn has_classes(text: &str) -> bool {
    text.chars().any(char::is_lowercase)
        && text.chars().any(char::is_uppercase)
        && text.chars().any(char::is_numeric)
        && text.chars().any(|c| !c.is_alphanumeric())
}

/// The most used passwords of eight characters and more, sorted, one a line.
static COMMON: &str = include_str!("../../data/common-passwords.txt");

fn is_common(text: &str) -> bool {
    static LINES: OnceLock<Vec<&'static str>> = OnceLock::new();
    let folded = text.to_lowercase();
    LINES.get_or_init(|| COMMON.lines().collect()).binary_search(&folded.as_str()).is_ok()
}

/// A context word by itself, or with digits and signs round it.
fn is_context(text: &str, context: &[&str]) -> bool {
    let folded = text.to_lowercase();
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    context
        .iter()
        .flat_map(|word| [*word, word.split('@').next().unwrap_or("")])
        .map(str::to_lowercase)
        .any(|word| word.chars().count() >= 4 && (folded == word || core == word.trim_matches(|c: char| !c.is_alphabetic())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<&'static str> {
        Policy::default_for(Realm::Customer).check(&Password::new(text), &["buyer@acme.com", "Acme Trading"])
    }

    #[test]
    fn length_counts_utf16_units_and_nothing_is_composed() {
        assert_eq!(wrong("short"), ["Password is too short"]);
        assert_eq!(wrong("ab cd ef"), [""; 0]);
        assert_eq!(wrong("🦀🦀🦀🦀"), [""; 0]);
        assert_eq!(wrong(&"x".repeat(129)), ["Password is too long"]);
    }

    #[test]
    fn common_and_context_words_are_refused() {
        assert_eq!(wrong("PASSWORD1"), ["Password is too easy to guess"]);
        assert_eq!(wrong("buyer@acme.com"), ["Password is too easy to guess"]);
        assert_eq!(wrong("acme trading 2026"), ["Password is too easy to guess"]);
        assert_eq!(wrong("Password123!"), [""; 0]);
    }

    #[test]
    fn the_list_is_sorted_because_it_is_searched_by_halving() {
        assert!(COMMON.lines().zip(COMMON.lines().skip(1)).all(|(a, b)| a < b));
    }

    #[test]
    fn strict_asks_for_classes_and_twelve() {
        let strict = Policy::default_for(Realm::Customer).strict();
        assert_eq!(strict.check(&Password::new("abcdefgh ijkl"), &[]).len(), 1);
        assert_eq!(strict.check(&Password::new("Abcdefgh1jk!"), &[]), [""; 0]);
    }
}
