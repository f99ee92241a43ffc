//! `POST`: an organization with the customer roles of the pack. Whoever looks after less than the tenant becomes a member
//! of what they make, or they could not see it.

use serde_json::json;

use super::{MANAGE, asked_logo, asked_slug, event, free_slug, nodes};
use crate::{
    actor::Actor,
    change::Change,
    cx::Cx,
    directory::founding,
    domain::{
        audit::Entry,
        id::{Id, Organization, Role, Tenant},
        membership::Seat,
        slug,
        tree::{self, MOST, Wanted},
    },
    pack,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        organizations::{self, OrganizationRow, RoomRow},
        staff_roles,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("name", Kind::Text { min: 1, max: 200 }),
        optional("slug", Kind::TextOrNull { min: 1, max: 150 }),
        optional("logoUrl", Kind::TextOrNull { min: 1, max: 2_048 }),
        optional("isActive", Kind::Bool),
        optional("parentId", Kind::UuidOrNull),
        optional("childIds", Kind::Uuids { min: 0 }),
        optional("tenantId", Kind::Uuid),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["organization.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    // The gate for tenants has made sure that only super admins name another.
    let tenant: Id<Tenant> = cx.body.opt_id("tenantId").unwrap_or(actor.tenant);
    let (asked_slug, logo_url) = (asked_slug(cx)?, asked_logo(cx)?);
    let scope = actor.scope(MANAGE);
    let wanted = Wanted { id: None, parent: Some(cx.body.opt_id("parentId")), children: Some(cx.body.ids("childIds")) };
    if scope.only.is_some() && cx.body.opt_id::<Organization>("parentId").is_none() {
        return Err(Problem::forbidden("Not authorized to create an organization here."));
    }
    for races_lost in 0..=slug::PATIENCE {
        let mut rows = cx.read(vec![organizations::of_tenant(tenant, &scope), organizations::count(tenant)]).await?.into_iter();
        let seen = rows.next().unwrap_or_default().all::<OrganizationRow>()?;
        match rows.next().unwrap_or_default().first::<RoomRow>()? {
            None => return Err(Problem::invalid("Tenant scope required")),
            Some(room) if room.n >= MOST => return Err(Problem::conflict("The tenant has as many organizations as it can have")),
            Some(_) => {}
        }
        let moves = tree::plan(&nodes(&seen), &wanted)?;
        let new = OrganizationRow {
            id: cx.new_id(),
            tenant_id: tenant,
            tenant_name: String::new(),
            name: cx.body.text("name")?.to_owned(),
            slug: free_slug(cx, asked_slug.clone(), cx.body.text("name")?, None, races_lost).await?,
            logo_url: logo_url.clone(),
            accent: None,
            mail_accent: None,
            parent_id: moves.parent,
            is_active: cx.body.opt_bool("isActive").unwrap_or(true),
            created_at: cx.now,
            updated_at: None,
            users: 0,
            merchants: 0,
        };
        match cx.try_commit(change(cx, actor, &new, &moves.adopted)?).await {
            Ok(_) => return Ok(Response::json(201, &json!({"id": new.id}))),
            // The tree or a slug is another one by now.
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(crate::admin::lock::lost())
}

fn change(cx: &Cx<'_>, actor: &Actor, new: &OrganizationRow, adopted: &[Id<Organization>]) -> Result<Change, Problem> {
    let pack = pack::default().map_err(Problem::internal)?;
    let mut writes = vec![organizations::insert(new), organizations::there_is_room(new.tenant_id, new.parent_id)];
    if !adopted.is_empty() {
        writes.extend([organizations::adopt(adopted, new.id, new.tenant_id, cx.now), store::changed_rows(adopted.len())]);
    }
    writes.push(organizations::is_not_too_deep(new.id));
    writes.extend(founding::organization_roles(cx, &pack, new.tenant_id, new.id).1);
    let owner = owner(actor);
    writes.extend(owner.map(|role| join(cx, actor, new, role)));
    let detail = json!({
        "name": new.name, "slug": new.slug, "logoUrl": new.logo_url, "isActive": new.is_active, "parentId": new.parent_id, "children": adopted,
        "ownerRole": owner,
    });
    Ok(Change::new(writes)
        .audit(Entry::new("organization.created", "organization", new.id).within(new.tenant_id, Some(new.id)).detail(detail))
        .event(event(cx, "directory.organization.created", new, "createdBy")?))
}

/// As what somebody who does not look after the whole tenant joins what they make: as its owner, if that is what they are.
fn owner(actor: &Actor) -> Option<Id<Role>> {
    let own = actor.roles.iter().find(|role| role.slug == "owner").or_else(|| actor.roles.first());
    own.filter(|_| !actor.whole_tenant).map(|role| role.id)
}

fn join(cx: &Cx<'_>, actor: &Actor, new: &OrganizationRow, role: Id<Role>) -> Statement {
    staff_roles::join(cx.new_id(), actor.user, Seat { tenant: new.tenant_id, organization: Some(new.id) }, role, cx.now)
}
