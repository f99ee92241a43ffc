//! The body: 413, 415, 400, in that order, before anybody reads a field.

use http::header;
use serde_json::Value;

use crate::{
    problem::{Code, Problem},
    routes::Route,
    web::{
        body::{Refusal, Valid},
        json,
        request::{Body, Request},
    },
};

/// The parsed body of a route that declares one; `null` for one that takes none.
pub fn read(request: &Request, route: &Route) -> Result<Value, Problem> {
    let bytes = match &request.body {
        Body::TooLarge => return Err(Problem::new(Code::PayloadTooLarge, "The body may hold at most 65536 bytes")),
        Body::Bytes(bytes) => bytes,
    };
    if route.body.is_none() {
        return Ok(Value::Null);
    }
    if !is_json(request) {
        return Err(Problem::new(Code::UnsupportedMediaType, "Content-Type must be application/json"));
    }
    json::parse(bytes).map_err(|place| Problem::invalid("Invalid request body").member("reason", place))
}

fn is_json(request: &Request) -> bool {
    let essence = request.header(&header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
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
