//! What voids an access token before it expires, and whether a token is void.
//!
//! A [`Book`] is filled from rows in the order of their sequence numbers and may be brought up to date with the rows that
//! came since. It holds one mark for each subject, so that a token is looked up four times at most, however many users
//! there are.

use std::collections::{BTreeMap, HashMap};

use super::{
    id::{Id, Organization, Record, Session, Tenant, User},
    realm::Realm,
    time::{HOUR, MINUTE},
};

/// Seconds after `not_before` in which the last token that a mark concerns may still be accepted: the longest life of an
/// access token, and the clock skew that verifiers allow.
pub const LIFE: i64 = (8 * HOUR + MINUTE) / 1_000;

/// What a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Session,
    User,
    Organization,
    Tenant,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Session, Self::User, Self::Organization, Self::Tenant];

    /// As stored, and as `k` in the feed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "s",
            Self::User => "u",
            Self::Organization => "o",
            Self::Tenant => "t",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One revocation: the tokens of `subject` that were issued before `not_before` (seconds) are void; of a session, all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub seq: i64,
    pub kind: Kind,
    pub subject: Id<Record>,
    /// Where tokens of one realm only are concerned.
    pub realm: Option<Realm>,
    /// Whose floor may stand for it.
    pub tenant: Option<Id<Tenant>>,
    pub not_before: i64,
}

/// Stands for the marks of a tenant that were too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    pub seq: i64,
    /// The newest of the marks it stands for.
    pub covers: i64,
    pub tenant: Id<Tenant>,
    pub not_before: i64,
}

/// What a verified token says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    pub realm: Realm,
    pub session: Id<Session>,
    pub user: Id<User>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub issued_at: i64,
}

/// Everything that is revoked, up to a sequence number.
#[derive(Clone, Debug, Default)]
pub struct Book {
    seq: i64,
    marks: HashMap<(Kind, Id<Record>), Mark>,
    order: BTreeMap<i64, (Kind, Id<Record>)>,
    floors: BTreeMap<Id<Tenant>, Floor>,
}

impl Book {
    /// The sequence number of the newest row that is in.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Takes up rows. `seq` is how far the source has come, rows that are no more included; a floor does not say that the
    /// rows below it have been read.
    pub fn take(&mut self, marks: impl IntoIterator<Item = Mark>, floors: impl IntoIterator<Item = Floor>, seq: i64) {
        for mark in marks {
            self.seq = self.seq.max(mark.seq);
            let name = (mark.kind, mark.subject);
            // The stored row is merged already; a mark never becomes weaker even so.
            let before = self.marks.get(&name).copied();
            let not_before = before.map_or(mark.not_before, |before| before.not_before.max(mark.not_before));
            if let Some(before) = before {
                self.order.remove(&before.seq);
            }
            self.order.insert(mark.seq, name);
            self.marks.insert(name, Mark { not_before, ..mark });
        }
        for floor in floors {
            let not_before = self.floors.get(&floor.tenant).map_or(floor.not_before, |before| before.not_before.max(floor.not_before));
            self.floors.insert(floor.tenant, Floor { not_before, ..floor });
            self.forget(|mark| mark.tenant == Some(floor.tenant) && mark.seq <= floor.covers);
        }
        self.seq = self.seq.max(seq);
    }

    /// Forgets what can concern no living token.
    pub fn expire(&mut self, now_seconds: i64) {
        self.forget(|mark| mark.not_before + LIFE <= now_seconds);
        self.floors.retain(|_, floor| floor.not_before + LIFE > now_seconds);
    }

    fn forget(&mut self, over: impl Fn(&Mark) -> bool) {
        let order = &mut self.order;
        self.marks.retain(|_, mark| {
            let goes = over(mark);
            if goes {
                order.remove(&mark.seq);
            }
            !goes
        });
    }

    /// Whether a token is void.
    pub fn refuses(&self, bearer: &Bearer) -> bool {
        let marked = |kind: Kind, subject: Id<Record>| {
            self.marks.get(&(kind, subject)).is_some_and(|mark| {
                mark.realm.is_none_or(|realm| realm == bearer.realm) && (kind == Kind::Session || bearer.issued_at < mark.not_before)
            })
        };
        marked(Kind::Session, bearer.session.cast())
            || marked(Kind::User, bearer.user.cast())
            || bearer.organization.is_some_and(|organization| marked(Kind::Organization, organization.cast()))
            || marked(Kind::Tenant, bearer.tenant.cast())
            || self.floors.get(&bearer.tenant).is_some_and(|floor| bearer.issued_at < floor.not_before)
    }

