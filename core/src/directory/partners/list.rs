//! `GET`: a page of partners, by name.

use crate::{
    cx::Cx,
    directory::{paged, query::Asked},
    problem::Problem,
    store::{
        listing::ListRow,
        partners::{self, PartnerRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut asked = Asked::new(cx.request);
    let (page, search) = (asked.page(), asked.text("search"));
    asked.check()?;
    let listed = cx.read_one(partners::page(search.as_deref(), page)).await?.first::<ListRow>()?.unwrap_or_default().read::<PartnerRow>()?;
    Ok(paged(&listed, page, PartnerRow::view))
}
