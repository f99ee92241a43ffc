//! `GET …/admin/users`: filters, search and pages.

use crate::{
    admin::{
        listing::{id_filter, page, respond, text_filter},
        scope,
    },
    cx::Cx,
    domain::{email::Email, search},
    problem::Problem,
    store::{
        listing::{ListRow, Listed},
        user_list::{self, Filter, Search, Status, UserItem},
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 25;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let page = page(cx.request, PAGE_SIZE);
    let filter = filter(cx)?;
    let Some(scope) = scope(cx.actor()?) else { return Ok(respond(&Listed::EMPTY, page, UserItem::view)) };
    let query = user_list::page(scope.tenant, scope.organization, &filter, page, cx.now);
    let listed = cx.read_one(query).await?.first::<ListRow>()?.unwrap_or_default().read::<UserItem>()?;
    Ok(respond(&listed, page, UserItem::view))
}

fn filter(cx: &Cx<'_>) -> Result<Filter, Problem> {
    let search = text_filter(cx.request, "search")
        .map(|text| Search { words: search::words(&text), email_hash: Email::parse(&text).map(|email| cx.deployment.keys.lookup_hash(&email)) });
    Ok(Filter {
        status: cx.request.query_value("status").and_then(|text| Status::parse(&text)),
        company: id_filter(cx.request, "customerEntityId")?,
        person: id_filter(cx.request, "personEntityId")?,
        role: id_filter(cx.request, "roleId")?,
        search,
    })
}
