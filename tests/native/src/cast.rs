//! Everybody there is, for the authorization matrix: each customer role and each staff role at home, the same elsewhere,
//! and everybody who may not come in any more. What a member of the cast holds is written here by hand, from the
//! product's table of roles, and not read from the packs.

use portcullis_core::{
    domain::{
        email::Email,
        id::{Id, Role, User},
        membership::Seat,
        realm::Realm,
        secret::Password,
        time::Millis,
    },
    jose::claims::Audience,
    ports::PasswordHasher,
    store::staff_roles::{self, NewStaffRole},
};

use crate::{
    Jar, World, block_on,
    people::{PASSWORD, Place},
};

/// How somebody stands with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Live,
    /// Their tenant or their organization is suspended.
    Suspended,
    /// Disabled, or their session is over.
    Ended,
    /// An account without any membership.
    Outside,
    /// Has not changed a one-time password yet.
    MustChange,
}

/// Where somebody belongs, seen from Acme, which every target belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    Acme,
    /// Another organization of Acme's tenant.
    Neighbour,
    /// Another tenant.
    Foreign,
}

#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    /// `None` is anonymous.
    pub realm: Option<Realm>,
    pub role: &'static str,
    pub standing: Standing,
    pub home: Home,
}

const fn member(name: &'static str, realm: Realm, role: &'static str, standing: Standing, home: Home) -> Member {
    Member { name, realm: Some(realm), role, standing, home }
}

use Home::{Acme, Foreign, Neighbour};
use Realm::{Customer, Staff};
use Standing::{Ended, Live, MustChange, Outside, Suspended};

/// The columns of the matrix. Names are short, because the table is wide.
pub const CAST: [Member; 28] = [
    Member { name: "nobody", realm: None, role: "", standing: Live, home: Acme },
    member("c.admin", Customer, "portal_admin", Live, Acme),
    member("c.buyer", Customer, "buyer", Live, Acme),
    member("c.viewer", Customer, "viewer", Live, Acme),
    member("c.bare", Customer, "", Live, Acme),
    member("c.neighb", Customer, "portal_admin", Live, Neighbour),
    member("c.other", Customer, "portal_admin", Live, Foreign),
    member("c.susp", Customer, "portal_admin", Suspended, Foreign),
    member("c.suspor", Customer, "portal_admin", Suspended, Neighbour),
    member("c.disabl", Customer, "portal_admin", Ended, Acme),
    member("c.expird", Customer, "portal_admin", Ended, Acme),
    member("c.onetim", Customer, "portal_admin", MustChange, Acme),
    member("s.super", Staff, "superadmin", Live, Acme),
    member("s.platf", Staff, "platform_admin", Live, Acme),
    member("s.operat", Staff, "operator", Live, Acme),
    member("s.admin", Staff, "admin", Live, Acme),
    member("s.owner", Staff, "owner", Live, Acme),
    member("s.cashr", Staff, "cashier", Live, Acme),
    member("s.employ", Staff, "employee", Live, Acme),
    member("s.neighb", Staff, "owner", Live, Neighbour),
    member("s.other", Staff, "owner", Live, Foreign),
    member("s.otheradm", Staff, "admin", Live, Foreign),
    member("s.susp", Staff, "owner", Suspended, Foreign),
    member("s.suspor", Staff, "owner", Suspended, Neighbour),
    member("s.disabl", Staff, "owner", Ended, Acme),
    member("s.expird", Staff, "owner", Ended, Acme),
    member("s.onetim", Staff, "owner", MustChange, Acme),
    member("s.outsid", Staff, "", Outside, Acme),
];

impl Member {
    /// What the role may do, in the words of the product's table.
    pub fn holds(&self, feature: &str) -> bool {
        let under = |areas: &[&str]| areas.iter().any(|area| feature.strip_prefix(area).is_some_and(|rest| rest.starts_with('.')));
        match self.role {
            "portal_admin" | "superadmin" => true,
            "buyer" => {
                ["portal.account.manage", "portal.invoices.view", "portal.catalog.view"].contains(&feature)
                    || under(&["portal.orders", "portal.quotes"])
            }
            "viewer" => ["portal.account.manage", "portal.orders.view", "portal.invoices.view", "portal.catalog.view"].contains(&feature),
            // Everything but keys, platform settings and super admins.
            "platform_admin" => under(&["apps", "auth", "customer_accounts", "customers", "directory", "platform.operations", "webhooks"]),
            // All views, and support actions.
            "operator" => [".view", ".list", ".support"].iter().any(|end| feature.ends_with(end)),
            "admin" | "owner" => under(&["auth", "customer_accounts", "customers", "directory.organizations", "directory.merchants", "webhooks"]),
            _ => false,
        }
    }

    /// The role's rank.
    pub fn priority(&self) -> i64 {
        match self.role {
            "superadmin" => 1000,
            "platform_admin" => 900,
            "operator" => 800,
            "admin" => 700,
            "owner" => 600,
            "cashier" | "employee" => 300,
            _ => 0,
        }
    }

