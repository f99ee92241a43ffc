//! The four languages of pages and mails.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    En,
    De,
    Es,
    Pl,
}

impl Locale {
    pub const ALL: [Self; 4] = [Self::En, Self::De, Self::Es, Self::Pl];

    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Pl => "pl",
        }
    }

    /// `de`, `de-AT` and `DE` are all German; anything unknown is `None`.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|locale| locale.code() == primary)
    }

    /// The first language of an `Accept-Language` value that we speak, by quality (RFC 9110 §12.5.4).
    pub fn negotiate(accept_language: &str) -> Self {
        let mut wanted: Vec<(f32, Self)> = accept_language
            .split(',')
            .take(16)
            .filter_map(|part| {
                let mut pieces = part.split(';');
                let locale = Self::parse(pieces.next()?)?;
                let quality = pieces.find_map(|p| p.trim().strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
                (quality > 0.0).then_some((quality, locale))
            })
            .collect();
        // A stable sort keeps the order of equal qualities.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        wanted.first().map_or(Self::En, |(_, locale)| *locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_decides_and_unknown_languages_are_passed_over() {
        assert_eq!(Locale::negotiate("fr, es;q=0.5, de-AT;q=0.8"), Locale::De);
        assert_eq!(Locale::negotiate("pl"), Locale::Pl);
        assert_eq!(Locale::negotiate("xx;q=NaN,,;"), Locale::En);
    }
}
