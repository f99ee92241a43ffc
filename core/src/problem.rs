//! Every error a client can see: code · status · title, in one exhaustive match. What the operator may know and the
//! client may not lives in a field of another type, which the response renderer cannot print.

use std::borrow::Cow;

use http::{HeaderName, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{
    domain::{authority::Refusal, limit::Decision},
    ports::{HashError, LimiterError, SignerError, StoreError},
};

/// The closed set of codes. Pages translate by them, so a code never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Not an error: a proxy is told where to send a browser.
    Found,
    InvalidRequest,
    ValidationError,
    UnprocessableEntity,
    Unauthenticated,
    Forbidden,
    TenantSuspended,
    NoAccess,
    PasswordChangeRequired,
    WrongCurrentPassword,
    NotFound,
    MethodNotAllowed,
    Conflict,
    OptimisticLockConflict,
    PayloadTooLarge,
    UnsupportedMediaType,
    RateLimited,
    Unavailable,
    Internal,
}

impl Code {
    pub const ALL: [Self; 19] = [
        Self::Found,
        Self::InvalidRequest,
        Self::ValidationError,
        Self::UnprocessableEntity,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::TenantSuspended,
        Self::NoAccess,
        Self::PasswordChangeRequired,
        Self::WrongCurrentPassword,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::OptimisticLockConflict,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::RateLimited,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Code on the wire, HTTP status, RFC 9457 title.
    pub const fn describe(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Found => ("UNAUTHENTICATED", 302, "Sign-in is needed"),
            Self::InvalidRequest => ("INVALID_REQUEST", 400, "The request cannot be understood"),
            Self::ValidationError => ("VALIDATION_ERROR", 400, "A field of the request is not valid"),
            Self::UnprocessableEntity => ("VALIDATION_ERROR", 422, "A field of the request is not valid"),
            Self::Unauthenticated => ("UNAUTHENTICATED", 401, "Sign-in is needed"),
            Self::Forbidden => ("FORBIDDEN", 403, "Not allowed"),
            Self::TenantSuspended => ("tenant_suspended", 403, "The organization is suspended"),
            Self::NoAccess => ("NO_ACCESS", 403, "There is no place to work at"),
            Self::PasswordChangeRequired => ("PASSWORD_CHANGE_REQUIRED", 403, "The password has to be changed first"),
            Self::WrongCurrentPassword => ("WRONG_CURRENT_PASSWORD", 400, "The current password is not right"),
            Self::NotFound => ("NOT_FOUND", 404, "No such thing here"),
            Self::MethodNotAllowed => ("METHOD_NOT_ALLOWED", 405, "The path does not offer this method"),
            Self::Conflict => ("CONFLICT", 409, "The change conflicts with the present state"),
            Self::OptimisticLockConflict => ("optimistic_lock_conflict", 409, "The record was modified meanwhile"),
            Self::PayloadTooLarge => ("PAYLOAD_TOO_LARGE", 413, "The body is too large"),
            Self::UnsupportedMediaType => ("UNSUPPORTED_MEDIA_TYPE", 415, "The body has to be JSON"),
            Self::RateLimited => ("RATE_LIMITED", 429, "Too many requests"),
            Self::Unavailable => ("UNAVAILABLE", 503, "Temporarily unavailable"),
            Self::Internal => ("INTERNAL", 500, "Something went wrong on our side"),
        }
    }

    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.describe().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Text for the operator's log. Deliberately without Display, so that it cannot be formatted into a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperatorNote(String);

impl OperatorNote {
    pub fn for_log(&self) -> &str {
        &self.0
    }
}

/// Which field was wrong, and how: `{field: [messages]}`.
pub type Details = Vec<(String, Vec<String>)>;

/// One error on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub code: Code,
    /// The human sentence. Compatible clients compare it, so it is contractual where the wire states it.
    pub error: Cow<'static, str>,
    pub details: Option<Details>,
    /// Further members the wire states, such as `requiredFeatures`.
    pub members: Map<String, Value>,
    pub headers: Vec<(HeaderName, String)>,
    pub operator: OperatorNote,
}

impl Problem {
    pub fn new(code: Code, error: impl Into<Cow<'static, str>>) -> Self {
        Self { code, error: error.into(), details: None, members: Map::new(), headers: Vec::new(), operator: OperatorNote::default() }
    }

