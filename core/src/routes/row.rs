//! The columns of the route table.

use http::Method;

use crate::{
    config::LimitName,
    cx::Cx,
    domain::realm::Realm,
    io::Operations,
    ports::Fut,
    problem::Problem,
    web::{body::Schema, response::Response},
};

pub type Handler = for<'a> fn(&'a Cx<'a>) -> Fut<'a, Result<Response, Problem>>;

/// One row of the table.
pub struct Route {
    pub method: Method,
    /// `{name}` marks a segment that is a parameter.
    pub path: &'static str,
    /// Handler name, OpenAPI operationId and stem of its audit events.
    pub name: &'static str,
    pub guard: Guard,
    pub limit: Limit,
    pub body: Option<Takes>,
    pub audit: Audit,
    pub budget: Operations,
    pub run: Handler,
}

/// The body a route takes: JSON, and forms where it says so.
#[derive(Clone, Copy, Debug)]
pub struct Takes {
    pub schema: &'static Schema,
    /// `application/x-www-form-urlencoded` and `multipart/form-data`, mapped to the schema by field name.
    pub forms: bool,
}

impl std::ops::Deref for Takes {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        self.schema
    }
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Public,
    /// A signed-in account of the realm.
    Session(Realm),
    /// The same, even while its one-time password has not been changed yet.
    AnySession(Realm),
    /// A signed-in account that holds the feature.
    Can(Realm, &'static str),
    /// A signed-in account that holds one of the features; a refusal names the first.
    CanEither(Realm, &'static str, &'static str),
    /// Staff of the platform who hold the feature: by an operator's token, and by the database's word at this moment.
    Operator(&'static str),
    /// A signed-in member of staff, even one whose session sits where they have no business any more.
    AnyPlace,
    /// Anybody, in development; elsewhere the route does not exist.
    Development,
}

/// What is charged before the handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The named row of the limit table: its per-client layer, then its subject layer.
    pub name: Option<LimitName>,
    pub subject: Subject,
    /// The signed-in user's own sliding window.
    pub user: bool,
}

/// Whom the second layer of a named limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    None,
    /// The body's e-mail address in its tenant, once the body is valid.
    Address,
    /// Whatever stands in the body's `email`, charged before the body is looked at any further.
    TypedAddress,
    /// The session token in the body's `refreshToken` or in the realm's cookie, by its hash.
    Token,
    /// The signed-in user.
    User,
}

impl Limit {
    pub const NONE: Self = Self { name: None, subject: Subject::None, user: false };
    pub const SIGNED_IN: Self = Self { name: None, subject: Subject::None, user: true };

    /// The lines of an import: a window of the user's own, since a hundred thousand of them are some five hundred requests.
    pub const IMPORTING: Self = Self { name: Some(LimitName::CustomerImport), subject: Subject::User, user: false };

    /// The user's window, and a named limit of its own for what costs more.
    pub const fn signed_in_and(name: LimitName) -> Self {
        Self { name: Some(name), subject: Subject::User, user: true }
    }
}

pub const fn public(name: LimitName, subject: Subject) -> Limit {
    Limit { name: Some(name), subject, user: false }
}

/// What a route leaves in the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// Changes nothing.
    Reads,
    /// Notes a use, changes nothing that anybody would audit.
    Touches,
    /// The events it may record; [`Cx::commit`] refuses any other.
    Events(&'static [&'static str]),
}

impl Route {
    /// The realm a route belongs to, for the trail of callers who are not signed in.
    pub fn realm(&self) -> Realm {
        match self.guard {
            Guard::Session(realm) | Guard::AnySession(realm) | Guard::Can(realm, _) | Guard::CanEither(realm, ..) => realm,
            Guard::Operator(_) | Guard::AnyPlace => Realm::Staff,
            Guard::Public | Guard::Development if self.path.starts_with("/api/auth/") => Realm::Staff,
            Guard::Public | Guard::Development => Realm::Customer,
        }
    }
}

/// The body of a route that takes JSON.
pub const fn json(schema: &'static Schema) -> Option<Takes> {
    Some(Takes { schema, forms: false })
}

/// The body of a route that takes JSON or a form.
pub const fn json_or_form(schema: &'static Schema) -> Option<Takes> {
    Some(Takes { schema, forms: true })
}

/// The table's syntax: sections by path prefix; in each, one row a line:
/// `METHOD "path" name guard, limit, body, audit, budget => handler;`
macro_rules! table {
    ($($prefix:literal { $($method:ident $path:literal $name:ident $guard:expr, $limit:expr, $body:expr, $audit:expr, $budget:expr => $handler:path;)* })*) => {
        &[$($($crate::routes::Route {
            method: http::Method::$method,
            path: concat!($prefix, $path),
            name: stringify!($name),
            guard: $guard,
            limit: $limit,
            body: $body,
            audit: $audit,
            budget: $budget,
            run: |cx| Box::pin($handler(cx)),
        },)*)*]
    };
}
pub(super) use table;
