//! When a session is alive, and how many a user may have.

use super::realm::Realm;
use super::time::{DAY, HOUR, Millis};

/// Life spans in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub absolute: i64,
    pub idle: i64,
}

impl Lifetime {
    /// Product numbers: customers 30 d with 14 d idle; staff 8 h with 8 h idle.
    pub const fn default_for(realm: Realm) -> Self {
        match realm {
            Realm::Customer => Self { absolute: 30 * DAY, idle: 14 * DAY },
            Realm::Staff => Self { absolute: 8 * HOUR, idle: 8 * HOUR },
        }
    }
}

/// Idle limits of a realm whose sessions may be remembered, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    pub usual: i64,
    pub remembered: i64,
}

impl Idle {
    pub const fn of(self, remember: bool) -> i64 {
        if remember { self.remembered } else { self.usual }
    }
}

/// Live sessions a user may have; the oldest goes first.
pub const CAP: u32 = 5;

/// The times of a stored session.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub last_used: Millis,
    pub expires: Millis,
    pub ended: bool,
}

/// Alive: not ended, not past its absolute end, used within the idle limit.
pub fn is_alive(times: Times, idle: i64, now: Millis) -> bool {
    !times.ended && times.expires > now && times.last_used.plus(idle) > now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_ends_a_session_on_its_own() {
        let alive = Times { last_used: Millis(100), expires: Millis(1_000), ended: false };
        assert!(is_alive(alive, 500, Millis(599)));
        assert!(!is_alive(alive, 500, Millis(600)), "idle");
        assert!(!is_alive(alive, 5_000, Millis(1_000)), "absolute");
        assert!(!is_alive(Times { ended: true, ..alive }, 500, Millis(101)), "ended");
    }
}
