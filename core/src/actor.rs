//! Who is calling, as the database says at this moment; the token only says where to look.

use serde::{Deserialize, Deserializer};

use crate::{
    domain::{
        authority::{Caller, Standing},
        email::Email,
        feature::Grants,
        id::{Entity, Id, Merchant, Organization, Role, Session, Tenant, User},
        realm::Realm,
        scope::{Reach, Scope},
        time::Millis,
    },
    problem::Problem,
};

/// A signed-in account of either realm.
#[derive(Clone, Debug)]
pub struct Actor {
    pub realm: Realm,
    pub user: Id<User>,
    pub session: Id<Session>,
    /// The active tenant. Staff of the platform have one too: their home, unless they look after another.
    pub tenant: Id<Tenant>,
    /// The active organization: a customer's only one. Staff who look after a whole tenant may have none, which is how
    /// a super admin starts on a platform without organizations. [`Actor::organization`] insists on one.
    pub organization: Option<Id<Organization>>,
    /// Empty where no organization is active.
    pub organization_slug: String,
    pub organization_name: String,
    pub email: String,
    pub display_name: String,
    pub email_verified_at: Option<Millis>,
    pub last_login_at: Option<Millis>,
    pub created_at: Millis,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    pub roles: Vec<HeldRole>,
    pub grants: Grants,
    /// The highest priority among the roles held here; see [`crate::domain::role`].
    pub priority: i64,
    /// Staff with a role of the platform, or the flag.
    pub platform: bool,
    /// The access token was one of an operator's; it says nothing of what is true now.
    pub operator: bool,
    /// Staff who look after the whole tenant, not only the active organization.
    pub whole_tenant: bool,
    /// How far the lists of staff reach.
    pub reach: Reach,
    /// The merchants staff work at here.
    pub merchants: Vec<Id<Merchant>>,
    pub must_change_password: bool,
    pub locale: String,
    /// When the session ends unless it is used again: no token made from it outlives it.
    pub session_ends: Millis,
    pub tenant_policy: String,
}

/// A role as a profile shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    pub id: Id<Role>,
    pub name: String,
    pub slug: String,
}

impl HeldRole {
    /// What tokens call the role, which may not change while anybody holds it: a customer's by its slug, one of staff by
    /// the name it is given by.
    pub fn told(&self, realm: Realm) -> &str {
        match realm {
            Realm::Customer => &self.slug,
            Realm::Staff => &self.name,
        }
    }
}

impl Actor {
    /// The active organization, for what belongs to one.
    pub fn organization(&self) -> Result<Id<Organization>, Problem> {
        self.organization.ok_or_else(|| Problem::invalid("An organization has to be chosen first"))
    }

    /// The roles held, as tokens name them.
    pub fn role_names(&self) -> Vec<&str> {
        self.roles.iter().map(|role| role.told(self.realm)).collect()
    }

    /// What the rules of authority ask of a caller.
    pub fn caller(&self) -> Caller<'_> {
        Caller {
            user: self.user,
            standing: Standing { priority: self.priority, admin: self.grants.admin },
            grants: &self.grants,
            tenant: self.tenant,
            platform: self.platform,
            organizations: (!self.whole_tenant).then_some(self.organization.as_slice()),
        }
    }

    /// What a list shows that the feature guards.
    pub fn scope(&self, feature: &str) -> Scope {
        self.reach.of(feature)
    }

    pub fn email(&self) -> Email {
        Email::as_typed(&self.email)
    }
}

/// SQLite has no booleans: 0 and 1.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(i64::deserialize(deserializer)? != 0)
}
