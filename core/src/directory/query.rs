//! Query strings of the directory's lists, which answer 400 for what they do not understand.

use std::ops::RangeInclusive;

use crate::{
    domain::id::Id,
    problem::{Details, Problem},
    store::listing::Page,
    web::request::Request,
};

/// Reads a query string and remembers what was wrong with it.
pub struct Asked<'a> {
    request: &'a Request,
    wrong: Details,
}

impl<'a> Asked<'a> {
    pub fn new(request: &'a Request) -> Self {
        Self { request, wrong: Details::new() }
    }

    /// A parameter that says something.
    pub fn text(&self, name: &str) -> Option<String> {
        self.request.query_value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn refuse(&mut self, name: &str, why: String) {
        self.wrong.push((name.to_owned(), vec![why]));
    }

    fn number(&mut self, name: &str, default: u32, range: RangeInclusive<u32>) -> u32 {
        let Some(text) = self.text(name) else { return default };
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.refuse(name, format!("Expected a number from {} to {}", range.start(), range.end()));
        }
        number.unwrap_or(default)
    }

    pub fn page(&mut self) -> Page {
        Page { number: self.number("page", 1, 1..=1_000_000), size: self.number("pageSize", 50, 1..=100) }
    }

    pub fn word(&mut self, name: &str, words: &'static [&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        let word = words.iter().copied().find(|word| *word == text);
        if word.is_none() {
            self.refuse(name, format!("Expected one of {}", words.join(", ")));
        }
        word
    }

    pub fn id<T>(&mut self, name: &str) -> Option<Id<T>> {
        let id = Id::parse(&self.text(name)?);
        if id.is_none() {
            self.refuse(name, "Invalid UUID".into());
        }
        id
    }

    /// A comma list of ids, 100 at most.
    pub fn ids<T>(&mut self, name: &str) -> Option<Vec<Id<T>>> {
        let text = self.text(name)?;
        let ids: Option<Vec<Id<T>>> = text.split(',').map(|part| Id::parse(part.trim())).collect();
        if ids.as_ref().is_none_or(|ids| ids.len() > 100) {
            self.refuse(name, "Expected up to 100 UUIDs, separated by commas".into());
        }
        ids
    }

    /// 400 when anything was wrong.
    pub fn check(self) -> Result<(), Problem> {
        if self.wrong.is_empty() { Ok(()) } else { Err(Problem::validation("Invalid query parameters", self.wrong)) }
    }
}
