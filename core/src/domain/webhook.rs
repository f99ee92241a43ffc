//! Webhooks as Standard Webhooks describes them (<https://www.standardwebhooks.com>): what an endpoint hears of, what it is
//! sent and how that is signed, when a failed delivery is tried again.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::time::{MINUTE, Millis};

/// Endpoints a tenant may have: every one of them gets a row for an event it hears of.
pub const MOST: i64 = 20;
/// Filters an endpoint may have.
pub const MOST_FILTERS: usize = 50;
/// The event of a test, which goes to the endpoint that is tested and to no other.
pub const TEST: &str = "webhook.test";
/// Characters that are kept of an answer.
pub const EXCERPT: usize = 500;
/// After a failure an endpoint is left alone for its delivery's wait, and for no longer than this.
const LONGEST_PAUSE: i64 = MINUTE;

/// What an endpoint's signatures are made with. No Debug: it would print it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub const LENGTH: usize = 32;

    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is shown to whoever has to check signatures.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", Base64::encode_string(&self.0))
    }

    fn sign(&self, content: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() }; // invariant: HMAC takes keys of any length
        mac.update(content.as_bytes());
        format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()))
    }
}

/// The value of `webhook-signature`: one signature a secret, the current one's first.
pub fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    secrets.iter().map(|secret| secret.sign(&content)).collect::<Vec<_>>().join(" ")
}

/// Whether a text is a filter: the name of an event, the beginning of one as `prefix.*`, or `*`.
pub fn is_filter(text: &str) -> bool {
    super::app::is_grant(text)
}

/// When a delivery that failed for the n-th time is tried again; `None` when it is given up. `spread` of 0..=255 lengthens
/// the wait by up to a fifth, so that what failed together does not come back together.
pub fn retry_at(waits: &[i64], failures: i64, spread: u8, now: Millis) -> Option<Millis> {
    let wait = usize::try_from(failures.max(1) - 1).ok().and_then(|n| waits.get(n))?;
    Some(now.plus(wait + wait * i64::from(spread) / (5 * 255)))
}

/// Until when an endpoint is left alone after a failure.
pub fn pause(retry: Option<Millis>, now: Millis) -> Millis {
    let longest = now.plus(LONGEST_PAUSE);
    retry.map_or(longest, |at| at.min(longest))
}

/// What a status means. Only 2xx is a delivery: a redirect leads to an address that nobody has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    Failed,
    /// 410: the receiver wants no more.
    Gone,
}

pub const fn verdict(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        _ => Verdict::Failed,
    }
}

/// The beginning of an answer, fit to be shown: no control characters but line breaks.
pub fn excerpt(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).take(EXCERPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{HOUR, SECOND};

    /// The example of the specification's reference libraries.
    #[test]
    fn a_signature_is_what_the_specification_says() {
        let secret = Secret::new(Base64::decode_vec("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
        let signed = signatures(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let both = signatures(&[secret, Secret::new(vec![7; 32])], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(both.split(' ').count(), 2);
        assert!(both.starts_with(&signed));
    }

    #[test]
    fn waits_come_from_the_list_a_fifth_longer_at_most_and_end_with_it() {
        let waits = [5 * SECOND, 5 * MINUTE, HOUR];
        assert_eq!(
            [1, 2, 3, 4].map(|n| retry_at(&waits, n, 0, Millis(7))),
            [Some(5_007), Some(300_007), Some(3_600_007), None].map(|at| at.map(Millis))
        );
        assert_eq!(retry_at(&waits, 1, 255, Millis(0)), Some(Millis(6 * SECOND)));
        for spread in 0..=255 {
            let at = retry_at(&waits, 3, spread, Millis(0)).unwrap();
            assert!((HOUR..=HOUR + HOUR / 5).contains(&at.0));
        }
    }

    #[test]
    fn an_endpoint_is_left_alone_for_a_minute_at_most() {
        let now = Millis(1_000);
        assert_eq!(pause(Some(Millis(6_000)), now), Millis(6_000));
        assert_eq!(pause(Some(now.plus(HOUR)), now), now.plus(MINUTE));
        assert_eq!(pause(None, now), now.plus(MINUTE));
    }

    #[test]
    fn only_success_is_a_delivery() {
        assert_eq!([200, 204, 299].map(verdict), [Verdict::Delivered; 3]);
        assert_eq!([100, 199, 300, 301, 307, 400, 404, 429, 500, 503].map(verdict), [Verdict::Failed; 10]);
        assert_eq!(verdict(410), Verdict::Gone);
    }

    #[test]
    fn an_excerpt_is_short_and_plain() {
        assert_eq!(excerpt("a\u{0}b\r\nc\u{1b}[31m"), "a b \nc [31m");
        assert_eq!(excerpt(&"ü".repeat(2_000)).chars().count(), EXCERPT);
    }
}
