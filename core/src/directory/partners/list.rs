//! `GET`: a page of partners, by name, or the one that is asked for.

use crate::{
    cx::Cx,
    directory::{paged, query::Asked},
    problem::Problem,
    store::{
        listing::{ListRow, Listed},
        partners::{self, PartnerRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut asked = Asked::new(cx.request);
    let (page, search, id) = (asked.page(), asked.text("search"), asked.id("id"));
    asked.check()?;
    if let Some(id) = id {
        let items = cx.read_one(partners::one(id)).await?.all::<PartnerRow>()?;
        let total = items.len() as i64;
        return Ok(paged(&Listed { items, total, exact: true }, page, PartnerRow::view));
    }
    let listed = cx.read_one(partners::page(search.as_deref(), page)).await?.first::<ListRow>()?.unwrap_or_default().read::<PartnerRow>()?;
    Ok(paged(&listed, page, PartnerRow::view))
}
