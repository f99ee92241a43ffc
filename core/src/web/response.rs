//! A response before the pipeline adds what every response carries.

use http::{HeaderName, StatusCode, header};
use serde::Serialize;

use crate::stream::Rest;

/// How long others may keep a response. Everything but keys, discovery and assets is `NoStore`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Caching {
    #[default]
    NoStore,
    /// As `NoStore`, and nobody on the way may gather, pack or change it.
    Stream,
    /// The value of `Cache-Control`.
    Public(&'static str),
}

impl Caching {
    /// For who asked, and nobody else.
    pub const fn is_private(self) -> bool {
        matches!(self, Self::NoStore | Self::Stream)
    }
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Vec<u8>,
    pub caching: Caching,
    /// What of the body is still to come; see [`crate::stream`].
    pub rest: Option<Rest>,
}

impl Response {
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Views are plain structs and maps with string keys, which always serialise.
        let body = serde_json::to_vec(body).unwrap_or_else(|_| b"{}".to_vec());
        Self { status, headers: vec![(header::CONTENT_TYPE, "application/json".into())], body, caching: Caching::NoStore, rest: None }
    }

    /// `{"ok":true}`.
    pub fn ok() -> Self {
        Self::json(200, &serde_json::json!({"ok": true}))
    }

    pub fn empty(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: Vec::new(), body: Vec::new(), caching: Caching::NoStore, rest: None }
    }

    pub fn html(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![(header::CONTENT_TYPE, "text/html; charset=utf-8".into())],
            body: body.into_bytes(),
            caching: Caching::NoStore,
            rest: None,
        }
    }

    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn cookie(self, cookie: String) -> Self {
        self.header(header::SET_COOKIE, cookie)
    }

    pub fn cookies(self, cookies: impl IntoIterator<Item = String>) -> Self {
        cookies.into_iter().fold(self, Self::cookie)
    }

    pub fn caching(self, caching: Caching) -> Self {
        Self { caching, ..self }
    }
}
