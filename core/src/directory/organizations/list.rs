//! `GET ?view=options|tree|manage`.

use serde_json::{Value, json};

use super::{VIEW, views::Forest};
use crate::{
    cx::Cx,
    directory::{pages, query::Asked},
    domain::id::{Id, Organization, Tenant},
    problem::Problem,
    store::organizations::{self, EVERYWHERE, OrganizationRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut asked = Asked::new(cx.request);
    let page = asked.page();
    let view = asked.word("view", &["options", "manage", "tree"]).unwrap_or("options");
    let status = asked.word("status", &["all", "active", "inactive"]).unwrap_or("all");
    let (tenant, ids): (Option<Id<Tenant>>, Option<Vec<Id<Organization>>>) = (asked.id("tenantId"), asked.ids("ids"));
    let search = asked.text("search");
    asked.check().map_err(|problem| problem.member("items", json!([])))?;

    let actor = cx.actor()?;
    let scope = actor.scope(VIEW);
    let everywhere = view == "manage" && tenant.is_none() && scope.everything && scope.only.is_none();
    let query = if everywhere { organizations::everywhere() } else { organizations::of_tenant(tenant.unwrap_or(actor.tenant), &scope) };
    let mut rows = cx.read_one(query).await?.all::<OrganizationRow>()?;
    let exact = rows.len() <= EVERYWHERE;
    rows.truncate(EVERYWHERE);
    rows.retain(|row| status == "all" || row.is_active == (status == "active"));
    let mut forest = Forest::grow(rows);
    forest.keep(search.as_deref(), ids.as_deref());
    Ok(match view {
        "tree" => Response::json(200, &json!({"items": forest.tree()})),
        "manage" => {
            let offset = usize::try_from(page.offset()).unwrap_or(usize::MAX);
            let items = forest.manage(offset, usize::try_from(page.size).unwrap_or(usize::MAX));
            let mut body = pages(items, i64::try_from(forest.len()).unwrap_or(i64::MAX), exact, page);
            body.insert("isSuperAdmin".into(), Value::Bool(actor.grants.admin));
            Response::json(200, &body)
        }
        _ => Response::json(200, &json!({"items": forest.options()})),
    })
}
