//! What becomes of a line, given what is there. Pure: the handler reads, this decides, the store writes.
//!
//! A standing account keeps what only its owner or an administrator may take from it: a password that is there stays, a
//! proven address stays proven, and nobody is switched on or off. So a file can be sent again, whole or in part, months
//! later, without undoing what happened since.

use std::collections::HashMap;

use super::line::{Acl, Line, Reference, Refusal};
use crate::{
    domain::{
        entity::EntityKind,
        id::{Entity, Id, Role, User},
        time::Millis,
    },
    hashing::{
        equal::{MAX_KINDS, families},
        foreign::Kind,
    },
};

/// What the caller may do beside importing: a line asks for no more than its sender could do by hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    /// Change accounts, and give roles and links.
    pub manage: bool,
    /// Give an account an ACL of its own.
    pub acls: bool,
    pub companies: bool,
    pub people: bool,
}

/// The account at an address.
#[derive(Clone, Debug)]
pub struct Existing {
    pub id: Id<User>,
    /// Whether it belongs to the organization of the import; in the rest of the tenant it is somebody else's.
    pub here: bool,
    pub display_name: String,
    pub locale: String,
    pub verified: bool,
    pub has_password: bool,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    pub roles: Vec<Id<Role>>,
    pub acl: Option<Acl>,
    /// The version that was read.
    pub read: Option<Millis>,
}

/// The place people move into. Companies and people that lines bring along join it as they are met.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub may: May,
    pub roles: HashMap<String, Id<Role>>,
    pub companies: HashMap<String, Id<Entity>>,
    pub people: HashMap<String, Id<Entity>>,
    pub kinds: Vec<Kind>,
    pub made: Vec<Made>,
}

/// A company or person to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub id: Id<Entity>,
    pub kind: EntityKind,
    pub name: String,
    pub external_id: String,
    /// A person's company, and whose address theirs is.
    pub company: Option<Id<Entity>>,
    pub email: Option<String>,
}

/// What a line comes to. Ids are resolved; `None` leaves as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub display_name: Option<String>,
    pub locale: Option<String>,
    pub verified_at: Option<Millis>,
    pub password: Option<super::line::Stored>,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    pub roles: Option<Vec<Id<Role>>>,
    pub acl: Option<Acl>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Created(Wanted),
    Updated(Wanted),
    Unchanged,
    Refused(Refusal),
}

/// Decides, and lets the place know of what comes along. `new_id` makes ids for companies and people.
pub fn decide(line: &Line, existing: Option<&Existing>, place: &mut Place, new_id: &dyn Fn() -> Id<Entity>) -> Outcome {
    // What a refused line would have brought along stays away.
    let before = (place.made.len(), place.kinds.len());
    let outcome = weigh(line, existing, place, new_id).unwrap_or_else(Outcome::Refused);
    if matches!(outcome, Outcome::Refused(_)) {
        for made in place.made.drain(before.0..) {
            match made.kind {
                EntityKind::Company => place.companies.remove(&made.external_id),
                EntityKind::Person => place.people.remove(&made.external_id),
            };
        }
        place.kinds.truncate(before.1);
    }
    outcome
}

