//! `POST …/admin/users`: an account that is verified and active from the start, with roles and company in one batch.

use serde_json::json;

use super::check_roles;
use crate::{
    account::new_password,
    admin::home,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        email::Email,
        entity::EntityKind,
        event::Event,
        id::{Entity, Id, Role, User},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        admin_roles,
        admin_users::{self, Scope},
        entities::{self, KnownRow},
        roles::{self, GrantableRow},
        users::{self, NewUser},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("password", Kind::Text { min: 8, max: 128 }),
        required("displayName", Kind::Text { min: 1, max: 255 }),
        optional("roleIds", Kind::Uuids { min: 0 }),
        optional("customerEntityId", Kind::Uuid),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["user.created"];

fn taken() -> Problem {
    Problem::conflict("A user with this email already exists")
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let email = cx.body.email("email")?;
    let name = cx.body.text("displayName")?;
    check_password(cx, &email, name)?;
    let wanted: Vec<Id<Role>> = cx.body.ids("roleIds");
    let company: Option<Id<Entity>> = cx.body.opt_id("customerEntityId");
    let lookup = cx.deployment.keys.lookup_hash(&email);
    check(cx, scope, &lookup, &wanted, company).await?;
    let phc = cx.io.hash(cx.body.password("password")?).await?;

    let user = NewUser {
        id: cx.new_id::<User>(),
        tenant: scope.tenant,
        organization: scope.organization,
        email: &email,
        lookup_hash: &lookup,
        password_hash: Some(&phc),
        display_name: name,
        locale: cx.locale().code(),
        verified_at: Some(cx.now),
        company,
    };
    let companies: Vec<Id<Entity>> = company.into_iter().collect();
    let mut writes =
        vec![users::insert(&user, cx.now), admin_roles::all_live(scope, &wanted), entities::all_live(scope.tenant, scope.organization, &companies)];
    writes.extend(roles::replace(user.id, &wanted, cx.now));
    writes.extend(entities::link_on_user_created(user.id, scope.tenant, scope.organization, &lookup));
    let payload = json!({
        "id": user.id, "email": email.as_str(), "tenantId": scope.tenant, "organizationId": scope.organization, "createdBy": cx.actor()?.user,
    });
    let change = Change::new(writes)
        .audit(Entry::new("user.created", "user", user.id).detail(json!({"email": email.masked(), "roles": wanted, "company": company})))
        .event(Event::new("customer_accounts.user.created", scope.tenant, Some(scope.organization), payload));
    match cx.try_commit(change).await {
        Err(StoreError::Unique(_)) => Err(taken()),
        other => other
            .map(|_| Response::json(201, &json!({"ok": true, "user": {"id": user.id, "email": email.as_str(), "displayName": name}})))
            .map_err(Problem::from),
    }
}

fn check_password(cx: &Cx<'_>, email: &Email, name: &str) -> Result<(), Problem> {
    let actor = cx.actor()?;
    new_password::check(cx, "password", &cx.body.password("password")?, &actor.tenant_policy, &[email.as_str(), &actor.organization_name, name])
}

/// The address, the roles and the company, in this order, before anything is hashed.
async fn check(cx: &Cx<'_>, scope: Scope, lookup: &str, wanted: &[Id<Role>], company: Option<Id<Entity>>) -> Result<(), Problem> {
    let companies: Vec<Id<Entity>> = company.into_iter().collect();
    let queries = vec![
        admin_users::at_address(scope.tenant, lookup),
        roles::grantable(scope.tenant, scope.organization, wanted),
        entities::known(scope.tenant, scope.organization, &companies),
    ];
    let mut rows = cx.read(queries).await?.into_iter();
    if !rows.next().unwrap_or_default().is_empty() {
        return Err(taken());
    }
    check_roles(wanted, &rows.next().unwrap_or_default().all::<GrantableRow>()?)?;
    check_entity(company, EntityKind::Company, &rows.next().unwrap_or_default().all::<KnownRow>()?)
}

/// A link leads to a live entity of the right kind in the same organization, or nowhere.
pub fn check_entity(wanted: Option<Id<Entity>>, kind: EntityKind, known: &[KnownRow]) -> Result<(), Problem> {
    match wanted {
        Some(id) if !known.iter().any(|row| row.id == id && row.kind == kind.name()) => Err(Problem::invalid(kind.not_found())),
        _ => Ok(()),
    }
}
