//! `GET /.well-known/jwks.json`: the keys that verify our tokens, from the isolate's copy.

use crate::{
    cx::Cx,
    problem::Problem,
    signing::key_set::Document,
    web::response::{Caching, Response},
};

pub const CACHING: Caching = Caching::Public("public, max-age=300, stale-if-error=86400");

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let Document { body, etag } = cx.deployment.key_set.document(&cx.io, cx.now).await?;
    if cx.request.has_etag(&etag) {
        return Ok(Response::empty(304).header(http::header::ETAG, etag).caching(CACHING));
    }
    let response = Response { body, ..Response::json(200, &()) };
    Ok(response.header(http::header::ETAG, etag).caching(CACHING))
}
