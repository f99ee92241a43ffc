//! `/api/auth/users`: the people of the staff realm, as those see them who look after them.

use serde_json::json;

use crate::problem::{Code, Problem};

/// The address belongs to somebody of the same home tenant.
pub fn taken() -> Problem {
    const TAKEN: &str = "Email already in use";
    Problem::new(Code::ValidationError, TAKEN)
        .member("fieldErrors", json!({"email": TAKEN}))
        .member("details", json!([{"path": ["email"], "message": TAKEN, "code": "duplicate", "origin": "validation"}]))
}
