//! E-mail addresses as the wire accepts them, normalised as they are stored.

use std::fmt;

/// A valid address, lower-cased. Two addresses are the same person in a tenant exactly when these are equal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Email(String);

impl Email {
    /// No trimming: surrounding spaces fail. At most 255 UTF-16 units.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let local_ok = !local.is_empty()
            && !local.starts_with('.')
            && !local.ends_with(['.', '\''])
            && !local.contains("..")
            && local.chars().all(|c| c.is_ascii_alphanumeric() || "_'+.-".contains(c));
        let labels: Vec<&str> = domain.split('.').collect();
        let domain_ok = labels.len() >= 2
            && labels
                .iter()
                .all(|label| !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            && labels.last().is_some_and(|tld| tld.len() >= 2 && tld.chars().all(|c| c.is_ascii_alphabetic()));
        (local_ok && domain_ok && text.len() <= 255).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The form a limiter key is made of when a route charges before validating: whatever was typed, trimmed and lower-cased.
    pub fn as_typed(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or("")
    }

    /// `b***@portal.acme.com`: enough for a person to recognise their own address, too little to learn another's.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or(("", &self.0));
        format!("{}***@{domain}", local.chars().next().map(String::from).unwrap_or_default())
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_rules() {
        for good in ["a@b.co", "Ann.O'Neil+tag@sub-1.example.com", "_x-@b.museum"] {
            assert!(Email::parse(good).is_some(), "{good}");
        }
        let long = format!("{}@b.co", "a".repeat(251));
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            "a@b.c0",
            ".a@b.co",
            "a.@b.co",
            "a'@b.co",
            "a..b@b.co",
            " a@b.co",
            "a@b.co ",
            "a@b@c.co",
            "é@b.co",
            "a@.co",
            "a\r\n@b.co",
            &long,
        ] {
            assert!(Email::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Email::parse("A@B.Co").unwrap().as_str(), "a@b.co");
        assert_eq!(Email::parse("buyer@acme.com").unwrap().masked(), "b***@acme.com");
    }
}
