//! Grant ceilings: an ACL grows only by what its editor holds.

use super::{Caller, Refusal};
use crate::domain::{
    feature::{Grants, grant_covers},
    id::{Id, Organization},
};

/// An ACL, a role's or a person's. A role denies nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    pub admin: bool,
    pub features: Vec<String>,
    pub denied: Vec<String>,
    /// Where it holds; `None` is everywhere.
    pub organizations: Option<Vec<Id<Organization>>>,
}

/// Whether a grant is the holder's to give: it lies in a grant of theirs other than `*`, and no denial touches it.
pub fn may_hand_on(held: &Grants, grant: &str) -> bool {
    if held.admin {
        return true;
    }
    let lies_in = |own: &String| own != "*" && contains(own, grant);
    let cut = |denial: &String| contains(denial, grant) || contains(grant, denial);
    held.features.iter().any(lies_in) && !held.denied.iter().any(cut)
}

/// Whether everything `inner` grants, `outer` grants too.
fn contains(outer: &str, inner: &str) -> bool {
    match inner.strip_suffix(".*") {
        None if inner == "*" => outer == "*",
        None => grant_covers(outer, inner),
        Some(stem) => outer.ends_with('*') && grant_covers(outer, stem),
    }
}

pub(super) fn may_hand_on_all(held: &Grants, grants: &[String]) -> Result<(), Refusal> {
    match grants.iter().find(|grant| !may_hand_on(held, grant)) {
        None => Ok(()),
        Some(grant) if grant == "*" => Err(Refusal::GlobalWildcard),
        Some(grant) => Err(Refusal::Feature(grant.clone())),
    }
}

/// Everything that `after` has and `before` had not. In the order the wire gives the refusals.
pub(super) fn check(caller: &Caller, before: &Access, after: &Access) -> Result<(), Refusal> {
    if after.admin && !before.admin {
        return Err(Refusal::SuperAdminGrant);
    }
    let added = after.features.iter().filter(|grant| !before.features.contains(grant));
    let lifted = before.denied.iter().filter(|denial| !after.denied.contains(denial));
    let gained: Vec<String> = added.chain(lifted).cloned().collect();
    if gained.iter().any(|grant| grant == "*") {
        return Err(Refusal::GlobalWildcard);
    }
    may_hand_on_all(caller.grants, &gained)?;
    let known = |id: &Id<Organization>| before.organizations.as_ref().is_none_or(|list| list.contains(id));
    match &after.organizations {
        None if before.organizations.is_none() => Ok(()),
        None => within_reach(caller, None),
        Some(list) => within_reach(caller, Some(&list.iter().filter(|id| !known(id)).copied().collect::<Vec<_>>())),
    }
}

/// Whether a caller looks after all of these organizations.
pub(super) fn within_reach(caller: &Caller, organizations: Option<&[Id<Organization>]>) -> Result<(), Refusal> {
    match (caller.organizations, organizations) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Refusal::UnrestrictedOrganizations),
        (Some(own), Some(wanted)) if wanted.iter().all(|id| own.contains(id)) => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::ForeignOrganization),
    }
}
