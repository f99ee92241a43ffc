//! `GET /api/auth/users`: filters, search and pages. A query that makes no sense finds nobody.

use serde_json::{Value, json};

use super::{LIST, scope};
use crate::{
    admin::listing::{page, pages, text_filter},
    cx::Cx,
    domain::{email::Email, id::Id, search},
    problem::Problem,
    store::{
        listing::ListRow,
        staff_list::{self, Filter, Search, StaffItem, Viewer},
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 50;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let page = page(cx.request, PAGE_SIZE);
    let Some(filter) = filter(cx)? else {
        return Ok(Response::json(200, &json!({"items": [], "total": 0, "totalPages": 1})));
    };
    let viewer = Viewer { tenant: actor.tenant, scope: &scope(cx, LIST)?, is_super_admin: actor.grants.admin };
    let listed = cx.read_one(staff_list::page(&viewer, &filter, page)).await?.first::<ListRow>()?.unwrap_or_default().read::<StaffItem>()?;
    let items: Vec<Value> = listed.items.iter().map(|item| item.view(filter.id.is_some())).collect();
    let mut body = json!({"items": items, "total": listed.total, "totalPages": pages(listed.total, page.size), "isSuperAdmin": actor.grants.admin});
    if let (false, Some(object)) = (listed.exact, body.as_object_mut()) {
        object.insert("totalIsExact".into(), json!(false));
    }
    Ok(Response::json(200, &body))
}

/// An id that has to be one; the outer `None` is one that is not.
fn id<T>(cx: &Cx<'_>, name: &str) -> Option<Option<Id<T>>> {
    match text_filter(cx.request, name) {
        None => Some(None),
        Some(text) => Id::parse(&text).map(Some),
    }
}

fn filter(cx: &Cx<'_>) -> Result<Option<Filter>, Problem> {
    let wanted: Vec<String> = cx.request.query_values("roleId").filter(|text| !text.is_empty()).collect();
    let roles: Vec<Id<_>> = wanted.iter().filter_map(|text| Id::parse(text)).collect();
    let (Some(id), Some(mut organization)) = (id(cx, "id"), id(cx, "organizationId")) else { return Ok(None) };
    if roles.len() < wanted.len() || roles.len() > 100 {
        return Ok(None);
    }
    let flag = text_filter(cx.request, "scopeToActiveOrganization");
    if flag.is_some_and(|word| matches!(word.as_str(), "1" | "true" | "yes" | "on")) {
        organization = organization.or(cx.actor()?.organization);
    }
    let search = text_filter(cx.request, "search").map(|text| Search {
        words: search::words(&text),
        email_hash: Email::parse(&text).map(|email| cx.deployment.keys.lookup_hash(&email)),
        text: text.to_lowercase(),
    });
    let name = text_filter(cx.request, "name").map(|text| search::fold(&text));
    Ok(Some(Filter { id, organization, roles, name, search }))
}