    pub fn invalid(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidRequest, error)
    }

    pub fn validation(error: impl Into<Cow<'static, str>>, details: Details) -> Self {
        Self { details: Some(details), ..Self::new(Code::ValidationError, error) }
    }

    /// The same as 422 under `fieldErrors`, where the wire says so.
    pub fn unprocessable(error: impl Into<Cow<'static, str>>, fields: Details) -> Self {
        let fields: Map<String, Value> = fields.into_iter().map(|(field, messages)| (field, json!(messages))).collect();
        Self::new(Code::UnprocessableEntity, error).member("fieldErrors", fields)
    }

    /// The same as a list of issues under the member that the wire names.
    pub fn issues(error: impl Into<Cow<'static, str>>, member: &str, fields: Details) -> Self {
        let issues: Vec<Value> = fields
            .into_iter()
            .flat_map(|(field, messages)| messages.into_iter().map(move |message| json!({"path": [field.clone()], "message": message})))
            .collect();
        Self::new(Code::ValidationError, error).member(member, issues)
    }

    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "Authentication required")
    }

    pub fn forbidden(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Forbidden, error)
    }

    pub fn not_found(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::NotFound, error)
    }

    pub fn conflict(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::Conflict, error)
    }

    /// The product's own mistake; the note goes to the log only.
    pub fn internal(note: impl Into<String>) -> Self {
        Self::new(Code::Internal, "Something went wrong. Please try again later.").note(note)
    }

    /// Fail closed: nothing was decided and nothing changed.
    pub fn unavailable(note: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, "Service temporarily unavailable. Please try again in a moment.").header(header::RETRY_AFTER, "2").note(note)
    }

    pub fn rate_limited(decision: Decision) -> Self {
        let mut problem =
            Self::new(Code::RateLimited, "Too many requests. Please try again later.").header(header::RETRY_AFTER, decision.reset.to_string());
        problem.headers.extend(limit_headers(decision));
        problem
    }

    pub fn tenant_suspended() -> Self {
        Self::new(Code::TenantSuspended, "This organization is suspended. Please contact its administrator.")
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    pub fn note(self, note: impl Into<String>) -> Self {
        Self { operator: OperatorNote(note.into()), ..self }
    }

    /// The one error shape: RFC 9457 members plus `ok`, `error`, `code`, `requestId`, and `details` where fields were wrong.
    pub fn body(&self, request_id: &str) -> Value {
        let (code, status, title) = self.code.describe();
        let mut body = json!({
            "ok": false,
            "error": self.error,
            "code": code,
            "type": format!("/problems/{}", code.to_ascii_lowercase().replace('_', "-")),
            "title": title,
            "status": status,
            "requestId": request_id,
        });
        if let Some(object) = body.as_object_mut() {
            if let Some(details) = &self.details {
                object
                    .insert("details".into(), details.iter().map(|(field, messages)| (field.clone(), json!(messages))).collect::<Map<_, _>>().into());
            }
            object.extend(self.members.clone());
        }
        body
    }
}

/// `X-RateLimit-Limit`, `-Remaining`, `-Reset`: on success and on 429 alike.
pub fn limit_headers(decision: Decision) -> [(HeaderName, String); 3] {
    [
        (HeaderName::from_static("x-ratelimit-limit"), decision.limit.to_string()),
        (HeaderName::from_static("x-ratelimit-remaining"), decision.remaining.to_string()),
        (HeaderName::from_static("x-ratelimit-reset"), decision.reset.to_string()),
    ]
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable(_) => Self::unavailable(error.to_string()),
            StoreError::Broken(_) => Self::internal(error.to_string()),
            StoreError::Precondition | StoreError::Unique(_) => {
                Self::conflict("The record was changed by someone else. Please try again.").note(error.to_string())
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.status() {
            400 => Code::InvalidRequest,
            409 => Code::Conflict,
            _ => Code::Forbidden,
        };
        Self::new(code, refusal.text())
    }
}

impl From<LimiterError> for Problem {
    fn from(error: LimiterError) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        Self::unavailable(error.to_string())
    }
}

impl From<SignerError> for Problem {
    fn from(error: SignerError) -> Self {
        Self::unavailable(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_text_never_reaches_a_body() {
        let problem = Problem::from(StoreError::Broken("SQLITE_ERROR near SELECT".into()));
        assert!(!problem.body("r").to_string().contains("SQLITE"));
        assert_eq!(problem.operator.for_log(), "storage: SQLITE_ERROR near SELECT");
    }

    #[test]
    fn sqlite_sentences_fall_into_classes() {
        assert_eq!(
            StoreError::classify("D1_ERROR: UNIQUE constraint failed: customer_users.tenant_id, customer_users.email_hash: SQLITE_CONSTRAINT"),
            StoreError::Unique("customer_users.tenant_id, customer_users.email_hash".into())
        );
        assert_eq!(StoreError::classify("CHECK constraint failed: precondition_holds"), StoreError::Precondition);
        assert!(matches!(StoreError::classify("D1_ERROR: Network connection lost."), StoreError::Unavailable(_)));
        assert!(matches!(StoreError::classify("no such table: x: SQLITE_ERROR"), StoreError::Broken(_)));
    }
}
