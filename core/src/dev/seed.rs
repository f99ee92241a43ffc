//! `POST /dev/seed`: the tenant, organization and people every development database starts with. Runs again without harm.

use serde_json::json;

use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        email::Email,
        id::{Id, Organization, Role, Tenant},
        secret::Password,
    },
    pack,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        directory::{self, OrganizationCard},
        roles::{self, NewRole},
        users::{self, NewUser},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["development.seeded"];

/// For everybody who is seeded. It protects nothing: the route does not exist outside development.
pub const PASSWORD: &str = "Portcullis-dev-1";

const CUSTOMERS: [(&str, &str, &str); 3] = [
    ("admin@portal.acme.com", "Ada Admin", "portal_admin"),
    ("buyer@portal.acme.com", "Bruno Buyer", "buyer"),
    ("viewer@portal.acme.com", "Vera Viewer", "viewer"),
];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let existing = cx.read_one(directory::organization_by_slug("acme")).await?.first::<OrganizationCard>()?;
    if let Some(card) = existing {
        return Ok(answer(card.tenant_id, card.id, false));
    }
    let (tenant, organization): (Id<Tenant>, Id<Organization>) = (cx.new_id(), cx.new_id());
    let mut writes = place(tenant, organization, cx);
    let roles = seed_roles(cx, tenant, organization, &mut writes)?;
    for (email, name, role) in CUSTOMERS {
        let Some(email) = Email::parse(email) else { continue };
        let phc = cx.io.hash(Password::new(PASSWORD)).await?;
        let user = NewUser {
            id: cx.new_id(),
            tenant,
            organization,
            email: &email,
            lookup_hash: &cx.deployment.keys.lookup_hash(&email),
            password_hash: Some(&phc),
            display_name: name,
            locale: "en",
            verified_at: Some(cx.now),
            company: None,
        };
        writes.push(users::insert(&user, cx.now));
        writes.extend(roles.iter().find(|(slug, _)| slug == role).map(|(_, id)| users::grant_role(user.id, *id, cx.now)));
    }
    let change = Change::new(writes).audit(Entry::new("development.seeded", "tenant", tenant).within(tenant, Some(organization)));
    match cx.try_commit(change).await {
        // Two seeds at once: the other one did it.
        Err(StoreError::Unique(_)) => Ok(Response::ok()),
        other => other.map(|_| answer(tenant, organization, true)).map_err(Problem::from),
    }
}

fn answer(tenant: Id<Tenant>, organization: Id<Organization>, created: bool) -> Response {
    Response::json(200, &json!({"ok": true, "created": created, "tenantId": tenant, "organizationId": organization}))
}

fn place(tenant: Id<Tenant>, organization: Id<Organization>, cx: &Cx<'_>) -> Vec<Statement> {
    vec![directory::insert_tenant(tenant, "Acme", cx.now), directory::insert_organization(organization, tenant, "Acme", "acme", cx.now)]
}

/// The default pack's customer roles for one organization.
fn seed_roles(
    cx: &Cx<'_>,
    tenant: Id<Tenant>,
    organization: Id<Organization>,
    writes: &mut Vec<Statement>,
) -> Result<Vec<(String, Id<Role>)>, Problem> {
    let pack = pack::default().map_err(Problem::internal)?;
    let mut made = Vec::new();
    for role in &pack.customer {
        let new = NewRole {
            id: cx.new_id(),
            tenant,
            organization,
            name: &role.name,
            slug: &role.slug,
            description: None,
            is_default: role.is_default,
            is_system: true,
            customer_assignable: role.customer_assignable,
        };
        writes.extend(roles::insert(&new, cx.new_id(), &role.features, role.is_portal_admin, cx.now));
        made.push((role.slug.clone(), new.id));
    }
    Ok(made)
}
