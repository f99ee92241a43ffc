//! Who sends requests: the seeded people, somebody of another tenant, and everybody who may not come in any more.

use portcullis_core::{
    dev::seed,
    domain::{
        email::Email,
        id::{Id, Organization, Role, Tenant, User},
        secret::Password,
        time::Millis,
    },
    ports::{Database, PasswordHasher, Statement},
    store::{
        directory,
        roles::{self, NewRole},
        users::{self, NewUser},
    },
};
use serde_json::{Value, json};

use crate::{
    Jar, Req, Res, World, block_on,
    staff::{OWNER, SUPERADMIN},
};

/// The columns of the authorization matrix. To add one: a name here, an arm in [`World::persona`].
pub const PEOPLE: [&str; 12] =
    ["anonymous", "admin", "buyer", "viewer", "stranger", "suspended", "deactivated", "expired", "owner", "clerk", "rival", "super"];

pub const PASSWORD: &str = seed::PASSWORD;
pub const ADMIN: &str = "admin@portal.acme.com";
pub const BUYER: &str = "buyer@portal.acme.com";
pub const VIEWER: &str = "viewer@portal.acme.com";

/// Somebody with a browser.
#[derive(Clone, Debug, Default)]
pub struct Persona {
    pub name: &'static str,
    pub jar: Jar,
}

/// A tenant with its one organization and its roles by slug.
#[derive(Clone, Debug)]
pub struct Place {
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
}

impl World {
    pub fn seed(&self) -> Place {
        self.send(Req::post("/dev/seed")).ok(200);
        self.place("acme")
    }

    /// The place of an organization's slug.
    #[track_caller]
    pub fn place(&self, slug: &str) -> Place {
        let rows = self.rows(&format!("SELECT id, tenant_id FROM organizations WHERE slug = '{slug}'"));
        let id = |name: &str| rows.first().and_then(|row| row[name].as_str()).unwrap_or_else(|| panic!("no organization {slug}")).to_owned();
        Place { tenant: Id::parse(&id("tenant_id")).unwrap(), organization: Id::parse(&id("id")).unwrap() }
    }

    pub fn acme(&self) -> Place {
        self.place("acme")
    }

    pub fn user_id(&self, email: &str) -> String {
        self.value(&format!("SELECT id FROM customer_users WHERE email = '{email}'")).as_str().unwrap().to_owned()
    }

    // ── Signing in ───────────────────────────────────────────────────────

    pub fn try_login(&self, email: &str, password: &str) -> Res {
        self.send(self.login_request(email, password))
    }

    /// A login in the tenant of whoever has the address, or in Acme.
    pub fn login_request(&self, email: &str, password: &str) -> Req {
        let rows = self.rows(&format!("SELECT tenant_id FROM customer_users WHERE email = '{}'", email.replace('\'', "''").to_lowercase()));
        let tenant = rows.first().map_or_else(|| json!(self.acme().tenant), |row| row["tenant_id"].clone());
        Req::post("/api/customer_accounts/login").json(json!({"email": email, "password": password, "tenantId": tenant}))
    }

    #[track_caller]
    pub fn login(&self, email: &str) -> Jar {
        let res = self.try_login(email, PASSWORD);
        res.ok(200);
        Jar::of(&res)
    }

    #[track_caller]
    pub fn persona(&self, name: &'static str) -> Persona {
        let jar = match name {
            "anonymous" => Jar::default(),
            "admin" => self.login(ADMIN),
            "buyer" => self.login(BUYER),
            "viewer" => self.login(VIEWER),
            "stranger" => {
                let globex = self.found("globex");
                self.add_user(&globex, "stranger@globex.example", "portal_admin");
                self.login("stranger@globex.example")
            }
            "suspended" => {
                let hush = self.found("hush");
                self.add_user(&hush, "someone@hush.example", "portal_admin");
                let jar = self.login("someone@hush.example");
                self.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", hush.tenant));
                jar
            }
            "deactivated" => {
                self.add_user(&self.acme(), "former@acme.example", "portal_admin");
                let jar = self.login("former@acme.example");
                self.arrange("UPDATE customer_users SET is_active = 0 WHERE email = 'former@acme.example'");
                jar
            }
            "expired" => {
                self.add_user(&self.acme(), "late@acme.example", "portal_admin");
                let jar = self.login("late@acme.example");
                let user = self.user_id("late@acme.example");
                self.arrange(&format!("UPDATE customer_user_sessions SET expires_at = {} WHERE user_id = '{user}'", self.now()));
                jar
            }
            // Staff: of Acme, of Acme without any grant, of somebody else.
            "owner" => self.staff(&self.acme(), "owner", &OWNER),
            "clerk" => self.staff(&self.acme(), "clerk", &[]),
            "rival" => self.staff(&self.found("globex"), "rival", &OWNER),
            // The platform's own, whom the flag lets in everywhere.
            "super" => self.staff_login(SUPERADMIN),
            other => panic!("no persona called {other}: add an arm here"),
        };
        Persona { name, jar }
    }

