//! Reading one setting at a time while collecting what is wrong with all of them.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::{Config, Lookup};
use crate::jose::jwk::PrivateJwk;

pub struct Reader<'a> {
    lookup: &'a Lookup<'a>,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    pub fn new(lookup: &'a Lookup<'a>) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    pub fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    pub fn finish(self, config: Config) -> Result<Config, Vec<String>> {
        if self.problems.is_empty() { Ok(config) } else { Err(self.problems) }
    }

    pub fn optional(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    pub fn text(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    pub fn list(&self, name: &str) -> Vec<String> {
        self.text(name, "").split(',').map(|item| item.trim().trim_end_matches('/').to_ascii_lowercase()).filter(|item| !item.is_empty()).collect()
    }

    /// The value of the choice that was named. The first choice is the default.
    pub fn one_of<T: Copy, const N: usize>(&mut self, name: &str, default: (&str, T), others: [(&str, T); N]) -> T {
        let text = self.text(name, default.0);
        if let Some((_, value)) = std::iter::once(&default).chain(&others).find(|(choice, _)| *choice == text) {
            return *value;
        }
        let names: Vec<_> = std::iter::once(&default).chain(&others).map(|(choice, _)| format!("`{choice}`")).collect();
        self.problem(format!("{name} must be one of {}", names.join(", ")));
        default.1
    }

    pub fn number(&mut self, name: &str, default: u32, min: u32, max: u32) -> u32 {
        match self.optional(name).map(|text| text.trim().parse::<u32>()) {
            None => default,
            Some(Ok(n)) if (min..=max).contains(&n) => n,
            Some(_) => {
                self.problem(format!("{name} must be a whole number from {min} to {max}"));
                default
            }
        }
    }

    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let word = |flag| (if flag { "true" } else { "false" }, flag);
        self.one_of(name, word(default), [word(!default), ("1", true), ("0", false)])
    }

    /// `https://host[:port]`, no path.
    pub fn origin(&mut self, name: &str, default: Option<&str>) -> String {
        let Some(text) = self.optional(name).or_else(|| default.map(str::to_owned)) else {
            self.problem(format!("{name} is required"));
            return String::new();
        };
        let trimmed = text.trim_end_matches('/');
        let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
        if rest.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@', ' '])) {
            self.problem(format!("{name} must be an origin such as https://id.example.com"));
        }
        trimmed.to_owned()
    }

    /// Whole origins, which go into a header word by word: no path, no wildcard, https in production.
    pub fn origins(&mut self, name: &str, production: bool) -> Vec<String> {
        let list = self.list(name);
        for origin in &list {
            let plain = if production { None } else { origin.strip_prefix("http://") };
            let host = origin.strip_prefix("https://").or(plain).unwrap_or_default();
            if host.is_empty() || !host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']')) {
                self.problem(format!("{name} must list origins such as https://crm.example.com, separated by commas"));
            }
        }
        list
    }

    /// 32 bytes as base64url without padding.
    pub fn secret_bytes(&mut self, name: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        let decoded = self.optional(name).map(|text| Base64UrlUnpadded::decode(text.trim().trim_end_matches('='), &mut bytes).map(<[u8]>::len));
        if !matches!(decoded, Some(Ok(32))) {
            self.problem(format!("{name} must be 32 bytes as base64url"));
        }
        bytes
    }

    pub fn signing_key(&mut self, name: &str) -> Option<PrivateJwk> {
        let parsed = PrivateJwk::parse(&self.optional(name)?);
        parsed.map_err(|problem| self.problem(format!("{name} {problem}"))).ok()
    }
}
