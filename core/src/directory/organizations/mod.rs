//! `/api/directory/organizations`: the tree of a tenant, as far as the caller's scope reaches.

pub mod create;
pub mod delete;
pub mod list;
pub mod standing;
pub mod update;
mod views;

use serde_json::{Value, json};

use crate::{
    actor::Actor,
    app::Later,
    cx::Cx,
    directory::lookup,
    domain::{
        branding,
        event::Event,
        id::{Id, Organization},
        slug,
        tree::{Node, Refusal},
    },
    pipeline::place::card_key,
    problem::{Code, Problem},
    store::organizations::{self, OrganizationRow, SlugRow},
};

const MISSING: &str = "Not found";
const VIEW: &str = "directory.organizations.view";
const MANAGE: &str = "directory.organizations.manage";

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OutOfReach => Self::forbidden(refusal.text()),
            other => Self::invalid(other.text()),
        }
    }
}

pub(super) fn event(cx: &Cx<'_>, name: &'static str, row: &OrganizationRow, by: &str) -> Result<Event, Problem> {
    let payload = json!({"id": row.id, "organizationId": row.id, "tenantId": row.tenant_id, by: cx.actor()?.user});
    Ok(Event::new(name, row.tenant_id, Some(row.id), payload))
}

/// An organization the caller may change, with all they see of its tenant. A foreign one is missing.
async fn load(cx: &Cx<'_>, id: Id<Organization>) -> Result<(OrganizationRow, Vec<OrganizationRow>), Problem> {
    let scope = cx.actor()?.scope(MANAGE);
    let rows = cx.read_one(organizations::around(id, &scope)).await?.all::<OrganizationRow>()?;
    let own = rows.iter().find(|row| row.id == id).cloned().ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((own, rows))
}

fn nodes(rows: &[OrganizationRow]) -> Vec<Node> {
    rows.iter().map(|row| Node { id: row.id, parent: row.parent_id, name: row.name.clone() }).collect()
}

/// The slug an organization gets: the one that was asked for or one from its name, with a suffix where it is taken.
async fn free_slug(cx: &Cx<'_>, asked: Option<String>, name: &str, own: Option<Id<Organization>>, races_lost: usize) -> Result<String, Problem> {
    let base = asked.unwrap_or_else(|| slug::of_name(name, "organization"));
    let unique = cx.new_id::<()>().to_string();
    let candidates = slug::candidates(&base, &unique, races_lost);
    let row = cx.read_one(organizations::free_slug(&candidates, own)).await?.first::<SlugRow>()?;
    row.map(|row| row.slug).ok_or_else(|| Problem::internal("no slug is free, not even one nobody can have"))
}

/// The slug in the body: absent or null is none, and what does not fit is refused.
fn asked_slug(cx: &Cx<'_>) -> Result<Option<String>, Problem> {
    match cx.body.opt_text("slug") {
        None => Ok(None),
        Some(text) => slug::parse(text).map(Some).ok_or_else(|| refused("slug", "Letters, digits, _ and - only")),
    }
}

/// The logo in the body.
fn asked_logo(cx: &Cx<'_>) -> Result<Option<String>, Problem> {
    match cx.body.opt_text("logoUrl") {
        None => Ok(None),
        Some(text) if branding::is_image_address(text) => Ok(Some(text.to_owned())),
        Some(_) => Err(refused("logoUrl", "Invalid URL")),
    }
}

fn refused(field: &str, why: &str) -> Problem {
    Problem::validation("Invalid input", vec![(field.to_owned(), vec![why.to_owned()])])
}

/// Nobody saws off the branch they sit on. Staff of the platform sit on none.
fn not_ones_own(actor: &Actor, id: Id<Organization>) -> Result<(), Problem> {
    if actor.platform || actor.organization != Some(id) {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict, "This is the organization you are working in"))
}

/// Copies of an organization in KV that are out of date.
pub(super) fn forget(cx: &Cx<'_>, row: &OrganizationRow) {
    cx.after(Later::Uncache { keys: vec![lookup::slug_key(&row.slug), card_key(row.id)] });
}

pub(super) fn detail(before: &OrganizationRow, after: &OrganizationRow) -> Value {
    super::changes(&[
        ("name", json!(before.name), json!(after.name)),
        ("slug", json!(before.slug), json!(after.slug)),
        ("logoUrl", json!(before.logo_url), json!(after.logo_url)),
        ("accent", json!(before.accent), json!(after.accent)),
        ("mailAccent", json!(before.mail_accent), json!(after.mail_accent)),
        ("isActive", json!(before.is_active), json!(after.is_active)),
        ("parentId", json!(before.parent_id), json!(after.parent_id)),
    ])
}
