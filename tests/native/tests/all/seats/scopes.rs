//! A scope as SQL finds exactly what it says it includes: every condition against the plain rule, over made-up places.

use portcullis_core::{
    args,
    domain::{
        id::{Id, Merchant, Organization, Tenant},
        membership::{Location, Seat},
        scope::Scope,
    },
    ports::{Database, Query},
    store::scope::{self, Condition},
};
use portcullis_tests::{World, block_on};
use proptest::prelude::*;

struct Somewhere {
    world: World,
    places: Vec<Location>,
    merchants: Vec<(Id<Merchant>, usize)>,
}

/// Two tenants, one of them a partner's, with a chain of three organizations and one beside it each; a merchant everywhere.
fn somewhere() -> Somewhere {
    let world = World::new();
    let (mut places, mut merchants) = (Vec::new(), Vec::new());
    for name in ["acme", "globex"] {
        let top = world.found(name);
        let partner = (name == "acme").then(|| world.partner("Reseller", &[top.tenant]));
        let under = world.organization(top.tenant, &format!("{name}-under"), Some(top.organization));
        let deep = world.organization(top.tenant, &format!("{name}-deep"), Some(under.organization));
        let beside = world.organization(top.tenant, &format!("{name}-beside"), None);
        for (place, above) in [(&top, vec![]), (&under, vec![&top]), (&deep, vec![&under, &top]), (&beside, vec![])] {
            let within = std::iter::once(place).chain(above).map(|place| place.organization).collect();
            merchants.push((world.merchant(place, "shop"), places.len()));
            places.push(Location::new(place.seat(), within, partner));
        }
    }
    Somewhere { world, places, merchants }
}

fn found(world: &World, table: &str, condition: Condition) -> Vec<String> {
    let Condition { sql, args } = condition;
    let args = [args!["bound before"], args].concat();
    let query = Query::new(format!("SELECT id FROM {table} x WHERE ?1 <> '' AND {sql} ORDER BY id"), args);
    let rows = block_on(world.database.read(vec![query])).unwrap().remove(0).0;
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort();
    ids
}

fn pick<T: Clone>(from: &[T], bits: u8) -> Vec<T> {
    from.iter().enumerate().filter(|(n, _)| bits & (1 << n) != 0).map(|(_, item)| item.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_condition_finds_what_the_scope_includes(
        everything in prop::bool::weighted(0.1), partner: bool, tenants in 0u8..4, organizations: u8, sites: u8, shops: u8, only in prop::option::of(any::<u8>()),
        sparse in prop::bool::weighted(0.7),
    ) {
        let Somewhere { world, places, merchants } = somewhere();
        let thin = |bits: u8| if sparse { bits & bits.rotate_left(3) } else { bits };
        let all: Vec<Id<Organization>> = places.iter().filter_map(|at| at.seat.organization).collect();
        let two: Vec<Id<Tenant>> = vec![places[0].seat.tenant, places[4].seat.tenant];
        let ids: Vec<Id<Merchant>> = merchants.iter().map(|(id, _)| *id).collect();
        let scope = Scope {
            everything,
            partners: if partner { places[0].partner.into_iter().collect() } else { Vec::new() },
            tenants: if sparse { Vec::new() } else { pick(&two, tenants) },
            organizations: pick(&all, thin(organizations)),
            sites: pick(&all, thin(sites)),
            merchants: pick(&ids, thin(shops)),
            only: only.map(|bits| pick(&all, bits)),
        };
        let organization = |at: &Location| at.seat.organization.unwrap();
        let narrow = Scope { everything: true, only: scope.only.clone(), ..Scope::default() };
        let site = |at: &Location| scope.sites.contains(&organization(at)) && narrow.includes(at);

        let placed = sorted(places.iter().filter(|at| scope.includes(at)).map(|at| organization(at).to_string()));
        prop_assert_eq!(found(&world, "organizations", scope::place(&scope, "x.tenant_id", "x.id", 2)), placed);
        let listed = sorted(places.iter().filter(|at| scope.includes(at) || site(at)).map(|at| organization(at).to_string()));
        prop_assert_eq!(found(&world, "organizations", scope::organizations(&scope, "x", 2)), listed);
        let shops = sorted(merchants.iter().filter(|(id, n)| scope.includes_merchant(*id, &places[*n])).map(|(id, _)| id.to_string()));
        prop_assert_eq!(found(&world, "merchants", scope::merchants(&scope, "x", 2)), shops);
        let whole = |tenant: Id<Tenant>, at: &Location| Scope { only: None, ..scope.clone() }.includes(&Location::new(Seat { tenant, organization: None }, Vec::new(), at.partner));
        let tenants = sorted([0, 4].into_iter().map(|n| &places[n]).filter(|at| whole(at.seat.tenant, at)).map(|at| at.seat.tenant.to_string()));
        prop_assert_eq!(found(&world, "tenants", scope::tenants(&scope, "x", 2)), tenants);
    }
}

/// Staff are seen where they work, and, by those who look after a whole tenant, where they are at home.
#[test]
fn staff_are_found_by_where_they_work() {
    let Somewhere { world, places, merchants } = somewhere();
    let (top, under, deep) = (&places[0], &places[1], &places[2]);
    let tenant = top.seat.tenant;
    let role = world.staff_role(Some(tenant), "any", 300, &[]);
    let person = |name: &str, seat: Option<Seat>| {
        let user = world.colleague(tenant, &format!("{name}@acme.com"));
        (user.to_string(), seat.map(|seat| world.join(user, seat, role)))
    };
    let (idle, _) = person("idle", None);
    let (wide, _) = person("wide", Some(Seat { tenant, organization: None }));
    let (above, _) = person("above", Some(top.seat));
    let (here, _) = person("here", Some(under.seat));
    let (below, shop) = person("below", Some(deep.seat));
    world.assign(shop.unwrap(), merchants[2].0);
    let stranger = world.colleague(places[4].seat.tenant, "stranger@globex.com").to_string();

    let none = Scope::default;
    let (own, shops) = (vec![under.seat.organization.unwrap()], vec![merchants[2].0]);
    for (what, scope, wanted) in [
        ("nothing", none(), vec![]),
        ("an organization", Scope { organizations: own.clone(), ..none() }, vec![&here, &below]),
        ("a merchant", Scope { merchants: shops, ..none() }, vec![&below]),
        ("a tenant", Scope { tenants: vec![tenant], ..none() }, vec![&idle, &wide, &above, &here, &below]),
        ("a partner", Scope { partners: top.partner.into_iter().collect(), ..none() }, vec![&idle, &wide, &above, &here, &below]),
        ("a tenant, narrowed", Scope { tenants: vec![tenant], only: Some(own), ..none() }, vec![&here, &below]),
        ("everything", Scope { everything: true, ..none() }, vec![&idle, &wide, &above, &here, &below, &stranger]),
    ] {
        let wanted = sorted(wanted.into_iter().cloned());
        assert_eq!(found(&world, "staff_users", scope::staff(&scope, "x", 2)), wanted, "{what}");
    }
}
