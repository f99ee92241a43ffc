//! Where staff work: the places of one's own, memberships of others, invitations.

use portcullis_core::domain::{
    id::{Id, User},
    membership::Seat,
};
use serde_json::{Value, json};

use super::{Case, case};
use crate::{Req, World};

const AUTH: &str = "/api/auth";
const NOBODYS: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "bootstrap_platform" => case(
            "anonymous",
            |w| {
                // Nobody is super admin any more: the platform is for the taking.
                w.arrange(
                    "UPDATE staff_memberships SET deleted_at = 1 WHERE role_id IN (SELECT role_id FROM staff_role_acls WHERE is_super_admin = 1)",
                );
                bootstrap("root@id.example.com")
            },
            |_| bootstrap("root@id.example.com"),
        ),
        "list_own_memberships" => {
            case("owner", |_| Req::get(&format!("{AUTH}/memberships")), |_| Req::get(&format!("{AUTH}/memberships")).bearer("made-up"))
        }
        "switch_place" => case("owner", |w| switch(json!({"organizationId": w.acme().organization})), |_| switch(json!({"organizationId": NOBODYS}))),
        "leave_membership" => case("super", |w| leave(&own(w)), |_| leave(NOBODYS)),
        "invite_member" => case("super", |w| invite(w, "guest@elsewhere.example"), |_| post("memberships/invite", json!({"email": "no address"}))),
        "accept_membership" => case(
            "anonymous",
            |w| {
                let jar = w.staff_login(crate::staff::SUPERADMIN);
                w.send(invite(w, "guest@elsewhere.example").jar(&jar)).ok(201);
                let token = w.joining_token("guest@elsewhere.example");
                post("memberships/accept", json!({"token": token, "password": "a new and fine passphrase", "displayName": "Guest"}))
            },
            |_| post("memberships/accept", json!({"token": "made-up"})),
        ),
        "list_member_invitations" => case(
            "super",
            |_| Req::get(&format!("{AUTH}/memberships/invitations")),
            |_| Req::get(&format!("{AUTH}/memberships/invitations")).bearer("made-up"),
        ),
        "cancel_member_invitation" => case(
            "super",
            |w| {
                let jar = w.staff_login(crate::staff::SUPERADMIN);
                let made = w.send(invite(w, "guest@elsewhere.example").jar(&jar)).ok(201).json();
                Req::delete(&format!("{AUTH}/memberships/invitations/{}", made["invitation"]["id"].as_str().unwrap()))
            },
            |_| Req::delete(&format!("{AUTH}/memberships/invitations/{NOBODYS}")),
        ),
        "list_memberships" => case("super", |w| Req::get(&of_person(&clerk(w).0, "")), |_| Req::get(&of_person(NOBODYS, ""))),
        "create_membership" => case(
            "super",
            |w| {
                let (user, _) = clerk(w);
                Req::post(&of_person(&user, "")).json(json!({"roleId": w.seeded_role("cashier"), "organizationId": w.acme().organization}))
            },
            |w| {
                let (user, _) = clerk(w);
                Req::post(&of_person(&user, "")).json(json!({"roleId": NOBODYS}))
            },
        ),
        "update_membership" => case(
            "super",
            |w| {
                let (user, membership) = clerk(w);
                Req::put(&of_person(&user, &membership)).json(json!({"roleId": w.seeded_role("cashier")}))
            },
            |w| {
                let (user, membership) = clerk(w);
                Req::put(&of_person(&user, &membership)).json(json!({"roleId": NOBODYS}))
            },
        ),
        "delete_membership" => case(
            "super",
            |w| {
                let (user, membership) = clerk(w);
                Req::delete(&of_person(&user, &membership))
            },
            |w| Req::delete(&of_person(&clerk(w).0, NOBODYS)),
        ),
        _ => return None,
    })
}

fn post(path: &str, body: Value) -> Req {
    Req::post(&format!("{AUTH}/{path}")).json(body)
}

fn bootstrap(email: &str) -> Req {
    post("bootstrap", json!({"secret": crate::world::BOOTSTRAP_SECRET, "email": email, "password": "a long and quiet phrase"}))
}

fn switch(body: Value) -> Req {
    post("switch", body)
}

fn leave(id: &str) -> Req {
    Req::delete(&format!("{AUTH}/memberships/{id}"))
}

fn invite(world: &World, email: &str) -> Req {
    let body = json!({"email": email, "roleId": world.seeded_role("employee"), "organizationId": world.acme().organization});
    post("memberships/invite", body)
}

fn of_person(user: &str, membership: &str) -> String {
    let tail = if membership.is_empty() { String::new() } else { format!("/{membership}") };
    format!("{AUTH}/users/{user}/memberships{tail}")
}

/// A colleague of Acme's and what they are there.
fn clerk(world: &World) -> (String, String) {
    let acme = world.acme();
    let user = world.colleague(acme.tenant, "teller@acme.com");
    let membership = world.join(user, acme.seat(), world.seeded_role("employee"));
    (user.to_string(), membership.to_string())
}

/// One more membership of the super admin's.
fn own(world: &World) -> String {
    let sql = format!("SELECT id FROM staff_users WHERE email = '{}'", crate::staff::SUPERADMIN);
    let user: Id<User> = Id::parse(world.value(&sql).as_str().unwrap()).unwrap();
    let acme = world.acme();
    world.join(user, Seat { organization: Some(acme.organization), ..acme.whole_tenant() }, world.seeded_role("employee")).to_string()
}
