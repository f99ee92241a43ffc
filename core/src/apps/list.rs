//! `GET /api/apps`: the apps of the caller's tenant, oldest first; with `platform=true`, those of the platform.

use super::view;
use crate::{
    admin::listing::{page, respond},
    cx::Cx,
    problem::Problem,
    store::{
        apps::{self, AppRow},
        listing::Listed,
        users::Count,
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 50;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (actor, page) = (cx.actor()?, page(cx.request, PAGE_SIZE));
    let platform = cx.request.query_value("platform").is_some_and(|text| text == "true" || text == "1");
    if platform && !actor.grants.admin {
        return Ok(respond(&Listed::EMPTY, page, view));
    }
    let mut rows = cx.read(apps::list((!platform).then_some(actor.tenant), page).to_vec()).await?.into_iter();
    let items = rows.next().unwrap_or_default().all::<AppRow>()?;
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    Ok(respond(&Listed { items, total, exact: true }, page, view))
}
