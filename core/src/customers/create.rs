//! `POST`: a company, or a person, who is linked with the account of the same address if there is one.

use serde_json::json;

use super::{Happening, event, taken};
use crate::{
    admin::{home, users::create::check_entity},
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        email::Email,
        entity::EntityKind,
        event::Event,
        id::{Entity, Id},
    },
    ports::{Query, Statement, StoreError},
    problem::Problem,
    store::{
        admin_users::Scope,
        entities::{self, KnownRow, NewEntity, UnlinkedRow},
    },
    web::{
        body::{Field, Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

const NAME: Field = required("displayName", Kind::Text { min: 1, max: 255 });
const EMAIL: Field = optional("primaryEmail", Kind::Email);
const EXTERNAL: Field = optional("externalId", Kind::Text { min: 1, max: 255 });

pub const COMPANY_BODY: Schema = Schema { fields: &[NAME, EMAIL, EXTERNAL], refusal: Refusal::Detailed("Validation failed") };
pub const PERSON_BODY: Schema =
    Schema { fields: &[NAME, EMAIL, EXTERNAL, optional("companyId", Kind::Uuid)], refusal: Refusal::Detailed("Validation failed") };

pub const COMPANY_AUDIT: &[&str] = &["company.created"];
pub const PERSON_AUDIT: &[&str] = &["person.created"];

pub async fn company(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let (id, email) = (cx.new_id(), typed_email(cx));
    let new = entity(cx, scope, id, EntityKind::Company, email.as_ref())?;
    let change = Change::new(vec![new])
        .audit(Entry::new("company.created", "company", id).detail(json!({"displayName": cx.body.text("displayName")?})))
        .event(event(cx, scope, EntityKind::Company, id, Happening::Created)?);
    commit(cx, id, change).await
}

pub async fn person(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let (id, email) = (cx.new_id(), typed_email(cx));
    let company: Option<Id<Entity>> = cx.body.opt_id("companyId");
    let lookup = email.as_ref().map(|email| cx.deployment.keys.lookup_hash(email));

    let companies: Vec<Id<Entity>> = company.into_iter().collect();
    let mut queries: Vec<Query> = vec![entities::known(scope.tenant, scope.organization, &companies)];
    queries.extend(lookup.as_deref().map(|lookup| entities::unlinked(scope.tenant, scope.organization, lookup)));
    let mut rows = cx.read(queries).await?.into_iter();
    check_entity(company, EntityKind::Company, &rows.next().unwrap_or_default().all::<KnownRow>()?)?;
    let account = rows.next().unwrap_or_default().first::<UnlinkedRow>()?;

    let mut writes =
        vec![entities::all_live(scope.tenant, scope.organization, &companies), entity(cx, scope, id, EntityKind::Person, email.as_ref())?];
    // By address and not by id: an account made since the read is linked as well.
    writes.extend(lookup.map(|lookup| entities::link_on_person_created(id, company, scope.tenant, scope.organization, &lookup, cx.now)));
    let mut change = Change::new(writes)
        .audit(
            Entry::new("person.created", "person", id)
                .detail(json!({"displayName": cx.body.text("displayName")?, "company": company, "linked": account.as_ref().map(|a| a.id)})),
        )
        .event(event(cx, scope, EntityKind::Person, id, Happening::Created)?);
    if let Some(account) = account {
        let payload = json!({
            "id": account.id, "recipientUserId": account.id, "email": account.email, "tenantId": scope.tenant,
            "organizationId": scope.organization, "updatedBy": cx.actor()?.user,
        });
        change = change.event(Event::new("customer_accounts.user.updated", scope.tenant, Some(scope.organization), payload));
    }
    commit(cx, id, change).await
}

fn typed_email(cx: &Cx<'_>) -> Option<Email> {
    cx.body.opt_text("primaryEmail").and_then(Email::parse)
}

fn entity(cx: &Cx<'_>, scope: Scope, id: Id<Entity>, kind: EntityKind, email: Option<&Email>) -> Result<Statement, Problem> {
    let hash = email.map(|email| cx.deployment.keys.lookup_hash(email));
    let new = NewEntity {
        id,
        tenant: scope.tenant,
        organization: scope.organization,
        kind,
        display_name: cx.body.text("displayName")?,
        email,
        email_hash: hash.as_deref(),
        external_id: cx.body.opt_text("externalId"),
        company: cx.body.opt_id("companyId"),
    };
    Ok(entities::insert(&new, cx.now))
}

async fn commit(cx: &Cx<'_>, id: Id<Entity>, change: Change) -> Result<Response, Problem> {
    match cx.try_commit(change).await {
        Err(StoreError::Unique(_)) => Err(taken()),
        other => other.map(|_| Response::json(201, &json!({"id": id, "entityId": id}))).map_err(Problem::from),
    }
}
