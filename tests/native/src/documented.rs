//! Every answer of every native test is held against what the API description says of its route.

use http::Method;
use portcullis_core::{app::Deployment, openapi, router::Found};

use crate::Res;

/// Panics over an answer that says more, less or other than `core/src/openapi/sections/` lets it.
#[track_caller]
pub fn check(deployment: &Deployment, method: &Method, path: &str, res: &Res) {
    let Found::Route(route, _) = deployment.router.find(method, path) else { return };
    let types: Vec<&str> = res.all("content-type").collect();
    assert!(types.len() <= 1, "{} has {} content types: {types:?}", route.name, types.len());
    // A body of HEAD is cut off, and a route without a row fails a test of its own.
    let Some(doc) = openapi::find(route.name).filter(|_| *method != Method::HEAD) else { return };
    let body = serde_json::from_slice(&res.body).ok();
    let media = types.first().map(|text| text.split(';').next().unwrap_or_default());
    if let Some(fault) = openapi::fault(route, doc, res.status, media, body.as_ref()) {
        panic!(
            "{} answered something that its row in core/src/openapi/sections/ does not say: {fault}\n{} {}\nIf the answer is right, change the row.",
            route.name,
            res.status,
            res.body.escape_ascii()
        );
    }
}
