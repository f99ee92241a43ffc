//! The audit trail as operators use it.

mod export;
mod list;
mod verify;

use portcullis_tests::{Jar, Req, Res, World};
use serde_json::Value;

/// Rows that were never written by anybody, of a tenant and an organization, one a second.
fn fill(world: &World, tenant: &str, organization: &str, rows: u32) {
    world.arrange(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
         INSERT INTO audit_log (id, seq, at, realm, tenant_id, organization_id, actor_kind, actor_id, action, outcome, target_kind, target_id, detail, ip_address, \
         user_agent, request_id, mac) SELECT printf('0190f5fe-7c00-7a00-8000-%012d', i), (SELECT COALESCE(MAX(seq), 0) FROM audit_log WHERE tenant_id = '{tenant}') + i, \
         {now} + i * 1000, 'customer', '{tenant}', '{organization}', 'customer', 'somebody', 'login.success', 'success', 'user', 'someone-' || i, \
         '{{\"session\":\"a session with a name of usual length\"}}', '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'r' || i, 'x' FROM n",
        now = world.now()
    ));
}

fn get(world: &World, jar: &Jar, query: &str) -> Res {
    world.send(Req::get(&format!("/api/audit/logs{query}")).jar(jar))
}

fn items(res: &Res) -> Vec<Value> {
    res.ok(200).json()["items"].as_array().unwrap().clone()
}
