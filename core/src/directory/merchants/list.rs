//! `GET ?organizationId=`: a page of the merchants of one organization, by name.

use super::VIEW;
use crate::{
    cx::Cx,
    directory::{paged, query::Asked},
    problem::Problem,
    store::{
        listing::ListRow,
        merchants::{self, MerchantRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut asked = Asked::new(cx.request);
    let (page, search, named) = (asked.page(), asked.text("search"), asked.id("organizationId"));
    let is_active = asked.word("isActive", &["true", "false"]).map(|word| word == "true");
    asked.check()?;
    let actor = cx.actor()?;
    let organization = match named {
        Some(id) => id,
        None => actor.organization()?,
    };
    let query = merchants::page(organization, search.as_deref(), is_active, &actor.scope(VIEW), page);
    let listed = cx.read_one(query).await?.first::<ListRow>()?.unwrap_or_default().read::<MerchantRow>()?;
    Ok(paged(&listed, page, MerchantRow::view))
}
