//! `GET /.well-known/oauth-authorization-server` (RFC 8414): what there is, and nothing that there is not. No grant is
//! offered yet, so no token endpoint and no authorization endpoint is named; apps find the keys and the introspection.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::jwks::CACHING;
use crate::{cx::Cx, domain::secret::hex, problem::Problem, web::response::Response};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let config = &cx.deployment.config;
    let response = Response::json(
        200,
        &json!({
            "issuer": config.issuer,
            "jwks_uri": format!("{}/.well-known/jwks.json", config.app_url),
            "introspection_endpoint": format!("{}/api/introspect", config.app_url),
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            // Required by the RFC, and empty: left out, they would stand for defaults that do not exist here.
            "response_types_supported": [],
            "grant_types_supported": [],
        }),
    );
    let digest = hex(&Sha256::digest(&response.body));
    let etag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
    if cx.request.has_etag(&etag) {
        return Ok(Response::empty(304).header(http::header::ETAG, etag).caching(CACHING));
    }
    Ok(response.header(http::header::ETAG, etag).caching(CACHING))
}
