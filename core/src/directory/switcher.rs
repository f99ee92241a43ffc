//! `GET /api/directory/organization-switcher`: the places somebody may go to, and the one they are in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    domain::{
        id::{Id, Organization, Tenant},
        tree::{self, Node, Place},
    },
    problem::Problem,
    store::{
        listing::{ListRow, Page},
        organizations::{self, OrganizationRow},
        tenants::{self, Filter, Sees, Sort, TenantRow},
    },
    web::response::Response,
};

/// Tenants a super admin is offered; those beyond are found by the list of tenants.
const TENANTS: u32 = 500;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let asked: Option<Id<Tenant>> = cx.request.query_value("tenantId").as_deref().and_then(Id::parse).filter(|_| actor.grants.admin);
    let tenant = asked.unwrap_or(actor.tenant);
    let everybodys = Filter { id: None, partner: None, search: None, is_active: None, sort: Sort::Name, descending: false };
    let mut queries = vec![organizations::of_tenant(tenant, &actor.reach.everywhere())];
    queries.extend(actor.grants.admin.then(|| tenants::page(Sees::All, &everybodys, Page { number: 1, size: TENANTS })));
    let mut rows = cx.read(queries).await?.into_iter();
    let seen = rows.next().unwrap_or_default().all::<OrganizationRow>()?;
    if seen.is_empty() && !actor.grants.admin {
        return Ok(Response::json(200, &json!({"items": [], "selectedId": null, "canManage": false})));
    }
    let mut body = json!({
        "items": items(&seen, actor.platform),
        "selectedId": actor.organization.filter(|id| seen.iter().any(|row| row.id == *id)),
        "canManage": actor.grants.allow("directory.organizations.manage"),
        "canViewAllOrganizations": actor.whole_tenant,
        "tenantId": tenant,
        "isSuperAdmin": actor.grants.admin,
    });
    if let (Some(rows), Some(body)) = (rows.next(), body.as_object_mut()) {
        let listed = rows.first::<ListRow>()?.unwrap_or_default().read::<TenantRow>()?;
        let tenants = listed.items.iter().map(|row| json!({"id": row.id, "name": row.name, "isActive": row.is_active}));
        body.insert("tenants".into(), tenants.collect::<Vec<_>>().into());
    }
    Ok(Response::json(200, &body))
}

/// Roots with what lies under them. A suspended one can be entered by staff of the platform alone.
fn items(rows: &[OrganizationRow], platform: bool) -> Vec<Value> {
    let nodes: Vec<Node> = rows.iter().map(|row| Node { id: row.id, parent: row.parent_id, name: row.name.clone() }).collect();
    let places: BTreeMap<_, _> = tree::grow(&nodes).into_iter().map(|place| (place.id, place)).collect();
    let rows: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
    let mut roots: Vec<&Place> = places.values().filter(|place| place.ancestors.is_empty()).collect();
    roots.sort_by_cached_key(|place| (place.label.to_lowercase(), place.id));
    roots.into_iter().filter_map(|place| item(place, &places, &rows, platform)).collect()
}

fn item(
    place: &Place,
    places: &BTreeMap<Id<Organization>, Place>,
    rows: &BTreeMap<Id<Organization>, &OrganizationRow>,
    platform: bool,
) -> Option<Value> {
    let row = rows.get(&place.id)?;
    let children: Vec<Value> = place.children.iter().filter_map(|id| item(places.get(id)?, places, rows, platform)).collect();
    let selectable = row.is_active || platform;
    Some(json!({"id": row.id, "name": row.name, "depth": place.ancestors.len(), "selectable": selectable, "children": children}))
}
