//! `PUT`, the id in the body. An absent member stays as it is; null clears it. Links that exist stay: an address that
//! changes here is no reason to take somebody's account from them.

use serde_json::{Value, json};

use super::{Happening, event, taken};
use crate::{
    admin::{lock, scope_or, users::create::check_entity},
    change::Change,
    cx::Cx,
    domain::{
        audit::{self, Entry},
        email::Email,
        entity::EntityKind,
        id::{Entity, Id},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        entities::{self, EntityRow, KnownRow},
    },
    web::{
        body::{Field, Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

const ID: Field = required("id", Kind::Uuid);
const NAME: Field = optional("displayName", Kind::Text { min: 1, max: 255 });
const EMAIL: Field = optional("primaryEmail", Kind::EmailOrNull);
const EXTERNAL: Field = optional("externalId", Kind::TextOrNull { min: 1, max: 255 });

pub const COMPANY_BODY: Schema = Schema { fields: &[ID, NAME, EMAIL, EXTERNAL], refusal: Refusal::Detailed("Validation failed") };
pub const PERSON_BODY: Schema =
    Schema { fields: &[ID, NAME, EMAIL, EXTERNAL, optional("companyId", Kind::UuidOrNull)], refusal: Refusal::Detailed("Validation failed") };

pub const COMPANY_AUDIT: &[&str] = &["company.updated"];
pub const PERSON_AUDIT: &[&str] = &["person.updated"];

pub async fn company(cx: &Cx<'_>) -> Result<Response, Problem> {
    update(cx, EntityKind::Company, "company.updated").await
}

pub async fn person(cx: &Cx<'_>) -> Result<Response, Problem> {
    update(cx, EntityKind::Person, "person.updated").await
}

async fn update(cx: &Cx<'_>, kind: EntityKind, action: &'static str) -> Result<Response, Problem> {
    let missing = || Problem::not_found(kind.not_found());
    let scope = scope_or(cx, kind.not_found())?;
    let id: Id<Entity> = cx.body.opt_id("id").ok_or_else(missing)?;
    let companies: Vec<Id<Entity>> = cx.body.opt_id("companyId").into_iter().collect();
    for _ in 0..3 {
        let queries = vec![entities::one(scope.tenant, scope.organization, kind, id), entities::known(scope.tenant, scope.organization, &companies)];
        let mut rows = cx.read(queries).await?.into_iter();
        let before = rows.next().unwrap_or_default().first::<EntityRow>()?.ok_or_else(missing)?;
        check_entity(cx.body.opt_id("companyId"), EntityKind::Company, &rows.next().unwrap_or_default().all::<KnownRow>()?)?;
        let after = after(cx, &before);
        let version = lock::next(before.updated_at, cx.now);
        let hash = after.primary_email.as_deref().map(|email| cx.deployment.keys.lookup_hash(&Email::as_typed(email)));
        let writes = vec![
            entities::update(&after, hash.as_deref(), scope.tenant, before.updated_at, version),
            store::changed_one(),
            entities::all_live(scope.tenant, scope.organization, &companies),
        ];
        let detail = detail(&before, &after);
        let change =
            Change::new(writes).audit(Entry::new(action, kind.name(), id).detail(detail)).event(event(cx, scope, kind, id, Happening::Updated)?);
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) => {}
            Err(StoreError::Unique(_)) => return Err(taken()),
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// What changed, field by field; addresses masked.
fn detail(before: &EntityRow, after: &EntityRow) -> Value {
    let masked = |email: &Option<String>| email.as_deref().map(audit::mask);
    let mut detail = json!({"displayName": {"before": before.display_name, "after": after.display_name}});
    let mut note = |name: &str, changed: bool, before: Value, after: Value| {
        if let (true, Some(detail)) = (changed, detail.as_object_mut()) {
            detail.insert(name.into(), json!({"before": before, "after": after}));
        }
    };
    let (was, is) = (masked(&before.primary_email), masked(&after.primary_email));
    note("primaryEmail", before.primary_email != after.primary_email, json!(was), json!(is));
    note("externalId", before.external_id != after.external_id, json!(before.external_id), json!(after.external_id));
    note("companyId", before.company_id != after.company_id, json!(before.company_id), json!(after.company_id));
    detail
}

/// What the entity becomes.
fn after(cx: &Cx<'_>, before: &EntityRow) -> EntityRow {
    let body = &cx.body;
    let text = |name: &str, stays: &Option<String>| if body.has(name) { body.opt_text(name).map(str::to_owned) } else { stays.clone() };
    EntityRow {
        display_name: body.opt_text("displayName").unwrap_or(&before.display_name).to_owned(),
        primary_email: text("primaryEmail", &before.primary_email).map(|email| Email::as_typed(&email).as_str().to_owned()),
        external_id: text("externalId", &before.external_id),
        company_id: if body.has("companyId") { body.opt_id("companyId") } else { before.company_id },
        ..before.clone()
    }
}
