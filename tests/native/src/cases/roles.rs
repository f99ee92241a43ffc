//! Staff: roles and what they grant.

use serde_json::{Value, json};

use super::{Case, case};
use crate::{Req, World, people::BUYER};

const AUTH: &str = "/api/auth";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "list_staff_roles" => case("owner", |_| Req::get(&format!("{AUTH}/roles")), |_| Req::get(&format!("{AUTH}/roles?search=nothing"))),
        "create_staff_role" => case("owner", |_| create("Auditor"), |_| create("employee")),
        "update_staff_role" => case("owner", |w| rename(&made(w)), |_| rename(NOBODY)),
        "delete_staff_role" => {
            case("owner", |w| Req::delete(&format!("{AUTH}/roles?id={}", made(w))), |_| Req::delete(&format!("{AUTH}/roles?id={NOBODY}")))
        }
        "read_staff_role_acl" => case("owner", |w| acl_of(&made(w)), |_| acl_of(NOBODY)),
        "replace_staff_role_acl" => case(
            "owner",
            |w| Req::put(&format!("{AUTH}/roles/acl")).json(grants(&made(w))),
            |_| Req::put(&format!("{AUTH}/roles/acl")).json(grants(NOBODY)),
        ),
        "read_staff_user_acl" => case("owner", |w| Req::get(&own_acl(&colleague(w))), |_| Req::get(&own_acl(NOBODY))),
        "replace_staff_user_acl" => case("owner", |w| denies(&colleague(w)), |_| denies(NOBODY)),
        "delete_staff_user_acl" => case(
            "owner",
            |w| {
                let user = colleague(w);
                w.arrange(&format!(
                    "INSERT INTO staff_user_acls (id, user_id, tenant_id, created_at) VALUES ('{NOBODY}', '{user}', '{}', 1)",
                    w.acme().tenant
                ));
                Req::delete(&own_acl(&user))
            },
            |_| Req::delete(&own_acl(NOBODY)),
        ),
        "read_staff_role_override" => case("owner", |w| Req::get(&override_of(w, &made(w))), |w| Req::get(&override_of(w, NOBODY))),
        "replace_staff_role_override" => case(
            "owner",
            |w| Req::put(&override_of(w, &made(w))).json(json!({"adds": ["customers.people.view"]})),
            |w| Req::put(&override_of(w, NOBODY)).json(json!({"adds": ["customers.people.view"]})),
        ),
        "delete_staff_role_override" => case(
            "owner",
            |w| {
                let path = override_of(w, &made(w));
                w.arrange("INSERT INTO staff_role_overrides (role_id, organization_id, updated_at) SELECT r.id, o.id, 1 FROM staff_roles r, organizations o WHERE r.slug = 'made' AND o.slug = 'acme'");
                Req::delete(&path)
            },
            |w| Req::delete(&override_of(w, NOBODY)),
        ),
        "explain_staff_features" => case(
            "owner",
            |w| Req::get(&format!("{AUTH}/users/{}/effective", colleague(w))),
            |_| Req::get(&format!("{AUTH}/users/{NOBODY}/effective")),
        ),
        "explain_customer_features" => case(
            "owner",
            |w| Req::get(&format!("/api/customer_accounts/admin/users/{}/effective", w.user_id(BUYER))),
            |_| Req::get(&format!("/api/customer_accounts/admin/users/{NOBODY}/effective")),
        ),
        "list_role_packs" => case("owner", |_| Req::get(&format!("{AUTH}/role-packs")), |_| Req::get(&format!("{AUTH}/role-packs")).bearer("x")),
        "apply_role_pack" => case(
            "super",
            |_| Req::post(&format!("{AUTH}/role-packs/crm/apply")).json(json!({})),
            |_| Req::post(&format!("{AUTH}/role-packs/none/apply")).json(json!({})),
        ),
        "sync_staff_role_acls" => case(
            "super",
            |w| {
                w.arrange("UPDATE staff_role_acls SET features_json = '[]' WHERE role_id = (SELECT id FROM staff_roles WHERE slug = 'owner')");
                Req::post(&format!("{AUTH}/roles/acl/sync")).json(json!({}))
            },
            |_| Req::post(&format!("{AUTH}/roles/acl/sync")).json(json!({"tenantId": NOBODY})),
        ),
        _ => return None,
    })
}

/// A role of Acme's one organization, low enough for its owner to manage.
pub fn made(world: &World) -> String {
    let (id, place) = ("0190f5fe-7c00-7a00-8000-0000000000d0", world.acme());
    world.arrange(&format!(
        "INSERT INTO staff_roles (id, tenant_id, slug, name, priority, created_at) VALUES ('{id}', '{}', 'made', 'made', 200, 1); \
         INSERT INTO staff_role_acls (id, role_id, organizations_json, created_at) VALUES ('{id}', '{id}', '[\"{}\"]', 1)",
        place.tenant, place.organization
    ));
    id.to_owned()
}

/// Somebody of Acme's one organization, low enough for its owner to manage.
fn colleague(world: &World) -> String {
    let place = world.acme();
    let (user, role) = (world.colleague(place.tenant, "colleague@staff.example"), made(world));
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) VALUES ('{user}', '{user}', '{}', '{}', '{role}', 1)",
        place.tenant, place.organization
    ));
    user.to_string()
}

fn own_acl(user: &str) -> String {
    format!("{AUTH}/users/acl?userId={user}")
}

fn denies(user: &str) -> Req {
    Req::put(&format!("{AUTH}/users/acl")).json(json!({"userId": user, "denied": ["customers.*"]}))
}

fn override_of(world: &World, role: &str) -> String {
    format!("{AUTH}/roles/{role}/overrides/{}", world.acme().organization)
}

fn create(name: &str) -> Req {
    Req::post(&format!("{AUTH}/roles")).json(json!({"name": name, "priority": 100}))
}

fn rename(id: &str) -> Req {
    Req::put(&format!("{AUTH}/roles")).json(json!({"id": id, "name": "Another name"}))
}

fn acl_of(id: &str) -> Req {
    Req::get(&format!("{AUTH}/roles/acl?roleId={id}"))
}

fn grants(id: &str) -> Value {
    json!({"roleId": id, "features": ["customers.people.view"]})
}
