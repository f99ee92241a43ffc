//! Logging out: ends the session the caller came with, by cookie and by the access token's `sid`. With storage out of
//! reach it is a 503, because a revocation that did not happen must never look like one.

use serde_json::json;

use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, realm::Realm},
    pipeline::authenticate,
    problem::Problem,
    store::sessions::{self, OwnerRow},
};

pub const AUDIT: &[&str] = &["logout"];

/// The event of a session that was ended, by whomever.
pub const fn ended(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => "customer_accounts.session.ended",
        Realm::Staff => "auth.session.ended",
    }
}

/// Whether the caller presented anything, good or not.
pub async fn end(cx: &Cx<'_>, realm: Realm) -> Result<bool, Problem> {
    let verified = authenticate::optional_token(cx.deployment, &cx.io, cx.request, realm, cx.now).await?;
    let token = cx.session_token(realm);
    let mut queries = Vec::new();
    queries.extend(token.as_ref().map(|token| sessions::owner_by_token(realm, &token.hash())));
    queries.extend(verified.map(|v| sessions::owner(realm, v.sid, v.sub)));
    if queries.is_empty() {
        return Ok(authenticate::is_presented(cx.deployment, cx.request, realm));
    }
    let mut owners: Vec<OwnerRow> = Vec::new();
    for rows in cx.read(queries).await? {
        for owner in rows.all::<OwnerRow>()? {
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
            let payload = json!({"sessionId": owner.session_id, "userId": owner.user_id, "tenantId": owner.tenant_id, "by": "logout"});
            change
                .audit(Entry::new("logout", "session", owner.session_id).within(owner.tenant_id, owner.organization_id).by(owner.user_id))
                .event(Event::new(ended(realm), owner.tenant_id, owner.organization_id, payload))
        });
        cx.commit(change).await?;
    }
    Ok(true)
}