    /// Signs the member in and then brings about how they stand.
    pub fn enter(&self, world: &World) -> Jar {
        let place = match self.home {
            Acme => world.acme(),
            Neighbour => world.neighbour(),
            Foreign => world.found("globex"),
        };
        let jar = match self.realm {
            None => return Jar::default(),
            Some(Customer) => {
                let email = format!("{}@cast.example", self.name);
                match (self.home, self.role) {
                    (Acme, "buyer") => return world.login(crate::people::BUYER),
                    (Acme, "viewer") => return world.login(crate::people::VIEWER),
                    (Acme, "portal_admin") if self.standing == Live => return world.login(crate::people::ADMIN),
                    _ => world.add_user(&place, &email, self.role),
                };
                world.login(&email)
            }
            Some(Staff) if self.role == "superadmin" => return world.staff_login(crate::staff::SUPERADMIN),
            Some(Staff) => world.employ(&place, self.name, self.role),
        };
        self.settle(world, &place);
        jar
    }

    fn settle(&self, world: &World, place: &Place) {
        let realm = self.realm.map_or("", Realm::name);
        let email = format!("{}@cast.example", self.name);
        let sql = match (self.standing, self.name.ends_with("suspor"), self.name.ends_with("expird")) {
            (Suspended, true, _) => format!("UPDATE organizations SET is_active = 0 WHERE id = '{}'", place.organization),
            (Suspended, false, _) => format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", place.tenant),
            (Ended, _, true) => format!(
                "UPDATE {realm}_user_sessions SET expires_at = {} WHERE user_id = (SELECT id FROM {realm}_users WHERE email = '{email}')",
                world.now()
            ),
            (Ended, _, false) => format!("UPDATE {realm}_users SET is_active = 0 WHERE email = '{email}'"),
            (MustChange, ..) => format!("UPDATE {realm}_users SET must_change_password = 1 WHERE email = '{email}'"),
            (Live | Outside, ..) => return,
        };
        world.arrange(&sql);
    }
}

impl World {
    /// Another organization of Acme's tenant, with the default customer roles.
    pub fn neighbour(&self) -> Place {
        if self.count("organizations WHERE slug = 'acme-two'") == 1 {
            return self.place("acme-two");
        }
        self.second_organization()
    }

    /// A member of staff with a role of the default pack, signed in. Without a role they are a member nowhere.
    pub fn employ(&self, place: &Place, name: &str, slug: &str) -> Jar {
        let user = self.staff_account(place, &Email::parse(&format!("{name}@cast.example")).unwrap());
        let pack = portcullis_core::pack::default().unwrap();
        if let Some(role) = pack.staff.iter().find(|role| role.slug == slug) {
            let platform = role.scope == portcullis_core::pack::Scope::Platform;
            // Platform roles and a tenant's administrators work in the whole tenant, others in their organization.
            let whole = platform || slug == "admin";
            let seat = Seat { tenant: place.tenant, organization: (!whole).then_some(place.organization) };
            let role = self.cast_role(place, slug, platform);
            self.write(vec![staff_roles::join(self.id(), user, seat, role, Millis(self.now()))]);
        }
        let operator = pack.staff.iter().any(|role| role.slug == slug && role.scope == portcullis_core::pack::Scope::Platform);
        self.staff_session_for(user, Seat { tenant: place.tenant, organization: Some(place.organization) }, Audience::of(Staff, operator))
    }

    /// A role of the default pack: the platform's, or the tenant's own, which is made where it is missing.
    fn cast_role(&self, place: &Place, slug: &str, platform: bool) -> Id<Role> {
        let tenant = (!platform).then_some(place.tenant);
        let of = tenant.map_or("IS NULL".to_owned(), |tenant| format!("= '{tenant}'"));
        let known = self.rows(&format!("SELECT id FROM staff_roles WHERE slug = '{slug}' AND tenant_id {of} AND deleted_at IS NULL"));
        if let Some(row) = known.first() {
            return Id::parse(row["id"].as_str().unwrap()).unwrap();
        }
        let pack = portcullis_core::pack::default().unwrap();
        let role = pack.staff.iter().find(|role| role.slug == slug).unwrap();
        let new = NewStaffRole { id: self.id(), tenant, slug, name: slug, priority: role.priority, is_system: true };
        self.write(staff_roles::insert(&new, self.id(), &role.features, role.is_super_admin, Millis(self.now())).to_vec());
        new.id
    }

    fn staff_account(&self, place: &Place, email: &Email) -> Id<User> {
        let user = self.id();
        let phc = block_on(self.hasher.hash(Password::new(PASSWORD))).unwrap();
        self.arrange(&format!(
            "INSERT INTO staff_users (id, tenant_id, email, email_hash, password_hash, display_name, email_verified_at, created_at) \
             VALUES ('{user}', '{}', '{email}', '{}', '{phc}', 'Cast', {now}, {now})",
            place.tenant,
            self.deployment.keys.lookup_hash(email),
            now = self.now()
        ));
        user
    }
}
