//! The last super admin and the last owner, over every small platform there is: two people with a way each to be what
//! nobody may lose, in every state in which they may not count, against a model that looks at people and not at rows.

use portcullis_core::{
    domain::id::{Id, Organization, Record, Role, Tenant, User},
    ports::{Database, StoreError},
    store::succession::{self, Losing, OutlookRow},
};
use portcullis_tests::{World, block_on};

/// How somebody came by the flag, or by an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Nothing,
    OwnFlag,
    PlatformRole,
    Owner,
}

/// Why somebody does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Able,
    Disabled,
    Deleted,
    Invited,
    Homeless,
    MembershipOver,
    PlaceGone,
}

const HOLDS: [Holds; 4] = [Holds::Nothing, Holds::OwnFlag, Holds::PlatformRole, Holds::Owner];
const STATES: [State; 7] = [State::Able, State::Disabled, State::Deleted, State::Invited, State::Homeless, State::MembershipOver, State::PlaceGone];

#[derive(Clone, Copy, Debug)]
struct Person {
    holds: Holds,
    state: State,
}

impl Person {
    fn counts(self) -> bool {
        match self.state {
            State::Able => true,
            State::Disabled | State::Deleted | State::Invited | State::Homeless => false,
            State::MembershipOver => self.holds == Holds::OwnFlag,
            // The place of a role of the platform is nowhere in particular.
            State::PlaceGone => self.holds != Holds::Owner,
        }
    }

    fn is_super(self) -> bool {
        self.counts() && matches!(self.holds, Holds::OwnFlag | Holds::PlatformRole)
    }

    fn is_owner(self) -> bool {
        self.counts() && self.holds == Holds::Owner
    }
}

struct Platform {
    world: World,
    tenant: Id<Tenant>,
    organization: Id<Organization>,
    superadmin: Id<Role>,
    users: Vec<Id<User>>,
    memberships: Vec<Id<Record>>,
}

impl Platform {
    fn with(people: [Person; 2]) -> Self {
        let world = World::new();
        let place = world.found("acme");
        let (superadmin, owner): (Id<Role>, Id<Role>) = (world.id(), world.id());
        world.arrange(&format!(
            "INSERT INTO staff_roles (id, tenant_id, slug, name, priority, created_at) VALUES ('{superadmin}', NULL, 'superadmin', 's', 1000, 1), \
             ('{owner}', '{t}', 'owner', 'o', 600, 1); \
             INSERT INTO staff_role_acls (id, role_id, is_super_admin, created_at) VALUES ('a1', '{superadmin}', 1, 1), ('a2', '{owner}', 0, 1)",
            t = place.tenant
        ));
        let mut platform =
            Self { tenant: place.tenant, organization: place.organization, superadmin, world, users: Vec::new(), memberships: Vec::new() };
        for person in people {
            platform.add(person, owner);
        }
        if people.iter().any(|person| person.state == State::PlaceGone) {
            platform.world.arrange("UPDATE organizations SET deleted_at = 1");
        }
        platform
    }

    fn add(&mut self, person: Person, owner: Id<Role>) {
        let world = &self.world;
        let (user, home, membership): (Id<User>, Id<Tenant>, Id<Record>) = (world.id(), world.id(), world.id());
        let gone = |yes: bool| if yes { "1" } else { "NULL" };
        world.arrange(&format!(
            "INSERT INTO tenants (id, name, deleted_at, created_at) VALUES ('{home}', 'home', {}, 1); \
             INSERT INTO staff_users (id, tenant_id, email, email_hash, password_hash, is_active, deleted_at, created_at) \
             VALUES ('{user}', '{home}', 'x', '{user}', {}, {}, {}, 1)",
            gone(person.state == State::Homeless),
            if person.state == State::Invited { "NULL" } else { "'hash'" },
            i32::from(person.state != State::Disabled),
            gone(person.state == State::Deleted),
        ));
        if person.holds == Holds::OwnFlag {
            world.arrange(&format!(
                "INSERT INTO staff_user_acls (id, user_id, tenant_id, is_super_admin, created_at) VALUES ('{user}', '{user}', '{}', 1, 1)",
                self.tenant
            ));
        }
        let (role, organization) = match person.holds {
            Holds::PlatformRole => (self.superadmin, "NULL".to_owned()),
            _ => (owner, format!("'{}'", self.organization)),
        };
        // Who holds nothing, or a flag, owns nothing either: their membership is over.
        let over = person.state == State::MembershipOver || matches!(person.holds, Holds::Nothing | Holds::OwnFlag);
        world.arrange(&format!(
            "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, deleted_at, created_at) \
             VALUES ('{membership}', '{user}', '{}', {organization}, '{role}', {}, 1)",
            self.tenant,
            gone(over)
        ));
        self.users.push(user);
        self.memberships.push(membership);
    }

