//! `GET` and `PUT /api/directory/organization-branding`: what the organization one works in looks like.

use serde_json::{Value, json};

use super::organizations::update::{UPDATED, save};
use crate::{
    admin::lock,
    cx::Cx,
    domain::{branding, tree::Moves},
    ports::{Statement, StoreError},
    problem::{Code, Problem},
    store::organizations::{self, OrganizationRow},
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        optional("logoUrl", Kind::TextOrNull { min: 0, max: 4_096 }),
        optional("accent", Kind::TextOrNull { min: 0, max: 100 }),
        optional("mailAccent", Kind::TextOrNull { min: 0, max: 100 }),
    ],
    refusal: Refusal::Detailed("Failed to update organization branding."),
};

pub const AUDIT: &[&str] = &["organization.updated"];

async fn load(cx: &Cx<'_>) -> Result<OrganizationRow, Problem> {
    let actor = cx.actor()?;
    let id = actor.organization.ok_or_else(|| Problem::invalid("Select a single organization before changing sidebar branding."))?;
    let row = cx.read_one(organizations::one(id, actor.tenant)).await?.first::<OrganizationRow>()?;
    row.ok_or_else(|| Problem::not_found("Organization not found"))
}

fn view(row: &OrganizationRow, updated_at: Value) -> Response {
    let body = json!({
        "organizationId": row.id, "organizationName": row.name, "tenantId": row.tenant_id, "logoUrl": row.logo_url, "accent": row.accent,
        "mailAccent": row.mail_accent, "updatedAt": updated_at,
    });
    Response::json(200, &body)
}

pub async fn get(cx: &Cx<'_>) -> Result<Response, Problem> {
    let row = load(cx).await?;
    Ok(view(&row, json!(row.updated_at)))
}

pub async fn put(cx: &Cx<'_>) -> Result<Response, Problem> {
    let logo_url = cx.body.opt_text("logoUrl").map(str::to_owned);
    if !cx.body.has("logoUrl") || logo_url.as_deref().is_some_and(|text| !branding::is_image_address(text)) {
        return Err(unfit("Enter a valid image URL.", "logoUrl"));
    }
    change(cx, |before| {
        let after = OrganizationRow {
            logo_url: logo_url.clone(),
            accent: colour(cx, "accent", &before.accent)?,
            mail_accent: colour(cx, "mailAccent", &before.mail_accent)?,
            ..before.clone()
        };
        Ok((after, Vec::new()))
    })
    .await
}

/// Changes the organization one works in, over the version that was read, with what else belongs to the change.
pub(super) async fn change(
    cx: &Cx<'_>,
    decide: impl Fn(&OrganizationRow) -> Result<(OrganizationRow, Vec<Statement>), Problem>,
) -> Result<Response, Problem> {
    for _ in 0..3 {
        let before = load(cx).await?;
        lock::check(cx, lock::ORGANIZATION, before.updated_at)?;
        let (after, more) = decide(&before)?;
        let stays = Moves { parent: before.parent_id, ..Moves::default() };
        match save(cx, &before, &after, &stays, UPDATED, more).await {
            Ok(()) => return Ok(view(&after, json!(lock::next(before.updated_at, cx.now)))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// The colour in the body; absent, the one there is; null, none.
fn colour(cx: &Cx<'_>, name: &str, stays: &Option<String>) -> Result<Option<String>, Problem> {
    match cx.body.opt_text(name) {
        None if cx.body.has(name) => Ok(None),
        None => Ok(stays.clone()),
        Some(text) => branding::colour(text).map(Some).ok_or_else(|| unfit("Enter a colour as #rrggbb.", name)),
    }
}

pub(super) fn unfit(error: &'static str, field: &str) -> Problem {
    Problem::new(Code::UnprocessableEntity, error).member("issues", json!([{"path": [field], "message": error}]))
}
