//! Features and grants: `area.thing.action`. A grant may end in `.*` or be `*`.

/// Whether one grant covers a feature. `a.b.*` covers `a.b` and everything below it, never `a.bc`; `*` covers all.
pub fn grant_covers(grant: &str, feature: &str) -> bool {
    if grant == "*" || grant == feature {
        return true;
    }
    grant.strip_suffix(".*").is_some_and(|stem| feature == stem || feature.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.')))
}

/// What a caller holds: grants, and the flag that passes every feature check of its realm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// In encounter order, without repeats.
    pub features: Vec<String>,
    /// Staff only: denials win over every grant.
    pub denied: Vec<String>,
    /// Portal admin in the customer realm, super admin in the staff realm.
    pub admin: bool,
}

impl Grants {
    pub fn allow(&self, feature: &str) -> bool {
        self.admin
            || (self.features.iter().any(|grant| grant_covers(grant, feature)) && !self.denied.iter().any(|denial| grant_covers(denial, feature)))
    }

    /// Adds grants, keeping the order in which they were first met.
    pub fn add(&mut self, features: impl IntoIterator<Item = String>) {
        for feature in features {
            if !self.features.contains(&feature) {
                self.features.push(feature);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stop_at_a_dot() {
        assert!(grant_covers("a.b.*", "a.b"));
        assert!(grant_covers("a.b.*", "a.b.c.d"));
        assert!(!grant_covers("a.b.*", "a.bc"));
        assert!(!grant_covers("a.b", "a.b.c"));
        assert!(grant_covers("*", "anything"));
        assert!(!grant_covers("", "a"));
        assert!(!grant_covers(".*", "a"));
    }

    #[test]
    fn denials_win_over_grants_but_not_over_the_flag() {
        let mut grants = Grants { features: vec!["a.*".into()], denied: vec!["a.b".into()], admin: false };
        assert!(grants.allow("a.c") && !grants.allow("a.b"));
        grants.admin = true;
        assert!(grants.allow("a.b"));
    }
}
