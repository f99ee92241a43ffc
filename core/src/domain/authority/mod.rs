//! Who may do what to whom. Values in, a refusal out; nothing here looks anything up.
//!
//! The rule everything follows: **nobody creates, grants or manages a role or a person at or above their own priority,
//! nor grants what they do not hold.** Super admins alone manage super admins, and may manage each other. Leaving one's
//! own place is not managing.
//!
//! How a use-case asks, with `caller = actor.caller()`:
//!
//! | before it | asks |
//! |---|---|
//! | creates a role, or gives one another priority | [`Caller::may_create_role`] |
//! | changes or deletes a role | [`Caller::may_manage_role`], then [`Caller::may_change_access`] for its ACL |
//! | has an organization add to a role or take from it | [`Caller::may_override_role`], then [`Caller::may_change_access`] |
//! | gives a person a role: at creation, by an edit, by a membership, by an invitation | [`Caller::may_grant_role`] |
//! | changes a person's own ACL | [`Caller::may_act_on`] with [`Operation::Demote`], then [`Caller::may_change_access`] |
//! | edits, disables, deletes, locks, resets, logs out a person | [`Caller::may_act_on`] |
//!
//! A person's standing is the highest of **all** their memberships, in whatever place ([`Standing::of`]): an account is
//! one thing, and whoever disables it disables it everywhere. For a single membership use its role's standing instead
//! ([`Caller::may_manage_membership`]).
//!
//! What is here is decided on rows that were read. Two rules need more, because two people may be at it at once: the last
//! super admin and the last owner of an organization stay. Those are held inside the batch, by
//! [`crate::store::succession`], and [`Refusal::LastSuperAdmin`] and [`Refusal::LastOwner`] are how it is told.

mod access;
mod refusal;

pub use access::{Access, may_hand_on};
pub use refusal::Refusal;

use super::{
    feature::Grants,
    id::{Id, Organization, Tenant, User},
    role,
};

/// How high a person or a role stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub priority: i64,
    /// The super-admin flag, from a role or of one's own.
    pub admin: bool,
}

impl Standing {
    /// The highest of several: what a person is, given all they hold.
    pub fn of(held: impl IntoIterator<Item = Self>) -> Self {
        held.into_iter().fold(Self { priority: role::GUEST, admin: false }, |high, next| Self {
            priority: high.priority.max(next.priority),
            admin: high.admin || next.admin,
        })
    }

    /// Super admins stand above everybody and beside each other; of all others the strictly higher priority counts.
    pub fn may_manage(self, other: Self) -> bool {
        self.admin || (!other.admin && self.priority > other.priority)
    }
}

/// What is done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Name, address, home.
    Edit,
    /// Unlocking, verifying, sending a link, inviting again: help that takes nothing away.
    Support,
    Disable,
    /// Any change of roles or of the own ACL.
    Demote,
    Delete,
    Lock,
    /// A new password, or a one-time password.
    ResetPassword,
    /// Ending sessions.
    Logout,
}

impl Operation {
    pub const ALL: [Self; 8] = [Self::Edit, Self::Support, Self::Disable, Self::Demote, Self::Delete, Self::Lock, Self::ResetPassword, Self::Logout];

    /// What nobody does to themselves through an administrator's route. One's own profile has its own ways.
    pub const fn is_refused_to_oneself(self) -> bool {
        !matches!(self, Self::Edit | Self::Support)
    }
}

/// A role as far as authority over it goes.
#[derive(Clone, Copy, Debug)]
pub struct RoleAt<'a> {
    /// `None`: a role of the platform.
    pub tenant: Option<Id<Tenant>>,
    pub standing: Standing,
    pub features: &'a [String],
    /// Where its grants hold; `None` is everywhere.
    pub organizations: Option<&'a [Id<Organization>]>,
}

/// Who is asking, where they are active.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    pub user: Id<User>,
    pub standing: Standing,
    pub grants: &'a Grants,
    pub tenant: Id<Tenant>,
    /// Holds a role of the platform, or the flag.
    pub platform: bool,
    /// The organizations they look after; `None` is the whole tenant.
    pub organizations: Option<&'a [Id<Organization>]>,
}

