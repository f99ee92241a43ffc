//! Strict JSON: what several parsers would read differently is refused, so that nobody can hide behind the difference.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Nesting that no body of ours needs.
const MAX_DEPTH: usize = 16;

/// Parses one JSON text. Refused: invalid UTF-8, lone surrogates, repeated keys, NUL in strings, nesting over 16,
/// trailing bytes. The error is safe to show: it names a place, never the content.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(0).deserialize(&mut deserializer).map_err(|e| e.to_string())?;
    deserializer.end().map_err(|e| e.to_string())?;
    Ok(value)
}

struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Value, E> {
        if v.contains('\0') {
            return Err(E::custom("NUL in a string"));
        }
        Ok(v.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper::<A::Error>()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict(inner))? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(Key(key)) = map.next_key()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom("a key is repeated"));
            }
            object.insert(key, map.next_value_seed(Strict(inner))?);
        }
        Ok(object.into())
    }
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        if self.0 >= MAX_DEPTH { Err(E::custom("nested too deeply")) } else { Ok(self.0 + 1) }
    }
}

struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        if key.contains('\0') { Err(D::Error::custom("NUL in a key")) } else { Ok(Self(key)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parsers_disagree_on_is_refused() {
        let deep = "[".repeat(17) + &"]".repeat(17);
        for bad in ["", "{", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"\\ud800\"", "{\"\\u0000\":1}", "1 2", "{}x", &deep, "NaN", "{'a':1}"] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"\"\xff\"").is_err());
        assert!(parse(b"\xef\xbb\xbf{}").is_err(), "a byte order mark is no JSON (RFC 8259 section 8.1)");
    }

    #[test]
    fn plain_json_is_kept() {
        let deep = "[".repeat(16) + &"]".repeat(16);
        assert!(parse(deep.as_bytes()).is_ok());
        assert_eq!(parse(br#"{"a":[1,-2,1.5,true,null,"x"]}"#).unwrap(), serde_json::json!({"a": [1, -2, 1.5, true, null, "x"]}));
    }
}
