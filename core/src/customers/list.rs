//! `GET`: newest first, by words of the name or address, by exact address, by external id.

use crate::{
    admin::{
        listing::{page, respond, text_filter},
        scope,
    },
    cx::Cx,
    domain::{email::Email, entity::EntityKind, search},
    problem::Problem,
    store::{
        entities::{self, EntityRow, Filter},
        listing::{ListRow, Listed},
    },
    web::response::Response,
};

const PAGE_SIZE: u32 = 50;

pub async fn companies(cx: &Cx<'_>) -> Result<Response, Problem> {
    list(cx, EntityKind::Company).await
}

pub async fn people(cx: &Cx<'_>) -> Result<Response, Problem> {
    list(cx, EntityKind::Person).await
}

async fn list(cx: &Cx<'_>, kind: EntityKind) -> Result<Response, Problem> {
    let page = page(cx.request, PAGE_SIZE);
    let filter = Filter {
        words: text_filter(cx.request, "search").map(|text| search::words(&text)),
        // What is no address is nobody's.
        email_hash: text_filter(cx.request, "email").map(|text| cx.deployment.keys.lookup_hash(&Email::as_typed(&text))),
        external_id: text_filter(cx.request, "externalId"),
    };
    let Some(scope) = scope(cx.actor()?) else { return Ok(respond(&Listed::EMPTY, page, |row: &EntityRow| row.view(kind))) };
    let query = entities::page(scope.tenant, scope.organization, kind, &filter, page);
    let listed = cx.read_one(query).await?.first::<ListRow>()?.unwrap_or_default().read::<EntityRow>()?;
    Ok(respond(&listed, page, |row| row.view(kind)))
}
