//! Companies and people, and the links between them and accounts (decision 10, B.8).

use portcullis_tests::{Jar, Req, Res, World, cases, people::BUYER, staff::OWNER};
use serde_json::{Value, json};

use super::{
    CA,
    admin_users::{NOBODY, keys, owner, post, put},
};

fn crm(rest: &str) -> String {
    format!("/api/customers/{rest}")
}

fn create(world: &World, jar: &Jar, kind: &str, body: Value) -> String {
    let made = post(world, jar, &crm(kind), body).ok(201).json();
    assert_eq!((keys(&made), &made["id"]), (vec!["entityId", "id"], &made["entityId"]));
    made["id"].as_str().unwrap().to_owned()
}

fn list(world: &World, jar: &Jar, rest: &str) -> Value {
    world.send(Req::get(&crm(rest)).jar(jar)).ok(200).json()
}

fn update(world: &World, jar: &Jar, kind: &str, body: Value) -> Res {
    world.send(Req::put(&crm(kind)).jar(jar).json(body))
}

fn delete(world: &World, jar: &Jar, kind: &str, id: &str) -> Res {
    world.send(Req::delete(&crm(&format!("{kind}?id={id}"))).jar(jar))
}

/// Person and company of an account.
fn links(world: &World, email: &str) -> (Value, Value) {
    let row =
        &world.rows(&format!("SELECT person_entity_id, customer_entity_id FROM customer_users WHERE email = '{email}' AND deleted_at IS NULL"))[0];
    (row["person_entity_id"].clone(), row["customer_entity_id"].clone())
}

fn version(world: &World, email: &str) -> Value {
    world.rows(&format!("SELECT updated_at FROM customer_users WHERE email = '{email}'"))[0]["updated_at"].clone()
}

#[test]
fn companies_and_people_are_listed_found_changed_and_deleted() {
    let world = World::seeded();
    let jar = owner(&world);
    let company =
        create(&world, &jar, "companies", json!({"displayName": "Acmé Trading", "primaryEmail": "Desk@Trading.example", "externalId": "c-1"}));
    world.advance_seconds(1);
    let other = create(&world, &jar, "companies", json!({"displayName": "Globex"}));
    let person = create(&world, &jar, "people", json!({"displayName": "Pat Doe", "companyId": company}));
    let all = list(&world, &jar, "companies");
    assert_eq!((keys(&all), &all["total"]), (vec!["items", "ok", "page", "total", "totalPages"], &json!(2)));
    assert_eq!(
        all["items"],
        json!([
            {"id": other, "entityId": other, "displayName": "Globex", "primaryEmail": null, "externalId": null, "createdAt": "2026-11-21T04:47:43.123Z", "updatedAt": null},
            {"id": company, "entityId": company, "displayName": "Acmé Trading", "primaryEmail": "desk@trading.example", "externalId": "c-1", "createdAt": "2026-11-21T04:47:42.123Z", "updatedAt": null},
        ])
    );
    assert_eq!(list(&world, &jar, "people")["items"][0]["companyId"], json!(company));
    let total = |query: &str| list(&world, &jar, &format!("companies?{query}"))["total"].as_i64().unwrap();
    for hit in
        ["search=trad", "search=acme+desk", "email=DESK@trading.example", "externalId=c-1", "externalId=c-1&search=acme&email=desk@trading.example"]
    {
        assert_eq!(total(hit), 1, "{hit}");
    }
    for miss in ["search=rading", "search=pat", "search=ac", "email=nobody@x.example", "email=x", "externalId=c", "externalId=c-1&search=globex"] {
        assert_eq!(total(miss), 0, "{miss}");
    }
    assert_eq!((total("page=0&pageSize=1"), total("page=abc")), (2, 2));

    update(&world, &jar, "companies", json!({"id": company, "displayName": "Hooli", "primaryEmail": null, "externalId": null})).ok(200);
    let changed = &list(&world, &jar, "companies?search=hooli")["items"][0];
    assert_eq!((&changed["primaryEmail"], &changed["externalId"], changed["updatedAt"].is_string()), (&Value::Null, &Value::Null, true));
    assert_eq!((total("search=acme"), total("email=desk@trading.example")), (0, 0));
    update(&world, &jar, "people", json!({"id": person, "companyId": null})).ok(200);
    assert_eq!(list(&world, &jar, "people")["items"][0]["companyId"], Value::Null);

    delete(&world, &jar, "companies", &company).ok(200);
    delete(&world, &jar, "companies", &company).is(404, "Company not found");
    assert_eq!((total(""), total("search=hooli")), (1, 0));
    let names: Vec<Value> =
        world.rows("SELECT name FROM event_outbox WHERE name LIKE 'customers.%' ORDER BY rowid").into_iter().map(|row| row["name"].clone()).collect();
    assert_eq!(
        names,
        [
            "customers.company.created",
            "customers.company.created",
            "customers.person.created",
            "customers.company.updated",
            "customers.person.updated",
            "customers.company.deleted"
        ]
    );
}

