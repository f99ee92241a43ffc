//! The access token of a customer.

use serde_json::{Map, Value, json};

use crate::{
    cx::Cx,
    domain::{
        feature::Grants,
        id::{Entity, Id, Organization, Session, Tenant, User},
        realm::Realm,
        time::Millis,
    },
    problem::Problem,
    session::token::{self, Bearer},
};

/// Whom a token is for.
pub struct Subject<'a> {
    pub user: Id<User>,
    pub session: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub email: &'a str,
    pub display_name: &'a str,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    /// Slugs.
    pub roles: Vec<&'a str>,
    pub grants: &'a Grants,
    pub session_ends: Millis,
    /// A one-time password was used: until it is changed the token says nothing the person may do.
    pub restricted: bool,
}

/// Signs a fresh access token.
pub async fn access_token(cx: &Cx<'_>, subject: &Subject<'_>) -> Result<String, Problem> {
    let features: &[String] = if subject.restricted { &[] } else { &subject.grants.features };
    let bearer = Bearer {
        realm: Realm::Customer,
        user: subject.user,
        session: subject.session,
        tenant: subject.tenant,
        session_ends: subject.session_ends,
        operator: false,
        roles: if subject.restricted { Vec::new() } else { subject.roles.clone() },
        organization: Some(subject.organization),
        features: Some(features),
        rest: members(subject),
    };
    token::access_token(cx, &bearer).await
}

fn members(subject: &Subject) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("email".into(), json!(subject.email));
    members.insert("displayName".into(), json!(subject.display_name));
    members.insert("customerEntityId".into(), json!(subject.company));
    members.insert("personEntityId".into(), json!(subject.person));
    members.insert("isPortalAdmin".into(), json!(subject.grants.admin && !subject.restricted));
    if subject.restricted {
        members.insert("mustChangePassword".into(), json!(true));
    }
    members
}
