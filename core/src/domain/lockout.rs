//! The failure counter of an account, or of one known device of it.

use super::time::{MINUTE, Millis};

/// Failures in a row that lock, and for how long. Product numbers: 5 and 15 minutes.
pub const THRESHOLD: i64 = 5;
pub const LOCK_MILLIS: i64 = 15 * MINUTE;

/// A counter as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Counter {
    pub failures: i64,
    pub locked_until: Option<Millis>,
}

impl Counter {
    pub fn is_locked(self, now: Millis) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }

    /// One more wrong password. A lock that has lapsed starts the count again; attempts while locked do not count.
    pub fn after_failure(self, now: Millis) -> Self {
        if self.is_locked(now) {
            return self;
        }
        let failures = if self.locked_until.is_some() { 1 } else { self.failures + 1 };
        Self { failures, locked_until: (failures >= THRESHOLD).then(|| now.plus(LOCK_MILLIS)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_for_a_quarter_of_an_hour_and_a_lapse_starts_over() {
        let mut counter = Counter::default();
        for n in 1..=5 {
            counter = counter.after_failure(Millis(n));
        }
        assert_eq!(counter, Counter { failures: 5, locked_until: Some(Millis(5 + LOCK_MILLIS)) });
        assert_eq!(counter.after_failure(Millis(6)), counter, "attempts while locked are not counted");
        let lapsed = counter.after_failure(Millis(5 + LOCK_MILLIS));
        assert_eq!(lapsed, Counter { failures: 1, locked_until: None });
    }
}