#[test]
fn what_is_wrong_is_refused() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = create(&world, &jar, "companies", json!({"displayName": "One", "externalId": "x"}));
    let person = create(&world, &jar, "people", json!({"displayName": "Pat", "externalId": "x"}));
    let add = |kind: &str, body: Value| post(&world, &jar, &crm(kind), body);
    for bad in [
        json!({}),
        json!({"displayName": ""}),
        json!({"displayName": "x", "primaryEmail": "x"}),
        json!({"displayName": "x", "externalId": null}),
        json!([]),
    ] {
        add("companies", bad).is(400, "Validation failed");
    }
    add("companies", json!({"displayName": "Two", "externalId": "x"})).is(409, "This external id is already in use");
    for wrong in [NOBODY, &person] {
        add("people", json!({"displayName": "Kim", "companyId": wrong})).is(400, "Company not found");
        update(&world, &jar, "people", json!({"id": person, "companyId": wrong})).is(400, "Company not found");
        update(&world, &jar, "companies", json!({"id": wrong})).is(404, "Company not found");
        delete(&world, &jar, "companies", wrong).is(404, "Company not found");
    }
    update(&world, &jar, "people", json!({"id": company})).is(404, "Person not found");
    update(&world, &jar, "people", json!({"displayName": "Kim"})).is(400, "Validation failed");
    world.send(Req::delete(&crm("companies")).jar(&jar)).is(400, "Company id required");
    world.send(Req::delete(&crm("people?id=")).jar(&jar)).is(400, "Person id required");
    delete(&world, &jar, "people", "nonsense").is(404, "Person not found");
    create(&world, &jar, "companies", json!({"displayName": "Three", "externalId": "y"}));
    update(&world, &jar, "companies", json!({"id": company, "externalId": "y"})).is(409, "This external id is already in use");
}

/// B.8: a new account finds its person.
#[test]
fn an_account_is_linked_with_the_person_of_its_address() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = create(&world, &jar, "companies", json!({"displayName": "One"}));
    let other = create(&world, &jar, "companies", json!({"displayName": "Two"}));
    let pat = |n: i64| json!({"displayName": format!("Pat {n}"), "primaryEmail": "Pat@acme.example", "companyId": company});
    let person = create(&world, &jar, "people", pat(1));
    world.advance_seconds(1);
    create(&world, &jar, "people", pat(2));
    let globex = world.found("globex");
    let rival = world.staff(&globex, "rival", &OWNER);
    create(&world, &rival, "people", json!({"displayName": "Theirs", "primaryEmail": "kim@acme.example"}));

    let make = |email: &str, company: Option<&str>| {
        let mut body = json!({"email": email, "password": "a fine passphrase", "displayName": "Somebody"});
        if let Some(company) = company {
            body["customerEntityId"] = json!(company);
        }
        post(&world, &jar, &format!("{CA}/admin/users"), body).ok(201);
    };
    make("pat@acme.example", None);
    assert_eq!(links(&world, "pat@acme.example"), (json!(person), json!(company)), "the oldest of two");
    assert_eq!(version(&world, "pat@acme.example"), Value::Null, "a fresh account has no version");
    make("kim@acme.example", None);
    assert_eq!(links(&world, "kim@acme.example"), (Value::Null, Value::Null), "nobody else's people");
    world.send(Req::delete(&format!("{CA}/admin/users/{}", world.user_id("pat@acme.example"))).jar(&jar)).ok(200);
    make("pat@acme.example", Some(&other));
    assert_eq!(links(&world, "pat@acme.example"), (json!(person), json!(other)), "a company that was named stays");
}

#[test]
fn signing_up_and_accepting_an_invitation_link_as_well() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = create(&world, &jar, "companies", json!({"displayName": "One"}));
    let add = |email: &str| create(&world, &jar, "people", json!({"displayName": "Pat", "primaryEmail": email, "companyId": company}));
    let (one, two) = (add("one@acme.example"), add("two@acme.example"));
    world.send(world.signup_request("one@acme.example", "a fine passphrase")).ok(202);
    assert_eq!(links(&world, "one@acme.example"), (json!(one), json!(company)));
    let body = json!({"email": "two@acme.example", "roleIds": [cases::portal_role(&world, "viewer")]});
    post(&world, &jar, &format!("{CA}/admin/users-invite"), body).ok(201);
    let accept = json!({"token": world.mailed_token("two@acme.example"), "password": "a fine passphrase", "displayName": "Two"});
    world.send(Req::post(&format!("{CA}/invitations/accept")).json(accept)).ok(201);
    assert_eq!(links(&world, "two@acme.example"), (json!(two), json!(company)));
}