    // ── Arranging places and people ──────────────────────────────────────

    pub fn id<T>(&self) -> Id<T> {
        self.with_ports(|ports| {
            let mut random = [0; 10];
            ports.entropy.fill(&mut random);
            Id::new(Millis(self.now()), random)
        })
    }

    pub fn write(&self, statements: Vec<Statement>) {
        block_on(self.database.write(statements)).unwrap();
    }

    /// A second organization of Acme's tenant, with the default customer roles.
    pub fn second_organization(&self) -> Place {
        let place = Place { organization: self.id(), ..self.acme() };
        let mut writes = vec![directory::insert_organization(place.organization, place.tenant, "Acme Two", "acme-two", Millis(self.now()))];
        writes.extend(self.customer_roles(&place));
        self.write(writes);
        place
    }

    /// The default pack's customer roles for one organization.
    fn customer_roles(&self, place: &Place) -> Vec<Statement> {
        let now = Millis(self.now());
        let mut writes = Vec::new();
        for role in portcullis_core::pack::default().unwrap().customer {
            let new = NewRole {
                id: self.id(),
                tenant: place.tenant,
                organization: place.organization,
                name: &role.name,
                slug: &role.slug,
                description: None,
                is_default: role.is_default,
                is_system: true,
                customer_assignable: role.customer_assignable,
            };
            writes.extend(roles::insert(&new, self.id(), &role.features, role.is_portal_admin, now));
        }
        writes
    }

    /// A tenant with one organization of that slug and the default roles.
    pub fn found(&self, slug: &str) -> Place {
        let place = Place { tenant: self.id(), organization: self.id() };
        let now = Millis(self.now());
        let mut writes = vec![
            directory::insert_tenant(place.tenant, slug, now),
            directory::insert_organization(place.organization, place.tenant, slug, slug, now),
        ];
        writes.extend(self.customer_roles(&place));
        self.write(writes);
        place
    }

    /// A verified account with [`PASSWORD`]. An empty role means none.
    pub fn add_user(&self, place: &Place, email: &str, role: &str) -> Id<User> {
        let address = Email::parse(email).unwrap();
        let phc = block_on(self.hasher.hash(Password::new(PASSWORD))).unwrap();
        let (id, now) = (self.id(), Millis(self.now()));
        let user = NewUser {
            id,
            tenant: place.tenant,
            organization: place.organization,
            email: &address,
            lookup_hash: &self.deployment.keys.lookup_hash(&address),
            password_hash: Some(&phc),
            display_name: "Somebody",
            locale: "en",
            verified_at: Some(now),
            company: None,
        };
        let mut writes = vec![users::insert(&user, now)];
        if !role.is_empty() {
            let sql = format!("SELECT id FROM customer_roles WHERE organization_id = '{}' AND slug = '{role}'", place.organization);
            let role = Id::<Role>::parse(self.value(&sql).as_str().unwrap()).unwrap();
            writes.push(users::grant_role(id, Some(role), now));
        }
        self.write(writes);
        id
    }

    // ── Signing up ───────────────────────────────────────────────────────

    pub fn signup_request(&self, email: &str, password: &str) -> Req {
        let place = self.acme();
        Req::post("/api/customer_accounts/signup")
            .json(json!({"email": email, "password": password, "displayName": "New Person", "organizationId": place.organization}))
    }

    /// Mails the inbox holds for an address, newest first.
    pub fn inbox(&self, email: &str) -> Vec<Value> {
        let res = self.send(Req::get(&format!("/dev/inbox.json?to={email}")));
        res.ok(200).json().as_array().unwrap().clone()
    }

    /// The token in the newest mail to an address.
    #[track_caller]
    pub fn mailed_token(&self, email: &str) -> String {
        let mails = self.inbox(email);
        let links = mails.first().unwrap_or_else(|| panic!("no mail for {email}"))["links"].clone();
        let link = links.as_array().unwrap().iter().filter_map(Value::as_str).find(|link| link.contains("token=")).expect("a link with a token");
        link.split_once("token=").unwrap().1.split('&').next().unwrap().to_owned()
    }

    pub fn verify(&self, token: &str) -> Res {
        self.send(Req::post("/api/customer_accounts/email/verify").json(json!({"token": token})))
    }
}
