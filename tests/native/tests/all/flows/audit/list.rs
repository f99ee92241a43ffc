use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, PASSWORD},
    staff::{OWNER, SUPERADMIN},
};
use serde_json::Value;

use super::{fill, get, items};

/// Some sign-ins, good and bad, a minute apart.
fn lived() -> (World, Jar) {
    let world = World::seeded();
    for password in [PASSWORD, "wrong password", PASSWORD] {
        world.advance_seconds(61);
        world.try_login(BUYER, password);
    }
    let owner = world.persona("owner").jar;
    (world, owner)
}

fn actions(world: &World, jar: &Jar, query: &str) -> Vec<String> {
    items(&get(world, jar, query)).iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_filter_finds_what_it_says() {
    let (world, owner) = lived();
    assert_eq!(actions(&world, &owner, ""), ["login.success", "login.failed", "login.success", "development.seeded"]);
    assert_eq!(actions(&world, &owner, "?action=login.failed"), ["login.failed"]);
    assert_eq!(actions(&world, &owner, "?action=login"), ["login.success", "login.failed", "login.success"]);
    assert_eq!(actions(&world, &owner, "?action=log"), Vec::<String>::new());
    assert_eq!(actions(&world, &owner, "?outcome=failure"), ["login.failed"]);
    let buyer = world.user_id(BUYER);
    assert_eq!(actions(&world, &owner, &format!("?actor={buyer}")), ["login.success", "login.success"]);
    assert_eq!(actions(&world, &owner, "?q=FAILED"), ["login.failed"]);
    assert_eq!(actions(&world, &owner, &format!("?q={}", &buyer[..18])).len(), 3);
    let all = items(&get(&world, &owner, ""));
    let at = |n: usize| all[n]["at"].as_str().unwrap().replace('+', "%2B");
    assert_eq!(actions(&world, &owner, &format!("?since={}", at(1))), ["login.success", "login.failed"]);
    assert_eq!(actions(&world, &owner, &format!("?before={}", at(1))), ["login.success", "development.seeded"]);
    assert_eq!(actions(&world, &owner, &format!("?since={}&before={}&outcome=failure", at(2), at(0))), ["login.failed"]);
}

#[test]
fn what_cannot_be_meant_is_refused_by_name() {
    let (world, owner) = lived();
    for (query, field) in
        [("?since=x", "since"), ("?before=13", "before"), ("?outcome=good", "outcome"), ("?cursor=x", "cursor"), ("?cursor=0", "cursor")]
    {
        let res = get(&world, &owner, query);
        res.is(400, "Invalid query parameters");
        assert!(res.json()["details"].get(field).is_some(), "{query}: {}", res.text());
    }
}

/// A reader in the middle of the trail sees each row once, whatever is written meanwhile.
#[test]
fn pages_stand_still_while_rows_are_added() {
    let (world, owner) = lived();
    let acme = world.acme();
    fill(&world, &acme.tenant.to_string(), &acme.organization.to_string(), 25);
    let whole: Vec<_> = items(&get(&world, &owner, "?limit=200")).iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let res = get(&world, &owner, &format!("?limit=10{cursor}"));
        seen.extend(items(&res).iter().map(|row| row["seq"].as_i64().unwrap()));
        world.try_login(BUYER, "wrong password");
        world.advance_seconds(61);
        match res.json()["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole);
}

/// A rare match costs pages, not a scan: each looks at a bounded part and says where to go on.
#[test]
fn a_rare_match_is_found_page_by_page() {
    let (world, owner) = lived();
    let acme = world.acme();
    fill(&world, &acme.tenant.to_string(), &acme.organization.to_string(), 5_000);
    let (mut found, mut pages, mut cursor) = (Vec::<Value>::new(), 0, String::new());
    loop {
        let res = get(&world, &owner, &format!("?action=development.seeded{cursor}"));
        found.extend(items(&res));
        pages += 1;
        match res.json()["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((found.len(), pages), (1, 3));
}

/// Who sees what: the tenant's administrators all of it, an organization's owner the organization and what lies under it,
/// a stranger nothing, and the platform what it asks for.
#[test]
fn the_trail_is_shown_as_far_as_memberships_reach() {
    let world = World::seeded();
    let acme = world.acme();
    let (tenant, place) = (acme.tenant.to_string(), acme.organization.to_string());
    let under = world.organization(acme.tenant, "acme-under", Some(acme.organization));
    let beside = world.organization(acme.tenant, "acme-beside", None);
    for (n, organization) in [place.clone(), under.organization.to_string(), beside.organization.to_string()].iter().enumerate() {
        world.arrange(&format!(
            "INSERT INTO audit_log (id, seq, at, realm, tenant_id, organization_id, actor_kind, actor_id, action, outcome, target_kind, target_id, detail, ip_address, \
             user_agent, request_id, mac) VALUES ('0190f5fe-7c00-7a00-8000-00000000000{n}', {}, 1, 'staff', '{tenant}', '{organization}', 'staff', 'x', 'test.row', 'success', 'x', \
             '{organization}', 'null', '', '', '', '')",
            100 + n
        ));
    }
    let seen = |jar: &Jar, query: &str| {
        let rows = items(&get(&world, jar, &format!("?action=test.row{query}")));
        rows.iter().map(|row| row["targetId"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let owner = world.persona("owner").jar;
    assert_eq!(seen(&owner, ""), [under.organization.to_string(), place.clone()]);
    let admin = world.staff_login("admin@acme.com");
    assert_eq!(seen(&admin, ""), [beside.organization.to_string(), under.organization.to_string(), place.clone()]);
    assert_eq!(seen(&admin, &format!("&organizationId={place}")), [place.as_str()]);
    assert_eq!(seen(&owner, &format!("&organizationId={}", beside.organization)), Vec::<String>::new(), "a filter does not widen");
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    assert_eq!(seen(&rival, ""), Vec::<String>::new());
    get(&world, &rival, &format!("?tenantId={tenant}")).is(403, "Not authorized to target this tenant.");
    get(&world, &owner, "?tenantId=platform").ok(403);
    let globex = world.place("globex");
    let sofia = world.staff_login(SUPERADMIN);
    assert_eq!(seen(&sofia, &format!("&tenantId={tenant}")).len(), 3);
    let theirs = items(&get(&world, &sofia, &format!("?tenantId={}", globex.tenant)));
    assert_eq!(theirs.iter().map(|row| row["action"].as_str().unwrap()).collect::<Vec<_>>(), ["access.denied"], "what the rival was refused");
    get(&world, &sofia, "?tenantId=platform").ok(200);
    get(&world, &sofia, "?tenantId=nonsense").ok(400);
    let head = world.send(Req::new(http::Method::HEAD, "/api/audit/logs.csv").jar(&sofia));
    assert_eq!((head.status, head.body.len()), (200, 0));
}
