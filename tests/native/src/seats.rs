//! Where staff work, for tests: organizations under organizations, merchants, roles, memberships.

use portcullis_core::{
    domain::{
        email::Email,
        id::{Id, Merchant, Organization, Partner, Record, Role, Tenant, User},
        membership::Seat,
        secret::Password,
        time::Millis,
    },
    ports::PasswordHasher,
    store::{
        staff::{self, NewStaff},
        staff_roles::{self, NewStaffRole},
    },
};

use crate::{
    World, block_on,
    people::{PASSWORD, Place},
};

impl World {
    /// One more organization of a tenant, under another or by itself.
    pub fn organization(&self, tenant: Id<Tenant>, slug: &str, parent: Option<Id<Organization>>) -> Place {
        let organization = self.id();
        let parent = parent.map_or("NULL".to_owned(), |id| format!("'{id}'"));
        self.arrange(&format!(
            "INSERT INTO organizations (id, tenant_id, name, slug, parent_id, created_at) VALUES ('{organization}', '{tenant}', '{slug}', '{slug}', {parent}, {})",
            self.now()
        ));
        Place { tenant, organization }
    }

    pub fn merchant(&self, place: &Place, slug: &str) -> Id<Merchant> {
        let id = self.id();
        self.arrange(&format!(
            "INSERT INTO merchants (id, tenant_id, organization_id, name, slug, created_at) VALUES ('{id}', '{}', '{}', '{slug}', '{slug}', {})",
            place.tenant,
            place.organization,
            self.now()
        ));
        id
    }

    /// A partner who looks after some tenants.
    pub fn partner(&self, name: &str, tenants: &[Id<Tenant>]) -> Id<Partner> {
        let id = self.id();
        self.arrange(&format!("INSERT INTO partners (id, name, created_at) VALUES ('{id}', '{name}', {})", self.now()));
        for tenant in tenants {
            self.arrange(&format!("UPDATE tenants SET partner_id = '{id}' WHERE id = '{tenant}'"));
        }
        id
    }

    /// A member of staff with [`PASSWORD`] and nowhere to work.
    pub fn colleague(&self, home: Id<Tenant>, email: &str) -> Id<User> {
        let address = Email::parse(email).unwrap();
        let phc = block_on(self.hasher.hash(Password::new(PASSWORD))).unwrap();
        let (id, now) = (self.id(), Millis(self.now()));
        let user = NewStaff {
            id,
            home,
            email: &address,
            lookup_hash: &self.deployment.keys.lookup_hash(&address),
            password_hash: Some(&phc),
            display_name: Some("Colleague"),
            locale: "en",
            verified_at: Some(now),
        };
        self.write(vec![staff::insert(&user, now)]);
        id
    }

    /// A role of a tenant, or, without one, of the platform.
    pub fn staff_role(&self, tenant: Option<Id<Tenant>>, slug: &str, priority: i64, features: &[&str]) -> Id<Role> {
        let id = self.id();
        let new = NewStaffRole { id, tenant, slug, name: slug, priority, is_system: false };
        let features: Vec<String> = features.iter().map(|feature| (*feature).to_owned()).collect();
        self.write(staff_roles::insert(&new, self.id::<Record>(), &features, false, Millis(self.now())).to_vec());
        id
    }

    /// A seeded role by its slug.
    pub fn seeded_role(&self, slug: &str) -> Id<Role> {
        Id::parse(self.value(&format!("SELECT id FROM staff_roles WHERE slug = '{slug}'")).as_str().unwrap()).unwrap()
    }

    pub fn join(&self, user: Id<User>, seat: Seat, role: Id<Role>) -> Id<Record> {
        let id = self.id();
        self.write(vec![staff_roles::join(id, user, seat, role, Millis(self.now()))]);
        id
    }

    /// The token in the newest mail to an address that leads to joining a place.
    #[track_caller]
    pub fn joining_token(&self, email: &str) -> String {
        let mails = self.inbox(email);
        let links = mails.first().unwrap_or_else(|| panic!("no mail for {email}"))["links"].clone();
        let links: Vec<String> = links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()).collect();
        links.iter().find_map(|link| link.split_once("/backend/join/")).expect("a link to join").1.to_owned()
    }

    pub fn assign(&self, membership: Id<Record>, merchant: Id<Merchant>) {
        let now = self.now();
        self.arrange(&format!(
            "INSERT INTO staff_membership_merchants (membership_id, merchant_id, created_at) VALUES ('{membership}', '{merchant}', {now})"
        ));
    }
}

impl Place {
    /// The place as a seat.
    pub fn seat(&self) -> Seat {
        Seat { tenant: self.tenant, organization: Some(self.organization) }
    }

    pub fn whole_tenant(&self) -> Seat {
        Seat { tenant: self.tenant, organization: None }
    }
}
