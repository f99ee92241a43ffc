//! Every statement that the routes, the work after responses and cron run, by its plan: none reads a growing table from
//! end to end.

use std::collections::BTreeSet;

use portcullis_core::{
    domain::{id::Id, time::Millis},
    routes::ROUTES,
    store::succession::{Losing, hold},
};
use portcullis_tests::{Req, World, cases, people::BUYER, staff::ADMIN};

/// Plans that scan, each with the reason why that is fine. `(part of the statement, part of the plan, reason)`
const FINE: &[(&str, &str, &str)] = &[
    ("FROM tenants f WHERE f.deleted_at IS NULL ORDER BY f.created_at", "SCAN f USING INDEX tenants_by_age", "along an index, up to its first row"),
    ("FROM development_inbox ORDER BY", "SCAN development_inbox USING INDEX", "in development only, along an index, up to a limit"),
    ("FROM tenants WHERE deleted_at IS NULL ORDER BY", "SCAN tenants USING INDEX", "in the order of an index, up to a limit"),
    ("FROM tenants t CROSS JOIN organizations o", "SCAN t USING INDEX tenants_by_name", "in the order of an index, up to a limit"),
    ("policy = 'strict'", "SCAN tenants USING INDEX tenants_strict", "the strict ones, and the first of them is enough"),
    ("FROM partners WHERE deleted_at IS NULL ORDER BY", "SCAN partners USING INDEX", "in the order of an index, up to a limit"),
    ("a.is_super_admin = 1", "SCAN a USING INDEX staff_user_acls_super", "those who carry the flag, and nobody else"),
    ("ra.is_super_admin = 1", "SCAN ra USING INDEX staff_role_acls_super", "the roles that carry the flag, and no others"),
    ("AND u.password_hash IS NOT NULL AND 0)", "SCAN a", "a condition that is 0 is not looked for"),
    ("FROM signing_key_set s LEFT JOIN signing_keys", "SCAN k", "a handful of keys; rows of those that are gone are deleted"),
    ("d1_migrations", "SCAN d1_migrations", "a row a migration, the last one first"),
    ("FROM (SELECT id AS tenant FROM tenants UNION ALL", "SCAN tenants", "cron asks each tenant whether its trail waits to be sealed"),
    ("row_number() OVER (PARTITION BY tenant_id", "SCAN revocations", "cron keeps the table at five thousand rows and an account of staff each"),
    ("revocation_floors", "SCAN revocation_floors", "a row a tenant at most, for eight hours, and every reader wants them all"),
];

/// Lists whose statement depends on what is asked for.
const LISTS: [&str; 21] = [
    "customer_accounts/admin/users",
    "customer_accounts/admin/users?status=active",
    "customer_accounts/admin/users?status=inactive",
    "customer_accounts/admin/users?status=locked",
    "customer_accounts/admin/users?search=ann",
    "customer_accounts/admin/users?customerEntityId=0190f5fe-7c00-7a00-8000-000000000001&status=active",
    "customer_accounts/admin/users?personEntityId=0190f5fe-7c00-7a00-8000-000000000001&search=ann",
    "customer_accounts/admin/users?roleId=0190f5fe-7c00-7a00-8000-000000000001",
    "customer_accounts/admin/users?roleId=0190f5fe-7c00-7a00-8000-000000000001&status=inactive&search=ann",
    "customer_accounts/admin/roles?search=ann",
    "customers/companies",
    "customers/companies?search=ann&email=ann@x.example",
    "customers/people?externalId=7&search=ann",
    "customers/people?email=ann@x.example",
    "auth/users",
    "auth/users?search=ann",
    "auth/users?search=ann&name=a",
    "auth/users?name=ann",
    "auth/users?organizationId=0190f5fe-7c00-7a00-8000-000000000001",
    "auth/users?roleId=0190f5fe-7c00-7a00-8000-000000000001&roleId=0190f5fe-7c00-7a00-8000-000000000002",
    "auth/users?id=0190f5fe-7c00-7a00-8000-000000000001",
];

