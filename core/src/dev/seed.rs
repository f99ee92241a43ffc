//! `POST /dev/seed`: the tenant, organization and people every development database starts with. Runs again without harm.

use serde_json::json;

use crate::{
    change::Change,
    cx::Cx,
    directory::founding,
    domain::{
        audit::Entry,
        email::Email,
        entity::EntityKind,
        id::{Id, Organization, Tenant},
        membership::Seat,
        realm::Realm,
        registry,
        secret::Password,
    },
    pack::{self, Scope},
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        directory::{self, OrganizationCard},
        entities::{self, NewEntity},
        staff::{self, AddressRow, NewStaff},
        staff_roles::{self, NewStaffRole, SlugRow},
        users::{self, NewUser},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["development.seeded"];

/// For everybody who is seeded. It protects nothing: the route does not exist outside development.
pub const PASSWORD: &str = "Portcullis-dev-1";

/// The slug of the organization everything belongs to.
const SLUG: &str = "acme";

const CUSTOMERS: [(&str, &str, &str); 3] = [
    ("admin@portal.acme.com", "Ada Admin", "portal_admin"),
    ("buyer@portal.acme.com", "Bruno Buyer", "buyer"),
    ("viewer@portal.acme.com", "Vera Viewer", "viewer"),
];

/// The company its seeded customers work for, so that each sees the others; found again by its external id.
const COMPANY: (&str, &str) = ("Acme Supplies", "acme-supplies");

/// Address, name, role, and whether the role is held in Acme's organization only.
const STAFF: [(&str, &str, &str, bool); 3] = [
    ("superadmin@acme.com", "Sofia Super", "superadmin", false),
    ("admin@acme.com", "Anton Admin", "admin", false),
    ("employee@acme.com", "Erika Employee", "employee", true),
];

/// Each part is made where it is missing: a database seeded by an older build gets what came since.
pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let queries = vec![
        directory::organization_by_slug(SLUG),
        staff_roles::around(SLUG),
        staff::addresses_around(SLUG),
        entities::by_external_id_around(SLUG, COMPANY.1),
    ];
    let mut rows = cx.read(queries).await?.into_iter();
    let known = rows.next().unwrap_or_default().first::<OrganizationCard>()?;
    let known_roles = rows.next().unwrap_or_default().all::<SlugRow>()?;
    let known_staff = rows.next().unwrap_or_default().all::<AddressRow>()?;
    let has_company = !rows.next().unwrap_or_default().is_empty();

    let (tenant, organization) = known.as_ref().map_or_else(|| (cx.new_id(), cx.new_id()), |card| (card.tenant_id, card.id));
    let mut writes = Vec::new();
    if known.is_none() {
        writes.extend(place(tenant, organization, cx));
        seed_customers(cx, tenant, organization, &mut writes).await?;
    }
    if !has_company {
        seed_company(cx, tenant, organization, &mut writes);
    }
    let seat = Seat { tenant, organization: Some(organization) };
    let roles = seed_staff_roles(cx, tenant, known_roles, &mut writes)?;
    seed_staff(cx, seat, &roles, &known_staff, &mut writes).await?;
    if writes.is_empty() {
        return Ok(answer(tenant, organization, false));
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
    vec![directory::insert_tenant(tenant, "Acme", cx.now), directory::insert_organization(organization, tenant, "Acme", SLUG, cx.now)]
}

async fn seed_customers(cx: &Cx<'_>, tenant: Id<Tenant>, organization: Id<Organization>, writes: &mut Vec<Statement>) -> Result<(), Problem> {
    let pack = pack::default().map_err(Problem::internal)?;
    let (roles, made) = founding::organization_roles(cx, &pack, tenant, organization);
    writes.extend(made);
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
        writes.extend(roles.iter().find(|(slug, _)| slug == role).map(|(_, id)| users::grant_role(user.id, Some(*id), cx.now)));
    }
    Ok(())
}

fn seed_company(cx: &Cx<'_>, tenant: Id<Tenant>, organization: Id<Organization>, writes: &mut Vec<Statement>) {
    let company = NewEntity {
        id: cx.new_id(),
        tenant,
        organization,
        kind: EntityKind::Company,
        display_name: COMPANY.0,
        email: None,
        email_hash: None,
        external_id: Some(COMPANY.1),
        company: None,
    };
    writes.push(entities::insert(&company, cx.now));
    let people = CUSTOMERS.iter().filter_map(|(email, ..)| Email::parse(email));
    writes.extend(people.map(|email| entities::employ(company.id, tenant, organization, &cx.deployment.keys.lookup_hash(&email))));
}

/// The default pack's staff roles: the platform's own, and those of one tenant.
fn seed_staff_roles(cx: &Cx<'_>, tenant: Id<Tenant>, mut known: Vec<SlugRow>, writes: &mut Vec<Statement>) -> Result<Vec<SlugRow>, Problem> {
    for role in &pack::default().map_err(Problem::internal)?.staff {
        if known.iter().any(|row| row.slug == role.slug) {
            continue;
        }
        let new = NewStaffRole {
            id: cx.new_id(),
            tenant: (role.scope == Scope::Tenant).then_some(tenant),
            slug: &role.slug,
            name: &role.slug,
            priority: role.priority,
            is_system: true,
        };
        let features = registry::default_grants(Realm::Staff, &role.slug, &role.features);
        writes.extend(staff_roles::insert(&new, cx.new_id(), &features, role.is_super_admin, cx.now));
        known.push(SlugRow { id: new.id, slug: role.slug.clone() });
    }
    Ok(known)
}

async fn seed_staff(cx: &Cx<'_>, seat: Seat, roles: &[SlugRow], known: &[AddressRow], writes: &mut Vec<Statement>) -> Result<(), Problem> {
    for (address, name, role, in_organization) in STAFF {
        let (Some(email), false) = (Email::parse(address), known.iter().any(|row| row.email == address)) else { continue };
        let phc = cx.io.hash(Password::new(PASSWORD)).await?;
        let user = NewStaff {
            id: cx.new_id(),
            home: seat.tenant,
            email: &email,
            lookup_hash: &cx.deployment.keys.lookup_hash(&email),
            password_hash: Some(&phc),
            display_name: Some(name),
            locale: "en",
            verified_at: Some(cx.now),
        };
        writes.push(staff::insert(&user, cx.now));
        let seat = Seat { organization: seat.organization.filter(|_| in_organization), ..seat };
        writes.extend(roles.iter().find(|row| row.slug == role).map(|row| staff_roles::join(cx.new_id(), user.id, seat, row.id, cx.now)));
    }
    Ok(())
}
