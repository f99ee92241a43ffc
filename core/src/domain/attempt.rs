//! Whether an attempt to sign in with a password gets in. The same rule for both realms.

use super::{lockout::Counter, time::Millis};

/// Why a sign-in failed: for the trail and the operator, never for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    InvalidCredentials,
    Inactive,
    Locked,
    InvalidPassword,
    EmailNotVerified,
}

impl Reason {
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid_credentials",
            Self::Inactive => "inactive",
            Self::Locked => "locked",
            Self::InvalidPassword => "invalid_password",
            Self::EmailNotVerified => "email_not_verified",
        }
    }
}

/// What the decision needs to know of an account.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    pub has_password: bool,
    pub is_verified: bool,
    /// Neither switched off nor in a place that takes nobody in.
    pub is_active: bool,
    /// The counter this attempt counts in: the known device's own, or the one of strangers.
    pub counter: Counter,
}

pub fn decide(account: Option<Account>, matches: bool, now: Millis) -> Result<(), Reason> {
    let Some(account) = account.filter(|account| account.has_password || !account.is_verified) else { return Err(Reason::InvalidCredentials) };
    if !account.is_active {
        Err(Reason::Inactive)
    } else if account.counter.is_locked(now) {
        Err(Reason::Locked)
    } else if !account.is_verified {
        Err(Reason::EmailNotVerified)
    } else if !matches {
        Err(Reason::InvalidPassword)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Account = Account { has_password: true, is_verified: true, is_active: true, counter: Counter { failures: 0, locked_until: None } };

    #[test]
    fn a_right_password_is_not_enough() {
        let locked = Counter { failures: 5, locked_until: Some(Millis(20)) };
        for (account, matches, wanted) in [
            (None, true, Err(Reason::InvalidCredentials)),
            (Some(Account { has_password: false, ..FINE }), true, Err(Reason::InvalidCredentials)),
            (Some(Account { is_active: false, ..FINE }), true, Err(Reason::Inactive)),
            (Some(Account { counter: locked, ..FINE }), true, Err(Reason::Locked)),
            (Some(Account { is_verified: false, ..FINE }), true, Err(Reason::EmailNotVerified)),
            (Some(FINE), false, Err(Reason::InvalidPassword)),
            (Some(FINE), true, Ok(())),
        ] {
            assert_eq!(decide(account, matches, Millis(10)), wanted, "{account:?}");
        }
        assert_eq!(decide(Some(Account { counter: locked, ..FINE }), true, Millis(20)), Ok(()), "the lock has lapsed");
    }
}