/// Every statement there is, by its text.
fn statements() -> BTreeSet<String> {
    let world = World::seeded();
    let owner = world.persona("owner");
    let admin = world.staff_login(ADMIN);
    for path in LISTS {
        world.send(Req::get(&format!("/api/{path}")).jar(&owner.jar)).ok(200);
        world.send(Req::get(&format!("/api/{path}")).jar(&admin)).ok(200);
    }
    let mut seen: BTreeSet<String> = world.database.take_calls().into_iter().flat_map(|call| call.sql).collect();
    for route in ROUTES {
        // A route without a case fails the matrix, once.
        let Some(case) = cases::of(route) else { continue };
        for good in [true, false] {
            let world = World::seeded();
            let persona = world.persona(case.by);
            world.send(if good { (case.good)(&world) } else { (case.bad)(&world) }.jar(&persona.jar));
            world.minute();
            seen.extend(world.database.take_calls().into_iter().flat_map(|call| call.sql));
        }
    }
    seen.extend(succession());
    seen.extend(streams());
    seen
}

/// What channels read while somebody listens, and when somebody comes back.
fn streams() -> Vec<String> {
    let world = World::seeded();
    let (owner, buyer) = (world.persona("owner").jar, world.login(BUYER));
    for _ in 0..2 {
        world.send(Req::get("/api/events/stream").jar(&owner).header("last-event-id", "1")).ok(200);
        world.send(Req::get("/api/customer_accounts/portal/events/stream").jar(&buyer).header("last-event-id", "1")).ok(200);
        world.login(BUYER);
        world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
        world.send(Req::post("/api/customer_accounts/portal/logout").jar(&world.login(BUYER))).ok(200);
    }
    world.database.take_calls().into_iter().flat_map(|call| call.sql).collect()
}

/// Every way to lose somebody, whether or not a route above does.
fn succession() -> Vec<String> {
    let (user, tenant) = (Id::new(Millis(1), [0; 10]), Id::new(Millis(1), [0; 10]));
    let ways = [
        Losing::Person(user),
        Losing::Memberships(&[]),
        Losing::OwnFlag(user, tenant),
        Losing::RoleFlag(Id::new(Millis(1), [0; 10])),
        Losing::Tenant(tenant),
    ];
    ways.iter().map(|losing| hold(losing).sql.into_owned()).collect()
}

fn plan(world: &World, sql: &str) -> Vec<String> {
    let connection = world.database.connection();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|e| panic!("{sql}: {e}"));
    let nulls = vec![rusqlite::types::Value::Null; statement.parameter_count()];
    statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}

/// Making a parent row mentions its children only where a violation is pending, which in SQLite's code is the jump
/// `OP_FkIfZero` round the scan: the plan names it, the run skips it.
fn is_childrens_check(sql: &str, line: &str) -> bool {
    let of_constants = sql.contains(") VALUES (") || (sql.contains(") SELECT ?1, ") && !sql.contains(" FROM "));
    sql.starts_with("INSERT INTO ") && of_constants && line.strip_prefix("SCAN ").is_some_and(|table| !table.contains(' '))
}

/// Whether a name of a plan stands for a table: itself, or an alias of one. Others are common table expressions and
/// subqueries, which hold what a bounded search found.
fn is_table(world: &World, sql: &str, name: &str) -> bool {
    let aliases = |table: &String| [format!(" {table} {name} "), format!(" {table} AS {name} "), format!(" {table} {name})")];
    let text = format!("{sql} ");
    world.tables().iter().any(|table| table == name || aliases(table).iter().any(|alias| text.contains(alias)))
}

/// Lines of a plan that read a table from end to end.
fn scans(world: &World, sql: &str) -> Vec<String> {
    let is_scan = |line: &String| {
        let name = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        let fine = FINE.iter().any(|(part, plan, _)| sql.contains(part) && line.contains(plan));
        !fine && !is_childrens_check(sql, line) && is_table(world, sql, name)
    };
    plan(world, sql).into_iter().filter(is_scan).collect()
}

#[test]
fn no_statement_reads_a_growing_table_from_end_to_end() {
    let world = World::new();
    let statements = statements();
    assert!(statements.len() > 50, "{} statements", statements.len());
    let found: Vec<_> = statements.iter().map(|sql| (sql, scans(&world, sql))).filter(|(_, scans)| !scans.is_empty()).collect();
    assert!(found.is_empty(), "These need an index, or a line in FINE with the reason why not:\n{found:#?}");
}

#[test]
fn a_statement_without_an_index_is_found() {
    let world = World::new();
    for sql in [
        "SELECT id FROM customer_users u WHERE u.display_name = ?1",
        "DELETE FROM audit_log WHERE ip_address = ?1",
        "UPDATE customer_user_sessions SET deleted_at = 1 WHERE user_agent = ?1",
        "SELECT count(*) FROM mail_outbox",
    ] {
        assert_eq!(scans(&world, sql).len(), 1, "{sql}: {:?}", plan(&world, sql));
    }
}
