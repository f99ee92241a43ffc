//! Where a member of staff works, as what, and what follows from it. Roles grant, a person's own ACL adds and denies,
//! and the super-admin flag passes everything everywhere.

use serde::Deserialize;

use super::{
    feature::Grants,
    id::{Id, Organization, Role, Tenant},
    role,
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
}

impl Holding {
    /// Whether the person has any business in the seat.
    pub fn is_member(&self) -> bool {
        !self.roles.is_empty() || self.grants.admin
    }
}

impl Membership {
    fn covers(&self, seat: Seat) -> bool {
        let here = self.tenant == seat.tenant && (self.organization.is_none() || self.organization == seat.organization);
        self.platform != 0 || here
    }

    fn is_admin(&self) -> bool {
        self.admin.unwrap_or(0) != 0
    }
}

/// Whether a list of organizations lets a seat in. A seat without an organization is in no list.
fn admits(list: Option<&[String]>, seat: Seat) -> bool {
    list.is_none_or(|list| seat.organization.is_some_and(|id| list.iter().any(|entry| Id::parse(entry) == Some(id))))
}

/// What the memberships and ACLs of one person come to in a seat.
pub fn holding(memberships: Vec<Membership>, acls: &[OwnAcl], seat: Seat) -> Holding {
    let mut roles: Vec<Membership> = memberships.into_iter().filter(|membership| membership.covers(seat)).collect();
    roles.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.name.cmp(&b.name)));
    roles.dedup_by_key(|membership| membership.role);
    let own: Vec<&OwnAcl> = acls.iter().filter(|acl| acl.tenant == seat.tenant).collect();

    let mut grants = Grants { admin: acls.iter().any(|acl| acl.admin != 0) || roles.iter().any(Membership::is_admin), ..Grants::default() };
    if own.iter().all(|acl| admits(acl.organizations.as_deref(), seat)) {
        for membership in roles.iter().filter(|membership| admits(membership.organizations.as_deref(), seat)) {
            grants.add(membership.features.clone().unwrap_or_default());
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
    Holding { roles, grants, priority, platform, whole_tenant }
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
}

impl Offer {
    fn seat(&self) -> Seat {
        Seat { tenant: self.membership.tenant, organization: self.membership.organization.or(self.first) }
    }
}

/// Where a session of somebody starts: at home before elsewhere, then by the highest role, then by the oldest
/// organization. Without a membership only the flag has a seat: at home.
pub fn first_seat(home: Seat, offers: &[Offer], acls: &[OwnAcl]) -> Option<Seat> {
    let open = offers.iter().filter(|offer| offer.open != 0 || offer.membership.platform != 0);
    let best = open.min_by_key(|offer| {
        let membership = &offer.membership;
        (membership.tenant != home.tenant, std::cmp::Reverse(membership.priority), membership.organization)
    });
    best.map(Offer::seat).or_else(|| acls.iter().any(|acl| acl.admin != 0).then_some(home))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    fn id<T>(n: i64) -> Id<T> {
        Id::new(Millis(n), [0; 10])
    }

    fn membership(tenant: i64, organization: Option<i64>, priority: i64, features: &[&str]) -> Membership {
        Membership {
            tenant: id(tenant),
            organization: organization.map(id),
            role: id(priority),
            slug: format!("role-{priority}"),
            name: format!("role-{priority}"),
            priority,
            platform: 0,
            features: Some(features.iter().map(|f| (*f).to_owned()).collect()),
            admin: Some(0),
            organizations: None,
        }
    }

    fn acl(tenant: i64, features: &[&str], denied: &[&str]) -> OwnAcl {
        let texts = |list: &[&str]| list.iter().map(|f| (*f).to_owned()).collect();
        OwnAcl { tenant: id(tenant), features: texts(features), denied: texts(denied), admin: 0, organizations: None }
    }

    const SEAT: fn() -> Seat = || Seat { tenant: id(1), organization: Some(id(2)) };

    #[test]
    fn a_membership_reaches_its_own_place_and_nothing_beside_it() {
        for (tenant, organization, reaches) in [(1, None, true), (1, Some(2), true), (1, Some(3), false), (4, None, false), (4, Some(2), false)] {
            let held = holding(vec![membership(tenant, organization, 300, &["a"])], &[], SEAT());
            assert_eq!((held.is_member(), held.grants.allow("a")), (reaches, reaches), "{tenant} {organization:?}");
        }
        let tenant_wide = Seat { organization: None, ..SEAT() };
        assert!(!holding(vec![membership(1, Some(2), 300, &["a"])], &[], tenant_wide).is_member());
    }

    #[test]
    fn a_role_of_the_platform_reaches_everywhere() {
        let platform = Membership { platform: 1, ..membership(9, None, 800, &["a"]) };
        let held = holding(vec![platform], &[], SEAT());
        assert!(held.grants.allow("a") && held.platform && held.priority == 800);
    }

    #[test]
    fn the_flag_passes_everything_from_wherever_it_comes() {
        let role = Membership { admin: Some(1), ..membership(1, None, 10, &[]) };
        let own = OwnAcl { admin: 1, ..acl(7, &[], &["x"]) };
        for held in [holding(vec![role], &[], SEAT()), holding(Vec::new(), &[own], SEAT())] {
            assert!(held.is_member() && held.grants.allow("x") && held.priority == role::SUPER_ADMIN);
        }
    }

    #[test]
    fn the_own_acl_adds_and_denies_in_its_tenant_only() {
        let roles = vec![membership(1, None, 300, &["a.*"])];
        let held = holding(roles.clone(), &[acl(1, &["b"], &["a.x"])], SEAT());
        assert!(held.grants.allow("b") && held.grants.allow("a.y") && !held.grants.allow("a.x"));
        let elsewhere = holding(roles, &[acl(4, &["b"], &["a.x"])], SEAT());
        assert!(!elsewhere.grants.allow("b") && elsewhere.grants.allow("a.x"));
    }

    #[test]
    fn lists_of_organizations_restrict() {
        let other = Some(vec![id::<Organization>(3).to_string()]);
        let here = Some(vec![id::<Organization>(2).to_string()]);
        for (list, allowed) in [(other, false), (here, true), (Some(Vec::new()), false), (None, true)] {
            let role = Membership { organizations: list.clone(), ..membership(1, None, 300, &["a"]) };
            assert_eq!(holding(vec![role], &[], SEAT()).grants.allow("a"), allowed);
            let own = OwnAcl { organizations: list, ..acl(1, &["b"], &[]) };
            let held = holding(vec![membership(1, None, 300, &["a"])], &[own], SEAT());
            assert_eq!((held.grants.allow("a"), held.grants.allow("b")), (allowed, allowed));
        }
    }

    fn offer(membership: Membership, open: i64) -> Offer {
        Offer { membership, open, first: Some(id(90)) }
    }

    #[test]
    fn a_session_starts_at_home_in_the_highest_role() {
        let home = Seat { tenant: id(1), organization: Some(id(80)) };
        let (here, there) = (Seat { tenant: id(1), organization: Some(id(2)) }, Seat { tenant: id(4), organization: Some(id(5)) });
        let employee = || membership(1, Some(2), 300, &[]);
        let elsewhere = || membership(4, Some(5), 700, &[]);
        let whole_tenant = || membership(1, None, 700, &[]);
        for (offers, wanted) in [
            (vec![offer(elsewhere(), 1), offer(employee(), 1)], Some(here)),
            (vec![offer(elsewhere(), 1), offer(employee(), 0)], Some(there)),
            (vec![offer(employee(), 1), offer(whole_tenant(), 1)], Some(Seat { organization: Some(id(90)), ..here })),
            (vec![offer(membership(1, Some(3), 300, &[]), 1), offer(employee(), 1)], Some(here)),
            (vec![offer(employee(), 0)], None),
            (vec![offer(Membership { platform: 1, ..employee() }, 0)], Some(here)),
            (vec![], None),
        ] {
            assert_eq!(first_seat(home, &offers, &[]), wanted, "{offers:?}");
        }
        assert_eq!(first_seat(home, &[], &[OwnAcl { admin: 1, ..acl(7, &[], &[]) }]), Some(home));
        assert_eq!(first_seat(home, &[], &[acl(1, &["a"], &[])]), None);
    }

    #[test]
    fn priority_is_the_highest_held_and_nobody_has_none() {
        let held = holding(vec![membership(1, None, 300, &[]), membership(1, Some(2), 600, &[])], &[], SEAT());
        assert_eq!((held.priority, held.roles.first().map(|m| m.priority)), (600, Some(600)));
        assert_eq!(holding(Vec::new(), &[], SEAT()).priority, role::GUEST);
    }
}
