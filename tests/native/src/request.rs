//! Requests as tests write them, answers as tests read them, and the cookies between the two.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use portcullis_core::{
    app::Answer,
    io::Operations,
    web::request::{Body, MAX_BODY, Request},
};
use serde_json::Value;

/// A request on its way.
#[derive(Clone, Debug)]
pub struct Req {
    pub request: Request,
    /// `None` takes a client address nobody had before, so that limits per client do not meet.
    pub ip: Option<String>,
}

impl Req {
    pub fn new(method: Method, path_and_query: &str) -> Self {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let request = Request {
            method,
            scheme: "http".into(),
            authority: "127.0.0.1:8787".into(),
            path: path.into(),
            query: query.into(),
            headers: HeaderMap::new(),
            body: Body::Bytes(Vec::new()),
        };
        Self { request, ip: None }.header("user-agent", "Portcullis tests")
    }

    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    pub fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub fn json(self, body: impl serde::Serialize) -> Self {
        self.header("content-type", "application/json").bytes(serde_json::to_vec(&body).unwrap())
    }

    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        self.request.body = if body.len() > MAX_BODY { Body::TooLarge } else { Body::Bytes(body) };
        self
    }

    /// Replaces a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn jar(self, jar: &Jar) -> Self {
        let cookies = jar.header();
        if cookies.is_empty() { self } else { self.header("cookie", &cookies) }
    }

    pub fn ip(mut self, ip: &str) -> Self {
        self.ip = Some(ip.into());
        self
    }

    /// `https://id.example.com`
    pub fn at(mut self, origin: &str) -> Self {
        let (scheme, authority) = origin.split_once("://").unwrap();
        self.request.scheme = scheme.into();
        self.request.authority = authority.into();
        self
    }
}

/// An answer that came back.
#[derive(Clone, Debug)]
pub struct Res {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// A body in pieces that did not come to its end.
    pub broke_off: bool,
}

impl Res {
    pub fn new(answer: &Answer) -> Self {
        let response = &answer.response;
        let headers = response.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
        Self { status: response.status.as_u16(), headers, body: response.body.clone(), broke_off: false }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{} is no JSON: {e}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The `Set-Cookie` line of a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        self.all("set-cookie").find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and sentence together, with everything on a mismatch.
    #[track_caller]
    pub fn is(&self, status: u16, error: &str) -> &Self {
        assert_eq!((self.status, self.error().as_str()), (status, error), "{}", self.text());
        self
    }

    #[track_caller]
    pub fn ok(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// What the request cost, as development says it in a header.
    pub fn spent(&self) -> Operations {
        let text = self.header(header_name::OPERATIONS).expect("development answers carry their operations");
        let mut spent = Operations::default();
        for part in text.split(' ') {
            let (kind, count) = part.split_once('=').unwrap();
            let count = count.parse().unwrap();
            match kind {
                "d1" => spent.d1 = count,
                "kv" => spent.kv = count,
                "limiter" => spent.limiter = count,
                "hash" => spent.hash = count,
                "channel" => spent.channel = count,
                other => panic!("unknown kind of operation {other}"),
            }
        }
        spent
    }
}

pub mod header_name {
    pub const OPERATIONS: &str = "x-portcullis-operations";
}

/// A browser's cookies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jar(pub BTreeMap<String, String>);

impl Jar {
    pub fn absorb(&mut self, res: &Res) {
        for line in res.all(header::SET_COOKIE.as_str()) {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub fn of(res: &Res) -> Self {
        let mut jar = Self::default();
        jar.absorb(res);
        jar
    }

    pub fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("no cookie {name} in {:?}", self.0.keys()))
    }

    /// The same browser without one of its cookies.
    pub fn without(&self, name: &str) -> Self {
        let mut jar = self.clone();
        jar.0.remove(name);
        jar
    }

    pub fn only(&self, name: &str) -> Self {
        Self([(name.to_owned(), self.get(name).to_owned())].into())
    }
}
