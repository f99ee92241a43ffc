//! Instants and durations. One instant is taken per request by the shell and passed as a value.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};

/// Milliseconds since the Unix epoch, UTC: how every time is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Millis {
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    pub fn minus(self, millis: i64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// Whole seconds, as JWT dates are (RFC 7519 NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// `2026-11-21T04:47:42.000Z`: UTC, always with milliseconds.
    pub fn iso(self) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// An ISO date-time with a literal `Z`; numeric offsets are refused, as the wire has it.
    pub fn parse_iso(text: &str) -> Option<Self> {
        if !text.ends_with('Z') || !text.is_ascii() {
            return None;
        }
        // Seconds may be absent on the wire, which RFC 3339 does not allow.
        let full = if text.len() == "2026-11-21T04:47Z".len() { format!("{}:00Z", text.trim_end_matches('Z')) } else { text.to_owned() };
        DateTime::parse_from_rfc3339(&full).ok().map(|at| Self(at.timestamp_millis()))
    }

    /// Any date a header may carry: RFC 3339 with any offset, a bare day, or a date as mails and HTTP write it.
    pub fn parse_lenient(text: &str) -> Option<Self> {
        let text = text.trim();
        let instant = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)).ok();
        let day = || text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|midnight| midnight.and_utc().timestamp_millis());
        instant.map(|at| at.timestamp_millis()).or_else(day).map(Self).or_else(|| Self::parse_iso(text))
    }
}

/// Goes out as an ISO string; rows keep the number.
impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_has_milliseconds_and_a_z() {
        assert_eq!(Millis(0).iso(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Millis(1_795_236_462_123).iso(), "2026-11-21T04:47:42.123Z");
    }

    #[test]
    fn input_takes_z_only() {
        assert_eq!(Millis::parse_iso("2026-11-21T04:47:42.123Z"), Some(Millis(1_795_236_462_123)));
        assert_eq!(Millis::parse_iso("2026-11-21T04:47Z"), Some(Millis(1_795_236_420_000)));
        assert_eq!(Millis::parse_iso("2026-11-21T04:47:42+00:00"), None);
        assert_eq!(Millis::parse_iso("tomorrowZ"), None);
    }

    #[test]
    fn a_header_takes_any_date_and_no_nonsense() {
        for same in ["1970-01-02T00:00:00.000Z", "1970-01-02T01:00:00+01:00", "Fri, 02 Jan 1970 00:00:00 GMT", " 1970-01-02 ", "1970-01-02T00:00Z"] {
            assert_eq!(Millis::parse_lenient(same), Some(Millis(DAY)), "{same}");
        }
        assert_eq!(Millis::parse_lenient("soon"), None);
        assert_eq!(Millis::parse_lenient(""), None);
    }
}
