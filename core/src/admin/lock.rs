//! Optimistic locking: a writer may say which version of a record it read, and is refused when there is a newer one.
//!
//! The version is `updatedAt`. A record nobody has changed has none and is locked against nobody. Whatever the caller
//! says, a change is written over the version it was decided on and over no other.

use http::HeaderName;

use crate::{
    cx::Cx,
    domain::time::Millis,
    problem::{Code, Problem},
};

const EXPECTED: HeaderName = HeaderName::from_static("x-om-ext-optimistic-lock-expected-updated-at");

/// Kinds of records, as `OM_OPTIMISTIC_LOCK` lists them.
pub const USER: &str = "customer_accounts.user";
pub const ROLE: &str = "customer_accounts.role";
pub const TENANT: &str = "directory.tenant";
pub const ORGANIZATION: &str = "directory.organization";
pub const PARTNER: &str = "directory.partner";
pub const STAFF_USER: &str = "auth.user";
pub const STAFF_ROLE: &str = "auth.role";
pub const STAFF_ROLE_ACL: &str = "auth.role_acl";
pub const STAFF_USER_ACL: &str = "auth.user_acl";
pub const MERCHANT: &str = "directory.merchant";
pub const APP: &str = "platform.app";
pub const WEBHOOK: &str = "platform.webhook";

/// Refuses a caller who read another version. An absent or unreadable header asks for nothing.
pub fn check(cx: &Cx<'_>, kind: &str, current: Option<Millis>) -> Result<(), Problem> {
    let expected = cx.request.header(&EXPECTED).and_then(Millis::parse_lenient).filter(|_| cx.deployment.config.optimistic_lock.covers(kind));
    match conflict(expected, current) {
        None => Ok(()),
        Some((expected, current)) => Err(Problem::new(Code::OptimisticLockConflict, "record_modified")
            .member("currentUpdatedAt", current.iso())
            .member("expectedUpdatedAt", expected.iso())),
    }
}

fn conflict(expected: Option<Millis>, current: Option<Millis>) -> Option<(Millis, Millis)> {
    expected.zip(current).filter(|(expected, current)| expected != current)
}

/// The version a change makes: now, and in any case later than the one before.
pub fn next(current: Option<Millis>, now: Millis) -> Millis {
    current.map_or(now, |before| now.max(before.plus(1)))
}

/// Three times somebody else was first.
pub fn lost() -> Problem {
    Problem::unavailable("three lost races at one record")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stale_expectation_of_a_changed_record_conflicts() {
        let (old, new) = (Millis(1), Millis(2));
        assert_eq!(conflict(None, Some(new)), None);
        assert_eq!(conflict(Some(old), None), None, "nobody has changed it yet");
        assert_eq!(conflict(Some(new), Some(new)), None);
        assert_eq!(conflict(Some(old), Some(new)), Some((old, new)));
        assert_eq!(conflict(Some(new), Some(old)), Some((new, old)), "a version from the future is not the current one");
    }

    #[test]
    fn versions_advance_even_within_a_millisecond() {
        assert_eq!(next(None, Millis(5)), Millis(5));
        assert_eq!(next(Some(Millis(4)), Millis(5)), Millis(5));
        assert_eq!(next(Some(Millis(5)), Millis(5)), Millis(6));
        assert_eq!(next(Some(Millis(9)), Millis(5)), Millis(10), "a clock that went back");
    }
}
