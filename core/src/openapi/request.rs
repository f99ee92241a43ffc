//! What goes in: bodies from their declared schemas, parameters, and who may call.

use serde_json::{Map, Value, json};

use super::{Doc, Param, Reads};
use crate::{
    domain::realm::Realm,
    routes::{Guard, Route, Subject, Takes},
    web::body::{Field, Kind, Refusal, Schema},
};

/// The wire's rule for addresses, as [`crate::domain::email::Email`] has it.
const EMAIL: &str = r"^(?!\.)(?!.*\.\.)[A-Za-z0-9_'+.\-]*[A-Za-z0-9_+\-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$";
/// Versions 1 to 8 of the RFC variant, and the two special ids.
const UUID: &str =
    "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|0{8}-(0{4}-){3}0{12}|[fF]{8}-([fF]{4}-){3}[fF]{12})$";
const INSTANT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z$";

fn uuid() -> Value {
    json!({"type": "string", "format": "uuid", "pattern": UUID})
}

/// Not `format: email`, which asks for more than the wire's rule does.
fn email() -> Value {
    json!({"type": "string", "title": "email", "pattern": EMAIL, "maxLength": 255})
}

fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    schema
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text { min, max } => json!({"type": "string", "minLength": min, "maxLength": max}),
        Kind::TextOrNull { min, max } => or_null(json!({"type": "string", "minLength": min, "maxLength": max})),
        Kind::Slug { max } => json!({"type": "string", "pattern": format!("^[a-z0-9_-]{{1,{max}}}$")}),
        Kind::Email => email(),
        Kind::EmailOrNull => or_null(email()),
        Kind::Uuid => uuid(),
        Kind::UuidOrNull => or_null(uuid()),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Flag => json!({"type": ["boolean", "string"], "description": "`true`, `1`, `yes`, `on` and the like are yes; any other word is no"}),
        Kind::Int { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::DateTimeOrNull => or_null(json!({"type": "string", "format": "date-time", "pattern": INSTANT})),
        Kind::Texts { min, max, each } => {
            json!({"type": "array", "minItems": min, "maxItems": max, "items": {"type": "string", "minLength": 1, "maxLength": each}})
        }
        Kind::Whole { max } => json!({"type": "integer", "minimum": 0, "maximum": max}),
        Kind::Objects { max } => json!({"type": "array", "maxItems": max, "items": {"type": "object"}}),
        Kind::Word(words) => json!({"type": "string", "enum": words}),
        Kind::Uuids { min } => json!({"type": "array", "minItems": min, "maxItems": 100, "items": uuid()}),
        Kind::UuidsOrNull => or_null(json!({"type": "array", "maxItems": 100, "items": uuid()})),
    }
}

fn object(schema: &Schema) -> Value {
    let properties: Map<_, _> = schema
        .fields
        .iter()
        .map(|Field { name, kind: of, .. }| {
            let mut property = kind(*of);
            if let (true, Some(object)) = (is_secret(name), property.as_object_mut()) {
                object.insert("format".into(), "password".into());
                object.insert("writeOnly".into(), true.into());
            }
            ((*name).to_owned(), property)
        })
        .collect();
    let required: Vec<_> = schema.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn is_secret(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("password")
}

/// The body a route takes. Lengths are UTF-16 units, which differ from JSON Schema's for characters beyond the first
/// 65,536 only.
pub fn body(takes: &Takes, example: Option<&Value>) -> Value {
    // A silent route answers 200 to anything that is JSON: that it does must not tell whether an address is known.
    let schema = match takes.refusal {
        Refusal::Silent => json!({"anyOf": [object(takes.schema), {"description": "Anything else is answered alike, and nothing is done."}]}),
        _ => object(takes.schema),
    };
    let mut media = json!({ "schema": schema });
    if let (Some(example), Some(media)) = (example, media.as_object_mut()) {
        media.insert("example".into(), example.clone());
    }
    let mut content = json!({ "application/json": media });
    if let (true, Some(content)) = (takes.forms, content.as_object_mut()) {
        for form in ["application/x-www-form-urlencoded", "multipart/form-data"] {
            content.insert(form.into(), json!({"schema": object(takes.schema)}));
        }
    }
    json!({"required": true, "content": content, "description": "At most 64 KiB. Members that are not listed change nothing."})
}

pub fn parameters(route: &Route, doc: &Doc) -> Vec<Value> {
    let path = route.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let path = path.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}));
    path.chain(doc.query.iter().map(query)).collect()
}