    /// The marks with a sequence number above `since`, in their order.
    pub fn marks_since(&self, since: i64) -> impl Iterator<Item = &Mark> {
        self.order.range(since.saturating_add(1)..).filter_map(|(_, name)| self.marks.get(name))
    }

    pub fn floors(&self) -> impl Iterator<Item = &Floor> {
        self.floors.values()
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.floors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    fn id<T>(n: u8) -> Id<T> {
        Id::new(Millis(1), [n; 10])
    }

    fn bearer(issued_at: i64) -> Bearer {
        Bearer { realm: Realm::Customer, session: id(1), user: id(2), organization: Some(id(3)), tenant: id(4), issued_at }
    }

    fn mark(seq: i64, kind: Kind, n: u8, not_before: i64) -> Mark {
        Mark { seq, kind, subject: id(n), realm: None, tenant: Some(id(4)), not_before }
    }

    fn book(marks: &[Mark]) -> Book {
        let mut book = Book::default();
        book.take(marks.iter().copied(), [], 0);
        book
    }

    #[test]
    fn a_session_is_refused_whenever_its_token_was_issued() {
        let book = book(&[mark(1, Kind::Session, 1, 100)]);
        assert!(book.refuses(&bearer(99)) && book.refuses(&bearer(1_000)));
        assert!(!book.refuses(&Bearer { session: id(9), ..bearer(99) }));
    }

    #[test]
    fn everything_else_is_refused_below_its_second_and_not_from_it_on() {
        for (kind, n) in [(Kind::User, 2), (Kind::Organization, 3), (Kind::Tenant, 4)] {
            let book = book(&[mark(1, kind, n, 100)]);
            assert!(book.refuses(&bearer(99)), "{kind:?}");
            assert!(!book.refuses(&bearer(100)), "{kind:?}");
        }
    }

    #[test]
    fn an_id_counts_in_its_own_kind_only() {
        let book = book(&[mark(1, Kind::User, 1, 100), mark(2, Kind::Tenant, 2, 100), mark(3, Kind::Session, 4, 100)]);
        assert!(!book.refuses(&bearer(0)));
    }

    #[test]
    fn a_mark_of_one_realm_leaves_the_other_alone() {
        let book = book(&[Mark { realm: Some(Realm::Staff), ..mark(1, Kind::Organization, 3, 100) }]);
        assert!(!book.refuses(&bearer(0)));
        assert!(book.refuses(&Bearer { realm: Realm::Staff, ..bearer(0) }));
    }

    #[test]
    fn a_later_row_never_weakens_an_earlier_one() {
        let book = book(&[mark(1, Kind::User, 2, 100), mark(2, Kind::User, 2, 90)]);
        assert!(book.refuses(&bearer(99)));
        assert_eq!(book.marks_since(1).count(), 1, "and whoever saw only the first hears of it");
        assert_eq!(book.marks_since(0).count(), 1, "one mark a subject");
    }

    #[test]
    fn a_floor_stands_for_what_it_replaced() {
        let mut book = Book::default();
        book.take([mark(1, Kind::Session, 1, 99), mark(5, Kind::Session, 8, 200)], [], 5);
        book.take([], [Floor { seq: 7, covers: 4, tenant: id(4), not_before: 100 }], 9);
        assert_eq!(book.marks_since(0).map(|mark| mark.seq).collect::<Vec<_>>(), [5]);
        assert!(book.refuses(&bearer(99)) && !book.refuses(&bearer(100)));
        assert!(!book.refuses(&Bearer { tenant: id(5), ..bearer(0) }));
        assert_eq!(book.seq(), 9);
    }

    #[test]
    fn a_mark_goes_with_the_last_token_it_concerns() {
        let mut book = book(&[mark(1, Kind::User, 2, 100), mark(2, Kind::Session, 1, 200)]);
        book.expire(100 + LIFE - 1);
        assert_eq!(book.marks_since(0).count(), 2);
        book.expire(100 + LIFE);
        assert_eq!(book.marks_since(0).map(|mark| mark.seq).collect::<Vec<_>>(), [2]);
        book.expire(200 + LIFE);
        assert!(book.is_empty());
        assert_eq!(book.seq(), 2, "the sequence does not go back");
    }
}
