//! The notation of success bodies: `{ok: true, items: Role[], nextCursor: text|null, note?: text}`.
//!
//! Braces hold members, `?` marks one that may be absent, `[]` a list, `|` a choice, `{*: int}` a map of any keys.
//! Words in small letters are the kinds of [`word`], capitalised ones name shapes of the document, quoted ones and
//! `true`, `false`, `null` and numbers stand for themselves. Objects are closed: a member that is not written here must
//! not be in an answer.

use std::{iter::Peekable, str::Chars};

use serde_json::{Map, Value, json};

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Word(String),
    Named(String),
    Literal(Value),
    List(Box<Self>),
    Map(Box<Self>),
    /// Name, whether it is always there, what it holds.
    Object(Vec<(String, bool, Self)>),
    OneOf(Vec<Self>),
}

/// The kinds of values, as JSON Schema has them.
fn word(name: &str) -> Option<Value> {
    Some(match name {
        "text" => json!({"type": "string"}),
        "int" => json!({"type": "integer"}),
        "number" => json!({"type": "number"}),
        "bool" => json!({"type": "boolean"}),
        "uuid" => json!({"type": "string", "format": "uuid"}),
        "time" => json!({"type": "string", "format": "date-time", "description": "UTC with milliseconds"}),
        "email" => json!({"type": "string", "format": "email"}),
        "any" => json!({}),
        _ => return None,
    })
}

impl Shape {
    /// Reads the notation; the error says where it stops making sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text.chars().peekable() };
        let shape = reader.choice().and_then(|shape| if reader.next().is_none() { Ok(shape) } else { Err("more than one shape".into()) });
        shape.map_err(|why| format!("{why} in `{text}`"))
    }

    /// As JSON Schema; named shapes are references.
    pub fn schema(&self) -> Value {
        match self {
            Self::Word(name) => word(name).unwrap_or_default(),
            Self::Named(name) => json!({"$ref": format!("#/components/schemas/{name}")}),
            Self::Literal(Value::Null) => json!({"type": "null"}),
            Self::Literal(value) => json!({"const": value}),
            Self::List(each) => json!({"type": "array", "items": each.schema()}),
            Self::Map(each) => json!({"type": "object", "additionalProperties": each.schema()}),
            Self::Object(members) => {
                let properties: Map<_, _> = members.iter().map(|(name, _, shape)| (name.clone(), shape.schema())).collect();
                let required: Vec<_> = members.iter().filter(|(_, always, _)| *always).map(|(name, ..)| name).collect();
                json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
            }
            Self::OneOf(choices) => json!({"anyOf": choices.iter().map(Self::schema).collect::<Vec<_>>()}),
        }
    }

    /// Where a value does not fit, and why; `named` finds other shapes.
    pub fn fault(&self, value: &Value, named: &dyn Fn(&str) -> Option<Self>) -> Option<String> {
        let not = |what: &str| Some(format!("{value} is not {what}"));
        match self {
            Self::Word(name) => match (name.as_str(), value) {
                ("any", _) | ("text" | "uuid" | "time" | "email", Value::String(_)) | ("bool", Value::Bool(_)) | ("number", Value::Number(_)) => None,
                ("int", Value::Number(number)) if !number.is_f64() => None,
                _ => not(name),
            },
            Self::Named(name) => named(name).map_or_else(|| Some(format!("no shape is called {name}")), |shape| shape.fault(value, named)),
            Self::Literal(literal) => {
                if literal == value {
                    None
                } else {
                    not(&literal.to_string())
                }
            }
            Self::List(each) => match value.as_array() {
                None => not("a list"),
                Some(items) => items.iter().enumerate().find_map(|(at, item)| Some(format!("[{at}]{}", dotted(each.fault(item, named)?)))),
            },
            Self::Map(each) => match value.as_object() {
                None => not("an object"),
                Some(members) => members.iter().find_map(|(name, item)| Some(format!("{name}{}", dotted(each.fault(item, named)?)))),
            },
            Self::Object(members) => {
                let Some(object) = value.as_object() else { return not("an object") };
                let stray = object.keys().find(|key| !members.iter().any(|(name, ..)| name == *key)).map(|key| format!("`{key}` is not documented"));
                stray.or_else(|| {
                    members.iter().find_map(|(name, always, shape)| match object.get(name) {
                        None if *always => Some(format!("`{name}` is missing; write `{name}?` if it may be")),
                        None => None,
                        Some(value) => Some(format!("{name}{}", dotted(shape.fault(value, named)?))),
                    })
                })
            }
            Self::OneOf(choices) => {
                if choices.iter().any(|choice| choice.fault(value, named).is_none()) {
                    return None;
                }
                choices.first().and_then(|choice| choice.fault(value, named))
            }
        }
    }
}

