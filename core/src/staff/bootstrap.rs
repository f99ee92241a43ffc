//! `POST /api/auth/bootstrap`: the first administrator of a deployment, by its one-time secret.
//!
//! Whoever deploys sets `BOOTSTRAP_SECRET`, sends it here once, and removes it. It opens nothing once it has been used,
//! nor where anybody carries the super-admin flag already. What may be wrong with a secret is all one answer; health says
//! whether bootstrapping is open.
//!
//! 1. The secret, in constant time, before anything is looked up or hashed.
//! 2. What there is: a tenant and an organization are made where there are none.
//! 3. One batch: place, roles, account, the row that uses the secret up, the membership. Of any number at once one wins.

use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::new_password;
use crate::{
    change::Change,
    cx::Cx,
    directory::founding,
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Id, Organization, Role, Tenant, User},
        membership::Seat,
        realm::Realm,
        registry, slug,
    },
    pack::{self, Scope},
    ports::{Statement, StoreError},
    problem::{Code, Problem},
    store::{
        self,
        bootstrap::{self, StateRow},
        directory,
        staff::{self, NewStaff},
        staff_roles::{self, NewStaffRole, SlugRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("secret", Kind::Text { min: 1, max: 1_024 }),
        required("email", Kind::Email),
        required("password", Kind::Text { min: 1, max: 1_024 }),
        optional("displayName", Kind::Text { min: 1, max: 120 }),
        optional("tenantName", Kind::Text { min: 1, max: 200 }),
        optional("organizationName", Kind::Text { min: 1, max: 200 }),
        optional("organizationSlug", Kind::Slug { max: 140 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["platform.bootstrapped"];

/// The role that carries the flag.
const SUPER_ADMIN: &str = "superadmin";

fn refused(note: &'static str) -> Problem {
    Problem::forbidden("Bootstrapping is closed, or the secret is wrong.").note(note)
}

/// Whether the secret is the deployment's. Both are hashed first, so that not even the length shows in the time.
fn is_secret(configured: Option<&str>, presented: &str) -> bool {
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    let expected = digest(configured.unwrap_or_default());
    bool::from(expected.ct_eq(&digest(presented))) && configured.is_some_and(|secret| !secret.is_empty())
}

/// Where the first administrator is at home, and what has to be made for it.
struct Home {
    tenant: Id<Tenant>,
    organization: Option<Id<Organization>>,
    writes: Vec<Statement>,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    if !is_secret(cx.deployment.config.bootstrap_secret.as_deref(), cx.body.text("secret")?) {
        return Err(refused("no such secret"));
    }
    let mut rows = cx.read(vec![bootstrap::state(), staff_roles::of_platform()]).await?.into_iter();
    let state = rows.next().unwrap_or_default().first::<StateRow>()?.ok_or_else(|| Problem::internal("no state"))?;
    let known = rows.next().unwrap_or_default().all::<SlugRow>()?;
    if !state.open {
        return Err(refused("closed"));
    }
    let (email, name) = (cx.body.email("email")?, cx.body.opt_text("displayName"));
    let password = cx.body.password("password")?;
    let policy = state.tenant_policy.clone().unwrap_or_else(|| "default".into());
    let faults =
        new_password::faults(cx, &password, &policy, &[email.as_str(), name.unwrap_or_default(), cx.body.opt_text("tenantName").unwrap_or_default()]);
    if !faults.is_empty() {
        return Err(Problem::validation("Validation failed", vec![("password".into(), faults)]));
    }
    let phc = cx.io.hash(password).await?;
    commit(cx, &state, known, &email, name, &phc).await
}

async fn commit(cx: &Cx<'_>, state: &StateRow, known: Vec<SlugRow>, email: &Email, name: Option<&str>, phc: &str) -> Result<Response, Problem> {
    let user: Id<User> = cx.new_id();
    let Home { tenant, organization, mut writes } = home(cx, state)?;
    let role = platform_roles(cx, known, &mut writes)?;
    let new = NewStaff {
        id: user,
        home: tenant,
        email,
        lookup_hash: &cx.deployment.keys.lookup_hash(email),
        password_hash: Some(phc),
        display_name: name,
        locale: cx.locale().code(),
        verified_at: Some(cx.now),
    };
    writes.push(staff::insert(&new, cx.now));
    let closing = [bootstrap::close(user, cx.now), store::changed_one()];
    // The twin that trusts its look at an open platform, as everybody who comes at the same moment does.
    #[cfg(feature = "twins")]
    let closing = if cx.twin("bootstrap-unclosed") { Vec::new() } else { closing.to_vec() };
    writes.extend(closing);
    writes.push(staff_roles::join(cx.new_id(), user, Seat { tenant, organization: None }, role, cx.now));
    let payload = json!({"id": user, "organizationId": organization, "tenantId": tenant});
    let change = Change::new(writes)
        .audit(Entry::new("platform.bootstrapped", "user", user).within(tenant, organization).by(user).detail(json!({"email": email.masked()})))
        .event(Event::new("auth.platform.bootstrapped", tenant, organization, payload.clone()))
        .event(Event::new("auth.user.created", tenant, organization, payload));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(refused("lost a race")),
        Err(StoreError::Unique(index)) if index.contains("staff_users") => Err(Problem::new(Code::Conflict, "Email already in use")),
        Err(StoreError::Unique(_)) => Err(refused("lost a race")),
        other => other
            .map(|_| Response::json(201, &json!({"ok": true, "userId": user, "tenantId": tenant, "organizationId": organization})))
            .map_err(Problem::from),
    }
}

/// The tenant there is, or a new one; its organization, where the body names one and there is none.
fn home(cx: &Cx<'_>, state: &StateRow) -> Result<Home, Problem> {
    let pack = pack::default().map_err(Problem::internal)?;
    let tenant = state.tenant_id.unwrap_or_else(|| cx.new_id());
    let mut writes = Vec::new();
    if state.tenant_id.is_none() {
        let name = cx.body.opt_text("tenantName").or(cx.body.opt_text("organizationName")).unwrap_or("Platform");
        writes.push(directory::insert_tenant(tenant, name, cx.now));
        writes.extend(founding::tenant_roles(cx, &pack, tenant));
    }
    let mut organization = state.organization_id;
    if let (None, Some(name)) = (organization, cx.body.opt_text("organizationName")) {
        let id = cx.new_id();
        let base = cx.body.opt_text("organizationSlug").map_or_else(|| slug::of_name(name, "organization"), str::to_owned);
        // Nobody has a slug yet; what is reserved gets a number.
        let slug = slug::candidates(&base, &id.to_string(), 0).into_iter().next().unwrap_or(base);
        writes.push(directory::insert_organization(id, tenant, name, &slug, cx.now));
        writes.extend(founding::organization_roles(cx, &pack, tenant, id).1);
        organization = Some(id);
    }
    Ok(Home { tenant, organization, writes })
}

/// The roles of the platform, those that are missing made; the answer is the one that carries the flag.
fn platform_roles(cx: &Cx<'_>, mut known: Vec<SlugRow>, writes: &mut Vec<Statement>) -> Result<Id<Role>, Problem> {
    let pack = pack::default().map_err(Problem::internal)?;
    for role in pack.staff.iter().filter(|role| role.scope == Scope::Platform) {
        if known.iter().any(|row| row.slug == role.slug) {
            continue;
        }
        let new = NewStaffRole { id: cx.new_id(), tenant: None, slug: &role.slug, name: &role.slug, priority: role.priority, is_system: true };
        let features = registry::default_grants(Realm::Staff, &role.slug, &role.features);
        writes.extend(staff_roles::insert(&new, cx.new_id(), &features, role.is_super_admin, cx.now));
        known.push(SlugRow { id: new.id, slug: role.slug.clone() });
    }
    known.iter().find(|row| row.slug == SUPER_ADMIN).map(|row| row.id).ok_or_else(|| Problem::internal("the pack has no super admin"))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn a_secret_is_the_configured_one_and_nothing_else() {
        assert!(is_secret(Some("a secret of the deployment"), "a secret of the deployment"));
        for (configured, presented) in
            [(Some("a secret"), "a secre"), (Some("a secret"), "a secret "), (Some("a secret"), ""), (None, ""), (None, "x"), (Some(""), "")]
        {
            assert!(!is_secret(configured, presented), "{configured:?} {presented}");
        }
    }
}
