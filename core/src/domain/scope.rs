//! Which rows a member of staff's lists and counts hold. A list is guarded by a feature; it shows the places of those
//! memberships that grant the feature and reach the seat the caller sits in. Somebody who owns one organization and is
//! an employee of the whole tenant therefore sees the accounts of the organization, and not the tenant's.

use serde::{Deserialize, Serialize};

use super::{
    feature::grant_covers,
    id::{Id, Merchant, Organization, Partner, Tenant},
    membership::{Location, Membership, OwnAcl, admits},
    role,
};

/// How far one membership reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Extent {
    Platform,
    Partner(Id<Partner>),
    Tenant(Id<Tenant>),
    /// With everything under it.
    Organization(Id<Organization>),
    Merchants(Option<Id<Organization>>, Vec<Id<Merchant>>),
}

/// One membership's places, and what it grants there.
#[derive(Clone, Debug)]
pub struct Part {
    extents: Vec<Extent>,
    features: Vec<String>,
    /// Whether it reaches the seat; those that do not are places to go to.
    here: bool,
}

impl Part {
    /// `unhindered`: the person's own ACL does not keep the role's grants out of the seat.
    pub fn of(membership: &Membership, at: &Location, here: bool, unhindered: bool) -> Self {
        let granted = unhindered && admits(membership.organizations.as_deref(), at);
        let features = if granted { membership.grants() } else { Vec::new() };
        Self { extents: extents(membership, at), features, here }
    }
}

fn extents(membership: &Membership, at: &Location) -> Vec<Extent> {
    let list: Option<Vec<Id<Organization>>> =
        membership.organizations.as_ref().map(|list| list.iter().filter_map(|entry| Id::parse(entry)).collect());
    if membership.platform == 0 && (!membership.merchants.is_empty() || membership.priority <= role::EMPLOYEE) {
        return vec![Extent::Merchants(membership.organization, membership.merchants.clone())];
    }
    let whole = match (membership.platform != 0, membership.organization) {
        (true, _) => vec![Extent::Platform],
        (false, Some(organization)) => vec![Extent::Organization(organization)],
        (false, None) => membership.partner.map(Extent::Partner).into_iter().chain([Extent::Tenant(membership.tenant)]).collect(),
    };
    let Some(list) = list else { return whole };
    match (membership.organization, membership.platform) {
        // What is in the list and in the membership's own place: both lie above the seat, so the lower one of the two.
        (Some(own), 0) => {
            let lower = |other: Id<Organization>| at.distance(other).zip(at.distance(own)).map(|(a, b)| if a < b { other } else { own });
            list.into_iter().filter_map(lower).map(Extent::Organization).collect()
        }
        _ => list.into_iter().map(Extent::Organization).collect(),
    }
}

/// How far a person's memberships reach, from the seat they sit in.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    parts: Vec<Part>,
    /// What the person's own ACL grants, wherever a membership reaches.
    own: Vec<String>,
    /// The organizations their own ACL restricts them to.
    only: Option<Vec<Id<Organization>>>,
    everything: bool,
}

impl Reach {
    pub fn new(parts: Vec<Part>, own: &[&OwnAcl], everything: bool) -> Self {
        let lists = own.iter().filter_map(|acl| acl.organizations.as_ref());
        let only = lists.map(|list| list.iter().filter_map(|entry| Id::parse(entry)).collect()).next();
        Self { parts, own: own.iter().flat_map(|acl| acl.features.iter().cloned()).collect(), only, everything }
    }

    /// The scope of a list that the feature guards.
    pub fn of(&self, feature: &str) -> Scope {
        let held = |grants: &[String]| grants.iter().any(|grant| grant_covers(grant, feature));
        let added = held(&self.own);
        self.scope(|part| part.here && (added || held(&part.features)))
    }

    /// Every place the person may go to, whatever they hold there.
    pub fn everywhere(&self) -> Scope {
        self.scope(|_| true)
    }

    fn scope(&self, counts: impl Fn(&Part) -> bool) -> Scope {
        if self.everything {
            return Scope { everything: true, ..Scope::default() };
        }
        let mut scope = Scope { only: self.only.clone(), ..Scope::default() };
        for extent in self.parts.iter().filter(|part| counts(part)).flat_map(|part| &part.extents) {
            match extent {
                Extent::Platform => scope.everything = true,
                Extent::Partner(partner) => add(&mut scope.partners, *partner),
                Extent::Tenant(tenant) => add(&mut scope.tenants, *tenant),
                Extent::Organization(organization) => add(&mut scope.organizations, *organization),
                Extent::Merchants(organization, merchants) => {
                    organization.iter().for_each(|id| add(&mut scope.sites, *id));
                    merchants.iter().for_each(|id| add(&mut scope.merchants, *id));
                }
            }
        }
        scope
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// What a list may show. Empty shows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// All tenants.
    pub everything: bool,
    /// Every tenant of these partners.
    pub partners: Vec<Id<Partner>>,
    /// These tenants whole.
    pub tenants: Vec<Id<Tenant>>,
    /// These organizations with everything under them.
    pub organizations: Vec<Id<Organization>>,
    /// These organizations by themselves: somebody works at a merchant of theirs.
    pub sites: Vec<Id<Organization>>,
    pub merchants: Vec<Id<Merchant>>,
    /// Of all that, only what lies in these organizations and under them.
    pub only: Option<Vec<Id<Organization>>>,
}

impl Scope {
    /// Whether a place is in it: an organization, or, where none is named, the whole tenant.
    pub fn includes(&self, at: &Location) -> bool {
        let within = |list: &[Id<Organization>]| list.iter().any(|id| at.distance(*id).is_some());
        let place = self.everything
            || self.tenants.contains(&at.seat.tenant)
            || at.partner.is_some_and(|partner| self.partners.contains(&partner))
            || within(&self.organizations);
        place && self.only.as_deref().is_none_or(within)
    }

    /// Whether a merchant at a place is in it.
    pub fn includes_merchant(&self, merchant: Id<Merchant>, at: &Location) -> bool {
        self.includes(at)
            || (self.merchants.contains(&merchant) && self.only.as_ref().is_none_or(|_| Self { everything: true, ..self.clone() }.includes(at)))
    }
}

#[cfg(test)]
mod tests;
