//! Who is calling, without asking the database: the token's signature, and the revocations this isolate knows.
//!
//! What is taken from a token was true when it was signed. That it still is, within the bound, is the snapshot's word:
//! whatever changes what a token says voids it.

use http::header;
use serde_json::Value;

use crate::{
    cx::Cx,
    domain::{
        feature::Grants,
        id::{Id, Organization, Session, Tenant, User},
        realm::Realm,
        revocation::Bearer,
    },
    jose::{claims::AccessClaims, jwt::Rejection},
    pipeline::authenticate,
    problem::Problem,
    signing::verified::Fingerprint,
    web::cookies,
};

/// A caller, as a token says that holds and is not void.
#[derive(Clone, Debug)]
pub struct Identity {
    pub realm: Realm,
    pub user: Id<User>,
    pub session: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub email: String,
    pub display_name: String,
    /// `None` where the token had no room for them, as with grants.
    pub roles: Option<Vec<String>>,
    pub grants: Option<Grants>,
    /// Signed in with a one-time password: may do nothing but change it.
    pub restricted: bool,
    /// Seconds.
    pub issued_at: i64,
    pub expires_at: i64,
    /// When the session ends unless it is used, seconds.
    pub session_ends: i64,
    /// Of the token that says all this, while nothing was added to it.
    pub proof: Option<Fingerprint>,
}

impl Identity {
    pub fn of(realm: Realm, tenant: Id<Tenant>, claims: &AccessClaims) -> Self {
        let text = |name: &str| claims.rest.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let texts = |name: &str| {
            let list = claims.rest.get(name).and_then(Value::as_array)?;
            Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        };
        let is = |name: &str| claims.rest.get(name).and_then(Value::as_bool).unwrap_or(false);
        let admin = match realm {
            Realm::Customer => is("isPortalAdmin"),
            Realm::Staff => is("isSuperAdmin"),
        };
        Self {
            realm,
            user: claims.sub,
            session: claims.sid,
            tenant,
            organization: claims.org_id,
            email: text("email"),
            display_name: text("displayName"),
            // A token of before tokens named roles has none to ask for.
            roles: texts("roles").or_else(|| (!is("rolesOmitted")).then(Vec::new)),
            // The flag passes every check, whatever is listed.
            grants: match texts("resolvedFeatures") {
                None if !admin => None,
                features => Some(Grants { features: features.unwrap_or_default(), denied: Vec::new(), admin }),
            },
            restricted: is("mustChangePassword"),
            issued_at: claims.iat,
            expires_at: claims.exp,
            // A token of before this claim is made nothing of that outlives it.
            session_ends: claims.session_expiry.unwrap_or(claims.exp),
            proof: None,
        }
    }

    fn bearer(&self) -> Bearer {
        Bearer {
            realm: self.realm,
            session: self.session,
            user: self.user,
            tenant: self.tenant,
            organization: self.organization,
            issued_at: self.issued_at,
        }
    }
}

/// Why a token does not identify anybody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Void {
    /// It does not hold: signature, audience, times.
    Bad(Rejection),
    /// It did until its session ended by itself.
    Ended,
    /// It did, and was revoked.
    Revoked,
}

impl Void {
    /// 401 in the words of the realm.
    pub fn problem(self, realm: Realm) -> Problem {
        authenticate::nobody(realm).note(format!("{self:?}"))
    }
}

/// The caller behind an access token of a realm. The outer error means that nobody can tell.
pub async fn by_token(cx: &Cx<'_>, text: &str, realm: Realm) -> Result<Result<Identity, Void>, Problem> {
    let proven = match authenticate::claims(cx.deployment, &cx.io, text, cx.now).await? {
        Ok(proven) => proven,
        Err(rejection) => return Ok(Err(Void::Bad(rejection))),
    };
    let claims = &proven.claims;
    if let Err(rejection) = claims.check(&cx.deployment.config.issuer, realm, cx.now) {
        return Ok(Err(Void::Bad(rejection)));
    }
    let Some(tenant) = claims.tenant_id else { return Ok(Err(Void::Bad(Rejection::NotForUs))) };
    let identity = Identity { proof: Some(proven.fingerprint), ..Identity::of(realm, tenant, claims) };
    // The clock that wrote this end is ours: no skew.
    if identity.session_ends <= cx.now.seconds() {
        return Ok(Err(Void::Ended));
    }
    let config = &cx.deployment.config;
    cx.deployment.snapshot.freshen(&cx.io, cx.now, config.revocation_copy_life(), config.revocation_stale).await?;
    if cx.deployment.snapshot.refuses(&identity.bearer()) {
        return Ok(Err(Void::Revoked));
    }
    Ok(Ok(identity))
}

/// The access token in a realm's cookie.
pub fn cookie(cx: &Cx<'_>, realm: Realm) -> Option<String> {
    cookies::find(cx.request.header(&header::COOKIE)?, &cx.cookie_style().name(realm.auth_cookie()))
}

/// The realm a token says it is of. To be believed once [`by_token`] has checked it.
pub fn claimed_realm(text: &str) -> Realm {
    let kind = crate::jose::jwt::Unverified::parse(text).and_then(|token| token.claims::<Value>());
    match kind {
        Ok(claims) if claims.get("aud").and_then(Value::as_str) == Some(Realm::Staff.name()) => Realm::Staff,
        _ => Realm::Customer,
    }
}
