//! When something that runs by itself needs somebody's eye.

use super::{
    key_cycle::{Intervals, Key, State, ready_at},
    time::{HOUR, MINUTE, Millis},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    Healthy,
    /// Works, but somebody should look.
    Degraded,
}

impl Condition {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
        }
    }

    const fn degraded_if(bad: bool) -> Self {
        if bad { Self::Degraded } else { Self::Healthy }
    }
}

/// Mails that are late, or that were given up within a day.
pub fn of_mails(late: i64, abandoned: i64) -> Condition {
    Condition::degraded_if(late > 0 || abandoned > 0)
}

/// A row is sealed within the minute; five are a fault.
pub fn of_trail(oldest_unsealed: Option<Millis>, now: Millis) -> Condition {
    Condition::degraded_if(oldest_unsealed.is_some_and(|at| at.plus(5 * MINUTE) < now))
}

/// One key signs, another waits, and cron turned them when it was due.
pub fn of_keys(keys: &[Key], intervals: Intervals, now: Millis) -> Condition {
    let current = keys.iter().find(|key| key.state == State::Current);
    let overdue = current.is_none_or(|key| key.since.plus(intervals.rotate).plus(HOUR) < now);
    Condition::degraded_if(overdue || ready_at(keys, intervals).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::DAY;

    const INTERVALS: Intervals = Intervals { rotate: 30 * DAY, ahead: DAY, keep: DAY, token: 8 * HOUR };

    fn key(state: State, since: i64) -> Key {
        Key { kid: format!("{since}"), state, since: Millis(since), leaves: None }
    }

    #[test]
    fn late_or_abandoned_mails_want_somebodys_eye() {
        assert_eq!([of_mails(0, 0), of_mails(1, 0), of_mails(0, 1)], [Condition::Healthy, Condition::Degraded, Condition::Degraded]);
    }

    #[test]
    fn seals_may_be_a_few_minutes_behind() {
        let now = Millis(DAY);
        for (oldest, wanted) in
            [(None, Condition::Healthy), (Some(now.minus(5 * MINUTE)), Condition::Healthy), (Some(now.minus(5 * MINUTE + 1)), Condition::Degraded)]
        {
            assert_eq!(of_trail(oldest, now), wanted, "{oldest:?}");
        }
    }

    #[test]
    fn keys_are_well_with_one_that_signs_in_time_and_one_that_waits() {
        let (current, next) = (key(State::Current, 0), key(State::Next, 0));
        let due = 30 * DAY + HOUR;
        for (keys, now, wanted) in [
            (vec![current.clone(), next.clone()], 0, Condition::Healthy),
            (vec![current.clone(), next.clone()], due, Condition::Healthy),
            (vec![current.clone(), next.clone()], due + 1, Condition::Degraded),
            (vec![current], 0, Condition::Degraded),
            (vec![next], 0, Condition::Degraded),
            (vec![], 0, Condition::Degraded),
        ] {
            assert_eq!(of_keys(&keys, INTERVALS, Millis(now)), wanted, "{keys:?} at {now}");
        }
    }
}
