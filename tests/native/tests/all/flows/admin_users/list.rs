//! Filters, search, pages and totals.

use portcullis_tests::{
    Jar, Req, World, cases,
    people::{ADMIN, BUYER, VIEWER},
    staff::OWNER,
};
use serde_json::json;

use super::{NOBODY, emails, keys, list, owner, put, users};

#[test]
fn the_list_has_its_full_shape_newest_first() {
    let world = World::seeded();
    let jar = owner(&world);
    world.advance_seconds(1);
    world.add_user(&world.acme(), "late@acme.example", "buyer");
    let listed = list(&world, &jar, "");
    assert_eq!(keys(&listed), ["items", "ok", "page", "total", "totalPages"]);
    assert_eq!((&listed["total"], &listed["totalPages"], &listed["page"]), (&json!(4), &json!(1), &json!(1)));
    assert_eq!(emails(&listed)[0], "late@acme.example");
    let item = &listed["items"][0];
    assert_eq!(
        *item,
        json!({"id": world.user_id("late@acme.example"), "email": "late@acme.example", "displayName": "Somebody", "emailVerified": true,
            "isActive": true, "lockedUntil": null, "lastLoginAt": null, "customerEntityId": null, "personEntityId": null,
            "createdAt": "2026-11-21T04:47:43.123Z", "updatedAt": null,
            "roles": [{"id": world.value("SELECT id FROM customer_roles WHERE slug = 'buyer'"), "name": "Buyer", "slug": "buyer"}]})
    );
}

#[test]
fn pages_do_not_overlap_and_odd_numbers_are_clamped() {
    let world = World::seeded();
    let jar = owner(&world);
    for n in 0..7 {
        world.add_user(&world.acme(), &format!("person{n}@acme.example"), "buyer");
    }
    let mut seen: Vec<String> = Vec::new();
    for page in 1..=4 {
        let listed = list(&world, &jar, &format!("?page={page}&pageSize=3"));
        assert_eq!((&listed["total"], &listed["totalPages"], &listed["page"]), (&json!(10), &json!(4), &json!(page)));
        seen.extend(emails(&listed).iter().map(|email| (*email).to_owned()));
    }
    assert_eq!(seen.len(), 10);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 10, "no row is on two pages");
    for (query, page, rows) in [("?page=0", 1, 10), ("?page=abc", 1, 10), ("?page=-1&pageSize=0", 1, 1), ("?page=99&pageSize=500", 99, 0)] {
        let listed = list(&world, &jar, query);
        assert_eq!((listed["page"].as_i64().unwrap(), emails(&listed).len()), (page, rows), "{query}");
        assert_eq!(listed["total"], 10, "{query}");
    }
}

#[test]
fn a_search_begins_words_needs_all_of_them_and_forgives_accents() {
    let world = World::seeded();
    let jar = owner(&world);
    let user = world.add_user(&world.acme(), "zoe.brien@shop-one.example", "buyer");
    world.add_user(&world.found("globex"), "zoe.brien@shop-one.example", "buyer");
    put(&world, &jar, "zoe.brien@shop-one.example", json!({})).ok(200);
    let rename = |name: &str| {
        world.send(Req::put(&users(&format!("/{user}"))).jar(&jar).json(json!({"displayName": name}))).ok(200);
    };
    rename("Zoë Łukasz-O'Brien");
    let found = |text: &str| list(&world, &jar, &format!("?search={text}"))["total"].as_i64().unwrap();
    for hit in ["zoe", "ZO%C3%8B", "lukasz", "%C5%82uk", "brien+zoe", "shop", "one+zoe+bri", "zoe.brien@shop-one.example", "+zoe+"] {
        assert_eq!(found(hit), 1, "{hit}");
    }
    for miss in ["rien", "zo", "zoe+bruno", "nobody@shop-one.example", "%25", "o'b", "zoe*"] {
        assert_eq!(found(miss), i64::from(miss == "zoe*"), "{miss}: signs are no letters, middles no beginnings, two letters no word");
    }
    rename("Somebody Else");
    assert_eq!((found("lukasz"), found("else"), found("zoe")), (0, 1, 1), "the index follows the name");
    world.send(Req::delete(&users(&format!("/{user}"))).jar(&jar)).ok(200);
    assert_eq!((found("else"), found("zoe.brien@shop-one.example")), (0, 0));
    assert_eq!(world.count(&format!("customer_search WHERE subject_id = '{user}'")), 0);
    assert_eq!(list(&world, &jar, "?search=%20")["total"], 3, "blank filters nothing");
    let nothing = list(&world, &jar, "?search=unheard-of");
    assert_eq!(nothing, json!({"ok": true, "items": [], "total": 0, "totalPages": 1, "page": 1}));
}

