//! `POST /api/auth/logout`: ends the session the caller came with, by `sid` and by cookie, clears the cookies and leads
//! to the sign-in page. Who presents nothing at all is nobody.

use http::{HeaderName, header};

pub use crate::session::ending::AUDIT;
use crate::{cx::Cx, domain::realm::Realm, pipeline::authenticate, problem::Problem, session::ending, web::response::Response};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    if !ending::end(cx, Realm::Staff).await? {
        return Err(authenticate::nobody(Realm::Staff));
    }
    let response = Response::empty(307).header(header::LOCATION, "/login").cookies(cx.clear_session_cookies(Realm::Staff));
    Ok(response.header(HeaderName::from_static("clear-site-data"), "\"cache\""))
}
