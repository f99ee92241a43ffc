//! The list of staff: who sees whom, filters, totals.

use portcullis_tests::{
    Jar, Req, World,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{created, delete, detail, employee, item, list, send, update};
use crate::flows::staff::id_of;

fn emails(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap()).collect()
}

fn sorted(world: &World, jar: &Jar, query: &str) -> Vec<String> {
    let found = list(world, jar, query);
    let mut names: Vec<String> = emails(&found).into_iter().map(str::to_owned).collect();
    assert_eq!(found["total"], names.len(), "{query}");
    names.sort();
    names
}

/// A second organization in Acme, with one of its own.
fn beside(world: &World) -> portcullis_tests::people::Place {
    let acme = world.acme();
    let id = "0190f5fe-7c00-7a00-8000-0000000000c1";
    world.arrange(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('{id}', '{}', 'Harbour Shop', 'harbour', 1)",
        acme.tenant
    ));
    portcullis_tests::people::Place { tenant: acme.tenant, organization: portcullis_core::domain::id::Id::parse(id).unwrap() }
}

/// TC-AUTH-046: shape, name in any case, search by role.
#[test]
fn tc_auth_046_the_list_is_searched_by_name_and_role() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    created(&world, &jar, "zoe@acme.com", json!({"name": "Zoë O'Brien-Łukasz", "roles": ["cashier"]}));
    let shown = &list(&world, &jar, "?search=zoe")["items"][0];
    assert_eq!(
        shown.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "createdAt",
            "email",
            "id",
            "isActive",
            "lastLoginAt",
            "lockedUntil",
            "name",
            "organizationId",
            "organizationName",
            "roleIds",
            "roles",
            "tenantId",
            "tenantName",
            "updatedAt"
        ]
    );
    let hits = |query: &str| sorted(&world, &jar, query).len();
    for hit in
        ["name=zo%C3%AB", "name=BRIEN-l", "name=O'b", "search=lukasz", "search=zoe@acme.com", "search=CASHIER", "search=ashi", "search=zoe+brien"]
    {
        assert_eq!(sorted(&world, &jar, &format!("?{hit}")), ["zoe@acme.com"], "{hit}");
    }
    for miss in ["name=zoe+x", "search=zo", "search=rien", "search=zoe+bruno", "name=%25", "search=%25", "search=z_e"] {
        assert_eq!(hits(&format!("?{miss}")), 0, "{miss}");
    }
    assert_eq!(hits("?search=acme"), 3, "an organization's name, and everybody's address");
    let id = list(&world, &jar, "?search=zoe")["items"][0]["id"].as_str().unwrap().to_owned();
    update(&world, &jar, &id, json!({"name": "Somebody Else", "email": "else@acme.com"})).ok(200);
    assert_eq!((hits("?search=zoe"), hits("?search=else"), hits("?name=body+e")), (0, 1, 1), "the index follows");
    delete(&world, &jar, &id).ok(200);
    assert_eq!((hits("?search=else"), hits("?name=body")), (0, 0));
    assert_eq!(world.count(&format!("staff_search WHERE user_id = '{id}'")) + world.count(&format!("staff_presence WHERE user_id = '{id}'")), 0);
}

#[test]
fn filters_combine_and_nonsense_finds_nobody() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let harbour = beside(&world);
    created(&world, &jar, "till@acme.com", json!({"organizationId": harbour.organization, "roles": ["cashier"], "name": "Till"}));
    let role = |slug: &str| world.value(&format!("SELECT id FROM staff_roles WHERE slug = '{slug}'")).as_str().unwrap().to_owned();
    let (cashier, worker) = (role("cashier"), role("employee"));
    let found = |query: &str| sorted(&world, &jar, query);
    assert_eq!(found(&format!("?organizationId={}", harbour.organization)), ["till@acme.com"]);
    assert_eq!(found("?search=harbour"), ["till@acme.com"]);
    assert_eq!(found(&format!("?roleId={cashier}")), ["till@acme.com"]);
    assert_eq!(found(&format!("?roleId={cashier}&roleId={worker}")), [EMPLOYEE, "till@acme.com"]);
    assert_eq!(found(&format!("?roleId={worker}&organizationId={}", harbour.organization)), [""; 0]);
    assert_eq!(found(&format!("?roleId={cashier}&name=till&search=till")), ["till@acme.com"]);
    assert!(!found("?scopeToActiveOrganization=true").contains(&"till@acme.com".to_owned()));
    for nonsense in ["?id=x", "?organizationId=1%20OR%201", &format!("?roleId={cashier}&roleId=x")] {
        assert_eq!(list(&world, &jar, nonsense), json!({"items": [], "total": 0, "totalPages": 1}), "{nonsense}");
    }
    assert_eq!(list(&world, &jar, "?page=abc&pageSize=-1")["items"].as_array().unwrap().len(), 1, "clamped");
}

