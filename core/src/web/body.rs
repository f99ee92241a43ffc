//! Declared bodies: a route's row says which fields it takes, and validation, documentation and probes read the same row.

use serde_json::{Map, Value};

pub use super::valid::Valid;
use crate::{
    domain::{email::Email, id::Id, time::Millis},
    problem::{Details, Problem},
    web::form::Fields,
};

/// What a field may hold. Lengths are UTF-16 units; `null` is invalid unless the kind says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Text {
        min: usize,
        max: usize,
    },
    TextOrNull {
        min: usize,
        max: usize,
    },
    /// Lower-case letters, digits, `_` and `-`.
    Slug {
        max: usize,
    },
    Email,
    EmailOrNull,
    Uuid,
    UuidOrNull,
    Bool,
    /// A boolean, or a word for one, as forms and query strings have it. Any other word is no.
    Flag,
    /// A whole number.
    Int {
        min: i64,
        max: i64,
    },
    /// ISO with a literal `Z`.
    DateTimeOrNull,
    Texts {
        min: usize,
        max: usize,
        each: usize,
    },
    Uuids {
        min: usize,
    },
    /// A whole number from 0.
    Whole {
        max: i64,
    },
    /// Objects, whose members the handler reads.
    Objects {
        max: usize,
    },
    /// One of a few words.
    Word(&'static [&'static str]),
    UuidsOrNull,
}

/// One field of a body.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// A body a route takes, and how it says that one does not fit.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    pub fields: &'static [Field],
    pub refusal: Refusal,
}

