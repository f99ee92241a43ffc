//! Every seeded role against every other, by every route that does something to a person or a role, against the rule as
//! the product states it: strictly below one's own; super admins alone manage super admins, and may manage each other.

use portcullis_core::domain::{
    id::{Id, User},
    membership::Seat,
};
use portcullis_tests::{Jar, Req, World};
use serde_json::json;

/// The product's table: slug, priority, whether it carries the flag, whether the platform's.
const ROLES: [(&str, i64, bool, bool); 7] = [
    ("superadmin", 1000, true, true),
    ("platform_admin", 900, false, true),
    ("operator", 800, false, true),
    ("admin", 700, false, false),
    ("owner", 600, false, false),
    ("cashier", 300, false, false),
    ("employee", 300, false, false),
];

/// One thing done to the person, or to their role.
const OPERATIONS: [&str; 9] = ["edit", "disable", "delete", "reset", "logout", "lock", "acl", "grant", "role"];

/// Somebody who works in the whole of Acme. All roles hold the same features here, so that nothing but priority decides.
fn somebody(world: &World, name: &str, role: &str) -> Id<User> {
    let place = world.acme();
    let user = world.colleague(place.tenant, &format!("{name}@acme.example"));
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, role_id, created_at) SELECT '{user}', '{user}', '{}', id, 1 FROM staff_roles WHERE slug = '{role}'",
        place.tenant
    ));
    user
}

fn request(world: &World, operation: &str, target: Id<User>, slug: &str) -> Req {
    let users = "/api/auth/users";
    match operation {
        "edit" => Req::put(users).json(json!({"id": target, "name": "Renamed"})),
        "disable" => Req::post(&format!("{users}/{target}/suspend")),
        "delete" => Req::delete(&format!("{users}?id={target}")),
        "reset" => Req::post(&format!("{users}/{target}/one-time-password")),
        "logout" => Req::post(&format!("{users}/{target}/force-logout")),
        "lock" => Req::post(&format!("{users}/{target}/lock")).json(json!({})),
        "acl" => Req::put("/api/auth/users/acl").json(json!({"userId": target, "denied": ["customers.*"]})),
        // A person who stands with nobody is given the target's role.
        "grant" => {
            let place = world.acme();
            Req::post(users)
                .json(json!({"email": "new@acme.example", "organizationId": place.organization, "sendInviteEmail": true, "roles": [slug]}))
        }
        _ => {
            let role = world.value(&format!("SELECT id FROM staff_roles WHERE slug = '{slug}'"));
            Req::put("/api/auth/roles").json(json!({"id": role, "description": "Changed"}))
        }
    }
}

#[test]
fn every_role_against_every_other_by_every_operation() {
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for (actor, actor_priority, actor_flag, actor_platform) in ROLES {
        for (target, priority, flag, platform) in ROLES {
            for operation in OPERATIONS {
                let world = World::seeded();
                world.arrange("UPDATE staff_role_acls SET features_json = '[\"auth.*\", \"customers.*\", \"customer_accounts.*\", \"directory.*\", \"platform.*\"]'");
                let (who, whom) = (somebody(&world, "actor", actor), somebody(&world, "target", target));
                let jar: Jar = world.staff_session(who, Seat { tenant: world.acme().tenant, organization: Some(world.acme().organization) });
                let res = world.send(request(&world, operation, whom, target).jar(&jar));
                let above = match (actor_flag, flag) {
                    (true, _) => true,
                    (false, true) => false,
                    (false, false) => priority < actor_priority,
                };
                // A role holds in the whole tenant, which is looked after from its admin upwards; one of the platform is
                // given by the platform's staff, and changed by super admins.
                let may = match operation {
                    "role" => above && actor_priority >= 700 && (!platform || actor_flag),
                    "grant" => above && (!platform || actor_platform),
                    _ => above,
                };
                asked += 1;
                if (res.status < 300) != may || res.status >= 500 {
                    wrong.push(format!("{actor} {operation} {target}: {} {}", res.status, res.error()));
                }
            }
        }
    }
    assert_eq!(asked, 7 * 7 * 9);
    assert!(wrong.is_empty(), "{} of {asked}:\n{wrong:#?}", wrong.len());
}
