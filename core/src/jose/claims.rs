//! What our access tokens say, and what makes one acceptable.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::jwt::Rejection;
use crate::domain::{
    id::{Id, Organization, Record, Session, Tenant, User},
    realm::Realm,
    time::Millis,
};

/// Clock skew allowed on `exp`, `nbf` and `iat`, seconds.
pub const SKEW: i64 = 60;

/// Whom a token is for. Staff of the platform carry a second audience, which routes of the platform demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

const OPERATOR: &str = "operator";

impl Audience {
    pub fn of(realm: Realm, operator: bool) -> Self {
        match (realm, operator) {
            (Realm::Staff, true) => Self::Several(vec![realm.name().into(), OPERATOR.into()]),
            _ => Self::One(realm.name().into()),
        }
    }

    pub fn is_operator(&self) -> bool {
        *self == Self::of(Realm::Staff, true)
    }

    /// Exactly one of the forms we sign: neither another order nor one more nor a list of one.
    fn is_for(&self, realm: Realm) -> bool {
        *self == Self::of(realm, false) || *self == Self::of(realm, true)
    }
}

impl From<&str> for Audience {
    fn from(name: &str) -> Self {
        Self::One(name.to_owned())
    }
}

/// The claims our own routes read. Everything else is for the apps that verify the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessClaims {
    pub iss: String,
    pub aud: Audience,
    pub iat: i64,
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    pub jti: Id<Record>,
    pub sub: Id<User>,
    pub sid: Id<Session>,
    #[serde(rename = "type")]
    pub kind: String,
    pub tenant_id: Option<Id<Tenant>>,
    pub org_id: Option<Id<Organization>>,
    /// When the session ends, seconds (OpenID Connect Enterprise Extensions). `exp` is never later.
    #[serde(rename = "session_expiry", default, skip_serializing_if = "Option::is_none")]
    pub session_expiry: Option<i64>,
    /// Realm-specific members: names, links, features.
    #[serde(flatten)]
    pub rest: serde_json::Map<String, Value>,
}

/// Whether the times of a token hold within [`SKEW`].
pub fn is_timely(iat: i64, nbf: Option<i64>, exp: i64, now: Millis) -> bool {
    let now = now.seconds();
    exp.saturating_add(SKEW) > now && iat.saturating_sub(SKEW) <= now && nbf.is_none_or(|nbf| nbf.saturating_sub(SKEW) <= now)
}

impl AccessClaims {
    /// `iss`, `aud` and `type` exact; times within [`SKEW`].
    pub fn check(&self, issuer: &str, realm: Realm, now: Millis) -> Result<(), Rejection> {
        let fresh = is_timely(self.iat, self.nbf, self.exp, now);
        let ours = self.iss == issuer && self.aud.is_for(realm) && self.kind == realm.name();
        match (ours, fresh) {
            (false, _) => Err(Rejection::NotForUs),
            (_, false) => Err(Rejection::Expired),
            _ => Ok(()),
        }
    }
}