fn query(param: &Param) -> Value {
    let schema = match param.reads {
        Reads::Number(least, default, greatest) => {
            json!({"anyOf": [{"type": "integer", "minimum": least, "maximum": greatest}, {"type": "string"}], "default": default})
        }
        Reads::Whole => json!({"type": "string", "pattern": "^[0-9]{1,15}$"}),
        Reads::Text => json!({"type": "string"}),
        Reads::Cursor => json!({"type": "string", "pattern": "^[1-9][0-9]{0,14}$"}),
        Reads::Only(words) => json!({"enum": words}),
        Reads::Tenant => json!({"anyOf": [uuid(), {"const": "platform"}]}),
        Reads::Word(words) => json!({"anyOf": [{"enum": words}, {"type": "string"}]}),
        Reads::Uuid => uuid(),
        Reads::Time => json!({"type": "string", "format": "date-time"}),
    };
    // An empty parameter is one that is not there.
    let schema = match param.reads {
        Reads::Number(..) | Reads::Text | Reads::Word(_) => schema,
        _ if param.required => schema,
        _ => json!({"anyOf": [schema, {"const": ""}]}),
    };
    let note = match param.reads {
        Reads::Number(least, default, greatest) => {
            format!(" From {least} to {greatest}, beyond which it is clamped; {default} if absent or no number.")
        }
        Reads::Word(_) => " Any other word is as if it were not there.".into(),
        Reads::Cursor => " The `nextCursor` of the page before.".into(),
        Reads::Text | Reads::Whole | Reads::Only(_) | Reads::Uuid | Reads::Tenant | Reads::Time => String::new(),
    };
    json!({"name": param.name, "in": "query", "required": param.required, "schema": schema, "description": format!("{}{note}", param.about).trim()})
}

/// Whose token a route takes: alternatives, none for routes that anybody may call.
pub fn security(route: &Route) -> Vec<Value> {
    match route.guard {
        Guard::Development => Vec::new(),
        Guard::Public if route.limit.subject == Subject::Token || is_ended_by_token(route) => vec![json!({session(route.realm()): []}), json!({})],
        Guard::Public => Vec::new(),
        Guard::Operator(_) | Guard::AnyPlace => vec![json!({access(Realm::Staff): []}), json!({"bearer": []})],
        Guard::Session(realm) | Guard::AnySession(realm) | Guard::Can(realm, _) | Guard::CanEither(realm, ..) => {
            vec![json!({access(realm): []}), json!({"bearer": []})]
        }
    }
}

/// Public routes that work on the session token alone: they refresh it, or end it.
fn is_ended_by_token(route: &Route) -> bool {
    route.body.is_none() && !route.method.is_safe() && route.guard == Guard::Public
}

const fn access(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => "customerCookie",
        Realm::Staff => "staffCookie",
    }
}

const fn session(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => "customerSessionCookie",
        Realm::Staff => "staffSessionCookie",
    }
}

pub fn security_schemes() -> Value {
    let cookie = |name: &str, about: &str| json!({"type": "apiKey", "in": "cookie", "name": name, "description": about});
    let mut schemes = json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of either realm. Without cookies there is no cross-site check."},
    });
    if let Some(schemes) = schemes.as_object_mut() {
        for realm in [Realm::Customer, Realm::Staff] {
            schemes.insert(access(realm).into(), cookie(realm.auth_cookie(), "An ES256 access token, set at sign-in and at each refresh."));
            schemes.insert(session(realm).into(), cookie(realm.session_cookie(), "The session token, which refreshes the access token."));
        }
    }
    schemes
}
