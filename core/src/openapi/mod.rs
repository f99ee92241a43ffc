//! The API as an OpenAPI 3.1 document, rendered from the route table. Not part of the Worker: a test renders it into
//! `public/openapi.json`, which is served as a file, and fails when the two differ.
//!
//! What the table says (guard, limits, body, audit events, cost) is read from it. What it does not say — a sentence, the
//! query, the success body — stands in [`sections`], one row a route, and a test refuses a route without one.

mod operation;
mod problems;
mod request;
pub mod sections;
pub mod shape;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    problem::Code,
    routes::{ROUTES, Route},
};
use shape::Shape;

/// What is said of a route beside its row. Built with [`doc`] and the methods below.
#[derive(Clone, Copy, Debug)]
pub struct Doc {
    /// The row's name.
    pub name: &'static str,
    pub summary: &'static str,
    pub about: &'static str,
    pub answer: Answer,
    pub also: &'static [Answer],
    pub query: &'static [Param],
    /// Errors of the handler's own; those of guard, limit and body are read from the row.
    pub errors: &'static [Code],
    pub links: &'static [Link],
}

/// A success.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Status, and the body in the notation of [`shape`].
    Json(u16, &'static str),
    /// Status, and the media type of a body that is no JSON.
    Media(u16, &'static str),
    /// A redirect, or nothing at all.
    Empty(u16),
}

impl Answer {
    pub const fn status(self) -> u16 {
        match self {
            Self::Json(status, _) | Self::Media(status, _) | Self::Empty(status) => status,
        }
    }
}

/// A query parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    pub name: &'static str,
    pub reads: Reads,
    pub required: bool,
    pub about: &'static str,
}

/// What a query parameter may hold.
#[derive(Clone, Copy, Debug)]
pub enum Reads {
    /// A number with its least, default and greatest value. Others are clamped; what is no number is the default.
    Number(u32, u32, u32),
    Text,
    /// A whole number; anything else is a 400.
    Whole,
    /// One of these words; any other is as if it were not there.
    Word(&'static [&'static str]),
    /// One of these words; any other is a 400.
    Only(&'static [&'static str]),
    /// Anything else is a 400.
    Uuid,
    /// An id or the word `platform`; anything else is a 400, and a tenant that is not the caller's a 403.
    Tenant,
    /// Anything else is a 400.
    Time,
    /// A `nextCursor` that was answered before; anything else is a 400.
    Cursor,
}

/// Where a value of the answer leads: operation, its parameter, and a runtime expression for the value.
#[derive(Clone, Copy, Debug)]
pub struct Link(pub &'static str, pub &'static str, pub &'static str);

pub const fn doc(name: &'static str, summary: &'static str, answer: Answer) -> Doc {
    Doc { name, summary, about: "", answer, also: &[], query: &[], errors: &[], links: &[] }
}

pub const fn ok(shape: &'static str) -> Answer {
    Answer::Json(200, shape)
}

pub const fn created(shape: &'static str) -> Answer {
    Answer::Json(201, shape)
}

/// `{"ok":true}`.
pub const DONE: Answer = ok("{ok: true}");

impl Doc {
    pub const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    pub const fn also(self, also: &'static [Answer]) -> Self {
        Self { also, ..self }
    }

    pub const fn query(self, query: &'static [Param]) -> Self {
        Self { query, ..self }
    }

    pub const fn errors(self, errors: &'static [Code]) -> Self {
        Self { errors, ..self }
    }

    pub const fn links(self, links: &'static [Link]) -> Self {
        Self { links, ..self }
    }
}

pub const fn param(name: &'static str, reads: Reads, about: &'static str) -> Param {
    Param { name, reads, required: false, about }
}

impl Param {
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// A group of routes, with its name in the document.
pub struct Section {
    pub tag: &'static str,
    pub about: &'static str,
    pub docs: &'static [Doc],
}

/// A shape that several answers share.
pub fn named(name: &str) -> Option<Shape> {
    sections::shapes().find(|(known, _)| *known == name).and_then(|(_, notation)| Shape::parse(notation).ok())
}

/// What is said of a route.
pub fn find(name: &str) -> Option<&'static Doc> {
    sections::SECTIONS.iter().flat_map(|section| section.docs).find(|doc| doc.name == name)
}

/// How an answer differs from what its route's row here says; nothing when it does not.
pub fn fault(route: &Route, doc: &Doc, status: u16, media: Option<&str>, body: Option<&Value>) -> Option<String> {
    let answer = std::iter::once(&doc.answer).chain(doc.also).find(|answer| answer.status() == status);
    match (answer, body) {
        (None, _) if operation::errors(route, doc).contains(&status) => None,
        (None, _) => Some(format!("status {status} is not documented: `.also(&[…])` a success, `.errors(&[…])` an error")),
        (Some(Answer::Json(_, notation)), Some(body)) => match Shape::parse(notation) {
            Ok(shape) => shape.fault(body, &named),
            Err(why) => Some(why),
        },
        (Some(Answer::Json(..)), None) => Some("no JSON".into()),
        (Some(Answer::Media(_, documented)), _) if media != Some(documented) => Some(format!("the media type is {media:?}")),
        (Some(Answer::Media(..) | Answer::Empty(_)), _) => None,
    }
}

/// An exchange that took place, as an example: made by tests from actual requests.
#[derive(Clone, Debug, Default)]
pub struct Example {
    pub request: Option<Value>,
    pub status: u16,
    pub body: Option<Value>,
}

/// Examples of a route by its name.
pub type Examples = BTreeMap<&'static str, Vec<Example>>;

/// The whole document; the error names a notation that cannot be read.
pub fn document(examples: &Examples) -> Result<Value, String> {
    let mut paths: Map<String, Value> = Map::new();
    for section in sections::SECTIONS {
        for doc in section.docs {
            let Some(route) = ROUTES.iter().find(|route| route.name == doc.name) else { continue };
            let operation = operation::of(route, doc, section.tag, examples.get(doc.name).map_or(&[], Vec::as_slice))?;
            let path = paths.entry(route.path).or_insert_with(|| json!({}));
            if let Some(path) = path.as_object_mut() {
                path.insert(route.method.as_str().to_ascii_lowercase(), operation);
            }
        }
    }
    let mut schemas: Map<String, Value> =
        sections::shapes().map(|(name, notation)| Ok((name.to_owned(), Shape::parse(notation)?.schema()))).collect::<Result<_, String>>()?;
    schemas.insert("Problem".into(), problems::schema());
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portcullis",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Accounts, sessions, roles and signed tokens at the edge",
            "description": sections::INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": sections::SECTIONS.iter().map(|section| json!({"name": section.tag, "description": section.about})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems::responses(),
            "headers": problems::headers(),
            "securitySchemes": request::security_schemes(),
        },
    }))
}