fn weigh(line: &Line, existing: Option<&Existing>, place: &mut Place, new_id: &dyn Fn() -> Id<Entity>) -> Result<Outcome, Refusal> {
    if existing.is_some_and(|existing| !existing.here) {
        return Err(Refusal::new("email", "The address belongs to an account of another organization of the tenant"));
    }
    let lacks = |field: &str| Refusal::new(field, "You may not give what this asks for");
    if line.acl.is_some() && !place.may.acls {
        return Err(lacks("features"));
    }
    if !place.may.manage {
        let asked = [
            ("roles", line.roles.as_ref().is_some_and(|roles| !roles.is_empty())),
            ("companyExternalId", line.company.is_some()),
            ("personExternalId", line.person.is_some()),
        ];
        if let Some((field, _)) = asked.into_iter().find(|(_, asked)| *asked) {
            return Err(lacks(field));
        }
    }
    let roles = line.roles.as_ref().map(|slugs| roles(slugs, place)).transpose()?;
    let takes_password = existing.is_none_or(|existing| !existing.has_password);
    let password = line.password.clone().filter(|_| takes_password);
    if let Some(kind) = password.as_ref().and_then(|password| password.kind) {
        admit(kind, place)?;
    }
    let company = line.company.as_ref().map(|wanted| entity(wanted, EntityKind::Company, None, line, place, new_id)).transpose()?;
    let person = line.person.as_ref().map(|wanted| entity(wanted, EntityKind::Person, company, line, place, new_id)).transpose()?;
    let wanted = Wanted {
        display_name: line.display_name.clone(),
        locale: line.locale.clone(),
        verified_at: line.verified_at,
        password,
        company,
        person,
        roles,
        acl: line.acl.clone(),
    };
    let Some(existing) = existing else { return Ok(Outcome::Created(wanted)) };
    let wanted = news(wanted, existing);
    if wanted == Wanted::default() {
        return Ok(Outcome::Unchanged);
    }
    if !place.may.manage {
        return Err(Refusal::new("email", "The account is there already, and you may not change accounts"));
    }
    Ok(Outcome::Updated(wanted))
}

/// What of it is not so yet.
fn news(wanted: Wanted, existing: &Existing) -> Wanted {
    let mut held = existing.roles.clone();
    held.sort_unstable();
    Wanted {
        display_name: wanted.display_name.filter(|name| *name != existing.display_name),
        locale: wanted.locale.filter(|locale| *locale != existing.locale),
        verified_at: wanted.verified_at.filter(|_| !existing.verified),
        password: wanted.password,
        company: wanted.company.filter(|company| existing.company != Some(*company)),
        person: wanted.person.filter(|person| existing.person != Some(*person)),
        roles: wanted.roles.filter(|roles| *roles != held),
        acl: wanted.acl.filter(|acl| existing.acl.as_ref() != Some(acl)),
    }
}

/// In order and each once, so that they compare.
fn roles(slugs: &[String], place: &Place) -> Result<Vec<Id<Role>>, Refusal> {
    let known = |slug: &String| {
        let name: String = slug.chars().take(100).collect();
        place.roles.get(slug).copied().ok_or_else(|| Refusal::new("roles", format!("The organization has no role {name}")))
    };
    let mut ids: Vec<Id<Role>> = slugs.iter().map(known).collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Every sign-in of the tenant pays for each kind, so that there is an end to them.
fn admit(kind: Kind, place: &mut Place) -> Result<(), Refusal> {
    if place.kinds.contains(&kind) {
        return Ok(());
    }
    place.kinds.push(kind);
    if families(&place.kinds).len() <= MAX_KINDS {
        return Ok(());
    }
    place.kinds.pop();
    Err(Refusal::new("passwordHash", format!("The tenant has hashes of {MAX_KINDS} kinds already, and every sign-in pays for each")))
}

fn entity(
    wanted: &Reference,
    kind: EntityKind,
    company: Option<Id<Entity>>,
    line: &Line,
    place: &mut Place,
    new_id: &dyn Fn() -> Id<Entity>,
) -> Result<Id<Entity>, Refusal> {
    let (field, may, known) = match kind {
        EntityKind::Company => ("companyExternalId", place.may.companies, &mut place.companies),
        EntityKind::Person => ("personExternalId", place.may.people, &mut place.people),
    };
    if let Some(id) = known.get(&wanted.external_id) {
        return Ok(*id);
    }
    let Some(name) = &wanted.name else {
        return Err(Refusal::new(field, "Nothing has this external id, and there is no name to make it by"));
    };
    if !may {
        return Err(Refusal::new(field, "Nothing has this external id, and you may not make it"));
    }
    let id = new_id();
    known.insert(wanted.external_id.clone(), id);
    let email = (kind == EntityKind::Person).then(|| line.email.as_str().to_owned());
    place.made.push(Made { id, kind, name: name.clone(), external_id: wanted.external_id.clone(), company, email });
    Ok(id)
}

#[cfg(test)]
mod tests;
