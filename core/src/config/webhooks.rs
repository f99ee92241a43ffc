//! How webhooks are sent.

use super::read::Reader;
use crate::domain::time::{DAY, SECOND};

#[derive(Clone, Debug)]
pub struct Webhooks {
    /// Milliseconds until a receiver that has not answered is given up for this time.
    pub timeout: i64,
    /// Milliseconds before the second try, the third, …; as many tries as waits, and one.
    pub waits: Vec<i64>,
    /// Milliseconds without a success after which an endpoint that fails is turned off.
    pub disable_after: i64,
    /// Milliseconds for which the secret before still signs.
    pub overlap: i64,
    /// Deliveries one run makes at most.
    pub run: usize,
    /// Whether loopback addresses are taken, in development.
    pub loopback: bool,
}

const A_DAY: u32 = 24 * 60 * 60;

/// At once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h: a day and a few hours.
const WAITS: &str = "5,300,1800,7200,18000,36000,36000";

impl Webhooks {
    pub(super) fn read(r: &mut Reader, production: bool) -> Self {
        let loopback = r.flag("WEBHOOK_ALLOW_LOOPBACK", false);
        if loopback && production {
            r.problem("WEBHOOK_ALLOW_LOOPBACK is for development only");
        }
        let seconds = |n: u32| i64::from(n) * SECOND;
        Self {
            timeout: i64::from(r.number("WEBHOOK_TIMEOUT_MS", 10_000, 100, 25_000)),
            waits: waits(r),
            disable_after: seconds(r.number("WEBHOOK_DISABLE_AFTER_SECONDS", 5 * A_DAY, 1, 60 * A_DAY)),
            overlap: seconds(r.number("WEBHOOK_SECRET_OVERLAP_SECONDS", A_DAY, 0, 30 * A_DAY)),
            run: usize::try_from(r.number("WEBHOOK_RUN_DELIVERIES", 12, 1, 300)).unwrap_or(1),
            loopback,
        }
    }
}

fn waits(r: &mut Reader) -> Vec<i64> {
    let text = r.text("WEBHOOK_RETRY_SECONDS", WAITS);
    let waits: Vec<Option<i64>> = text.split(',').map(|wait| wait.trim().parse().ok().filter(|wait| (1..=DAY / SECOND).contains(wait))).collect();
    if !(1..=20).contains(&waits.len()) || waits.contains(&None) {
        r.problem("WEBHOOK_RETRY_SECONDS must be 1 to 20 whole numbers from 1 to 86400, separated by commas");
    }
    waits.into_iter().flatten().map(|wait| wait * SECOND).collect()
}
