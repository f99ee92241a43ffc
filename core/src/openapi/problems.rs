//! Errors: one shape, and for each status the codes it comes with.

use serde_json::{Map, Value, json};

use crate::problem::Code;

pub fn schema() -> Value {
    let path = json!({"type": "array", "items": {"type": "string"}});
    let issue = json!({"type": "object", "properties": {"path": path, "message": {"type": "string"}}, "required": ["path", "message"]});
    let issues = json!({"type": "array", "items": issue});
    json!({
        "type": "object",
        "description": "RFC 9457 problem details. `error` is an English sentence; `code` never changes its meaning.",
        "properties": {
            "ok": {"const": false},
            "error": {"type": "string"},
            "code": {"enum": codes(Code::ALL.iter().copied())},
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "requestId": {"type": "string", "description": "The same as in X-Request-Id and in the trail."},
            "details": {
                "description": "Which field was wrong, and how.",
                "anyOf": [{"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}, issues.clone()],
            },
            "issues": issues,
        },
        "required": ["ok", "error", "code", "type", "title", "status", "requestId"],
    })
}

fn codes(codes: impl Iterator<Item = Code>) -> Vec<&'static str> {
    let mut names: Vec<_> = codes.map(|code| code.describe().0).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn of_status(status: u16) -> Vec<Code> {
    Code::ALL.iter().copied().filter(|code| code.describe().1 == status).collect()
}

/// `status404`: the name of a status's response among the components.
pub fn name(status: u16) -> String {
    format!("status{status}")
}

/// The response of a status: every code it may come with, or those a route is known to answer with.
fn response(status: u16, known: &[Code]) -> Value {
    let titles: Vec<_> = known.iter().map(|code| format!("`{}`: {}.", code.describe().0, code.describe().2)).collect();
    let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}});
    if let Some(headers) = headers.as_object_mut() {
        let names: &[&str] = match status {
            429 => &["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"],
            503 => &["Retry-After"],
            _ => &[],
        };
        headers.extend(names.iter().map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")}))));
    }
    json!({
        "description": titles.join(" "),
        "headers": headers,
        "content": {"application/problem+json": {"schema": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "object", "properties": {"status": {"const": status}, "code": {"enum": codes(known.iter().copied())}}}],
        }}},
    })
}

pub fn responses() -> Map<String, Value> {
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| code.describe().1).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(|status| (name(status), response(status, &of_status(status)))).collect()
}

/// A status's response with an example of its own.
pub fn with_example(status: u16, example: &Value) -> Value {
    let mut response = response(status, &of_status(status));
    if let Some(media) = response.pointer_mut("/content/application~1problem+json").and_then(Value::as_object_mut) {
        media.insert("example".into(), example.clone());
    }
    response
}

pub fn headers() -> Value {
    let number = |about: &str| json!({"description": about, "schema": {"type": "integer", "minimum": 0}});
    json!({
        "X-Request-Id": {"description": "Names the request in logs and in the trail.", "required": true, "schema": {"type": "string"}},
        "Retry-After": number("Seconds to wait."),
        "X-RateLimit-Limit": number("Requests that the limit lets through."),
        "X-RateLimit-Remaining": number("Requests left."),
        "X-RateLimit-Reset": number("Seconds until the limit starts anew."),
        "Set-Cookie": {"description": "Cookies of the realm.", "schema": {"type": "string"}},
        "Location": {"description": "Where to go next, on this origin.", "schema": {"type": "string"}},
        "ETag": {"description": "Changes with the content.", "schema": {"type": "string"}},
    })
}
