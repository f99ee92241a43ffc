//! Where a member of staff works, as what, and what follows from it. Roles grant, a person's own ACL adds and denies,
//! and the super-admin flag passes everything everywhere.

use serde::Deserialize;

use super::{
    feature::{Grants, grant_covers, overlaps},
    id::{Id, Merchant, Organization, Partner, Role, Tenant},
    realm::Realm,
    registry::FEATURES,
    role,
    scope::{Part, Reach},
};

/// One membership with its role, as a query collects them.
#[derive(Clone, Debug, Deserialize)]
pub struct Membership {
    pub tenant: Id<Tenant>,
    /// `None`: the whole tenant.
    pub organization: Option<Id<Organization>>,
    pub role: Id<Role>,
    pub slug: String,
    pub name: String,
    pub priority: i64,
    /// A role of the platform holds in every tenant. 0 or 1, as all flags here.
    pub platform: i64,
    pub features: Option<Vec<String>>,
    pub admin: Option<i64>,
    /// Where the role's grants hold; `None` is everywhere.
    pub organizations: Option<Vec<String>>,
    /// The merchants it is for; empty is all of its place, as far as the role reaches beyond merchants.
    #[serde(default)]
    pub merchants: Vec<Id<Merchant>>,
    /// The partner whose tenants it reaches beside its own, where the person works for one.
    #[serde(default)]
    pub partner: Option<Id<Partner>>,
    /// What the organization of the seat has changed about the role.
    #[serde(default)]
    pub changed: Option<Override>,
}

/// What one organization adds to a role and takes from it, for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Override {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

/// What one person holds more, or less, than their roles.
#[derive(Clone, Debug, Deserialize)]
pub struct OwnAcl {
    pub tenant: Id<Tenant>,
    pub features: Vec<String>,
    pub denied: Vec<String>,
    pub admin: i64,
    /// Restricts the person, whatever the roles say; `None` does not.
    pub organizations: Option<Vec<String>>,
}

/// The one tenant, and the one organization or none, that a session is active in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
}

/// A seat with what it is part of: a membership above reaches it.
#[derive(Clone, Debug)]
pub struct Location {
    pub seat: Seat,
    /// The organization and those above it, nearest first.
    within: Vec<Id<Organization>>,
    /// Who looks after the tenant.
    pub partner: Option<Id<Partner>>,
}

impl Location {
    pub fn new(seat: Seat, above: Vec<Id<Organization>>, partner: Option<Id<Partner>>) -> Self {
        // A row of the tree that is missing must not cost anybody the place itself.
        let within =
            if seat.organization.is_none_or(|id| above.contains(&id)) { above } else { seat.organization.into_iter().chain(above).collect() };
        Self { seat, within, partner }
    }

    /// How far above the seat an organization lies: 0 is the seat's own. `None` is beside or under it.
    pub fn distance(&self, organization: Id<Organization>) -> Option<usize> {
        self.within.iter().position(|id| *id == organization)
    }
}

/// A place whose surroundings do not matter.
impl From<Seat> for Location {
    fn from(seat: Seat) -> Self {
        Self::new(seat, Vec::new(), None)
    }
}

/// What a person is in a seat.
#[derive(Clone, Debug, Default)]
pub struct Holding {
    /// Highest first.
    pub roles: Vec<Membership>,
    pub grants: Grants,
    pub priority: i64,
    /// A role of the platform, or the flag: not stopped by a suspended tenant.
    pub platform: bool,
    /// Looks after the whole tenant, not only the seat's organization.
    pub whole_tenant: bool,
    /// How far the person's lists reach.
    pub reach: Reach,
    /// The merchants the person works at here.
    pub merchants: Vec<Id<Merchant>>,
}

impl Holding {
    /// Whether the person has any business in the seat.
    pub fn is_member(&self) -> bool {
        !self.roles.is_empty() || self.grants.admin
    }
}

impl Membership {
    /// Its own place and everything under it; the other tenants of a partner; for roles of the platform, everywhere.
    pub(super) fn covers(&self, at: &Location) -> bool {
        let here = self.tenant == at.seat.tenant && self.organization.is_none_or(|id| at.distance(id).is_some());
        let partners = self.organization.is_none() && self.partner.is_some() && self.partner == at.partner;
        self.platform != 0 || here || partners
    }

