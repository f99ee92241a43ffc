//! `/api/customers/companies` and `/api/customers/people`: the registry accounts are linked to. A real CRM may keep it
//! in step through `externalId`. One code for both kinds; each verb file has a handler a kind.

pub mod create;
pub mod delete;
pub mod list;
pub mod update;

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{
        entity::EntityKind,
        event::Event,
        id::{Entity, Id},
    },
    problem::Problem,
    store::admin_users::Scope,
};

/// What happened to an entity.
#[derive(Clone, Copy)]
enum Happening {
    Created,
    Updated,
    Deleted,
}

fn event(cx: &Cx<'_>, scope: Scope, kind: EntityKind, id: Id<Entity>, what: Happening) -> Result<Event, Problem> {
    use EntityKind::{Company, Person};
    let (name, by) = match (kind, what) {
        (Company, Happening::Created) => ("customers.company.created", "createdBy"),
        (Company, Happening::Updated) => ("customers.company.updated", "updatedBy"),
        (Company, Happening::Deleted) => ("customers.company.deleted", "deletedBy"),
        (Person, Happening::Created) => ("customers.person.created", "createdBy"),
        (Person, Happening::Updated) => ("customers.person.updated", "updatedBy"),
        (Person, Happening::Deleted) => ("customers.person.deleted", "deletedBy"),
    };
    let payload = json!({"id": id, "entityId": id, "tenantId": scope.tenant, "organizationId": scope.organization, by: cx.actor()?.user});
    Ok(Event::new(name, scope.tenant, Some(scope.organization), payload))
}

/// Another entity of the organization has the external id already.
fn taken() -> Problem {
    Problem::conflict("This external id is already in use")
}