    /// Whether a batch that takes this away would go through; the look before it says the same.
    fn allows(&self, losing: &Losing) -> bool {
        let written = block_on(self.world.database.write(vec![succession::hold(losing)]));
        let row = block_on(self.world.database.read(vec![succession::outlook(losing)])).unwrap().remove(0);
        let looked = row.first::<OutlookRow>().unwrap().unwrap().check();
        assert_eq!(written.is_ok(), looked.is_ok(), "{looked:?}");
        assert!(written.as_ref().err().is_none_or(|error| *error == StoreError::Precondition), "{written:?}");
        written.is_ok()
    }
}

#[test]
fn somebody_who_counts_is_always_left() {
    let (mut allowed, mut refused) = (0, 0);
    for first in HOLDS {
        for second in HOLDS {
            for state in STATES {
                let people = [Person { holds: first, state: State::Able }, Person { holds: second, state }];
                // The place is gone for both.
                let people = if state == State::PlaceGone { people.map(|person| Person { state, ..person }) } else { people };
                let platform = Platform::with(people);
                for lost in 0..2 {
                    let (person, other) = (people[lost], people[1 - lost]);
                    let stays = |lost: bool, kept: bool| !lost || kept;
                    let owner_stays = stays(person.is_owner(), other.is_owner());
                    let own = person.holds == Holds::OwnFlag;
                    for (losing, expected) in [
                        (Losing::Person(platform.users[lost]), stays(person.is_super(), other.is_super()) && owner_stays),
                        (Losing::Memberships(&platform.memberships[lost..=lost]), stays(person.is_super() && !own, other.is_super()) && owner_stays),
                        (Losing::OwnFlag(platform.users[lost], platform.tenant), stays(person.is_super() && own, other.is_super())),
                    ] {
                        let said = platform.allows(&losing);
                        assert_eq!(said, expected, "{people:?} without the {lost}th: {losing:?}");
                        *if said { &mut allowed } else { &mut refused } += 1;
                    }
                }
                let supers: Vec<_> = people.iter().filter(|person| person.is_super()).collect();
                let by_role = supers.iter().filter(|person| person.holds == Holds::PlatformRole).count();
                assert_eq!(platform.allows(&Losing::RoleFlag(platform.superadmin)), by_role == 0 || supers.len() > by_role, "{people:?}");
                let owners = people.iter().any(|person| person.is_owner());
                let by_membership = by_role == 0 || supers.len() > by_role;
                assert_eq!(platform.allows(&Losing::Memberships(&platform.memberships)), !owners && by_membership, "both at once: {people:?}");
            }
        }
    }
    assert!(allowed > 300 && refused > 100, "{allowed} {refused}");
}

#[test]
fn a_tenant_does_not_take_the_last_super_admin_along() {
    let able = |holds| Person { holds, state: State::Able };
    let platform = Platform::with([able(Holds::OwnFlag), able(Holds::PlatformRole)]);
    assert!(platform.allows(&Losing::Tenant(platform.tenant)), "the one with the flag of their own is at home elsewhere");
    let platform = Platform::with([able(Holds::Nothing), able(Holds::PlatformRole)]);
    assert!(!platform.allows(&Losing::Tenant(platform.tenant)));
    assert!(platform.allows(&Losing::Tenant(platform.world.id())));
}
