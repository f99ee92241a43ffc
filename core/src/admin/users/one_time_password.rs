//! `POST …/admin/users/{id}/one-time-password`: for a person on the telephone. The server makes a password that reads
//! well aloud, answers with it once and keeps only its hash. Signing in with it leads to choosing another and nowhere
//! else; sessions and pending links of before are over.

use serde_json::json;

use super::{reset_password::replace, target};
use crate::{cx::Cx, domain::one_time, problem::Problem, web::response::Response};

pub const AUDIT: &[&str] = &["password.one_time_issued"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let target = target(cx).await?;
    let password = one_time::password(cx.io.random());
    replace(cx, &target, password.clone(), true, "password.one_time_issued").await?;
    Ok(Response::json(200, &json!({"ok": true, "oneTimePassword": password.reveal()})))
}