#[test]
fn filters_combine() {
    let world = World::seeded();
    let jar = owner(&world);
    let (active, buyers) = ("?status=active", format!("?roleId={}", cases::portal_role(&world, "buyer")));
    put(&world, &jar, VIEWER, json!({"isActive": false})).ok(200);
    put(&world, &jar, BUYER, json!({"lockedUntil": "2026-11-21T05:00:00.000Z"})).ok(200);
    let found = |query: &str| emails(&list(&world, &jar, query)).iter().map(|email| (*email).to_owned()).collect::<Vec<_>>();
    assert_eq!(found(active), [ADMIN]);
    assert_eq!(found("?status=inactive"), [VIEWER]);
    assert_eq!(found("?status=locked"), [BUYER]);
    assert_eq!(found("?status=odd").len(), 3, "other values are ignored");
    assert_eq!(found(&buyers), [BUYER]);
    assert_eq!(found(&format!("{buyers}&status=active")), [""; 0]);
    assert_eq!(found(&format!("{buyers}&status=locked&search=bruno")), [BUYER]);
    assert_eq!(found(&format!("{buyers}&search=vera")), [""; 0]);
    world.advance_seconds(3_600);
    let jar = owner_again(&world);
    let found = |query: &str| emails(&list(&world, &jar, query)).len();
    assert_eq!((found("?status=locked"), found(active)), (0, 2), "a lapsed lock is none");
    let foreign = world.found("globex");
    let theirs = world.value(&format!("SELECT id FROM customer_roles WHERE organization_id = '{}' AND slug = 'buyer'", foreign.organization));
    assert_eq!(found(&format!("?roleId={}", theirs.as_str().unwrap())), 0);
    assert_eq!(found(&format!("?roleId={NOBODY}")) + found(&format!("?customerEntityId={NOBODY}")) + found(&format!("?personEntityId={NOBODY}")), 0);
    for name in ["roleId", "customerEntityId", "personEntityId"] {
        let res = world.send(Req::get(&users(&format!("?{name}=1%20OR%201"))).jar(&jar));
        assert_eq!(res.is(400, "Validation failed").json()["details"], json!({name: ["Invalid UUID"]}));
    }
}

fn owner_again(world: &World) -> Jar {
    world.staff(&world.acme(), "owner-later", &OWNER)
}

/// Issue 3: counters when unfiltered, counted to 10,000 when filtered and marked so.
#[test]
fn totals_are_counters_or_counted_to_ten_thousand() {
    let world = World::seeded();
    let jar = owner(&world);
    let place = world.acme();
    world.arrange(&format!(
        "INSERT INTO customer_users (id, tenant_id, organization_id, email, email_hash, display_name, created_at, search_name) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) \
         SELECT printf('0190f5fe-7c00-7a00-9000-%012d', i), '{}', '{}', 'p' || i || '@x.example', 'h' || i, 'Person', i, '[\"person\"]' FROM n",
        place.tenant, place.organization
    ));
    let all = list(&world, &jar, "?page=2");
    assert_eq!((&all["total"], all.get("totalIsExact")), (&json!(10_103), None));
    for query in ["?status=active", "?search=pers"] {
        let some = list(&world, &jar, query);
        assert_eq!((&some["total"], &some["totalIsExact"], &some["totalPages"]), (&json!(10_000), &json!(false), &json!(400)), "{query}");
        assert_eq!(emails(&some).len(), 25, "{query}");
    }
    let rare = list(&world, &jar, "?search=person+bruno");
    assert_eq!((&rare["total"], rare.get("totalIsExact")), (&json!(0), None), "the rarer word is looked up");
    let one = list(&world, &jar, "?search=bruno+buyer");
    assert_eq!((&one["total"], one.get("totalIsExact")), (&json!(1), None));
}
