//! `GET …/admin/roles`: the organization's roles, oldest first.

use crate::{
    admin::{
        listing::{page, respond, text_filter},
        scope,
    },
    cx::Cx,
    problem::Problem,
    store::{
        admin_roles::{self, RoleRow},
        listing::Listed,
        users::Count,
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 50;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let page = page(cx.request, PAGE_SIZE);
    let Some(scope) = scope(cx.actor()?) else { return Ok(respond(&Listed::EMPTY, page, RoleRow::view)) };
    let search = text_filter(cx.request, "search").unwrap_or_default();
    let mut rows = cx.read(admin_roles::list(scope, &search, page).to_vec()).await?.into_iter();
    let items = rows.next().unwrap_or_default().all::<RoleRow>()?;
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    Ok(respond(&Listed { items, total, exact: true }, page, RoleRow::view))
}
