//! Features and grants: `area.thing.action`. A grant may end in `.*` or be `*`.

/// Whether one grant covers a feature. `a.b.*` covers `a.b` and everything below it, never `a.bc`; `*` covers all.
pub fn grant_covers(grant: &str, feature: &str) -> bool {
    if grant == "*" || grant == feature {
        return true;
    }
    grant.strip_suffix(".*").is_some_and(|stem| feature == stem || feature.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.')))
}

/// Every grant that covers a feature, for statements that have to ask a list of grants.
pub fn covering(feature: &str) -> Vec<String> {
    let stems = feature.match_indices('.').map(|(at, _)| at).chain([feature.len()]).filter_map(|at| feature.get(..at));
    ["*", feature].map(str::to_owned).into_iter().chain(stems.map(|stem| format!("{stem}.*"))).collect()
}

/// The narrower of two grants, where one covers the other.
fn both<'g>(one: &'g str, other: &'g str) -> Option<&'g str> {
    let stem = |grant: &'g str| grant.strip_suffix(".*").unwrap_or(grant);
    if grant_covers(one, stem(other)) && (one.ends_with('*') || !other.ends_with('*')) {
        Some(other)
    } else if grant_covers(other, stem(one)) && (other.ends_with('*') || !one.ends_with('*')) {
        Some(one)
    } else {
        None
    }
}

/// Whether two grants have a feature in common.
pub fn overlaps(one: &str, other: &str) -> bool {
    let stem = |grant: &str| grant.strip_suffix(".*").unwrap_or(grant).to_owned();
    grant_covers(one, &stem(other)) || grant_covers(other, &stem(one))
}

/// Whether a denial takes away everything that a grant covers.
fn swallows(denial: &str, grant: &str) -> bool {
    match grant.strip_suffix(".*") {
        None if grant == "*" => denial == "*",
        None => grant_covers(denial, grant),
        Some(stem) => denial.ends_with('*') && grant_covers(denial, stem),
    }
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

    /// The grants as one list that means exactly what [`Grants::allow`] says, for those who only see a token; `None`
    /// where a denial cuts a hole into a wildcard, which no list can say.
    pub fn as_list(&self) -> Option<Vec<String>> {
        if self.admin || self.denied.is_empty() {
            return Some(self.features.clone());
        }
        let kept: Vec<String> = self.features.iter().filter(|grant| !self.denied.iter().any(|denial| swallows(denial, grant))).cloned().collect();
        let stem = |denial: &str| denial.strip_suffix(".*").unwrap_or(denial).to_owned();
        let hole = kept.iter().any(|grant| self.denied.iter().any(|denial| grant_covers(grant, &stem(denial))));
        (!hole).then_some(kept)
    }

    /// What of this some other grants cover as well. The flag stands for all that they cover.
    pub fn narrowed(&self, allowed: &[String]) -> Self {
        if self.admin {
            return Self { features: allowed.to_vec(), ..Self::default() };
        }
        let mut narrowed = Self { denied: self.denied.clone(), ..Self::default() };
        for own in &self.features {
            // Of two grants one covers the other, or they have nothing in common.
            narrowed.add(allowed.iter().filter_map(|other| both(own, other)).map(str::to_owned));
        }
        narrowed
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
    fn the_covering_grants_are_those_that_cover() {
        let grants = ["*", "a", "a.*", "a.b", "a.b.*", "a.bc", "a.bc.*", "b.*", ""];
        for feature in ["a", "a.b", "a.b.c"] {
            let listed = covering(feature);
            for grant in grants {
                assert_eq!(listed.iter().any(|g| g == grant), grant_covers(grant, feature), "{grant} {feature}");
            }
        }
    }

    #[test]
    fn denials_win_over_grants_but_not_over_the_flag() {
        let mut grants = Grants { features: vec!["a.*".into()], denied: vec!["a.b".into()], admin: false };
        assert!(grants.allow("a.c") && !grants.allow("a.b"));
        grants.admin = true;
        assert!(grants.allow("a.b"));
    }

    #[test]
    fn narrowing_keeps_what_both_sides_cover() {
        let grants = ["*", "a.*", "a", "a.b", "a.b.*", "a.bc", "b"];
        let features = ["a", "a.b", "a.b.c", "a.c", "a.bc", "b", "c"];
        for own in grants {
            for first in grants {
                for second in grants {
                    for denied in [vec![], vec!["a.b".to_owned()]] {
                        let held = Grants { features: vec![own.into()], denied, admin: false };
                        let allowed = [first.to_owned(), second.to_owned()];
                        let narrowed = held.narrowed(&allowed);
                        for feature in features {
                            let wanted = held.allow(feature) && allowed.iter().any(|grant| grant_covers(grant, feature));
                            assert_eq!(narrowed.allow(feature), wanted, "{feature} of {held:?} within {allowed:?}: {narrowed:?}");
                        }
                    }
                }
            }
        }
        let admin = Grants { admin: true, denied: vec!["a".into()], ..Grants::default() };
        assert!(admin.narrowed(&["a".into()]).allow("a") && !admin.narrowed(&["a".into()]).allow("b"));
    }

    #[test]
    fn a_list_says_what_the_grants_say_or_is_not_given() {
        let grants = ["*", "a.*", "a", "a.b", "a.b.*", "b"];
        let denials = ["*", "a.*", "a", "a.b", "a.b.*", "a.c", "c"];
        let features = ["a", "a.b", "a.b.c", "a.c", "a.bc", "b", "c"];
        let (mut given, mut withheld) = (0, 0);
        for first in grants {
            for second in grants {
                for denial in denials {
                    let held = Grants { features: vec![first.into(), second.into()], denied: vec![denial.into()], admin: false };
                    let Some(list) = held.as_list() else {
                        withheld += 1;
                        continue;
                    };
                    given += 1;
                    let listed = Grants { features: list, ..Grants::default() };
                    for feature in features {
                        assert_eq!(listed.allow(feature), held.allow(feature), "{feature} in {held:?}");
                    }
                }
            }
        }
        assert!(given > 50 && withheld > 50, "{given} {withheld}");
    }
}
