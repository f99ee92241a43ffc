//! The words a person is found by: accent-stripped, lower-case runs of letters and digits, three characters at least.
//! Names and addresses are cut into them when they are stored, a search when it is asked; each word of the search has
//! to begin some word of the row.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Shorter words say too little to be worth a row each.
const SHORTEST: usize = 3;
/// Longer ones are cut: nobody types more of a word to find somebody.
const LONGEST: usize = 40;
/// Words one text may have, so that a pasted essay costs no more than a name.
const MOST: usize = 24;

/// The words of a text in order of appearance, without repeats.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in fold(text).split(|c: char| !c.is_alphanumeric()) {
        let cut: String = word.chars().take(LONGEST).collect();
        if word.chars().count() >= SHORTEST && !words.contains(&cut) && words.len() < MOST {
            words.push(cut);
        }
    }
    words
}

/// As a column holds them and a query takes them: a JSON array.
pub fn words_json(text: &str) -> String {
    serde_json::json!(words(text)).to_string()
}

/// Lower case without accents, for what is compared by its letters. Letters that only look accented have no decomposition and are written out here.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_is_left_between_signs_without_accents() {
        assert_eq!(words("Zoë O'Brien-Łukasz"), ["zoe", "brien", "lukasz"]);
        assert_eq!(words("alice.johnson+b2b@example.com"), ["alice", "johnson", "b2b", "example", "com"]);
        assert_eq!(words("Straße STRASSE"), ["strasse"]);
        assert_eq!(words("  a b, ?! "), [""; 0]);
    }

    #[test]
    fn a_text_has_a_bounded_number_of_bounded_words() {
        let essay: String = (100..400).map(|n| format!("{n} ")).collect();
        assert_eq!(words(&essay).len(), MOST);
        assert_eq!(words(&"x".repeat(300)), ["x".repeat(LONGEST)]);
    }
}
