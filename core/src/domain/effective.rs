//! Why somebody may, or may not: which flag, role, override, grant or denial decided about a feature.
//!
//! An explanation for people. What is enforced is [`Grants::allow`](super::feature::Grants::allow) on what
//! [`holding`](super::membership::holding) comes to; a property test holds the two together.

use super::{
    feature::{grant_covers, overlaps},
    id::{Id, Role},
    membership::{Location, Membership, OwnAcl, admits},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The flag that passes everything, of a role or of one's own.
    Flag,
    /// A grant of a role.
    Grant,
    /// A grant that the organization adds to a role.
    Override,
    /// A grant of one's own.
    OwnGrant,
    /// A denial of one's own, which wins over every grant.
    Denied,
    /// The organization takes it from the role that grants it.
    Removed,
    /// It would be granted, but not in this organization.
    Restricted,
    /// An own ACL stands in the place of the roles and does not grant it.
    Replaced,
    Nothing,
}

impl Decision {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Grant => "grant",
            Self::Override => "override",
            Self::OwnGrant => "own-grant",
            Self::Denied => "denied",
            Self::Removed => "removed",
            Self::Restricted => "restricted",
            Self::Replaced => "replaced",
            Self::Nothing => "nothing",
        }
    }

    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Flag | Self::Grant | Self::Override | Self::OwnGrant)
    }
}

/// A role as an explanation names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub id: Id<Role>,
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub decision: Decision,
    /// The grant, removal or denial that decided.
    pub by: Option<String>,
    /// The role it belongs to; without one it is the person's own.
    pub role: Option<Named>,
}

impl Explanation {
    fn new(decision: Decision, by: Option<&String>, role: Option<Named>) -> Self {
        Self { decision, by: by.cloned(), role }
    }
}

fn covering<'a>(list: &'a [String], feature: &str) -> Option<&'a String> {
    list.iter().find(|grant| grant_covers(grant, feature))
}

fn named(held: &Membership) -> Named {
    Named { id: held.role, slug: held.slug.clone(), name: held.name.clone() }
}

/// About a member of staff in a seat.
pub fn of_staff(memberships: &[Membership], acls: &[OwnAcl], at: &Location, feature: &str) -> Explanation {
    let mut held: Vec<&Membership> = memberships.iter().filter(|membership| membership.covers(at)).collect();
    held.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.name.cmp(&b.name)));
    if let Some(flagged) = held.iter().find(|membership| membership.is_admin()) {
        return Explanation::new(Decision::Flag, None, Some(named(flagged)));
    }
    if acls.iter().any(|acl| acl.admin != 0) {
        return Explanation::new(Decision::Flag, None, None);
    }
    let own: Vec<&OwnAcl> = acls.iter().filter(|acl| acl.tenant == at.seat.tenant).collect();
    if own.iter().any(|acl| !admits(acl.organizations.as_deref(), at)) {
        return Explanation::new(Decision::Restricted, None, None);
    }
    if let Some(denial) = own.iter().find_map(|acl| covering(&acl.denied, feature)) {
        return Explanation::new(Decision::Denied, Some(denial), None);
    }
    let of_roles: Vec<Explanation> = held.iter().filter_map(|membership| of_role(membership, at, feature)).collect();
    let own_grant = own.iter().find_map(|acl| covering(&acl.features, feature)).map(|grant| Explanation::new(Decision::OwnGrant, Some(grant), None));
    let granting = of_roles.iter().find(|said| said.decision.is_granted()).cloned();
    granting.or(own_grant).or_else(|| of_roles.into_iter().next()).unwrap_or_else(|| Explanation::new(Decision::Nothing, None, None))
}

/// What one role has to say of a feature; nothing, where it would not grant it anyway.
fn of_role(held: &Membership, at: &Location, feature: &str) -> Option<Explanation> {
    let nothing = Vec::new();
    let added = held.changed.as_ref().map_or(&nothing, |changed| &changed.added);
    let own = covering(held.features.as_deref().unwrap_or_default(), feature);
    let (decision, grant) = match (own, covering(added, feature)) {
        (Some(grant), _) => (Decision::Grant, grant),
        (None, Some(grant)) => (Decision::Override, grant),
        (None, None) => return None,
    };
    if !admits(held.organizations.as_deref(), at) {
        return Some(Explanation::new(Decision::Restricted, Some(grant), Some(named(held))));
    }
    if covering(&held.grants(), feature).is_some() {
        return Some(Explanation::new(decision, Some(grant), Some(named(held))));
    }
    let removal = held.changed.as_ref().and_then(|changed| changed.removed.iter().find(|removal| overlaps(removal, grant)));
    Some(Explanation::new(Decision::Removed, removal, Some(named(held))))
}

/// A customer's role.
#[derive(Clone, Debug)]
pub struct CustomerRole {
    pub role: Named,
    pub features: Vec<String>,
    pub admin: bool,
}

/// About a customer: an own ACL, which is grants and the flag, stands in the place of the roles.
pub fn of_customer(own: Option<(&[String], bool)>, roles: &[CustomerRole], feature: &str) -> Explanation {
    let of = |role: &CustomerRole| Some(role.role.clone());
    match own {
        Some((_, true)) => Explanation::new(Decision::Flag, None, None),
        Some((features, false)) => covering(features, feature).map_or_else(
            || {
                let instead = roles.iter().find(|role| role.admin || covering(&role.features, feature).is_some());
                let decision = if instead.is_some() { Decision::Replaced } else { Decision::Nothing };
                Explanation::new(decision, None, instead.and_then(of))
            },
            |grant| Explanation::new(Decision::OwnGrant, Some(grant), None),
        ),
        None => {
            let flagged = roles.iter().find(|role| role.admin).map(|role| Explanation::new(Decision::Flag, None, of(role)));
            let granted =
                || roles.iter().find_map(|role| Some(Explanation::new(Decision::Grant, Some(covering(&role.features, feature)?), of(role))));
            flagged.or_else(granted).unwrap_or_else(|| Explanation::new(Decision::Nothing, None, None))
        }
    }
}
