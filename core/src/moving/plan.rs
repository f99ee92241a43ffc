//! A chunk of lines as what it comes to: the rows of the bulk statements, the report, and whom to tell.

use serde_json::{Value, json};

use super::{
    decide::{self, Existing, Outcome, Place, Wanted},
    line::{Line, Refusal, Stored},
};
use crate::{
    domain::{
        id::{Entity, Id, Record, Role, User},
        search::words_json,
    },
    store::imports::Counts,
};

/// Lines of one chunk: what is in memory, and what one batch writes.
pub const MAX_LINES: usize = 250;

/// A numbered line that was read, with how its address is looked up.
pub struct Read {
    pub number: i64,
    pub line: Result<(Line, String), Refusal>,
}

/// The lines of a chunk from its first on: as many as one batch takes, and none after an address that was there before,
/// so that what a file comes to does not depend on where it is cut. Also the number of the line after them.
pub fn take(text: &str, first: i64, mut read: impl FnMut(&str) -> Result<(Line, String), Refusal>) -> (Vec<Read>, i64) {
    let mut taken: Vec<Read> = Vec::new();
    let mut number = first;
    for line in text.lines().take(MAX_LINES) {
        if !line.trim().is_empty() {
            let line = read(line);
            let again = |(_, lookup): &(Line, String)| taken.iter().any(|earlier| matches!(&earlier.line, Ok((_, known)) if known == lookup));
            if line.as_ref().is_ok_and(again) {
                break;
            }
            taken.push(Read { number, line });
        }
        number += 1;
    }
    (taken, number)
}

/// What a chunk comes to.
#[derive(Default)]
pub struct Plan {
    pub counts: Counts,
    pub report: Vec<Value>,
    pub new_users: Vec<Value>,
    pub changed_users: Vec<Value>,
    /// Accounts, and the addresses they have, in the order of their lines.
    pub created: Vec<(Id<User>, String)>,
    pub updated: Vec<(Id<User>, String)>,
    /// Whose roles are replaced, and by what.
    pub whose_roles: Vec<Id<User>>,
    pub roles: Vec<(Id<User>, Id<Role>)>,
    /// Those of them who held others before.
    pub told: Vec<(Id<User>, Vec<Id<Role>>)>,
    pub acls: Vec<Value>,
    /// Who was proven, or got a password.
    pub settled: Vec<Id<User>>,
    /// Companies and people that have to be there still.
    pub links: Vec<Id<Entity>>,
}

/// What making a plan needs from outside.
pub struct Means<'m> {
    pub new_user: &'m dyn Fn() -> Id<User>,
    pub new_entity: &'m dyn Fn() -> Id<Entity>,
    pub new_record: &'m dyn Fn() -> Id<Record>,
    /// A hash as it is stored.
    pub seal: &'m dyn Fn(&str) -> Option<String>,
    pub locale: &'static str,
}

pub fn plan<'e>(lines: &[Read], existing: impl Fn(&str) -> Option<&'e Existing>, place: &mut Place, means: &Means<'_>) -> Plan {
    let mut plan = Plan::default();
    for Read { number, line } in lines {
        match line {
            Err(refusal) => plan.refuse(*number, refusal),
            Ok((line, lookup)) => {
                let standing = existing(lookup);
                match decide::decide(line, standing, place, means.new_entity) {
                    Outcome::Refused(refusal) => plan.refuse(*number, &refusal),
                    Outcome::Created(wanted) => plan.create(*number, line, lookup, wanted, means),
                    Outcome::Updated(wanted) => {
                        if let Some(standing) = standing {
                            plan.update(*number, line, standing, wanted, means);
                        }
                    }
                    Outcome::Unchanged => {
                        plan.counts.unchanged += 1;
                        plan.report.push(json!({"line": number, "outcome": "unchanged", "id": standing.map(|standing| standing.id)}));
                    }
                }
            }
        }
    }
    plan
}

fn stored(password: Option<&Stored>, means: &Means<'_>) -> (Option<String>, Option<String>) {
    password.map_or((None, None), |password| ((means.seal)(&password.hash), password.kind.map(|kind| kind.name())))
}

impl Plan {
    fn refuse(&mut self, number: i64, refusal: &Refusal) {
        self.counts.refused += 1;
        self.report.push(json!({"line": number, "outcome": "refused", "field": refusal.field, "reason": refusal.reason}));
    }

    fn create(&mut self, number: i64, line: &Line, lookup: &str, wanted: Wanted, means: &Means<'_>) {
        let id = (means.new_user)();
        let name = wanted.display_name.clone().unwrap_or_else(|| line.email.as_str().to_owned());
        let (hash, kind) = stored(wanted.password.as_ref(), means);
        self.new_users.push(json!({
            "id": id, "email": line.email.as_str(), "lookup": lookup, "hash": hash, "kind": kind, "mustChange": i64::from(line.must_change_password),
            "locale": wanted.locale.as_deref().unwrap_or(means.locale), "active": i64::from(line.is_active), "verifiedAt": wanted.verified_at.map(|at| at.0),
            "company": wanted.company, "person": wanted.person, "nameWords": words_json(&name), "emailWords": words_json(line.email.as_str()), "name": name,
        }));
        self.counts.created += 1;
        self.report.push(json!({"line": number, "outcome": "created", "id": id}));
        self.created.push((id, line.email.as_str().to_owned()));
        self.belongings(id, wanted, means);
    }

    fn update(&mut self, number: i64, line: &Line, standing: &Existing, wanted: Wanted, means: &Means<'_>) {
        let id = standing.id;
        let (hash, kind) = stored(wanted.password.as_ref(), means);
        if wanted.verified_at.is_some() || hash.is_some() {
            self.settled.push(id);
        }
        self.changed_users.push(json!({
            "id": id, "read": standing.read.map(|at| at.0), "name": wanted.display_name, "nameWords": wanted.display_name.as_deref().map(words_json),
            "locale": wanted.locale, "verifiedAt": wanted.verified_at.map(|at| at.0), "hash": hash, "kind": kind,
            "mustChange": i64::from(line.must_change_password), "company": wanted.company, "person": wanted.person,
        }));
        self.counts.updated += 1;
        self.report.push(json!({"line": number, "outcome": "updated", "id": id}));
        self.updated.push((id, line.email.as_str().to_owned()));
        if let Some(roles) = &wanted.roles {
            self.told.push((id, roles.clone()));
        }
        self.belongings(id, wanted, means);
    }

    fn belongings(&mut self, id: Id<User>, wanted: Wanted, means: &Means<'_>) {
        self.links.extend(wanted.company.into_iter().chain(wanted.person));
        if let Some(roles) = wanted.roles {
            self.whose_roles.push(id);
            self.roles.extend(roles.into_iter().map(|role| (id, role)));
        }
        if let Some(acl) = wanted.acl {
            let record = (means.new_record)();
            self.acls.push(json!({"id": record, "user": id, "features": json!(acl.features).to_string(), "admin": i64::from(acl.is_portal_admin)}));
        }
    }
}
