//! `GET`: a page of tenants with their counts.

use crate::{
    cx::Cx,
    directory::{paged, query::Asked},
    problem::Problem,
    store::{
        listing::ListRow,
        tenants::{self, Filter, Sees, Sort, TenantRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let mut asked = Asked::new(cx.request);
    let page = asked.page();
    let sort = match asked.word("sortField", &["name", "createdAt", "updatedAt"]) {
        Some("createdAt") => Sort::CreatedAt,
        Some("updatedAt") => Sort::UpdatedAt,
        _ => Sort::Name,
    };
    let descending = asked.word("sortDir", &["asc", "desc"]) == Some("desc");
    let is_active = asked.word("isActive", &["true", "false"]).map(|word| word == "true");
    let filter = Filter { id: asked.id("id"), partner: asked.id("partnerId"), search: asked.text("search"), is_active, sort, descending };
    asked.check()?;
    let actor = cx.actor()?;
    let sees = if actor.platform { Sees::All } else { Sees::Own(actor.tenant, actor.user) };
    let listed = cx.read_one(tenants::page(sees, &filter, page)).await?.first::<ListRow>()?.unwrap_or_default().read::<TenantRow>()?;
    Ok(paged(&listed, page, TenantRow::view))
}
