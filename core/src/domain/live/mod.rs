//! Live streams: who hears of what, and what ends a stream. Everything a channel decides, as functions of values.
//!
//! A listener is written down once, when its stream opens. Whatever could make that untrue later, from the end of the
//! session to a changed role, is an item of the same feed and ends the stream; whoever may still listen comes back and is
//! written down anew.

mod frame;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    id::{Id, Organization, Partner, Record, Session, Tenant, User},
    membership::{Location, Seat},
    realm::Realm,
    scope::Scope,
    time::{MINUTE, Millis},
};

pub use frame::{HEARTBEAT, RESET, closing, frame, opening, position};

/// Streams one person may have open in one channel.
pub const PER_USER: usize = 10;
/// How far back a stream that broke off is made good, and by how many events.
pub const WINDOW: i64 = 5 * MINUTE;
pub const REPLAY: usize = 200;
/// How long a stream lives before it has to be opened, and its caller checked, anew.
pub const LIFE: i64 = 15 * MINUTE;
/// How long the feed is kept: a stream on which nothing happened for all its life still resumes.
pub const KEPT: i64 = LIFE + WINDOW;

/// Which object a stream is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Channel {
    /// The customers of one organization.
    Portal { tenant: Id<Tenant>, organization: Id<Organization> },
    /// The staff who sit in one tenant, at whichever organization.
    Staff { tenant: Id<Tenant> },
}

impl Channel {
    pub const fn tenant(self) -> Id<Tenant> {
        match self {
            Self::Portal { tenant, .. } | Self::Staff { tenant } => tenant,
        }
    }

    pub const fn realm(self) -> Realm {
        match self {
            Self::Portal { .. } => Realm::Customer,
            Self::Staff { .. } => Realm::Staff,
        }
    }
}

/// A feature somebody of staff holds, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    pub feature: String,
    pub scope: Scope,
}

/// One open stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub realm: Realm,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub user: Id<User>,
    pub session: Id<Session>,
    /// What events of the tenant are of their business; customers have none.
    pub watches: Vec<Watch>,
}

/// What a row of the feed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Kind {
    #[serde(rename = "e")]
    Event,
    #[serde(rename = "n")]
    Notice,
    #[serde(rename = "s")]
    Session,
    #[serde(rename = "u")]
    User,
    #[serde(rename = "o")]
    Organization,
    #[serde(rename = "t")]
    Tenant,
}

/// One row of the feed.
#[derive(Clone, Debug)]
pub struct Item {
    pub seq: i64,
    pub kind: Kind,
    /// Where only listeners of one realm are concerned.
    pub realm: Option<Realm>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    /// Those above the organization, and who looks after the tenant.
    pub above: Vec<Id<Organization>>,
    pub partner: Option<Id<Partner>>,
    pub subject: Id<Record>,
    pub recipient: Option<Id<User>>,
    pub name: String,
    pub payload: Value,
    pub at: Millis,
}

/// What an item means for a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Nothing,
    Tell,
    End,
}

/// Events that customers hear of, as the wire declares them.
const PORTAL: [&str; 6] = [
    "customer_accounts.user.updated",
    "customer_accounts.user.locked",
    "customer_accounts.user.unlocked",
    "customer_accounts.email.verified",
    "customer_accounts.password.reset",
    "customer_accounts.role.updated",
];

/// Events that staff hear of, by the feature that shows them the same in a list.
const STAFF: [(&str, &[&str]); 3] = [
    (
        "customer_accounts.view",
        &[
            "customer_accounts.user.created",
            "customer_accounts.user.updated",
            "customer_accounts.user.deleted",
            "customer_accounts.user.locked",
            "customer_accounts.user.unlocked",
            "customer_accounts.user.invited",
            "customer_accounts.invitation.accepted",
            "customer_accounts.invitation.cancelled",
            "customer_accounts.email.verified",
        ],
    ),
    ("customer_accounts.roles.manage", &["customer_accounts.role.created", "customer_accounts.role.updated", "customer_accounts.role.deleted"]),
    (
        "auth.users.list",
        &[
            "auth.user.created",
            "auth.user.updated",
            "auth.user.deleted",
            "auth.user.locked",
            "auth.user.unlocked",
            "auth.user.invited",
            "auth.invitation.accepted",
            "auth.invitation.cancelled",
        ],
    ),
];