/// The sentence for a body that does not fit, and whether `details` name the fields. Compatible clients compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is said: the route answers 200 whatever was asked.
    Silent,
    Plain(&'static str),
    Detailed(&'static str),
    /// 422, and `fieldErrors` name the fields.
    Unprocessable(&'static str),
    /// A list of issues under the member `.1` names the fields; also said of a body that is no JSON.
    Issues(&'static str, &'static str),
    /// As `Plain`, and for a body that is no JSON as well.
    Always(&'static str),
    /// As `Always`, and the realm's cookies are cleared: who sends that holds nothing.
    SignsOut(&'static str),
}

impl Refusal {
    /// For a body that cannot be read at all.
    pub const fn of_syntax(self) -> &'static str {
        match self {
            Self::Always(error) | Self::SignsOut(error) | Self::Issues(error, _) => error,
            Self::Silent | Self::Plain(_) | Self::Detailed(_) | Self::Unprocessable(_) => "Invalid request body",
        }
    }
}

impl Schema {
    /// The fields of a form as the body they stand for. A form cannot leave a field out, so an empty one that may be
    /// absent is.
    pub fn from_form(&self, fields: Fields) -> Value {
        let optional = |name: &str| self.fields.iter().any(|field| field.name == name && !field.required);
        fields.into_iter().filter(|(name, value)| !(value.is_empty() && optional(name))).map(|(name, value)| (name, Value::String(value))).collect()
    }

    /// Checks a parsed body. Unknown keys are dropped, so no field that is not declared can change anything.
    pub fn check(&self, body: &Value) -> Result<Valid, Problem> {
        let object = body.as_object();
        let mut wrong: Details = Vec::new();
        let mut kept = Map::new();
        for field in self.fields {
            match object.and_then(|o| o.get(field.name)) {
                None if field.required => wrong.push((field.name.into(), vec!["Required".into()])),
                None => {}
                Some(value) => match field.kind.fault(value) {
                    None => drop(kept.insert(field.name.into(), value.clone())),
                    Some(message) => wrong.push((field.name.into(), vec![message])),
                },
            }
        }
        if object.is_some() && wrong.is_empty() {
            return Ok(Valid(kept));
        }
        // A body that is no object has no fields to name.
        let details = if object.is_some() { wrong } else { Vec::new() };
        Err(match self.refusal {
            Refusal::Silent => Problem::invalid("Validation failed"),
            Refusal::Plain(error) | Refusal::Always(error) | Refusal::SignsOut(error) => Problem::new(crate::problem::Code::ValidationError, error),
            Refusal::Detailed(error) => Problem::validation(error, details),
            Refusal::Unprocessable(error) => Problem::unprocessable(error, details),
            Refusal::Issues(error, member) => Problem::issues(error, member, details),
        })
    }
}

impl Kind {
    /// What is wrong with a value, in words; `None` when it fits.
    fn fault(self, value: &Value) -> Option<String> {
        let text = value.as_str();
        let length = |text: &str| text.encode_utf16().count();
        match self {
            Self::Text { min, max } => match text.map(length) {
                None => Some("Expected a string".into()),
                Some(n) if n < min => Some(format!("Must hold at least {min} character(s)")),
                Some(n) if n > max => Some(format!("Must hold at most {max} character(s)")),
                Some(_) => None,
            },
            Self::TextOrNull { .. } | Self::EmailOrNull if value.is_null() => None,
            Self::TextOrNull { min, max } => Self::Text { min, max }.fault(value),
            Self::Slug { max } => {
                let fits =
                    text.is_some_and(|t| (1..=max).contains(&t.len()) && t.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')));
                (!fits).then(|| format!("Expected 1 to {max} of a-z, 0-9, _ and -"))
            }
            Self::Email | Self::EmailOrNull => text.is_none_or(|t| Email::parse(t).is_none()).then(|| "Invalid email address".into()),
            Self::Word(words) => (!text.is_some_and(|t| words.contains(&t))).then(|| format!("Expected one of {}", words.join(", "))),
            Self::Uuid => (!is_uuid(value)).then(|| "Invalid UUID".into()),
            Self::UuidOrNull => (!value.is_null() && !is_uuid(value)).then(|| "Invalid UUID".into()),
            Self::Flag => (!value.is_boolean() && !value.is_string()).then(|| "Expected a boolean".into()),
            Self::Bool => (!value.is_boolean()).then(|| "Expected a boolean".into()),
            Self::Int { min, max } => {
                (!value.as_i64().is_some_and(|n| (min..=max).contains(&n))).then(|| format!("Expected a whole number from {min} to {max}"))
            }
            Self::DateTimeOrNull => (!value.is_null() && text.and_then(Millis::parse_iso).is_none()).then(|| "Invalid date-time".into()),
            Self::Texts { min, max, each } => match value.as_array() {
                None => Some("Expected a list of strings".into()),
                Some(items) if !(min..=max).contains(&items.len()) => Some(format!("Expected {min} to {max} items")),
                Some(items) if items.iter().any(|i| i.as_str().is_none_or(|t| !(1..=each).contains(&length(t)))) => {
                    Some(format!("Each item must hold 1 to {each} characters"))
                }
                Some(_) => None,
            },
            Self::UuidsOrNull if value.is_null() => None,
            Self::UuidsOrNull => Self::Uuids { min: 0 }.fault(value),
            Self::Whole { max } => {
                (!value.as_i64().is_some_and(|n| (0..=max).contains(&n))).then(|| format!("Expected a whole number from 0 to {max}"))
            }
            Self::Objects { max } => match value.as_array() {
                None => Some("Expected a list of objects".into()),
                Some(items) if items.len() > max => Some(format!("Expected at most {max} items")),
                Some(items) if !items.iter().all(Value::is_object) => Some("Expected a list of objects".into()),
                Some(_) => None,
            },
            Self::Uuids { min } => match value.as_array() {
                None => Some("Expected a list of UUIDs".into()),
                Some(items) if items.len() < min || items.len() > 100 => Some(format!("Expected {min} to 100 items")),
                Some(items) if !items.iter().all(is_uuid) => Some("Invalid UUID".into()),
                Some(_) => None,
            },
        }
    }
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|t| Id::<crate::domain::id::Record>::parse(t).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SCHEMA: Schema = Schema {
        fields: &[
            required("email", Kind::Email),
            required("name", Kind::Text { min: 1, max: 3 }),
            optional("ids", Kind::Uuids { min: 1 }),
            optional("until", Kind::DateTimeOrNull),
        ],
        refusal: Refusal::Detailed("Validation failed"),
    };

    #[test]
    fn each_wrong_field_is_named() {
        let problem = SCHEMA.check(&json!({"email": "x", "ids": ["no"], "name": null})).unwrap_err();
        let named: Vec<_> = problem.details.unwrap().into_iter().map(|(f, _)| f).collect();
        assert_eq!(named, ["email", "name", "ids"]);
    }

    #[test]
    fn flags_take_words_and_forms_leave_fields_empty() {
        const FORM: Schema = Schema {
            fields: &[required("email", Kind::Email), optional("remember", Kind::Flag), optional("tenantId", Kind::Uuid)],
            refusal: Refusal::Always("No"),
        };
        for (word, yes) in [("on", true), (" YES ", true), ("enabled", true), ("off", false), ("", false), ("2", false)] {
            let fields = vec![("email".into(), "a@b.co".into()), ("remember".into(), word.into()), ("tenantId".into(), String::new())];
            assert_eq!(FORM.check(&FORM.from_form(fields)).unwrap().flag("remember"), yes, "{word}");
        }
        assert!(FORM.check(&json!({"email": "a@b.co", "remember": true})).unwrap().flag("remember"));
        assert!(FORM.check(&json!({"email": "a@b.co", "remember": 1})).is_err());
        assert!(FORM.check(&FORM.from_form(vec![("email".into(), String::new())])).is_err(), "a required field stays, empty as it is");
    }

    #[test]
    fn a_body_that_is_no_object_names_nothing() {
        assert_eq!(SCHEMA.check(&json!([])).unwrap_err().details, Some(vec![]));
    }

    #[test]
    fn unknown_keys_are_dropped_and_lengths_are_utf16() {
        let valid = SCHEMA.check(&json!({"email": "a@b.co", "name": "🦀x", "isPortalAdmin": true, "until": null})).unwrap();
        assert!(!valid.has("isPortalAdmin") && valid.is_null("until"));
        assert!(SCHEMA.check(&json!({"email": "a@b.co", "name": "🦀🦀"})).is_err());
    }
}
