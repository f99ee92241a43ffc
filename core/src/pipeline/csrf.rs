//! Cross-site request forgery: unsafe methods must come from our own pages, from no page at all, or carry a bearer
//! token and no cookie. (OWASP CSRF Prevention Cheat Sheet, "Fetch Metadata" and "Verifying origin".)

use http::{HeaderName, header};

use crate::{app::Deployment, problem::Problem, web::request::Request};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub fn check(deployment: &Deployment, request: &Request) -> Result<(), Problem> {
    if request.is_safe() || is_cookieless_bearer(request) {
        return Ok(());
    }
    let allowed = match (request.headers.contains_key(header::ORIGIN), request.header(&SEC_FETCH_SITE)) {
        // An Origin that is no text is nobody's; `null` (sandboxed frames, some redirects) is refused as well.
        (true, _) => request.header(&header::ORIGIN).is_some_and(|origin| is_ours(deployment, request, origin)),
        (false, Some(site)) => matches!(site, "same-origin" | "none"),
        (false, None) => true,
    };
    if allowed { Ok(()) } else { Err(Problem::forbidden("Cross-site request refused")) }
}

fn is_cookieless_bearer(request: &Request) -> bool {
    super::authenticate::bearer(request).is_some() && !request.headers.contains_key(header::COOKIE)
}

/// The origin the request itself came to, or the configured one. Listed foreign origins may call with a bearer token only.
fn is_ours(deployment: &Deployment, request: &Request, origin: &str) -> bool {
    origin.eq_ignore_ascii_case(&request.origin()) || origin.eq_ignore_ascii_case(&deployment.config.app_url)
}