/// Every feature that lets staff hear of something.
pub fn features() -> impl Iterator<Item = &'static str> {
    STAFF.iter().map(|(feature, _)| *feature)
}

/// Every event that somebody may hear of. The feed's trigger has the same list; a test compares them.
pub fn heard() -> impl Iterator<Item = &'static str> {
    PORTAL.into_iter().chain(STAFF.iter().flat_map(|(_, events)| events.iter().copied()))
}

fn feature_of(event: &str) -> Option<&'static str> {
    STAFF.iter().find(|(_, events)| events.contains(&event)).map(|(feature, _)| *feature)
}

/// Whether anybody of the realm may hear of an event of this name.
pub fn concerns(realm: Realm, event: &str) -> bool {
    match realm {
        Realm::Customer => PORTAL.contains(&event),
        Realm::Staff => feature_of(event).is_some(),
    }
}

/// What an item means for a listener. An item of another tenant means nothing, whatever it says.
pub fn judge(listener: &Listener, item: &Item) -> Verdict {
    if item.tenant != listener.tenant || item.realm.is_some_and(|realm| realm != listener.realm) {
        return Verdict::Nothing;
    }
    let (tell, end) = match item.kind {
        Kind::Session => (false, item.subject == listener.session.cast()),
        Kind::User => (false, item.subject == listener.user.cast()),
        Kind::Organization => (false, listener.organization.is_some_and(|organization| item.subject == organization.cast())),
        Kind::Tenant => (false, true),
        Kind::Notice => (item.realm == Some(listener.realm) && item.recipient == Some(listener.user), false),
        Kind::Event => (hears(listener, item), false),
    };
    match (tell, end) {
        (_, true) => Verdict::End,
        (true, false) => Verdict::Tell,
        (false, false) => Verdict::Nothing,
    }
}

/// The audience of an event. What its payload says of it narrows; it never widens.
fn hears(listener: &Listener, item: &Item) -> bool {
    // A payload that names no tenant, or another than its row, is nobody's.
    if item.payload.get("tenantId") != Some(&Value::String(listener.tenant.to_string())) {
        return false;
    }
    match listener.realm {
        Realm::Customer => {
            let here = listener.organization.is_some() && item.organization == listener.organization;
            let organization = listener.organization.map(|id| id.to_string()).unwrap_or_default();
            PORTAL.contains(&item.name.as_str())
                && here
                && admits(&item.payload, "organizationId", "organizationIds", &organization)
                && admits(&item.payload, "recipientUserId", "recipientUserIds", &listener.user.to_string())
        }
        Realm::Staff => feature_of(&item.name).is_some_and(|feature| {
            let seat = Seat { tenant: item.tenant, organization: item.organization };
            let at = Location::new(seat, item.above.clone(), item.partner);
            listener.watches.iter().any(|watch| watch.feature == feature && watch.scope.includes(&at))
        }),
    }
}

/// Whether somebody is among those a payload names, by one id or a list of them. One that names none is for all, and one
/// that names them in a form we do not know is for none.
fn admits(payload: &Value, one: &str, many: &str, id: &str) -> bool {
    let single = match payload.get(one) {
        None | Some(Value::Null) => None,
        Some(named) => Some(named.as_str() == Some(id)),
    };
    let listed = match payload.get(many) {
        None | Some(Value::Null) => None,
        Some(named) => Some(named.as_array().is_some_and(|list| list.iter().any(|entry| entry.as_str() == Some(id)))),
    };
    match (single, listed) {
        (None, None) => true,
        (single, listed) => single.unwrap_or(false) || listed.unwrap_or(false),
    }
}

#[cfg(test)]
mod tests;
