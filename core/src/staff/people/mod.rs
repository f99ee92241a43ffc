//! `/api/auth/users`: the people of the staff realm, as those see and change them who look after them.
//!
//! Whom a caller sees is their scope; an id outside it answers like one that does not exist. Whom they may change is
//! [`crate::domain::authority`]'s word: nobody at or above their own priority, and nobody who also works where the caller
//! has nothing to say. Both are decided on the row that was read and held to it in the batch ([`act`]).

pub mod consents;
pub mod create;
pub mod credentials;
pub mod delete;
pub mod invite;
pub mod list;
pub mod read;
pub mod sessions;
pub mod state;
pub mod update;

use serde_json::{Value, json};

use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        authority::Operation,
        event::Event,
        id::{Id, User},
        scope::Scope,
        time::Millis,
    },
    ports::{Query, Rows, StoreError},
    problem::{Code, Problem},
    store::{
        staff_people::{self, PersonRow},
        succession::{self, Losing, OutlookRow},
    },
};

pub const MISSING: &str = "User not found";

/// The features that let a caller do something; one of them is enough.
pub type Features = &'static [&'static str];
pub const LIST: Features = &["auth.users.list"];
pub const CREATE: Features = &["auth.users.create"];
pub const EDIT: Features = &["auth.users.edit"];
pub const DELETE: Features = &["auth.users.delete"];
/// Help that takes nothing away is also for those who only support.
pub const SUPPORT: Features = &["auth.users.edit", "auth.users.support"];

/// The address belongs to somebody of the same home tenant.
pub fn taken() -> Problem {
    const TAKEN: &str = "Email already in use";
    Problem::new(Code::ValidationError, TAKEN)
        .member("fieldErrors", json!({"email": TAKEN}))
        .member("details", json!([{"path": ["email"], "message": TAKEN, "code": "duplicate", "origin": "validation"}]))
}

/// A field that does not fit, as the wire says it of these routes.
pub fn invalid(field: &str, messages: Vec<String>) -> Problem {
    Problem::issues("Invalid input", "details", vec![(field.to_owned(), messages)])
}

/// The places where the caller holds one of the features.
pub fn scope(cx: &Cx<'_>, features: Features) -> Result<Scope, Problem> {
    let actor = cx.actor()?;
    let held = features.iter().find(|feature| actor.grants.allow(feature)).or(features.first());
    Ok(held.map(|feature| actor.scope(feature)).unwrap_or_default())
}

/// The person the path names.
pub fn named(cx: &Cx<'_>) -> Result<Id<User>, Problem> {
    cx.id_param("id", MISSING)
}

/// Somebody of the caller's scope, or 404.
pub async fn person(cx: &Cx<'_>, id: Id<User>, features: Features) -> Result<PersonRow, Problem> {
    Ok(person_and(cx, id, features, Vec::new()).await?.0)
}

/// The same with further reads in the same round trip.
pub async fn person_and(cx: &Cx<'_>, id: Id<User>, features: Features, more: Vec<Query>) -> Result<(PersonRow, std::vec::IntoIter<Rows>), Problem> {
    let mut queries = vec![staff_people::one(id, &scope(cx, features)?, cx.actor()?.tenant)];
    queries.extend(more);
    let mut rows = cx.read(queries).await?.into_iter();
    let person = rows.next().unwrap_or_default().first::<PersonRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((person, rows))
}

/// Somebody to look at: super admins show themselves to each other only.
pub async fn seen(cx: &Cx<'_>, id: Id<User>, features: Features, more: Vec<Query>) -> Result<(PersonRow, std::vec::IntoIter<Rows>), Problem> {
    let (person, rows) = person_and(cx, id, features, more).await?;
    if person.is_super_admin && !cx.actor()?.grants.admin {
        return Err(Problem::not_found(MISSING));
    }
    Ok((person, rows))
}

/// May this be done to this person?
pub fn authorize(cx: &Cx<'_>, person: &PersonRow, operation: Operation) -> Result<(), Problem> {
    let actor = cx.actor()?;
    actor.caller().may_act_on(person.id, person.standing(), operation)?;
    if person.governed || person.id == actor.user {
        return Ok(());
    }
    Err(Problem::forbidden("Not authorized to access this user."))
}

/// Whether somebody else has to be left when this was done.
const fn takes_away(operation: Operation) -> bool {
    matches!(operation, Operation::Disable | Operation::Delete | Operation::Lock)
}

/// One act on one person: load, decide, commit; and again where somebody else was first. `build` gets the person and the
/// version the change makes.
pub async fn act(
    cx: &Cx<'_>,
    id: Id<User>,
    features: Features,
    operation: Operation,
    build: impl Fn(&PersonRow, Millis) -> Result<Change, Problem>,
) -> Result<PersonRow, Problem> {
    let losing = Losing::Person(id);
    for _ in 0..3 {
        let more = if takes_away(operation) { vec![succession::outlook(&losing)] } else { Vec::new() };
        let (person, mut rows) = person_and(cx, id, features, more).await?;
        authorize(cx, &person, operation)?;
        lock::check(cx, lock::STAFF_USER, person.updated_at)?;
        if let Some(outlook) = rows.next().unwrap_or_default().first::<OutlookRow>()? {
            outlook.check()?;
        }
        let mut change = build(&person, lock::next(person.updated_at, cx.now))?;
        let mut writes = vec![staff_people::still(&person)];
        writes.extend(takes_away(operation).then(|| succession::hold(&losing)));
        writes.append(&mut change.writes);
        change.writes = writes;
        match cx.try_commit(change).await {
            Ok(_) => return Ok(person),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// What events say of a person.
pub fn payload(person: &PersonRow) -> Value {
    json!({"id": person.id, "organizationId": person.organization_id, "tenantId": person.tenant_id})
}

/// An event about a person. `by` names the member that holds the caller.
pub fn event(cx: &Cx<'_>, person: &PersonRow, name: &'static str, by: &'static str) -> Result<Event, Problem> {
    let mut payload = payload(person);
    if let Some(object) = payload.as_object_mut() {
        object.insert(by.into(), json!(cx.actor()?.user));
    }
    Ok(Event::new(name, person.tenant_id, person.organization_id, payload))
}
