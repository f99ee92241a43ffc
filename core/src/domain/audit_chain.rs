//! The hash chain over the audit trail, and what a verification finds.
//!
//! A row's MAC covers its content under a key the database never sees; the chain covers the order of rows, and each
//! stretch of it is signed. Changing a row breaks its MAC, taking one out leaves a gap in the sequence, and cutting the
//! tail leaves a signed seal that speaks of rows that are not there.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::secret::hex;

/// A row as the chain sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub seq: i64,
    pub id: String,
    pub mac: String,
    /// Whether the stored columns still give the stored MAC.
    pub intact: bool,
}

/// A signed stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub first: i64,
    pub last: i64,
    pub previous: String,
    pub hash: String,
    /// Whether its signature holds under one of our keys.
    pub signed: bool,
}

/// What is wrong with a trail. Sequence numbers name the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub rows: u64,
    /// Content no longer fits the MAC.
    pub changed: Vec<i64>,
    /// Numbers that were given out and are not there.
    pub missing: Vec<i64>,
    /// Seals whose hash does not follow from the rows, or whose signature does not hold.
    pub broken_seals: Vec<i64>,
    /// Rows written since the last seal: a minute's worth at most, while cron runs.
    pub unsealed: u64,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.broken_seals.is_empty()
    }
}

/// Before the first row.
pub fn genesis(tenant: &str) -> String {
    hex(&Sha256::digest(format!("portcullis/audit/{tenant}")))
}

/// The chain's hash after these rows.
pub fn extend(previous: &str, links: &[Link]) -> String {
    links.iter().fold(previous.to_owned(), |hash, link| hex(&Sha256::digest(format!("{hash}|{}|{}|{}", link.seq, link.id, link.mac))))
}

/// What a seal's signature covers.
pub fn sealed_text(tenant: &str, first: i64, last: i64, previous: &str, hash: &str, sealed_at: i64) -> String {
    serde_json::json!(["portcullis/audit-seal/v1", tenant, first, last, previous, hash, sealed_at]).to_string()
}

/// Most numbers a report lists of one kind; a trail with more wrong than this is wrong enough.
const MOST: usize = 1_000;

/// Where a verification begins: before the first row, or after a seal that an earlier part ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    pub seq: i64,
    pub hash: String,
}

/// Checks rows and seals in order, in one walk over each.
pub fn verify(start: &Start, links: &[Link], seals: &[Seal]) -> Report {
    let mut report = Report { rows: links.len() as u64, ..Report::default() };
    report.changed = links.iter().filter(|link| !link.intact).map(|link| link.seq).take(MOST).collect();

    let sealed_to = seals.last().map_or(start.seq, |seal| seal.last);
    let highest = links.last().map_or(start.seq, |link| link.seq).max(sealed_to);
    let mut present = links.iter().map(|link| link.seq).peekable();
    for seq in start.seq + 1..=highest {
        if present.peek() == Some(&seq) {
            present.next();
        } else if report.missing.len() < MOST {
            report.missing.push(seq);
        } else {
            break;
        }
    }

    let (mut previous, mut next, mut rest) = (start.hash.clone(), start.seq + 1, links);
    for seal in seals {
        let (stretch, after) = rest.split_at(rest.partition_point(|link| link.seq <= seal.last));
        let follows = seal.first == next && seal.previous == previous && extend(&previous, stretch) == seal.hash;
        if (!follows || !seal.signed) && report.broken_seals.len() < MOST {
            report.broken_seals.push(seal.first);
        }
        (previous, next, rest) = (seal.hash.clone(), seal.last + 1, after);
    }
    report.unsealed = rest.len() as u64;
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(n: i64) -> Vec<Link> {
        (1..=n).map(|seq| Link { seq, id: format!("r{seq}"), mac: format!("m{seq}"), intact: true }).collect()
    }

    fn check(links: &[Link], seals: &[Seal]) -> Report {
        verify(&Start { seq: 0, hash: genesis("t") }, links, seals)
    }

    fn seals(links: &[Link], ends: &[usize]) -> Vec<Seal> {
        let (mut previous, mut first) = (genesis("t"), 0);
        ends.iter()
            .map(|end| {
                let hash = extend(&previous, &links[first..*end]);
                let seal = Seal { first: first as i64 + 1, last: *end as i64, previous: previous.clone(), hash: hash.clone(), signed: true };
                (previous, first) = (hash, *end);
                seal
            })
            .collect()
    }

    #[test]
    fn a_sound_trail_is_sound_and_counts_its_tail() {
        let links = trail(10);
        let report = check(&links, &seals(&links, &[4, 8]));
        assert!(report.is_sound());
        assert_eq!((report.rows, report.unsealed), (10, 2));
    }

    #[test]
    fn a_changed_row_is_named() {
        let mut links = trail(10);
        let sealed = seals(&links, &[8]);
        links[2].intact = false;
        assert_eq!(check(&links, &sealed).changed, [3]);
        links[2].intact = true;
        links[2].mac = "forged with its content".into();
        assert_eq!(check(&links, &sealed).broken_seals, [1]);
    }

    #[test]
    fn a_dropped_row_and_a_cut_tail_are_named() {
        let mut links = trail(10);
        let sealed = seals(&links, &[8]);
        links.remove(4);
        assert_eq!(check(&links, &sealed).missing, [5]);
        links.truncate(5);
        assert_eq!(check(&links, &sealed).missing, [5, 7, 8]);
    }

    #[test]
    fn a_seal_that_was_taken_out_or_forged_is_named() {
        let links = trail(10);
        let mut sealed = seals(&links, &[4, 8]);
        sealed[1].signed = false;
        assert_eq!(check(&links, &sealed).broken_seals, [5]);
        sealed.remove(0);
        assert_eq!(check(&links, &sealed).broken_seals, [5]);
    }

    #[test]
    fn a_trail_may_be_checked_in_parts() {
        let links = trail(10);
        let sealed = seals(&links, &[4, 8]);
        let second = verify(&Start { seq: 4, hash: sealed[0].hash.clone() }, &links[4..], &sealed[1..]);
        assert!(second.is_sound());
        assert_eq!((second.rows, second.unsealed), (6, 2));
    }
}
