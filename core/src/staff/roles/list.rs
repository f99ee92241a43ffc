//! `GET /api/auth/roles`: the roles of the caller's tenant, the highest first; for staff of the platform its own as well.

use serde_json::{Value, json};

use super::sight;
use crate::{
    admin::listing::{page, text_filter},
    cx::Cx,
    domain::id::Id,
    problem::Problem,
    store::{
        staff_role_admin::{self, StaffRoleRow},
        users::Count,
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 50;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let asked = |name: &str| text_filter(cx.request, name);
    // What cannot be meant finds nothing.
    let (id, tenant) = (asked("id"), asked("tenantId"));
    let nonsense = |text: &Option<String>| text.as_deref().is_some_and(|text| Id::<()>::parse(text).is_none());
    if nonsense(&id) || nonsense(&tenant) {
        return Ok(respond(&[], 0, 1, actor.grants.admin));
    }
    let page = page(cx.request, PAGE_SIZE);
    let sight = sight(actor, tenant.as_deref().and_then(Id::parse));
    let search = asked("search").unwrap_or_default();
    let mut rows = cx.read(staff_role_admin::list(sight, id.as_deref().and_then(Id::parse), &search, page).to_vec()).await?.into_iter();
    let items = rows.next().unwrap_or_default().all::<StaffRoleRow>()?;
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    Ok(respond(&items, total, page.size, actor.grants.admin))
}

fn respond(items: &[StaffRoleRow], total: i64, size: u32, admin: bool) -> Response {
    let pages = (total + i64::from(size) - 1) / i64::from(size.max(1));
    let items: Vec<Value> = items.iter().map(view).collect();
    Response::json(200, &json!({"items": items, "total": total, "totalPages": pages.max(1), "isSuperAdmin": admin}))
}

fn view(role: &StaffRoleRow) -> Value {
    json!({
        "id": role.id, "name": role.name, "slug": role.slug, "description": role.description, "priority": role.priority, "isSystem": role.is_system,
        "usersCount": role.users, "tenantId": role.tenant_id, "tenantIds": role.tenant_id.iter().collect::<Vec<_>>(), "tenantName": role.tenant_name,
        "updatedAt": role.updated_at,
    })
}
