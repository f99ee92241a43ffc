//! Tenants, partners, organizations and merchants, by those who look after them.

use serde_json::{Value, json};

use super::{Case, case};
use crate::{Req, World};

const DIRECTORY: &str = "/api/directory";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

/// A red dot: a PNG picture of one pixel, in base64.
pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

pub fn of(name: &str) -> Option<Case> {
    tenants(name).or_else(|| partners(name)).or_else(|| organizations(name)).or_else(|| merchants(name))
}

fn path(rest: &str) -> String {
    format!("{DIRECTORY}/{rest}")
}

fn tenants(name: &str) -> Option<Case> {
    Some(match name {
        "list_tenants" => case("super", |_| Req::get(&path("tenants?search=ac&sortField=name")), |_| Req::get(&path("tenants?sortField=color"))),
        "create_tenant" => case(
            "super",
            |_| Req::post(&path("tenants")).json(json!({"name": "Initech", "policy": "strict"})),
            |_| Req::post(&path("tenants")).json(json!({"name": ""})),
        ),
        "update_tenant" => case(
            "super",
            |w| Req::put(&path("tenants")).json(json!({"id": w.found("initech").tenant, "name": "Initech Ltd"})),
            |_| Req::put(&path("tenants")).json(json!({"id": NOBODY, "name": "Nobody"})),
        ),
        "delete_tenant" => case(
            "super",
            |w| Req::delete(&path(&format!("tenants?id={}", w.found("initech").tenant))),
            |w| Req::delete(&path(&format!("tenants?id={}", w.acme().tenant))),
        ),
        "suspend_tenant" => case(
            "super",
            |w| Req::post(&path(&format!("tenants/{}/suspend", w.found("initech").tenant))),
            |_| Req::post(&path(&format!("tenants/{NOBODY}/suspend"))),
        ),
        "resume_tenant" => case(
            "super",
            |w| {
                let tenant = w.found("initech").tenant;
                w.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{tenant}'"));
                Req::post(&path(&format!("tenants/{tenant}/resume")))
            },
            |_| Req::post(&path(&format!("tenants/{NOBODY}/resume"))),
        ),
        _ => return None,
    })
}

fn partners(name: &str) -> Option<Case> {
    Some(match name {
        "list_partners" => case("super", |_| Req::get(&path("partners?search=res")), |_| Req::get(&path("partners?page=0"))),
        "create_partner" => case(
            "super",
            |_| Req::post(&path("partners")).json(json!({"name": "Resellers"})),
            |_| Req::post(&path("partners")).json(json!({"name": 1})),
        ),
        "update_partner" => case(
            "super",
            |w| Req::put(&path("partners")).json(json!({"id": partner(w), "isActive": false})),
            |_| Req::put(&path("partners")).json(json!({"id": NOBODY, "name": "Nobody"})),
        ),
        "delete_partner" => {
            case("super", |w| Req::delete(&path(&format!("partners?id={}", partner(w)))), |_| Req::delete(&path(&format!("partners?id={NOBODY}"))))
        }
        "list_partner_staff" => {
            case("super", |w| Req::get(&path(&format!("partners/{}/staff", partner(w)))), |_| Req::get(&path(&format!("partners/{NOBODY}/staff"))))
        }
        "add_partner_staff" => case(
            "super",
            |w| Req::put(&path(&format!("partners/{}/staff/{}", partner(w), employee(w)))),
            |w| Req::put(&path(&format!("partners/{}/staff/{NOBODY}", partner(w)))),
        ),
        "remove_partner_staff" => case(
            "super",
            |w| {
                let (partner, user) = (partner(w), employee(w));
                w.arrange(&format!("INSERT INTO partner_staff (user_id, partner_id, created_at) VALUES ('{user}', '{partner}', 1)"));
                Req::delete(&path(&format!("partners/{partner}/staff/{user}")))
            },
            |w| Req::delete(&path(&format!("partners/{}/staff/{NOBODY}", partner(w)))),
        ),
        _ => return None,
    })
}

/// A partner there is.
pub fn partner(world: &World) -> String {
    let id = world.id::<()>().to_string();
    world.arrange(&format!("INSERT INTO partners (id, name, created_at) VALUES ('{id}', 'Resellers', 1)"));
    id
}

fn employee(world: &World) -> String {
    let id: Value = world.value("SELECT id FROM staff_users WHERE email = 'employee@acme.com'");
    id.as_str().unwrap().to_owned()
}

