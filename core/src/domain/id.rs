//! Typed identifiers: a user id can never be handed where a session id is wanted.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use super::time::Millis;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $($(#[$doc])* #[derive(Debug)] pub enum $name {})* };
}

kinds! {
    /// The isolation boundary every row belongs to.
    Tenant,
    /// Lives in a tenant; its slug is unique across the deployment.
    Organization,
    /// A reseller who looks after several tenants.
    Partner,
    /// A store or site of an organization.
    Merchant,
    /// A customer or staff account; the realm says which.
    User,
    /// A named set of grants.
    Role,
    /// One device's sign-in.
    Session,
    /// A company or person of the CRM registry.
    Entity,
    /// An origin app that takes our tokens.
    App,
    /// An endpoint that events are sent to.
    Webhook,
    /// Any other row: a token, an audit entry, an outbox row.
    Record,
}

/// A UUID that says what it identifies. New ones are version 7 (RFC 9562), so they sort by creation time.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A new version 7 id from the request's instant and ten random bytes.
    pub fn new(now: Millis, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(), PhantomData)
    }

    /// Parses the hyphenated form, any case. Versions 1 to 8 of the RFC variant and the two special ids are accepted.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        let uuid = Uuid::try_parse(text).ok()?;
        let standard = matches!(uuid.get_variant(), uuid::Variant::RFC4122) && (1..=8).contains(&uuid.get_version_num());
        (standard || uuid.is_nil() || uuid.is_max()).then_some(Self(uuid, PhantomData))
    }

    /// The same id under another kind, where a row is looked at from another side.
    pub fn cast<U>(self) -> Id<U> {
        Id(self.0, PhantomData)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a UUID"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_are_version_7_and_sort_by_time() {
        let early: Id<User> = Id::new(Millis(1_000), [255; 10]);
        let late: Id<User> = Id::new(Millis(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().as_bytes()[14], b'7');
    }

    #[test]
    fn the_wire_form_is_the_hyphenated_one_only() {
        for good in ["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "0190f5fe-7c00-7a00-8000-000000000001"] {
            assert!(Id::<User>::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "1",
            "11111111-1111-1111-1111-111111111111",
            "0190f5fe7c007a008000000000000001",
            "{0190f5fe-7c00-7a00-8000-00000000000}",
            "0190f5fe-7c00-9a00-8000-000000000001",
        ] {
            assert!(Id::<User>::parse(bad).is_none(), "{bad}");
        }
    }
}
