//! The body: 413, 415, 400, in that order, before anybody reads a field.

use http::header;
use serde_json::Value;

use crate::{
    problem::{Code, Problem},
    routes::{Route, Takes},
    web::{
        body::{Refusal, Valid},
        form, json,
        request::{Body, Request},
    },
};

/// The parsed body of a route that declares one; `null` for one that takes none.
pub fn read(request: &Request, route: &Route) -> Result<Value, Problem> {
    let bytes = match &request.body {
        Body::TooLarge => return Err(Problem::new(Code::PayloadTooLarge, "The body may hold at most 65536 bytes")),
        Body::Bytes(bytes) => bytes,
    };
    let Some(takes) = &route.body else { return Ok(Value::Null) };
    let content_type = request.header(&header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let parsed = match essence.as_str() {
        "application/json" => json::parse(bytes),
        "application/x-www-form-urlencoded" if takes.forms => form::urlencoded(bytes).map(|fields| takes.from_form(fields)),
        "multipart/form-data" if takes.forms => form::multipart(bytes, boundary(content_type)).map(|fields| takes.from_form(fields)),
        _ => return Err(Problem::new(Code::UnsupportedMediaType, unsupported(takes))),
    };
    parsed.map_err(|place| Problem::invalid(takes.refusal.of_syntax()).member("reason", place))
}

const fn unsupported(takes: &Takes) -> &'static str {
    if takes.forms {
        "Content-Type must be application/json, application/x-www-form-urlencoded or multipart/form-data"
    } else {
        "Content-Type must be application/json"
    }
}

/// The `boundary` parameter, bare or quoted; empty where there is none.
fn boundary(content_type: &str) -> &str {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary")).map_or("", |(_, value)| value.trim_matches('"'))
}

/// The declared fields.
pub fn fields(route: &Route, body: &Value) -> Result<Valid, Problem> {
    match route.body {
        None => Ok(Valid::default()),
        Some(schema) => schema
            .check(body)
            .map_err(|problem| if schema.refusal == Refusal::Silent { Problem::internal("silent routes are validated apart") } else { problem }),
    }
}