fn organizations(name: &str) -> Option<Case> {
    Some(match name {
        "list_organizations" => {
            case("owner", |_| Req::get(&path("organizations?view=manage&search=ac")), |_| Req::get(&path("organizations?view=map")))
        }
        "create_organization" => case(
            "super",
            |w| Req::post(&path("organizations")).json(json!({"name": "West", "parentId": w.acme().organization})),
            |_| Req::post(&path("organizations")).json(json!({"name": "West", "parentId": NOBODY})),
        ),
        "update_organization" => case(
            "super",
            |w| Req::put(&path("organizations")).json(json!({"id": branch(w), "name": "Far West", "slug": "far-west"})),
            |_| Req::put(&path("organizations")).json(json!({"id": NOBODY, "name": "Nobody"})),
        ),
        "delete_organization" => case(
            "super",
            |w| Req::delete(&path(&format!("organizations?id={}", branch(w)))),
            |_| Req::delete(&path(&format!("organizations?id={NOBODY}"))),
        ),
        "suspend_organization" => case(
            "super",
            |w| Req::post(&path(&format!("organizations/{}/suspend", branch(w)))),
            |_| Req::post(&path(&format!("organizations/{NOBODY}/suspend"))),
        ),
        "resume_organization" => case(
            "super",
            |w| {
                let id = branch(w);
                w.arrange(&format!("UPDATE organizations SET is_active = 0 WHERE id = '{id}'"));
                Req::post(&path(&format!("organizations/{id}/resume")))
            },
            |_| Req::post(&path(&format!("organizations/{NOBODY}/resume"))),
        ),
        "offer_organizations" => {
            case("owner", |_| Req::get(&path("organization-switcher")), |_| Req::get(&path("organization-switcher")).bearer("made-up"))
        }
        "read_branding" => {
            case("owner", |_| Req::get(&path("organization-branding")), |_| Req::get(&path("organization-branding")).bearer("made-up"))
        }
        "update_branding" => case(
            "owner",
            |_| Req::put(&path("organization-branding")).json(json!({"logoUrl": "https://cdn.example/a.svg", "accent": "#112233"})),
            |_| Req::put(&path("organization-branding")).json(json!({"logoUrl": "a.svg"})),
        ),
        "upload_logo" => case(
            "owner",
            |_| Req::put(&path("organization-branding/logo")).json(json!({"image": PNG})),
            |_| Req::put(&path("organization-branding/logo")).json(json!({"image": "PHN2Zy8+"})),
        ),
        "read_image" => case(
            "anonymous",
            |w| {
                let owner = w.persona("owner");
                let branding = w.send(Req::put(&path("organization-branding/logo")).jar(&owner.jar).json(json!({"image": PNG})));
                Req::get(branding.ok(200).json()["logoUrl"].as_str().unwrap())
            },
            |_| Req::get(&format!("/api/attachments/image/{NOBODY}")),
        ),
        _ => return None,
    })
}

/// An organization under Acme's.
pub fn branch(world: &World) -> String {
    let (id, acme) = (world.id::<()>().to_string(), world.acme());
    world.arrange(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, parent_id, created_at) VALUES ('{id}', '{}', 'West', 'west', '{}', 1)",
        acme.tenant, acme.organization
    ));
    id
}

fn merchants(name: &str) -> Option<Case> {
    Some(match name {
        "list_merchants" => case("super", |_| Req::get(&path("merchants?search=a")), |_| Req::get(&path("merchants?organizationId=x"))),
        "create_merchant" => case(
            "super",
            |_| Req::post(&path("merchants")).json(json!({"name": "Corner shop"})),
            |_| Req::post(&path("merchants")).json(json!({"name": "Corner shop", "organizationId": NOBODY})),
        ),
        "update_merchant" => case(
            "super",
            |w| Req::put(&path("merchants")).json(json!({"id": shop(w), "name": "Mall", "slug": "mall"})),
            |_| Req::put(&path("merchants")).json(json!({"id": NOBODY, "name": "Nobody"})),
        ),
        "delete_merchant" => {
            case("super", |w| Req::delete(&path(&format!("merchants?id={}", shop(w)))), |_| Req::delete(&path(&format!("merchants?id={NOBODY}"))))
        }
        _ => return None,
    })
}

/// A merchant of Acme's organization.
pub fn shop(world: &World) -> String {
    let (id, acme) = (world.id::<()>().to_string(), world.acme());
    world.arrange(&format!(
        "INSERT INTO merchants (id, tenant_id, organization_id, name, slug, created_at) VALUES ('{id}', '{}', '{}', 'Shop', 'shop', 1)",
        acme.tenant, acme.organization
    ));
    id
}