impl Caller<'_> {
    /// May a role with this priority come to be? The same for a role whose priority changes to it.
    pub fn may_create_role(&self, priority: i64) -> Result<(), Refusal> {
        let made = Standing { priority, admin: false };
        if self.standing.may_manage(made) { Ok(()) } else { Err(Refusal::RoleTooHigh) }
    }

    /// The priority of a new role that names none: an employee's, or just below one's own.
    pub fn default_priority(&self) -> i64 {
        let below = if self.standing.admin { role::SUPER_ADMIN } else { self.standing.priority }.saturating_sub(1);
        below.clamp(1, role::EMPLOYEE)
    }

    /// May this role be changed or deleted? A role of the platform holds in every tenant, and one without a list of
    /// organizations in every organization, so neither is for those who look after less.
    pub fn may_manage_role(&self, role: &RoleAt) -> Result<(), Refusal> {
        if self.standing.admin {
            return Ok(());
        }
        if role.standing.admin {
            return Err(Refusal::SuperAdminRole);
        }
        if role.tenant.is_none() {
            return Err(Refusal::PlatformRole);
        }
        if !self.standing.may_manage(role.standing) {
            return Err(Refusal::RoleTooHigh);
        }
        access::within_reach(self, role.organizations)
    }

    /// May an organization the caller looks after have this role its own way? The role itself stays as it is.
    pub fn may_override_role(&self, tenant: Option<Id<Tenant>>, standing: Standing) -> Result<(), Refusal> {
        self.may_manage_role(&RoleAt { tenant, standing, features: &[], organizations: Some(&[]) })
    }

    /// May a person of `target` (the tenant of the membership) be given this role? Its grants go with it, so all of
    /// them have to be the caller's own to give.
    pub fn may_grant_role(&self, role: &RoleAt, target: Id<Tenant>) -> Result<(), Refusal> {
        if role.tenant.is_some_and(|tenant| tenant != target) {
            return Err(Refusal::RoleOfAnotherTenant);
        }
        if self.standing.admin {
            return Ok(());
        }
        if role.standing.admin {
            return Err(Refusal::SuperAdminGrant);
        }
        if target != self.tenant || (role.tenant.is_none() && !self.platform) {
            return Err(Refusal::RoleOfAnotherTenant);
        }
        if !self.standing.may_manage(role.standing) {
            return Err(Refusal::GrantTooHigh);
        }
        access::may_hand_on_all(self.grants, role.features)
    }

    /// May this be done to this person? `standing` is the highest of everything the person holds anywhere.
    pub fn may_act_on(&self, person: Id<User>, standing: Standing, operation: Operation) -> Result<(), Refusal> {
        if person == self.user {
            return if operation.is_refused_to_oneself() { Err(Refusal::Oneself(operation)) } else { Ok(()) };
        }
        self.may_manage(standing)
    }

    /// May this membership of somebody be taken away or changed? One's own may be left, whatever its role.
    pub fn may_manage_membership(&self, person: Id<User>, role: Standing) -> Result<(), Refusal> {
        if person == self.user { Ok(()) } else { self.may_manage(role) }
    }

    fn may_manage(&self, other: Standing) -> Result<(), Refusal> {
        match (self.standing.may_manage(other), other.admin) {
            (true, _) => Ok(()),
            (false, true) => Err(Refusal::SuperAdminAccount),
            (false, false) => Err(Refusal::PersonTooHigh),
        }
    }

    /// May an ACL, a role's or a person's, become this? Only what is added counts: a grant, a denial lifted, a wider
    /// reach. What the ACL held before may stay, whoever edits it.
    pub fn may_change_access(&self, before: &Access, after: &Access) -> Result<(), Refusal> {
        if self.standing.admin { Ok(()) } else { access::check(self, before, after) }
    }
}

#[cfg(test)]
mod tests;
