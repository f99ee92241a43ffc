//! `GET /api/embed/portal-users`: the accounts of a company of the CRM, newest first.

use serde_json::json;

use super::read;
use crate::{
    cx::Cx,
    domain::{embed::View, entity::EntityKind},
    problem::Problem,
    store::{
        company_users::{self, CompanyUserRow},
        users::Count,
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let page = cx.request.query_number("page", 1, 1..=1_000_000);
    let size = cx.request.query_number("pageSize", 10, 1..=50);
    let (company, mut rows) = read(cx, View::PortalUsers, |at| company_users::list(at.entity, at.tenant, page, size).to_vec()).await?;
    let users: Vec<_> = rows.next().unwrap_or_default().all::<CompanyUserRow>()?.iter().map(CompanyUserRow::view).collect();
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    let pages = ((total + i64::from(size) - 1) / i64::from(size)).max(1);
    let company = company.view(EntityKind::Company);
    Ok(Response::json(
        200,
        &json!({"ok": true, "company": company, "users": users, "total": total, "totalPages": pages, "page": page, "pageSize": size}),
    ))
}
