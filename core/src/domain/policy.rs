//! The named policies of a tenant. `strict`: longer passwords of more kinds, cookies that no other site's link brings
//! along, sessions of a day that go on only for who comes back in its last quarter, and five sign-ins in a quarter of an
//! hour.

use super::{
    limit::Policy,
    time::{DAY, Millis},
};

/// What a strict session lives.
pub const STRICT_LIFE: i64 = DAY;
/// Coming back within this of the end renews it.
pub const LAST_QUARTER: i64 = STRICT_LIFE / 4;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TenantPolicy {
    #[default]
    Default,
    Strict,
}

impl TenantPolicy {
    /// As the tenant's row has it.
    pub fn parse(name: &str) -> Self {
        if name == "strict" { Self::Strict } else { Self::Default }
    }

    /// The absolute life of a session that would otherwise have this one, in milliseconds. Never a longer one.
    pub fn life(self, usual: i64) -> i64 {
        match self {
            Self::Default => usual,
            Self::Strict => usual.min(STRICT_LIFE),
        }
    }

    /// The end of a stored session. One that was opened before its tenant became strict ends a day after its last use.
    pub fn end(self, expires: Millis, last_used: Millis) -> Millis {
        match self {
            Self::Default => expires,
            Self::Strict => expires.min(last_used.plus(STRICT_LIFE)),
        }
    }
}

/// The strict limit of sign-ins for one address, where the usual one is not tighter still.
pub fn strict_sign_ins(usual: Policy) -> Policy {
    const QUARTER_OF_AN_HOUR: u32 = 15 * 60;
    Policy { points: usual.points.min(5), duration: usual.duration.max(QUARTER_OF_AN_HOUR), block: usual.block.max(QUARTER_OF_AN_HOUR), ..usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_never_lengthens_anything() {
        assert_eq!(TenantPolicy::Strict.life(30 * DAY), DAY);
        assert_eq!(TenantPolicy::Strict.life(DAY / 3), DAY / 3);
        assert_eq!(TenantPolicy::Default.life(30 * DAY), 30 * DAY);
        assert_eq!(TenantPolicy::Strict.end(Millis(100 * DAY), Millis(7)), Millis(7 + DAY));
        assert_eq!(TenantPolicy::Strict.end(Millis(9), Millis(7)), Millis(9));
        assert_eq!(TenantPolicy::Default.end(Millis(100 * DAY), Millis(7)), Millis(100 * DAY));
    }

    #[test]
    fn the_tighter_limit_counts() {
        assert_eq!(strict_sign_ins(Policy::fixed(5, 60, 60)), Policy::fixed(5, 900, 900));
        assert_eq!(strict_sign_ins(Policy::fixed(1_000, 1, 0)), Policy::fixed(5, 900, 900));
        assert_eq!(strict_sign_ins(Policy::fixed(3, 3_600, 7_200)), Policy::fixed(3, 3_600, 7_200));
    }
}