fn dotted(fault: String) -> String {
    if fault.contains(" is ") && !fault.starts_with('[') { format!(": {fault}") } else { format!(".{fault}") }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn eat(&mut self, wanted: char) -> bool {
        self.next();
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn want(&mut self, wanted: char) -> Result<(), String> {
        if self.eat(wanted) { Ok(()) } else { Err(format!("`{wanted}` expected before {:?}", self.rest.clone().take(12).collect::<String>())) }
    }

    fn name(&mut self) -> String {
        self.next();
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '.')) {
            name.push(c);
        }
        name
    }

    fn choice(&mut self) -> Result<Shape, String> {
        let mut choices = vec![self.one()?];
        while self.eat('|') {
            choices.push(self.one()?);
        }
        Ok(if choices.len() > 1 { Shape::OneOf(choices) } else { choices.remove(0) })
    }

    fn one(&mut self) -> Result<Shape, String> {
        let mut shape = match self.next() {
            Some('{') => self.object()?,
            Some('(') => {
                self.want('(')?;
                let shape = self.choice()?;
                self.want(')')?;
                shape
            }
            Some('"') => {
                self.want('"')?;
                let mut text = String::new();
                while let Some(c) = self.rest.next_if(|c| *c != '"') {
                    text.push(c);
                }
                self.want('"')?;
                Shape::Literal(text.into())
            }
            _ => self.word()?,
        };
        while self.eat('[') {
            self.want(']')?;
            shape = Shape::List(Box::new(shape));
        }
        Ok(shape)
    }

    fn word(&mut self) -> Result<Shape, String> {
        let name = self.name();
        match name.as_str() {
            "" => Err(format!("a shape expected before {:?}", self.rest.clone().take(12).collect::<String>())),
            "true" => Ok(Shape::Literal(true.into())),
            "false" => Ok(Shape::Literal(false.into())),
            "null" => Ok(Shape::Literal(Value::Null)),
            _ if word(&name).is_some() => Ok(Shape::Word(name)),
            _ if name.starts_with(char::is_uppercase) => Ok(Shape::Named(name)),
            _ => name.parse::<i64>().map(|number| Shape::Literal(number.into())).map_err(|_| format!("no kind is called `{name}`")),
        }
    }

    fn object(&mut self) -> Result<Shape, String> {
        self.want('{')?;
        if self.eat('*') {
            self.want(':')?;
            let each = self.choice()?;
            self.want('}')?;
            return Ok(Shape::Map(Box::new(each)));
        }
        let mut members = Vec::new();
        while !self.eat('}') {
            let name = self.name();
            if name.is_empty() {
                return Err("a member without a name".into());
            }
            let always = !self.eat('?');
            self.want(':')?;
            members.push((name, always, self.choice()?));
            if !self.eat(',') {
                self.want('}')?;
                break;
            }
        }
        Ok(Shape::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(shape: &str, value: Value) -> Option<String> {
        Shape::parse(shape).unwrap().fault(&value, &|_| None)
    }

    #[test]
    fn a_body_that_says_more_or_less_than_its_shape_does_not_fit() {
        const SHAPE: &str = "{ok: true, items: {id: uuid, at: time|null}[], next?: text, counts: {*: int}}";
        let good = json!({"ok": true, "items": [{"id": "x", "at": null}], "counts": {"a": 1}});
        assert_eq!(fault(SHAPE, good.clone()), None);
        let broken = |path: &str, value: Value| {
            let mut body = good.clone();
            *body.pointer_mut(path).unwrap() = value;
            fault(SHAPE, body)
        };
        assert!(broken("/ok", json!(false)).unwrap().contains("true"));
        assert!(broken("/items/0/at", json!(7)).is_some());
        assert!(broken("/items/0", json!({"id": "x", "at": null, "passwordHash": "y"})).unwrap().contains("passwordHash"));
        assert!(broken("/items/0", json!({"id": "x"})).unwrap().contains("at?"));
        assert!(broken("/counts", json!({"a": 1.5})).is_some());
    }

    #[test]
    fn the_notation_says_where_it_is_wrong() {
        for wrong in ["{ok: maybe}", "{ok true}", "text text", "{: text}", "text[", "\"x"] {
            assert!(Shape::parse(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
    }

    #[test]
    fn objects_are_closed_in_the_schema_too() {
        let schema = Shape::parse("{id: uuid, name?: text}").unwrap().schema();
        assert_eq!(schema["required"], json!(["id"]));
        assert_eq!(schema["additionalProperties"], json!(false));
    }
}