/// Who is seen: super admins by each other; others in the caller's places only.
#[test]
fn people_are_seen_by_those_who_look_after_them() {
    let world = World::seeded();
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    let harbour = beside(&world);
    let owner = world.staff(&harbour, "keeper", &OWNER);
    let till = created(&world, &admin, "till@acme.com", json!({"organizationId": harbour.organization, "roles": ["cashier"]}));
    let newcomer = created(&world, &owner, "new@acme.com", json!({"organizationId": harbour.organization}));
    world.staff(&world.found("globex"), "rival", &OWNER);

    assert_eq!(sorted(&world, &owner, ""), ["keeper@staff.example", "new@acme.com", "till@acme.com"], "also who holds nothing yet");
    assert_eq!(sorted(&world, &admin, ""), [ADMIN, EMPLOYEE, "keeper@staff.example", "new@acme.com", "till@acme.com"]);
    assert_eq!(sorted(&world, &platform, "").len(), 6);
    assert_eq!((&list(&world, &admin, "")["isSuperAdmin"], &list(&world, &platform, "")["isSuperAdmin"]), (&json!(false), &json!(true)));
    for query in ["?search=superadmin", "?name=a", "?search=acme"] {
        assert!(!sorted(&world, &admin, query).contains(&SUPERADMIN.to_owned()), "{query}");
    }
    let superadmin = id_of(&world, SUPERADMIN);
    for (jar, id) in [(&admin, &superadmin), (&owner, &employee(&world)), (&owner, &superadmin)] {
        assert_eq!(list(&world, jar, &format!("?id={id}"))["total"], 0);
        send(&world, jar, Req::get(&format!("/api/auth/users/{id}"))).is(404, "User not found");
        send(&world, jar, Req::get(&format!("/api/auth/users/{id}/sessions"))).is(404, "User not found");
    }
    assert_eq!(detail(&world, &owner, &till)["email"], "till@acme.com");
    assert_eq!(item(&world, &owner, &newcomer)["hasPassword"], true);
}

/// A person of another tenant who also works here is listed here, and their account is not ours.
#[test]
fn a_guest_of_another_tenant_is_seen_and_left_alone() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    world.staff(&world.found("globex"), "guest", &[]);
    let guest = id_of(&world, "guest@staff.example");
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) SELECT '0190f5fe-7c00-7a00-8000-0000000000d1', '{guest}', \
         '{}', '{}', id, 1 FROM staff_roles WHERE slug = 'employee'; \
         UPDATE staff_roles SET priority = 200 WHERE slug = 'role-of-guest'",
        world.acme().tenant,
        world.acme().organization
    ));
    let seen = item(&world, &jar, &guest);
    assert_eq!((&seen["email"], &seen["roles"], &seen["organizationName"]), (&json!("guest@staff.example"), &json!(["employee"]), &json!("Acme")));
    assert_eq!(detail(&world, &jar, &guest)["memberships"].as_array().unwrap().len(), 1, "where else is not ours to know");
    update(&world, &jar, &guest, json!({"name": "Mine"})).is(403, "Not authorized to access this user.");
    delete(&world, &jar, &guest).is(403, "Not authorized to access this user.");
    super::post(&world, &jar, &guest, "one-time-password").is(403, "Not authorized to access this user.");
}

#[test]
fn totals_are_counters_or_counted_to_ten_thousand() {
    let world = World::seeded();
    let (jar, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    world.arrange(&format!(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, display_name, created_at, search_name, name_folded) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) \
         SELECT printf('0190f5fe-7c00-7a00-9000-%012d', i), '{}', 'p' || i || '@x.example', 'h' || i, 'Person', i, '[\"person\"]', 'person' FROM n",
        world.acme().tenant
    ));
    let all = list(&world, &jar, "?page=2");
    assert_eq!((&all["total"], all.get("totalIsExact"), emails(&all).len()), (&json!(10_102), None, 50));
    assert_eq!(list(&world, &platform, "")["total"], 10_103);
    for query in ["?search=pers", "?name=erso"] {
        let some = list(&world, &jar, query);
        assert_eq!((&some["totalIsExact"], emails(&some).len()), (&json!(false), 50), "{query}");
    }
    let rare = list(&world, &jar, "?search=person+employee");
    assert_eq!((&rare["total"], rare.get("totalIsExact")), (&json!(0), None), "the rarer word is looked up");
    let mut seen: Vec<String> = Vec::new();
    for page in [1, 2, 203] {
        seen.extend(emails(&list(&world, &jar, &format!("?page={page}"))).into_iter().map(str::to_owned));
    }
    let before = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((before, seen.len()), (102, 102), "pages do not overlap");
}

