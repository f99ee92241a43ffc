//! The fields of a body that a route declares, each already of its kind.

use serde_json::{Map, Value};

use crate::{
    domain::{
        email::Email,
        id::Id,
        secret::{Password, RawToken},
        time::Millis,
    },
    problem::Problem,
};

/// The declared fields that were present, each already of its kind.
#[derive(Clone, Debug, Default)]
pub struct Valid(pub(super) Map<String, Value>);

impl Valid {
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn is_null(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_null)
    }

    pub fn opt_text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub fn text(&self, name: &str) -> Result<&str, Problem> {
        self.opt_text(name).ok_or_else(|| undeclared(name))
    }

    pub fn email(&self, name: &str) -> Result<Email, Problem> {
        self.opt_text(name).and_then(Email::parse).ok_or_else(|| undeclared(name))
    }

    pub fn password(&self, name: &str) -> Result<Password, Problem> {
        Ok(Password::new(self.text(name)?))
    }

    pub fn token(&self, name: &str) -> Result<RawToken, Problem> {
        Ok(RawToken::presented(self.text(name)?))
    }

    pub fn opt_id<T>(&self, name: &str) -> Option<Id<T>> {
        self.opt_text(name).and_then(Id::parse)
    }

    pub fn opt_bool(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    pub fn opt_int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// Absent is no.
    pub fn flag(&self, name: &str) -> bool {
        const YES: [&str; 7] = ["1", "true", "yes", "y", "on", "enable", "enabled"];
        let word = |text: &str| YES.contains(&text.trim().to_ascii_lowercase().as_str());
        self.opt_bool(name).unwrap_or_else(|| self.opt_text(name).is_some_and(word))
    }

    pub fn opt_time(&self, name: &str) -> Option<Millis> {
        self.opt_text(name).and_then(Millis::parse_iso)
    }

    pub fn number(&self, name: &str) -> Result<i64, Problem> {
        self.0.get(name).and_then(Value::as_i64).ok_or_else(|| undeclared(name))
    }

    /// The items of a list, unread.
    pub fn list(&self, name: &str) -> &[Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub fn texts(&self, name: &str) -> Vec<String> {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .map(|items| items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default()
    }

    /// Ids in request order, without repeats.
    pub fn ids<T>(&self, name: &str) -> Vec<Id<T>> {
        let mut ids = Vec::new();
        for id in self.texts(name).iter().filter_map(|t| Id::parse(t)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

/// A handler asked for a field its row does not require: our mistake, caught by the first test that runs it.
fn undeclared(name: &str) -> Problem {
    Problem::internal(format!("the route's schema does not require `{name}`"))
}
