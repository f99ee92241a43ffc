//! The explanation says what is enforced, for whatever anybody may hold; and names what decided.

use portcullis_core::domain::{
    effective::{self, CustomerRole, Decision, Named},
    feature::Grants,
    id::Id,
    membership::{Location, Membership, Override, OwnAcl, Seat, holding},
    time::Millis,
};
use portcullis_tests::{
    Req, World,
    people::BUYER,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn id<T>(n: i64) -> Id<T> {
    Id::new(Millis(n), [0; 10])
}

/// Grants and features around registered ones, so that wildcards meet holes.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\*",
        "auth\\.\\*",
        "auth\\.users\\.\\*",
        "auth\\.users\\.list",
        "auth\\.roles\\.list",
        "auth\\.roles\\.\\*",
        "customers\\.people\\.view",
        "customers\\.\\*",
        "made\\.up"
    ]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 0..3)
}

/// Nowhere, or a list of the two organizations there are.
fn places() -> impl Strategy<Value = Option<Vec<String>>> {
    prop::option::weighted(0.3, prop::collection::vec(2i64..4, 0..2).prop_map(|list| list.into_iter().map(|n| id::<()>(n).to_string()).collect()))
}

fn membership() -> impl Strategy<Value = Membership> {
    let place = (1i64..3, prop::option::of(2i64..4));
    let changed = prop::option::of((words(), words()).prop_map(|(added, removed)| Override { added, removed }));
    (place, 1i64..4, words(), prop::bool::weighted(0.1), prop::bool::weighted(0.2), places(), changed).prop_map(
        |((tenant, organization), role, features, admin, platform, organizations, changed)| Membership {
            tenant: id(tenant),
            organization: organization.map(id),
            // The same role is the same wherever somebody holds it.
            role: id(role),
            slug: format!("r{role}"),
            name: format!("r{role}"),
            priority: role * 100,
            platform: platform.into(),
            features: Some(features),
            admin: Some(admin.into()),
            organizations,
            merchants: Vec::new(),
            partner: None,
            changed,
        },
    )
}