/// Where a person should be found: at home, in the organization they were made in, and wherever they are a member.
const PLACES: &str = "SELECT u.id AS user_id, u.tenant_id, '' AS organization_id FROM staff_users u WHERE u.deleted_at IS NULL \
     UNION SELECT u.id, u.tenant_id, u.organization_id FROM staff_users u WHERE u.deleted_at IS NULL AND u.organization_id IS NOT NULL \
     UNION SELECT u.id, m.tenant_id, '' FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id AND u.deleted_at IS NULL WHERE m.deleted_at IS NULL \
     UNION SELECT u.id, m.tenant_id, m.organization_id FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id AND u.deleted_at IS NULL \
     WHERE m.deleted_at IS NULL AND m.organization_id IS NOT NULL ORDER BY 1, 2, 3";

/// Plans do not show what triggers read, so the steps are counted: the same for few people and for many.
#[test]
fn a_write_costs_the_same_however_many_people_there_are() {
    let steps = |people: u32| {
        let world = World::seeded();
        world.arrange(&format!(
            "INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people}) \
             SELECT printf('0190f5fe-7c00-7a00-9000-%012d', i), '{}', 'p' || i || '@x.example', 'h' || i, i FROM n; \
             INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) SELECT 'm' || id, id, tenant_id, '{}', \
             (SELECT id FROM staff_roles WHERE slug = 'employee'), 1 FROM staff_users WHERE email LIKE 'p%@x.example'",
            world.acme().tenant,
            world.acme().organization,
        ));
        let one = "0190f5fe-7c00-7a00-9000-000000000001";
        let connection = world.database.connection();
        [
            format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{one}' AND deleted_at IS NULL"),
            format!("UPDATE staff_memberships SET deleted_at = NULL WHERE id = 'm{one}'"),
            format!("DELETE FROM staff_memberships WHERE id = 'm{one}'"),
            format!("INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) SELECT 'new', tenant_id, 'n', 'n', 1 FROM staff_users WHERE id = '{one}'"),
            "UPDATE staff_users SET deleted_at = 1 WHERE id = 'new'".to_owned(),
        ]
        .map(|sql| {
            let mut statement = connection.prepare(&sql).unwrap();
            assert_eq!(statement.execute([]).unwrap(), 1, "{sql}");
            statement.get_status(rusqlite::StatementStatus::VmStep)
        })
    };
    let (few, many) = (steps(5), steps(2_000));
    for (few, many) in few.into_iter().zip(many) {
        assert!(many <= few + few / 4, "{few} steps with few people, {many} with many");
    }
}

/// The counters and places follow whatever happens to people and memberships.
#[test]
fn presence_is_what_the_rows_say() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let harbour = beside(&world);
    let id = created(&world, &jar, "till@acme.com", json!({"roles": ["employee"]}));
    let check = |what: &str| {
        let places = world.rows(PLACES);
        let present = world.rows("SELECT user_id, tenant_id, organization_id FROM staff_presence ORDER BY 1, 2, 3");
        assert_eq!(places, present, "{what}");
        let counted = world.rows("SELECT tenant_id, organization_id, n FROM staff_counters WHERE n > 0 ORDER BY 1, 2");
        let wanted = world.rows("SELECT tenant_id, organization_id, count(*) AS n FROM staff_presence GROUP BY 1, 2 ORDER BY 1, 2");
        assert_eq!(counted, wanted, "{what}");
    };
    check("made");
    update(&world, &jar, &id, json!({"organizationId": harbour.organization})).ok(200);
    check("moved");
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{id}'"));
    check("left");
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = NULL WHERE user_id = '{id}' AND organization_id = '{}'", harbour.organization));
    check("back");
    world.arrange(&format!("DELETE FROM staff_memberships WHERE user_id = '{id}'"));
    check("gone");
    delete(&world, &jar, &id).ok(200);
    check("deleted");
}
