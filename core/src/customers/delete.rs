//! `DELETE ?id=`: the entity is gone, and nobody stays linked to it.

use super::{Happening, event};
use crate::{
    admin::scope_or,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        entity::EntityKind,
        id::{Entity, Id},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        entities::{self, EntityRow},
    },
    web::response::Response,
};

pub const COMPANY_AUDIT: &[&str] = &["company.deleted"];
pub const PERSON_AUDIT: &[&str] = &["person.deleted"];

pub async fn company(cx: &Cx<'_>) -> Result<Response, Problem> {
    delete(cx, EntityKind::Company, "company.deleted", "Company id required").await
}

pub async fn person(cx: &Cx<'_>) -> Result<Response, Problem> {
    delete(cx, EntityKind::Person, "person.deleted", "Person id required").await
}

async fn delete(cx: &Cx<'_>, kind: EntityKind, action: &'static str, unnamed: &'static str) -> Result<Response, Problem> {
    let missing = || Problem::not_found(kind.not_found());
    let text = cx.request.query_value("id").filter(|text| !text.is_empty()).ok_or_else(|| Problem::invalid(unnamed))?;
    let id: Id<Entity> = Id::parse(&text).ok_or_else(missing)?;
    let scope = scope_or(cx, kind.not_found())?;
    let entity = cx.read_one(entities::one(scope.tenant, scope.organization, kind, id)).await?.first::<EntityRow>()?.ok_or_else(missing)?;
    let mut writes = vec![entities::delete(id, scope.tenant, cx.now), store::changed_one()];
    writes.extend(entities::unlink(id, scope.tenant, kind, cx.now));
    let change = Change::new(writes)
        .audit(Entry::new(action, kind.name(), id).detail(serde_json::json!({"displayName": entity.display_name})))
        .event(event(cx, scope, kind, id, Happening::Deleted)?);
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(missing()),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