/// B.8: a new person finds their account.
#[test]
fn a_person_is_linked_with_the_unlinked_account_of_their_address() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = create(&world, &jar, "companies", json!({"displayName": "One"}));
    let other = create(&world, &jar, "companies", json!({"displayName": "Two"}));
    let bruno = json!({"displayName": "Bruno", "primaryEmail": BUYER, "companyId": company});
    let person = create(&world, &jar, "people", bruno.clone());
    assert_eq!(links(&world, BUYER), (json!(person), json!(company)));
    assert!(version(&world, BUYER).is_i64());
    let told = world.rows("SELECT payload FROM event_outbox WHERE name = 'customer_accounts.user.updated'");
    assert_eq!(told.len(), 1);
    create(&world, &jar, "people", bruno.clone());
    assert_eq!(links(&world, BUYER).0, json!(person), "who is linked stays linked");

    put(&world, &jar, BUYER, json!({"personEntityId": null, "customerEntityId": other})).ok(200);
    let third = create(&world, &jar, "people", bruno);
    assert_eq!(links(&world, BUYER), (json!(third), json!(other)), "the company only where there was none");

    let buyer = world.login(BUYER);
    let me = super::profile(&world, &buyer).ok(200).json();
    assert_eq!((&me["user"]["personEntityId"], &me["user"]["customerEntityId"]), (&json!(third), &json!(other)));
}

/// B.8: nobody stays linked to what is gone.
#[test]
fn deletion_unlinks_and_gives_records_a_new_version() {
    let world = World::seeded();
    let jar = owner(&world);
    let company = create(&world, &jar, "companies", json!({"displayName": "One"}));
    let person = create(&world, &jar, "people", json!({"displayName": "Bruno", "primaryEmail": BUYER, "companyId": company}));
    let before = version(&world, BUYER);
    delete(&world, &jar, "people", &person).ok(200);
    assert_eq!(links(&world, BUYER), (Value::Null, json!(company)));
    let after = version(&world, BUYER);
    assert!(after.as_i64() > before.as_i64(), "within a millisecond too");
    let colleague = create(&world, &jar, "people", json!({"displayName": "Pat", "companyId": company}));
    delete(&world, &jar, "companies", &company).ok(200);
    assert_eq!(links(&world, BUYER), (Value::Null, Value::Null));
    assert!(version(&world, BUYER).as_i64() > after.as_i64());
    let pat = &list(&world, &jar, "people?search=pat")["items"][0];
    assert_eq!((&pat["id"], &pat["companyId"]), (&json!(colleague), &Value::Null));
}

/// D3, D4.
#[test]
fn other_organizations_entities_are_not_found_and_undeclared_fields_change_nothing() {
    let world = World::seeded();
    let jar = owner(&world);
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    let company = create(
        &world,
        &jar,
        "companies",
        json!({"displayName": "One", "id": NOBODY, "kind": "person", "organizationId": NOBODY, "companyId": NOBODY}),
    );
    assert_ne!(company, NOBODY);
    let before = world.dump(|table| table.starts_with("customer_"));
    update(&world, &rival, "companies", json!({"id": company, "displayName": "Mine"})).is(404, "Company not found");
    delete(&world, &rival, "companies", &company).is(404, "Company not found");
    post(&world, &rival, &crm("people"), json!({"displayName": "Spy", "companyId": company})).is(400, "Company not found");
    assert_eq!(list(&world, &rival, "companies?search=one")["total"], 0);
    assert!(before == world.dump(|table| table.starts_with("customer_")));
    update(&world, &jar, "companies", json!({"id": company, "companyId": NOBODY, "deletedAt": "2020-01-01T00:00:00Z", "createdAt": null})).ok(200);
    assert_eq!(list(&world, &jar, "companies")["items"][0]["displayName"], "One");
    let view = world.staff(&world.acme(), "view", &["customers.companies.view"]);
    list(&world, &view, "companies");
    for (method, kind) in [("GET", "people"), ("POST", "companies"), ("DELETE", "companies")] {
        let req = match method {
            "GET" => Req::get(&crm(kind)),
            "POST" => Req::post(&crm(kind)).json(json!({})),
            _ => Req::delete(&crm(&format!("{kind}?id={company}"))),
        };
        let refused = world.send(req.jar(&view));
        assert_eq!(refused.is(403, "Forbidden").json()["requiredFeatures"].as_array().unwrap().len(), 1, "{method} {kind}");
    }
    let buyer = world.login(BUYER);
    world.send(Req::get(&crm("companies")).jar(&buyer)).is(401, "Unauthorized");
    assert_eq!(cases::session_id(&buyer).len(), 36);
}