fn acl() -> impl Strategy<Value = OwnAcl> {
    (1i64..3, words(), words(), prop::bool::weighted(0.1), places()).prop_map(|(tenant, features, denied, admin, organizations)| OwnAcl {
        tenant: id(tenant),
        features,
        denied,
        admin: admin.into(),
        organizations,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_explained_to_staff_is_what_is_enforced(
        memberships in prop::collection::vec(membership(), 0..4),
        acls in prop::collection::vec(acl(), 0..3),
        seat in prop::option::of(2i64..4),
        feature in word(),
    ) {
        // One role has one ACL, however often it is held, and a person one ACL in a tenant.
        let mut memberships = memberships;
        for n in 1..memberships.len() {
            if let Some(same) = memberships[..n].iter().find(|earlier| earlier.role == memberships[n].role).cloned() {
                let Membership { tenant, organization, .. } = memberships[n].clone();
                memberships[n] = Membership { tenant, organization, ..same };
            }
        }
        let mut acls = acls;
        acls.dedup_by_key(|acl| acl.tenant);
        let at = Location::from(Seat { tenant: id(1), organization: seat.map(id) });
        let said = effective::of_staff(&memberships, &acls, &at, &feature);
        let enforced = holding(memberships.clone(), &acls, &at).grants.allow(&feature);
        prop_assert_eq!(said.decision.is_granted(), enforced, "{:?} for {:?} {:?}", said, memberships, acls);
    }

    #[test]
    fn what_is_explained_about_customers_is_what_is_enforced(
        own in prop::option::of((words(), prop::bool::weighted(0.2))),
        roles in prop::collection::vec((words(), prop::bool::weighted(0.1)), 0..3),
        feature in word(),
    ) {
        let roles: Vec<CustomerRole> = roles
            .into_iter()
            .map(|(features, admin)| CustomerRole { role: Named { id: id(1), slug: "r".into(), name: "r".into() }, features, admin })
            .collect();
        let (features, admin) = own.clone().unwrap_or_else(|| {
            (roles.iter().flat_map(|role| role.features.clone()).collect(), roles.iter().any(|role| role.admin))
        });
        let enforced = Grants { features, denied: Vec::new(), admin }.allow(&feature);
        let said = effective::of_customer(own.as_ref().map(|(features, admin)| (features.as_slice(), *admin)), &roles, &feature);
        prop_assert_eq!(said.decision.is_granted(), enforced, "{:?}", said);
    }
}

fn explain(world: &World, email: &str, feature: &str) -> (bool, String, Value, Value) {
    let jar = world.staff_login(SUPERADMIN);
    let user = world.value(&format!("SELECT id FROM staff_users WHERE email = '{email}'")).as_str().unwrap().to_owned();
    let body = world.send(Req::get(&format!("/api/auth/users/{user}/effective?feature={feature}")).jar(&jar)).ok(200).json();
    let item = body["features"][0].clone();
    (item["granted"].as_bool().unwrap(), item["decision"].as_str().unwrap().to_owned(), item["by"].clone(), item["role"]["slug"].clone())
}

#[test]
fn staff_are_told_what_decided() {
    let world = World::seeded();
    let acme = world.acme();
    let arrange = |sql: &str| world.arrange(sql);
    let view = "customers.people.view";
    assert_eq!(explain(&world, SUPERADMIN, view), (true, "flag".into(), Value::Null, json!("superadmin")));
    assert_eq!(explain(&world, ADMIN, view), (true, "grant".into(), json!("customers.*"), json!("admin")));
    assert_eq!(explain(&world, EMPLOYEE, view), (false, "nothing".into(), Value::Null, Value::Null));
    arrange(&format!(
        "INSERT INTO staff_role_overrides (role_id, organization_id, added_json, updated_at) \
         SELECT id, '{}', '[\"customers.people.*\"]', 1 FROM staff_roles WHERE slug = 'employee'",
        acme.organization
    ));
    assert_eq!(explain(&world, EMPLOYEE, view), (true, "override".into(), json!("customers.people.*"), json!("employee")));
    arrange("UPDATE staff_role_overrides SET removed_json = '[\"customers.people.view\"]'");
    assert_eq!(explain(&world, EMPLOYEE, view), (false, "removed".into(), json!("customers.people.view"), json!("employee")));
    let user = world.value(&format!("SELECT id FROM staff_users WHERE email = '{EMPLOYEE}'")).as_str().unwrap().to_owned();
    arrange(&format!(
        "INSERT INTO staff_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES ('{user}', '{user}', '{}', '[\"customers.*\"]', 1)",
        acme.tenant
    ));
    assert_eq!(explain(&world, EMPLOYEE, view), (true, "own-grant".into(), json!("customers.*"), Value::Null));
    arrange("UPDATE staff_user_acls SET denied_json = '[\"customers.people.*\"]'");
    assert_eq!(explain(&world, EMPLOYEE, view), (false, "denied".into(), json!("customers.people.*"), Value::Null));
    arrange("UPDATE staff_user_acls SET organizations_json = '[]'");
    assert_eq!(explain(&world, EMPLOYEE, view), (false, "restricted".into(), Value::Null, Value::Null));
}

#[test]
fn every_registered_feature_is_explained_and_nobody_elses_person() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let of = |email: &str| world.value(&format!("SELECT id FROM staff_users WHERE email = '{email}'")).as_str().unwrap().to_owned();
    let path = |user: &str, query: &str| format!("/api/auth/users/{user}/effective{query}");
    let body = world.send(Req::get(&path(&of(EMPLOYEE), "")).jar(&admin)).ok(200).json();
    let registered = portcullis_core::domain::registry::FEATURES.iter().filter(|f| f.realm == portcullis_core::domain::realm::Realm::Staff).count();
    assert_eq!((body["features"].as_array().unwrap().len(), &body["isSuperAdmin"]), (registered, &json!(false)));
    // The check route and the explanation agree, feature by feature.
    let employee = world.staff_login(ADMIN);
    for item in world.send(Req::get(&path(&of(ADMIN), "")).jar(&admin)).ok(200).json()["features"].as_array().unwrap() {
        let check = Req::post("/api/auth/feature-check").jar(&employee).json(json!({"features": [item["feature"]]}));
        world.advance_seconds(1);
        assert_eq!(world.send(check).ok(200).json()["ok"], item["granted"], "{item}");
    }
    let rival = world.persona("rival").jar;
    for (jar, user) in [(&rival, of(EMPLOYEE)), (&admin, of(SUPERADMIN)), (&admin, "nonsense".into())] {
        world.send(Req::get(&path(&user, "")).jar(jar)).is(404, "User not found");
    }
    let globex = world.place("globex");
    let elsewhere = format!("?organizationId={}", globex.organization);
    world.send(Req::get(&path(&of(EMPLOYEE), &elsewhere)).jar(&admin)).is(404, "Organization not found");
    world.send(Req::get(&path(&of(EMPLOYEE), &format!("?feature={}", "x".repeat(129)))).jar(&admin)).is(400, "Invalid query parameters");
}

#[test]
fn staff_are_told_why_a_customer_may() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    let user = world.user_id(BUYER);
    let explain = |feature: &str| {
        let path = format!("/api/customer_accounts/admin/users/{user}/effective?feature={feature}");
        let item = world.send(Req::get(&path).jar(&owner)).ok(200).json()["features"][0].clone();
        (item["granted"].as_bool().unwrap(), item["decision"].as_str().unwrap().to_owned(), item["role"]["slug"].clone())
    };
    assert_eq!(explain("portal.orders.create"), (true, "grant".into(), json!("buyer")));
    assert_eq!(explain("portal.users.view"), (false, "nothing".into(), Value::Null));
    let acl = format!("/api/customer_accounts/admin/users/{user}/acl");
    world.send(Req::put(&acl).jar(&owner).json(json!({"features": ["portal.users.view"]}))).ok(200);
    assert_eq!(explain("portal.orders.create"), (false, "replaced".into(), json!("buyer")));
    assert_eq!(explain("portal.users.view"), (true, "own-grant".into(), Value::Null));
    let rival = world.persona("rival").jar;
    let path = format!("/api/customer_accounts/admin/users/{user}/effective");
    world.send(Req::get(&path).jar(&rival)).is(404, "User not found");
    assert_eq!(Decision::Replaced.name(), "replaced");
}
