//! Opening a session of staff: in one seat, for a working day or, remembered, for a month.

use serde_json::{Map, json};

use crate::{
    cx::Cx,
    domain::{
        email::Email,
        feature::Grants,
        id::{Id, Merchant, Session, Tenant, User},
        membership::Seat,
        realm::Realm,
        secret::RawToken,
        session::{self, Lifetime},
        time::Millis,
    },
    ports::Statement,
    problem::Problem,
    session::{
        device,
        token::{self, Bearer},
    },
    store::{
        self,
        sessions::{self, NewSession},
        staff_sessions,
    },
};

/// More than these do not fit a token; who needs them asks.
const MOST_MERCHANTS: usize = 20;

/// What a staff token says.
pub struct Subject<'a> {
    pub user: Id<User>,
    pub session: Id<Session>,
    pub seat: Seat,
    pub email: &'a str,
    /// Names, highest first.
    pub roles: Vec<&'a str>,
    pub grants: &'a Grants,
    pub session_ends: Millis,
    /// Holds a role of the platform, or the flag.
    pub platform: bool,
    pub merchants: &'a [Id<Merchant>],
    /// A one-time password was used: until it is changed the token says nothing the person may do.
    pub restricted: bool,
}

/// Signs a fresh access token. Denials cannot be written into a list of wildcards, so features are then left out.
pub async fn access_token(cx: &Cx<'_>, subject: &Subject<'_>) -> Result<String, Problem> {
    let nothing = Grants::default();
    let grants = if subject.restricted { &nothing } else { subject.grants };
    let features = grants.as_list();
    let mut rest = vec![("email", json!(subject.email)), ("isSuperAdmin", json!(grants.admin))];
    rest.extend(subject.restricted.then_some(("mustChangePassword", json!(true))));
    if !subject.restricted && !subject.merchants.is_empty() {
        rest.push(match subject.merchants.len() <= MOST_MERCHANTS {
            true => ("merchantIds", json!(subject.merchants)),
            false => ("merchantsOmitted", json!(true)),
        });
    }
    let bearer = Bearer {
        realm: Realm::Staff,
        user: subject.user,
        session: subject.session,
        tenant: subject.seat.tenant,
        organization: subject.seat.organization,
        session_ends: subject.session_ends,
        operator: subject.platform && !subject.restricted,
        roles: if subject.restricted { Vec::new() } else { subject.roles.clone() },
        features: features.as_deref(),
        rest: rest.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
    };
    token::access_token(cx, &bearer).await
}

/// A session about to be opened.
pub struct Opening {
    pub session: Id<Session>,
    pub token: RawToken,
    pub seat: Seat,
    pub remember: bool,
}

impl Opening {
    pub fn new(cx: &Cx<'_>, seat: Seat, remember: bool) -> Self {
        Self { session: cx.new_id(), token: cx.new_token(), seat, remember }
    }

    fn lifetime(&self, cx: &Cx<'_>) -> Lifetime {
        let config = &cx.deployment.config;
        if self.remember { config.staff_remember } else { config.staff_session }
    }

    /// When it ends unless it is used.
    pub fn ends(&self, cx: &Cx<'_>) -> Millis {
        let life = self.lifetime(cx);
        cx.now.plus(cx.policy.get().life(life.absolute).min(life.idle))
    }

    /// Room within the cap, the session, and the certainty that nothing changed under the credential check.
    pub fn statements(&self, cx: &Cx<'_>, user: Id<User>, epoch: i64) -> Vec<Statement> {
        let hash = self.token.hash();
        let user_agent = cx.user_agent();
        let expires = cx.now.plus(self.lifetime(cx).absolute);
        let session = NewSession { id: self.session, user, token: &hash, ip: &cx.client_ip, user_agent: &user_agent, expires };
        vec![
            sessions::make_room(Realm::Staff, user, session::CAP, cx.now),
            staff_sessions::open(&session, self.seat, self.remember, epoch, cx.now),
            store::changed_one(),
        ]
    }

    /// Both session cookies and the device's, for a session that has been committed.
    pub fn cookies(&self, cx: &Cx<'_>, access: &str, asked: Id<Tenant>, home: Id<Tenant>, email: &Email, epoch: i64) -> Vec<String> {
        let life = cx.policy.get().life(self.lifetime(cx).absolute);
        let name = Realm::Staff.session_cookie();
        let session = if self.remember {
            cx.set_cookie_until(name, self.token.reveal(), cx.now.plus(life))
        } else {
            cx.set_cookie(name, self.token.reveal(), life / 1_000)
        };
        // The entry of the account, and, where the sign-in named no tenant, one that the next such sign-in finds.
        let tenants = if asked == home { vec![home] } else { vec![asked, home] };
        vec![
            cx.set_cookie(Realm::Staff.auth_cookie(), access, cx.deployment.config.access_token_seconds),
            session,
            device::remember(cx, Realm::Staff, &tenants, email, epoch),
        ]
    }
}
