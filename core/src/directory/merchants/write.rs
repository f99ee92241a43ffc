//! `POST`, `PUT` with the id in the body, `DELETE ?id=`. A slug that another merchant of the organization has gets a suffix.

use serde_json::json;

use super::MANAGE;
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    directory::{changes, named},
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Merchant, Organization},
        slug,
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        merchants::{self, MerchantRow},
        organizations::{self, OrganizationRow, SlugRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const CREATE_BODY: Schema = Schema {
    fields: &[
        required("name", Kind::Text { min: 1, max: 200 }),
        optional("slug", Kind::TextOrNull { min: 1, max: 150 }),
        optional("organizationId", Kind::Uuid),
        optional("isActive", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const UPDATE_BODY: Schema = Schema {
    fields: &[
        required("id", Kind::Uuid),
        optional("name", Kind::Text { min: 1, max: 200 }),
        optional("slug", Kind::TextOrNull { min: 1, max: 150 }),
        optional("isActive", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const CREATE_AUDIT: &[&str] = &["merchant.created"];
pub const UPDATE_AUDIT: &[&str] = &["merchant.updated"];
pub const DELETE_AUDIT: &[&str] = &["merchant.deleted"];

const MISSING: &str = "Merchant not found";

pub async fn create(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let organization: Id<Organization> = match cx.body.opt_id("organizationId") {
        Some(id) => id,
        None => actor.organization()?,
    };
    let seen = cx.read_one(organizations::around(organization, &actor.scope(MANAGE))).await?.all::<OrganizationRow>()?;
    let place = seen.iter().find(|row| row.id == organization).ok_or_else(|| Problem::not_found("Organization not found"))?;
    for races_lost in 0..=slug::PATIENCE {
        let new = MerchantRow {
            id: cx.new_id(),
            tenant_id: place.tenant_id,
            organization_id: organization,
            name: cx.body.text("name")?.to_owned(),
            slug: free_slug(cx, cx.body.text("name")?, organization, None, races_lost).await?,
            is_active: cx.body.opt_bool("isActive").unwrap_or(true),
            created_at: cx.now,
            updated_at: None,
        };
        let writes = vec![merchants::organization_is_there(organization, new.tenant_id), merchants::insert(&new)];
        let detail = json!({"name": new.name, "slug": new.slug, "isActive": new.is_active});
        match cx.try_commit(told(cx, Change::new(writes), &new, "merchant.created", detail)?).await {
            Ok(_) => return Ok(Response::json(201, &json!({"id": new.id}))),
            Err(StoreError::Unique(_)) => {}
            Err(StoreError::Precondition) => return Err(Problem::not_found("Organization not found")),
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

pub async fn update(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Merchant> = cx.body.opt_id("id").ok_or_else(|| Problem::not_found(MISSING))?;
    for races_lost in 0..=slug::PATIENCE {
        let before = load(cx, id).await?;
        lock::check(cx, lock::MERCHANT, before.updated_at)?;
        let name = cx.body.opt_text("name").unwrap_or(&before.name).to_owned();
        let stays = !cx.body.has("slug") || cx.body.opt_text("slug").and_then(slug::parse).as_deref() == Some(before.slug.as_str());
        let after = MerchantRow {
            slug: if stays { before.slug.clone() } else { free_slug(cx, &name, before.organization_id, Some(id), races_lost).await? },
            is_active: cx.body.opt_bool("isActive").unwrap_or(before.is_active),
            name,
            ..before.clone()
        };
        let detail = changes(&[
            ("name", json!(before.name), json!(after.name)),
            ("slug", json!(before.slug), json!(after.slug)),
            ("isActive", json!(before.is_active), json!(after.is_active)),
        ]);
        let writes = vec![merchants::update(&after, before.updated_at, lock::next(before.updated_at, cx.now)), store::changed_one()];
        match cx.try_commit(told(cx, Change::new(writes), &after, "merchant.updated", detail)?).await {
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            other => return other.map(|_| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}

pub async fn delete(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Merchant> = named(cx, "Merchant id required", MISSING)?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::MERCHANT, before.updated_at)?;
        let writes = vec![merchants::delete(id, before.updated_at, lock::next(before.updated_at, cx.now)), store::changed_one()];
        let detail = json!({"name": before.name, "slug": before.slug});
        match cx.try_commit(told(cx, Change::new(writes), &before, "merchant.deleted", detail)?).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(|_| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}

/// A merchant the caller may change; a foreign one is missing.
async fn load(cx: &Cx<'_>, id: Id<Merchant>) -> Result<MerchantRow, Problem> {
    let scope = cx.actor()?.scope(MANAGE);
    cx.read_one(merchants::one(id, &scope)).await?.first::<MerchantRow>()?.ok_or_else(|| Problem::not_found(MISSING))
}

async fn free_slug(cx: &Cx<'_>, name: &str, organization: Id<Organization>, own: Option<Id<Merchant>>, races_lost: usize) -> Result<String, Problem> {
    let base = match cx.body.opt_text("slug") {
        None => slug::of_name(name, "merchant"),
        Some(text) => slug::parse(text)
            .ok_or_else(|| Problem::validation("Invalid input", vec![("slug".into(), vec!["Letters, digits, _ and - only".into()])]))?,
    };
    let candidates = slug::candidates(&base, &cx.new_id::<()>().to_string(), races_lost);
    let row = cx.read_one(merchants::free_slug(&candidates, organization, own)).await?.first::<SlugRow>()?;
    row.map(|row| row.slug).ok_or_else(|| Problem::internal("no slug is free, not even one nobody can have"))
}

/// The change with its row in the trail and its event.
fn told(cx: &Cx<'_>, change: Change, row: &MerchantRow, action: &'static str, detail: serde_json::Value) -> Result<Change, Problem> {
    let (name, by) = match action {
        "merchant.created" => ("directory.merchant.created", "createdBy"),
        "merchant.updated" => ("directory.merchant.updated", "updatedBy"),
        _ => ("directory.merchant.deleted", "deletedBy"),
    };
    let payload = json!({
        "id": row.id, "merchantId": row.id, "tenantId": row.tenant_id, "organizationId": row.organization_id, by: cx.actor()?.user,
    });
    Ok(change.audit(Entry::new(action, "merchant", row.id).within(row.tenant_id, Some(row.organization_id)).detail(detail)).event(Event::new(
        name,
        row.tenant_id,
        Some(row.organization_id),
        payload,
    )))
}
