//! Staff for tests: somebody who works at a place, holds exactly what a test says, and is signed in.

use portcullis_core::{
    domain::{
        email::Email,
        id::{Id, Record, Role, Session, User},
        membership::Seat,
        realm::Realm,
        secret::RawToken,
        time::Millis,
    },
    jose::{
        claims::{AccessClaims, Audience},
        jwt, portable,
    },
    store::{
        sessions::NewSession,
        staff_roles::{self, NewStaffRole},
        staff_sessions,
    },
};
use serde_json::json;

use crate::{
    Jar, Req, World,
    people::{PASSWORD, Place},
};

/// What the seeded role `owner` holds.
pub const OWNER: [&str; 5] = ["auth.*", "customer_accounts.*", "customers.*", "directory.organizations.*", "webhooks.*"];

pub const SUPERADMIN: &str = "superadmin@acme.com";
pub const ADMIN: &str = "admin@acme.com";
pub const EMPLOYEE: &str = "employee@acme.com";

pub fn login_request(email: &str, password: &str) -> Req {
    Req::post("/api/auth/login").json(json!({"email": email, "password": password}))
}

impl World {
    /// Signs a seeded member of staff in.
    #[track_caller]
    pub fn staff_login(&self, email: &str) -> Jar {
        let res = self.send(login_request(email, PASSWORD));
        res.ok(200);
        Jar::of(&res)
    }

    /// The token of the newest link mailed to a member of staff.
    #[track_caller]
    pub fn staff_link(&self, email: &str) -> String {
        let mails = self.inbox(email);
        let links = mails.first().unwrap_or_else(|| panic!("no mail for {email}"))["links"].clone();
        let link = links.as_array().unwrap().iter().filter_map(|link| link.as_str()).find_map(|link| link.split_once("/reset/"));
        link.expect("a link to choose a password").1.to_owned()
    }

    /// A member of staff of one organization, with a role of their own.
    pub fn staff(&self, place: &Place, name: &str, features: &[&str]) -> Jar {
        let now = Millis(self.now());
        let (user, role): (Id<User>, Id<Role>) = (self.id(), self.id());
        let email = Email::parse(&format!("{name}@staff.example")).unwrap();
        let seat = Seat { tenant: place.tenant, organization: Some(place.organization) };
        if let Some(known) = self.rows(&format!("SELECT id FROM staff_users WHERE email = '{email}'")).first() {
            return self.staff_session(Id::parse(known["id"].as_str().unwrap()).unwrap(), seat);
        }
        self.arrange(&format!(
            "INSERT INTO staff_users (id, tenant_id, email, email_hash, password_hash, display_name, email_verified_at, created_at) \
             VALUES ('{user}', '{}', '{email}', '{}', 'unusable', '{name}', {now}, {now})",
            place.tenant,
            self.deployment.keys.lookup_hash(&email),
            now = now.0
        ));
        let slug = format!("role-of-{name}");
        let new = NewStaffRole { id: role, tenant: Some(place.tenant), slug: &slug, name: &slug, priority: 600, is_system: false };
        let features: Vec<String> = features.iter().map(|feature| (*feature).to_owned()).collect();
        let mut writes = staff_roles::insert(&new, self.id::<Record>(), &features, false, now).to_vec();
        writes.push(staff_roles::join(self.id(), user, seat, role, now));
        self.write(writes);
        self.staff_session(user, seat)
    }

    /// A session of a member of staff, as its access token in a cookie.
    pub fn staff_session(&self, user: Id<User>, seat: Seat) -> Jar {
        self.staff_session_for(user, seat, Audience::of(Realm::Staff, false))
    }

    /// The same with an audience of the test's choice.
    pub fn staff_session_for(&self, user: Id<User>, seat: Seat, audience: Audience) -> Jar {
        let now = Millis(self.now());
        let (session, token): (Id<Session>, RawToken) = (self.id(), RawToken::presented(&self.id::<Record>().to_string()));
        let new =
            NewSession { id: session, user, token: &token.hash(), ip: "192.0.2.1", user_agent: "Portcullis tests", expires: now.plus(28_800_000) };
        self.write(vec![staff_sessions::open(&new, seat, false, 0, now)]);
        let config = &self.deployment.config;
        let claims = AccessClaims {
            iss: config.issuer.clone(),
            aud: audience,
            iat: now.seconds(),
            exp: now.seconds() + 28_800,
            nbf: None,
            jti: self.id(),
            sub: user,
            sid: session,
            kind: Realm::Staff.name().into(),
            tenant_id: Some(seat.tenant),
            org_id: seat.organization,
            session_expiry: Some(now.seconds() + 28_800),
            rest: json!({}).as_object().unwrap().clone(),
        };
        let key = self.first_key();
        let input = jwt::signing_input(&key.public.kid, &claims);
        let signature = portable::sign(&key, input.as_bytes()).unwrap();
        Jar([(Realm::Staff.auth_cookie().into(), jwt::with_signature(&input, &signature))].into())
    }
}