    /// What the role grants in the seat: its own grants and what the organization adds, less what it takes away. A wildcard
    /// that something is taken out of stands for the registered features that are left.
    pub fn grants(&self) -> Vec<String> {
        let own = self.features.iter().flatten();
        let Some(changed) = &self.changed else { return own.cloned().collect() };
        let removed = |feature: &str| changed.removed.iter().any(|removal| grant_covers(removal, feature));
        let left = |grant: &String| {
            let whole = !changed.removed.iter().any(|removal| overlaps(removal, grant));
            let rest = FEATURES.iter().filter(|f| f.realm == Realm::Staff && !whole && grant_covers(grant, f.id) && !removed(f.id));
            whole.then(|| grant.clone()).into_iter().chain(rest.map(|f| f.id.to_owned())).collect::<Vec<_>>()
        };
        own.chain(&changed.added).flat_map(left).collect()
    }

    pub(super) fn is_admin(&self) -> bool {
        self.admin.unwrap_or(0) != 0
    }
}

/// Whether a list of organizations lets a seat in: by itself, or by one above it. A seat without an organization is in
/// no list.
pub(super) fn admits(list: Option<&[String]>, at: &Location) -> bool {
    list.is_none_or(|list| list.iter().filter_map(|entry| Id::parse(entry)).any(|id| at.distance(id).is_some()))
}

/// What the memberships and ACLs of one person come to in a seat.
pub fn holding(memberships: Vec<Membership>, acls: &[OwnAcl], at: &Location) -> Holding {
    let own: Vec<&OwnAcl> = acls.iter().filter(|acl| acl.tenant == at.seat.tenant).collect();
    let unhindered = own.iter().all(|acl| admits(acl.organizations.as_deref(), at));
    let parts = memberships.iter().map(|membership| Part::of(membership, at, membership.covers(at), unhindered)).collect();

    let mut roles: Vec<Membership> = memberships.into_iter().filter(|membership| membership.covers(at)).collect();
    let mut merchants: Vec<Id<Merchant>> = roles.iter().flat_map(|membership| membership.merchants.iter().copied()).collect();
    merchants.sort_unstable();
    merchants.dedup();
    roles.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.name.cmp(&b.name)));
    roles.dedup_by_key(|membership| membership.role);

    let mut grants = Grants { admin: acls.iter().any(|acl| acl.admin != 0) || roles.iter().any(Membership::is_admin), ..Grants::default() };
    if unhindered {
        for membership in roles.iter().filter(|membership| admits(membership.organizations.as_deref(), at)) {
            grants.add(membership.grants());
        }
        for acl in &own {
            grants.add(acl.features.clone());
            grants.denied.extend(acl.denied.iter().cloned());
        }
    }
    let highest = roles.first().map_or(role::GUEST, |membership| membership.priority);
    let priority = if grants.admin { role::SUPER_ADMIN } else { highest };
    let platform = grants.admin || roles.iter().any(|membership| membership.platform != 0);
    let tenant_wide = |m: &Membership| m.organization.is_none() && m.organizations.is_none() && m.priority >= role::WHOLE_TENANT;
    let unrestricted = own.iter().all(|acl| acl.organizations.is_none());
    let whole_tenant = grants.admin || (unrestricted && (platform || roles.iter().any(tenant_wide)));
    let reach = Reach::new(parts, &own, grants.admin);
    Holding { roles, grants, priority, platform, whole_tenant, reach, merchants }
}

/// A membership as sign-in finds it, with whether anybody is taken in there.
#[derive(Clone, Debug, Deserialize)]
pub struct Offer {
    #[serde(flatten)]
    pub membership: Membership,
    /// Neither the tenant nor the organization is suspended.
    pub open: i64,
    /// For the whole tenant: its oldest organization that is open.
    pub first: Option<Id<Organization>>,
    /// What the organization the session would start in is part of, nearest first.
    #[serde(default)]
    pub above: Vec<Id<Organization>>,
    /// Who looks after the tenant.
    #[serde(default)]
    pub tenant_partner: Option<Id<Partner>>,
}

impl Offer {
    fn location(&self) -> Location {
        let seat = Seat { tenant: self.membership.tenant, organization: self.membership.organization.or(self.first) };
        Location::new(seat, self.above.clone(), self.tenant_partner)
    }
}

/// Where a session of somebody starts: at home before elsewhere, then by the highest role, then by the oldest
/// organization. Without a membership only the flag has a seat: at home.
pub fn first_seat(home: Seat, offers: &[Offer], acls: &[OwnAcl]) -> Option<Location> {
    let open = offers.iter().filter(|offer| offer.open != 0 || offer.membership.platform != 0);
    let best = open.min_by_key(|offer| {
        let membership = &offer.membership;
        (membership.tenant != home.tenant, std::cmp::Reverse(membership.priority), membership.organization)
    });
    best.map(Offer::location).or_else(|| acls.iter().any(|acl| acl.admin != 0).then(|| home.into()))
}

#[cfg(test)]
mod tests;
