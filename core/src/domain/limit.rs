//! Rate limits as a function of values: policy, stored state and now in; new state and decision out.
//!
//! The limiter object stores what comes out and nothing else, so its exactness is this file's.

use serde::{Deserialize, Serialize};

use super::time::{Millis, SECOND};

/// How hits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// Opened by the first hit; the first hit over the limit blocks the key for `block` seconds.
    Fixed,
    /// Exactly `points` hits in any `duration` seconds.
    Sliding,
}

/// `points` hits per `duration` seconds. `points: 0` refuses everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub points: u32,
    /// Seconds.
    pub duration: u32,
    /// Seconds; 0 means the caller waits out the window.
    pub block: u32,
    pub window: Window,
}

impl Policy {
    pub const fn fixed(points: u32, duration: u32, block: u32) -> Self {
        Self { points, duration, block, window: Window::Fixed }
    }

    pub const fn sliding(points: u32, duration: u32) -> Self {
        Self { points, duration, block: 0, window: Window::Sliding }
    }
}

/// What is stored for a key. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "w", rename_all = "lowercase")]
pub enum State {
    Fixed { hits: u32, ends: i64, blocked: bool },
    Sliding { hits: Vec<i64> },
}

/// What the caller is told. `reset` is in whole seconds, rounded up, at least 1 when refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub allowed: bool,
    pub limit: u32,
    pub remaining: u32,
    pub reset: u32,
}

/// Charges one hit. The returned instant says when the state may be forgotten.
pub fn take(policy: Policy, stored: Option<State>, now: Millis) -> (State, Decision, Millis) {
    match policy.window {
        Window::Fixed => take_fixed(policy, stored, now.0),
        Window::Sliding => take_sliding(policy, stored, now.0),
    }
}

fn take_fixed(policy: Policy, stored: Option<State>, now: i64) -> (State, Decision, Millis) {
    let open = match stored {
        Some(State::Fixed { hits, ends, blocked }) if ends > now => Some((hits, ends, blocked)),
        _ => None,
    };
    let (hits, ends, blocked) = match open {
        // Later hits neither extend the block nor the window.
        Some((hits, ends, true)) => (hits, ends, true),
        Some((hits, ends, false)) if hits < policy.points => (hits + 1, ends, false),
        Some((hits, ends, false)) => over(policy, hits, ends, now),
        None if policy.points == 0 => over(policy, 0, now + i64::from(policy.duration) * SECOND, now),
        None => (1, now + i64::from(policy.duration) * SECOND, false),
    };
    let decision = Decision {
        allowed: !blocked,
        limit: policy.points,
        remaining: if blocked { 0 } else { policy.points - hits },
        reset: seconds_until(ends, now),
    };
    (State::Fixed { hits, ends, blocked }, decision, Millis(ends))
}

/// The first hit over the limit re-arms the key for the block's length.
fn over(policy: Policy, hits: u32, ends: i64, now: i64) -> (u32, i64, bool) {
    let ends = if policy.block > 0 { now + i64::from(policy.block) * SECOND } else { ends };
    (hits, ends, true)
}

fn take_sliding(policy: Policy, stored: Option<State>, now: i64) -> (State, Decision, Millis) {
    let length = i64::from(policy.duration) * SECOND;
    let mut hits = match stored {
        Some(State::Sliding { hits }) => hits,
        _ => Vec::new(),
    };
    hits.retain(|at| *at > now - length);
    let allowed = hits.len() < policy.points as usize;
    if allowed {
        hits.push(now);
    }
    let used = u32::try_from(hits.len()).unwrap_or(u32::MAX);
    let oldest = hits.first().copied().unwrap_or(now);
    let decision =
        Decision { allowed, limit: policy.points, remaining: policy.points.saturating_sub(used), reset: seconds_until(oldest + length, now) };
    let forget = Millis(hits.last().copied().unwrap_or(now) + length);
    (State::Sliding { hits }, decision, forget)
}

fn seconds_until(at: i64, now: i64) -> u32 {
    u32::try_from(((at - now) + SECOND - 1).div_euclid(SECOND).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(policy: Policy, at: &[i64]) -> Vec<Decision> {
        let mut state = None;
        at.iter()
            .map(|now| {
                let (next, decision, _) = take(policy, state.take(), Millis(*now));
                state = Some(next);
                decision
            })
            .collect()
    }

    #[test]
    fn a_fixed_window_blocks_at_the_first_hit_over_and_does_not_extend() {
        let seen = run(Policy::fixed(2, 60, 120), &[0, 1_000, 2_000, 100_000, 121_999, 122_000]);
        assert_eq!(seen.iter().map(|d| d.allowed).collect::<Vec<_>>(), [true, true, false, false, false, true]);
        assert_eq!(seen[2], Decision { allowed: false, limit: 2, remaining: 0, reset: 120 });
        assert_eq!(seen[3].reset, 22);
    }

    #[test]
    fn without_a_block_the_window_is_waited_out() {
        let seen = run(Policy::fixed(1, 300, 0), &[0, 1, 299_999, 300_000]);
        assert_eq!(seen.iter().map(|d| d.allowed).collect::<Vec<_>>(), [true, false, false, true]);
    }

    #[test]
    fn zero_points_refuse_everything() {
        assert!(run(Policy::fixed(0, 60, 60), &[0, 1, 100_000]).iter().all(|d| !d.allowed));
        assert!(run(Policy::sliding(0, 60), &[0, 1, 100_000]).iter().all(|d| !d.allowed));
    }

    #[test]
    fn a_sliding_window_never_lets_more_than_its_points_through_in_any_duration() {
        let times: Vec<i64> = (0..400).map(|i| i * 137).collect();
        let seen = run(Policy::sliding(10, 3), &times);
        let allowed: Vec<i64> = times.iter().zip(&seen).filter(|(_, d)| d.allowed).map(|(t, _)| *t).collect();
        for start in &allowed {
            assert!(allowed.iter().filter(|t| **t >= *start && **t < start + 3_000).count() <= 10);
        }
        assert!(allowed.len() > 100);
    }
}
