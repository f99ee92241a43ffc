//! Opening a session, whatever proved the person: a password, a link, an invitation.

use serde_json::{Value, json};

use super::audience::{self, Subject};
use crate::{
    cx::Cx,
    domain::{
        email::Email,
        feature::Grants,
        id::{Entity, Id, Organization, Session, Tenant, User},
        realm::Realm,
        secret::RawToken,
    },
    ports::Statement,
    problem::Problem,
    session::device,
    store::{
        self,
        sessions::{self, NewSession},
    },
    web::response::Response,
};

/// Who signs in, as the sign-in found them.
pub struct Person {
    pub user: Id<User>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub email: Email,
    pub display_name: String,
    pub email_verified: bool,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    /// Slugs.
    pub roles: Vec<String>,
    pub grants: Grants,
    pub must_change_password: bool,
    /// The credential epoch the session is bound to: the stored one, or the one this very batch raises it to.
    pub epoch: i64,
}

/// A session about to be opened.
pub struct Opening {
    pub session: Id<Session>,
    pub token: RawToken,
}

impl Opening {
    pub fn new(cx: &Cx<'_>) -> Self {
        Self { session: cx.new_id(), token: cx.new_token() }
    }

    /// Room within the cap, the session, and the certainty that nothing changed under the credential check.
    pub fn statements(&self, cx: &Cx<'_>, person: &Person) -> Vec<Statement> {
        let config = &cx.deployment.config;
        let hash = self.token.hash();
        let user_agent = cx.user_agent();
        let session = NewSession {
            id: self.session,
            user: person.user,
            token: &hash,
            ip: &cx.client_ip,
            user_agent: &user_agent,
            expires: cx.now.plus(config.customer_session.absolute),
        };
        vec![
            sessions::make_room(Realm::Customer, person.user, config.customer_session_cap, cx.now),
            sessions::open(Realm::Customer, &session, person.epoch, cx.now),
            store::changed_one(),
        ]
    }

    /// Both session cookies and the device's, for a session that has been committed.
    pub async fn cookies(&self, cx: &Cx<'_>, person: &Person) -> Result<Vec<String>, Problem> {
        let config = &cx.deployment.config;
        let subject = Subject {
            user: person.user,
            session: self.session,
            tenant: person.tenant,
            organization: person.organization,
            email: person.email.as_str(),
            display_name: &person.display_name,
            company: person.company,
            person: person.person,
            roles: person.roles.iter().map(String::as_str).collect(),
            grants: &person.grants,
            session_ends: cx.now.plus(cx.policy.get().life(config.customer_session.absolute).min(config.customer_session.idle)),
            restricted: person.must_change_password,
        };
        let access = audience::access_token(cx, &subject).await?;
        Ok(vec![
            cx.set_cookie(Realm::Customer.auth_cookie(), &access, config.access_token_seconds),
            cx.set_cookie(Realm::Customer.session_cookie(), self.token.reveal(), cx.policy.get().life(config.customer_session.absolute) / 1_000),
            device::remember(cx, Realm::Customer, &[person.tenant], &person.email, person.epoch),
        ])
    }
}

/// The body every sign-in answers with.
pub fn body(person: &Person) -> Value {
    let mut body = json!({
        "ok": true,
        "user": {"id": person.user, "email": person.email.as_str(), "displayName": person.display_name, "emailVerified": person.email_verified},
        "resolvedFeatures": if person.must_change_password { &[] } else { person.grants.features.as_slice() },
    });
    if let (true, Some(object)) = (person.must_change_password, body.as_object_mut()) {
        object.insert("mustChangePassword".into(), json!(true));
    }
    body
}

/// The answer of a sign-in: body and cookies.
pub async fn respond(cx: &Cx<'_>, status: u16, opening: &Opening, person: &Person) -> Result<Response, Problem> {
    Ok(Response::json(status, &body(person)).cookies(opening.cookies(cx, person).await?))
}
