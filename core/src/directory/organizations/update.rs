//! `PUT`, the id in the body. An absent member stays as it is, the place in the tree too. All moves of one request happen
//! together or not at all.

use super::{MISSING, asked_logo, asked_slug, detail, event, forget, free_slug, load, nodes, not_ones_own};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Organization},
        slug,
        tree::{self, Moves, Wanted},
    },
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        organizations::{self, OrganizationRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("id", Kind::Uuid),
        optional("name", Kind::Text { min: 1, max: 200 }),
        optional("slug", Kind::TextOrNull { min: 1, max: 150 }),
        optional("logoUrl", Kind::TextOrNull { min: 1, max: 2_048 }),
        optional("isActive", Kind::Bool),
        optional("parentId", Kind::UuidOrNull),
        optional("childIds", Kind::Uuids { min: 0 }),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["organization.updated"];

/// What a change is called in the trail and as an event.
pub(in crate::directory) type Told = (&'static str, &'static str);
pub(in crate::directory) const UPDATED: Told = ("organization.updated", "directory.organization.updated");

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Organization> = cx.body.opt_id("id").ok_or_else(|| Problem::not_found(MISSING))?;
    let wanted = Wanted {
        id: Some(id),
        parent: cx.body.has("parentId").then(|| cx.body.opt_id("parentId")),
        children: cx.body.has("childIds").then(|| cx.body.ids("childIds")),
    };
    for races_lost in 0..=slug::PATIENCE {
        let (before, seen) = load(cx, id).await?;
        lock::check(cx, lock::ORGANIZATION, before.updated_at)?;
        let moves = tree::plan(&nodes(&seen), &wanted)?;
        let after = after(cx, &before, &moves, races_lost).await?;
        if before.is_active && !after.is_active {
            not_ones_own(cx.actor()?, id)?;
        }
        match save(cx, &before, &after, &moves, UPDATED, Vec::new()).await {
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            other => return other.map(|()| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}

async fn after(cx: &Cx<'_>, before: &OrganizationRow, moves: &Moves, races_lost: usize) -> Result<OrganizationRow, Problem> {
    let name = cx.body.opt_text("name").unwrap_or(&before.name).to_owned();
    let asked = asked_slug(cx)?;
    let stays = !cx.body.has("slug") || asked.as_deref() == Some(before.slug.as_str());
    Ok(OrganizationRow {
        slug: if stays { before.slug.clone() } else { free_slug(cx, asked, &name, Some(before.id), races_lost).await? },
        logo_url: if cx.body.has("logoUrl") { asked_logo(cx)? } else { before.logo_url.clone() },
        is_active: cx.body.opt_bool("isActive").unwrap_or(before.is_active),
        parent_id: moves.parent,
        name,
        ..before.clone()
    })
}

/// One change of an organization, whichever route asked for it, with what else belongs to it.
pub(in crate::directory) async fn save(
    cx: &Cx<'_>,
    before: &OrganizationRow,
    after: &OrganizationRow,
    moves: &Moves,
    (action, name): Told,
    more: Vec<Statement>,
) -> Result<(), StoreError> {
    let by = event(cx, name, after, "updatedBy").map_err(|_| StoreError::Broken("a change of an organization by nobody".into()))?;
    let mut told = detail(before, after);
    if let (false, Some(told)) = (moves.adopted.is_empty() && moves.released.is_empty(), told.as_object_mut()) {
        told.insert("children".into(), serde_json::json!({"adopted": moves.adopted, "released": moves.released}));
    }
    let entry = Entry::new(action, "organization", after.id).within(after.tenant_id, Some(after.id)).detail(told);
    let writes = [writes(cx, before, after, moves), more].concat();
    cx.try_commit(Change::new(writes).audit(entry).event(by)).await?;
    forget(cx, before);
    Ok(())
}

fn writes(cx: &Cx<'_>, before: &OrganizationRow, after: &OrganizationRow, moves: &Moves) -> Vec<Statement> {
    let version = lock::next(before.updated_at, cx.now);
    let mut writes = Vec::new();
    if !moves.released.is_empty() {
        writes.extend([organizations::release(&moves.released, after.id, cx.now), store::changed_rows(moves.released.len())]);
    }
    let update = organizations::update(after, before.updated_at, version);
    #[cfg(feature = "twins")]
    let update = if cx.twin("move-unchecked") { organizations::update_unchecked(after, before.updated_at, version) } else { update };
    writes.extend([update, store::changed_one()]);
    if !moves.adopted.is_empty() {
        writes.extend([organizations::adopt(&moves.adopted, after.id, after.tenant_id, cx.now), store::changed_rows(moves.adopted.len())]);
    }
    if before.parent_id != after.parent_id || !moves.adopted.is_empty() {
        writes.push(organizations::is_not_too_deep(after.id));
    }
    writes
}
