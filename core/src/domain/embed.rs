//! Signed addresses of the views that a CRM shows in frames of its own: what may be seen, as whom, and until when.

use super::{
    entity::EntityKind,
    id::{Entity, Id, Organization, Session, Tenant, User},
    time::{MINUTE, Millis},
};

/// How long an address opens its view.
pub const LIFE: i64 = 5 * MINUTE;

/// First word of every address, so that another form can follow.
const FORM: &str = "e1";

/// What a frame shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The account of a person.
    AccountStatus,
    /// The accounts of a company.
    PortalUsers,
}

impl View {
    /// As in paths and bodies.
    pub const NAMES: &'static [&'static str] = &["account-status", "portal-users"];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountStatus => "account-status",
            Self::PortalUsers => "portal-users",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::AccountStatus, Self::PortalUsers].into_iter().find(|view| view.name() == name)
    }

    /// Of whom the view is.
    pub const fn of(self) -> EntityKind {
        match self {
            Self::AccountStatus => EntityKind::Person,
            Self::PortalUsers => EntityKind::Company,
        }
    }
}

/// What an address says. Everything in it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub view: View,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub entity: Id<Entity>,
    /// Who made it, and from which session: it shows what they may see, and nothing once they are gone.
    pub user: Id<User>,
    pub session: Id<Session>,
    pub expires: Millis,
}

impl Address {
    /// The words that are signed. No part can hold the dot between them.
    pub fn content(&self) -> String {
        let Self { view, tenant, organization, entity, user, session, expires } = self;
        format!("{FORM}.{}.{tenant}.{organization}.{entity}.{user}.{session}.{}", view.name(), expires.0)
    }

    /// The other way round; says nothing about the signature.
    pub fn parse(content: &str) -> Option<Self> {
        let words: Vec<&str> = content.split('.').collect();
        let [FORM, view, tenant, organization, entity, user, session, expires] = words.as_slice() else { return None };
        Some(Self {
            view: View::parse(view)?,
            tenant: Id::parse(tenant)?,
            organization: Id::parse(organization)?,
            entity: Id::parse(entity)?,
            user: Id::parse(user)?,
            session: Id::parse(session)?,
            expires: Millis(expires.parse().ok()?),
        })
    }

    pub fn is_over(&self, now: Millis) -> bool {
        now >= self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_and_nothing_else() {
        let address = Address {
            view: View::PortalUsers,
            tenant: Id::new(Millis(1), [1; 10]),
            organization: Id::new(Millis(1), [2; 10]),
            entity: Id::new(Millis(1), [3; 10]),
            user: Id::new(Millis(1), [4; 10]),
            session: Id::new(Millis(1), [5; 10]),
            expires: Millis(1_000),
        };
        let content = address.content();
        assert_eq!(Address::parse(&content), Some(address));
        assert_eq!((address.is_over(Millis(999)), address.is_over(Millis(1_000))), (false, true));
        for bad in [
            String::new(),
            "e1".into(),
            content.replace("e1", "e2"),
            content.replace("portal-users", "portal"),
            format!("{content}.1"),
            content.replace("1000", "x"),
        ] {
            assert_eq!(Address::parse(&bad), None, "{bad}");
        }
        assert!(View::NAMES.iter().all(|name| View::parse(name).is_some_and(|view| view.name() == *name)));
    }
}
