//! `POST …/portal/logout`: ends the session the caller came with and clears the realm's cookies. Without a session it is
//! a polite no-op.

use http::HeaderName;

pub use crate::session::ending::AUDIT;
use crate::{cx::Cx, domain::realm::Realm, problem::Problem, session::ending, web::response::Response};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    ending::end(cx, Realm::Customer).await?;
    Ok(Response::ok().cookies(cx.clear_session_cookies(Realm::Customer)).header(HeaderName::from_static("clear-site-data"), "\"cache\""))
}
