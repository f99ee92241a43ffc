//! Moving in and out.

use serde_json::json;

use super::{Case, case};
use crate::{Req, World};

const ADMIN: &str = "/api/customer_accounts/admin";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "export_customers" => case(
            "owner",
            |_| Req::post(&format!("{ADMIN}/users-export")).json(json!({"passwordHashes": true})),
            |_| Req::post(&format!("{ADMIN}/users-export")).json(json!({"passwordHashes": "yes"})),
        ),
        // Whoever works nowhere sees none, so that there is nothing to get wrong but the credentials.
        "list_imports" => {
            case("owner", |_| Req::get(&format!("{ADMIN}/imports")), |_| Req::get(&format!("{ADMIN}/imports")).header("authorization", "Bearer x"))
        }
        "start_import" => case(
            "owner",
            |_| Req::post(&format!("{ADMIN}/imports")).json(json!({"source": "people.jsonl"})),
            |_| Req::post(&format!("{ADMIN}/imports")).json(json!({})),
        ),
        "read_import" => case("owner", |w| Req::get(&of_run(w, "")), |_| Req::get(&nobodys(""))),
        "import_customers" => case("owner", |w| Req::post(&of_run(w, "/lines")).json(lines()), |_| Req::post(&nobodys("/lines")).json(lines())),
        "read_import_report" => case("owner", |w| Req::get(&of_run(w, "/report.jsonl")), |_| Req::get(&nobodys("/report.jsonl"))),
        _ => return None,
    })
}

fn lines() -> serde_json::Value {
    json!({"from": 1, "lines": "{\"email\":\"moved@acme.example\",\"emailVerified\":true,\"roles\":[\"buyer\"]}\n{\"email\":\"nobody\"}\n"})
}

/// A run of Acme's, which waits for its first line.
pub fn of_run(world: &World, rest: &str) -> String {
    let acme = world.acme();
    let id = "0190f5fe-7c00-7a00-8000-00000000f11e";
    world.arrange(&format!(
        "INSERT INTO customer_imports (id, tenant_id, organization_id, created_by, source, dry_run, created_at, updated_at) \
         VALUES ('{id}', '{}', '{}', '{NOBODY}', 'people.jsonl', 0, {now}, {now})",
        acme.tenant,
        acme.organization,
        now = world.now()
    ));
    format!("{ADMIN}/imports/{id}{rest}")
}

fn nobodys(rest: &str) -> String {
    format!("{ADMIN}/imports/{NOBODY}{rest}")
}
