//! `POST …/portal/logout`: ends the session the caller came with, by cookie or by the access token's `sid`, and clears
//! the realm's cookies. Without a session it is a polite no-op; with storage out of reach it is a 503, because a
//! revocation that did not happen must never look like one.

use http::HeaderName;

use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, realm::Realm},
    pipeline::authenticate,
    problem::Problem,
    store::sessions,
    web::response::Response,
};

pub const AUDIT: &[&str] = &["logout"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let realm = Realm::Customer;
    let verified = authenticate::optional_token(cx.deployment, &cx.io, cx.request, realm, cx.now).await?;
    let token = cx.session_token(realm);
    let mut queries = Vec::new();
    queries.extend(token.as_ref().map(|token| sessions::owner_by_token(realm, &token.hash())));
    queries.extend(verified.map(|v| sessions::owner(realm, v.sid, v.sub)));
    if !queries.is_empty() {
        let mut owners = Vec::new();
        for rows in cx.read(queries).await? {
            for owner in rows.all::<sessions::OwnerRow>()? {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        // The twin that only looks signed out: cookies are cleared, and the session lives on.
        #[cfg(feature = "twins")]
        if cx.twin("logout-cookies-only") {
            owners.clear();
        }
        if !owners.is_empty() {
            let writes = owners.iter().map(|owner| sessions::end(realm, owner.session_id, owner.user_id, cx.now)).collect();
            let change = owners.iter().fold(Change::new(writes), |change, owner| {
                change.audit(Entry::new("logout", "session", owner.session_id).within(owner.tenant_id, Some(owner.organization_id)).by(owner.user_id))
            });
            cx.commit(change).await?;
        }
    }
    Ok(Response::ok().cookies(cx.clear_session_cookies(realm)).header(HeaderName::from_static("clear-site-data"), "\"cache\""))
}
