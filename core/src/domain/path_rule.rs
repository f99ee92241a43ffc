//! Who may reach which path of an app: an ordered list, of which the first rule that fits decides. Where none fits, a
//! session is needed.

use super::{feature::Grants, realm::Realm, request_path::RequestPath};

/// Rules an app may have, and what one may hold.
pub const MAX_RULES: usize = 200;
pub const MAX_FEATURES: usize = 20;
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What a path asks of its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    Session,
    /// Features: all of them, or any one.
    All(Vec<String>),
    Any(Vec<String>),
}

impl Access {
    /// Whether grants are enough; a session is there.
    pub fn is_met_by(&self, grants: &Grants) -> bool {
        match self {
            Self::Public | Self::Session => true,
            Self::All(features) => features.iter().all(|feature| grants.allow(feature)),
            Self::Any(features) => features.iter().any(|feature| grants.allow(feature)),
        }
    }

    pub fn features(&self) -> &[String] {
        match self {
            Self::Public | Self::Session => &[],
            Self::All(features) | Self::Any(features) => features,
        }
    }
}

/// Literal segments, `*` for one, and at the end `**` for any number, none included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<Option<String>>,
    open: bool,
}

impl Pattern {
    /// Reads a pattern, or says why it is none. It is written like a path, so that no rule can wait for what never comes.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (fixed, open) = match text.strip_suffix("/**") {
            Some(fixed) => (if fixed.is_empty() { "/" } else { fixed }, true),
            None => (text, false),
        };
        if fixed.contains("**") {
            return Err("`**` may stand at the end only");
        }
        if text.contains('?') {
            return Err("a pattern has no query");
        }
        let path = RequestPath::read(fixed).map_err(|riddle| riddle.about())?;
        let wild = |segment: &String| if segment == "*" { None } else { Some(segment.clone()) };
        if path.segments().iter().any(|segment| segment != "*" && segment.contains('*')) {
            return Err("`*` stands for a whole segment");
        }
        Ok(Self { segments: path.segments().iter().map(wild).collect(), open })
    }

    pub fn fits(&self, path: &RequestPath) -> bool {
        let path = path.segments();
        let long_enough = if self.open { path.len() >= self.segments.len() } else { path.len() == self.segments.len() };
        long_enough && self.segments.iter().zip(path).all(|(wanted, segment)| wanted.as_ref().is_none_or(|wanted| wanted == segment))
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for segment in &self.segments {
            write!(f, "/{}", segment.as_deref().unwrap_or("*"))?;
        }
        match (self.open, self.segments.is_empty()) {
            (true, _) => write!(f, "/**"),
            (false, true) => write!(f, "/"),
            (false, false) => Ok(()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Empty: any. `GET` is `HEAD`, too.
    pub methods: Vec<String>,
    pub pattern: Pattern,
    pub access: Access,
    /// Whose session; `None`: the app's usual one.
    pub realm: Option<Realm>,
}

impl Rule {
    fn fits(&self, method: &str, path: &RequestPath) -> bool {
        let wanted = |listed: &String| listed == method || (listed == "GET" && method == "HEAD");
        (self.methods.is_empty() || self.methods.iter().any(wanted)) && self.pattern.fits(path)
    }
}

/// Whether a method may stand in a rule.
pub fn is_method(text: &str) -> bool {
    METHODS.contains(&text)
}

/// An app's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whose sessions count where a rule does not say.
    pub realm: Realm,
    pub rules: Vec<Rule>,
}

/// What was decided, and by which rule (counted from 0), if by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'r> {
    pub rule: Option<usize>,
    pub access: &'r Access,
    pub realm: Realm,
}

impl Rules {
    pub fn decide(&self, method: &str, path: &RequestPath) -> Decision<'_> {
        // Some servers take a method in any case.
        let method = method.to_ascii_uppercase();
        match self.rules.iter().enumerate().find(|(_, rule)| rule.fits(&method, path)) {
            Some((index, rule)) => Decision { rule: Some(index), access: &rule.access, realm: rule.realm.unwrap_or(self.realm) },
            None => Decision { rule: None, access: &Access::Session, realm: self.realm },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RequestPath {
        RequestPath::read(text).unwrap()
    }

    fn fits(pattern: &str, text: &str) -> bool {
        Pattern::parse(pattern).unwrap().fits(&path(text))
    }

    #[test]
    fn patterns() {
        for (pattern, yes, no) in [
            ("/", vec!["/"], vec!["/a"]),
            ("/**", vec!["/", "/a", "/a/b"], vec![]),
            ("/admin", vec!["/admin", "/admin/", "/ADMIN", "/%61dmin"], vec!["/", "/admin/x", "/administrator"]),
            ("/Admin/**", vec!["/admin", "/admin/", "/admin/x/y"], vec!["/adminx", "/"]),
            ("/users/*/roles", vec!["/users/7/roles"], vec!["/users/roles", "/users/7/8/roles", "/users/7/roles/x"]),
            ("/*", vec!["/a"], vec!["/", "/a/b"]),
        ] {
            for text in yes {
                assert!(fits(pattern, text), "{pattern} {text}");
            }
            for text in no {
                assert!(!fits(pattern, text), "{pattern} {text}");
            }
        }
        for bad in ["", "admin", "/a/**/b", "/a**", "/a*", "/**/", "/a/../b", "//", "/a?b", "/a%2fb", "/a;b", "/***"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    fn rule(methods: &[&str], pattern: &str, access: Access) -> Rule {
        Rule { methods: methods.iter().map(|m| (*m).to_owned()).collect(), pattern: Pattern::parse(pattern).unwrap(), access, realm: None }
    }

    #[test]
    fn the_first_that_fits_decides_and_a_session_is_needed_where_none_does() {
        let all = |feature: &str| Access::All(vec![feature.into()]);
        let rules = Rules {
            realm: Realm::Customer,
            rules: vec![
                rule(&["GET"], "/docs/**", Access::Public),
                rule(&[], "/docs/**", all("docs.write")),
                Rule { realm: Some(Realm::Staff), ..rule(&[], "/back/**", Access::Session) },
            ],
        };
        let decide = |method: &str, text: &str| rules.decide(method, &path(text));
        assert_eq!(decide("GET", "/docs/a"), Decision { rule: Some(0), access: &Access::Public, realm: Realm::Customer });
        assert_eq!(decide("HEAD", "/docs").rule, Some(0));
        assert_eq!(decide("get", "/docs").rule, Some(0));
        for method in ["POST", "DELETE", "PROPFIND", "GETX"] {
            assert_eq!(decide(method, "/docs/a").rule, Some(1), "{method}");
        }
        assert_eq!(decide("GET", "/back").realm, Realm::Staff);
        assert_eq!(decide("GET", "/elsewhere"), Decision { rule: None, access: &Access::Session, realm: Realm::Customer });
    }

    #[test]
    fn all_and_any() {
        let grants = Grants { features: vec!["a.*".into()], ..Grants::default() };
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert!(Access::All(list(&["a.b", "a.c"])).is_met_by(&grants) && !Access::All(list(&["a.b", "b"])).is_met_by(&grants));
        assert!(Access::Any(list(&["b", "a.b"])).is_met_by(&grants) && !Access::Any(list(&["b", "c"])).is_met_by(&grants));
        assert!(!Access::Any(Vec::new()).is_met_by(&Grants::default()), "one of none is none");
    }
}
