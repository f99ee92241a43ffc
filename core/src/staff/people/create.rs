//! `POST /api/auth/users`: somebody new, with a password or with a mail that leads to choosing one, as a member of an
//! organization in the roles that are named.
//!
//! Everything is checked before anything is hashed: the place, the roles and whether they are the caller's to give, the
//! address, the password. Roles that look after a whole tenant are given for the tenant, others for the organization.

use serde_json::json;

use super::{CREATE, invalid, scope, taken};
use crate::{
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Id, Role, Tenant, User},
        keys::Purpose,
        membership::Seat,
    },
    mail::template::Template,
    ports::{Statement, StoreError},
    problem::Problem,
    staff::{new_password, password_reset::link},
    store::{
        staff::{self, NewStaff},
        staff_grants::{self, PlaceRow, RoleRow},
        staff_people, staff_roles,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("organizationId", Kind::Uuid),
        optional("password", Kind::Text { min: 1, max: 1_024 }),
        optional("sendInviteEmail", Kind::Bool),
        optional("name", Kind::TextOrNull { min: 0, max: 120 }),
        optional("roles", Kind::Texts { min: 0, max: 50, each: 120 }),
    ],
    refusal: Refusal::Issues("Invalid input", "details"),
};

pub const AUDIT: &[&str] = &["user.created"];

/// Somebody about to be made.
struct Order<'a> {
    id: Id<User>,
    email: &'a Email,
    lookup: &'a str,
    name: Option<&'a str>,
    place: &'a PlaceRow,
    roles: &'a [RoleRow],
    phc: Option<&'a str>,
    invited: bool,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let email = cx.body.email("email")?;
    let (has_password, invited) = (cx.body.has("password"), cx.body.opt_bool("sendInviteEmail") == Some(true));
    if !has_password && !invited {
        return Err(invalid("password", vec!["Password is required unless an invitation is sent".into()]));
    }
    let name = name(cx);
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let (place, roles) = load(cx, &lookup).await?;
    if has_password {
        let context = [email.as_str(), &place.name, name.unwrap_or_default()];
        let faults = new_password::faults(cx, &cx.body.password("password")?, &place.tenant_policy, &context);
        if !faults.is_empty() {
            return Err(invalid("password", faults));
        }
    }
    let phc = if has_password { Some(cx.io.hash(cx.body.password("password")?).await?) } else { None };
    let order = Order { id: cx.new_id(), email: &email, lookup: &lookup, name, place: &place, roles: &roles, phc: phc.as_deref(), invited };
    match cx.try_commit(change(cx, &order)?).await {
        Err(StoreError::Unique(_)) => Err(taken()),
        Err(StoreError::Precondition) => Err(Problem::conflict("The record was changed by someone else. Please try again.")),
        other => other.map(|_| Response::json(201, &json!({"id": order.id}))).map_err(Problem::from),
    }
}

/// What is blank is no name.
pub fn name<'a>(cx: &'a Cx<'_>) -> Option<&'a str> {
    cx.body.opt_text("name").map(str::trim).filter(|name| !name.is_empty())
}

/// The place and the roles, once both are the caller's to give and the address is free.
async fn load(cx: &Cx<'_>, lookup: &str) -> Result<(PlaceRow, Vec<RoleRow>), Problem> {
    let actor = cx.actor()?;
    let wanted = cx.body.texts("roles");
    let organization = cx.body.opt_id("organizationId").ok_or_else(|| Problem::internal("the schema requires an organization"))?;
    let scope = scope(cx, CREATE)?;
    let place = cx.read_one(staff_grants::place(organization, &scope)).await?.first::<PlaceRow>()?;
    let place = place.ok_or_else(|| Problem::not_found("Organization not found"))?;
    let mut rows =
        cx.read(vec![staff_grants::called(place.tenant_id, &wanted), staff_people::at_address(place.tenant_id, lookup)]).await?.into_iter();
    let roles = resolve(&wanted, rows.next().unwrap_or_default().all::<RoleRow>()?)?;
    for role in &roles {
        role.ask(|role| actor.caller().may_grant_role(role, place.tenant_id))?;
    }
    if !rows.next().unwrap_or_default().is_empty() {
        return Err(taken());
    }
    Ok((place, roles))
}

/// Every role that is meant, once; the first that nobody is called is named.
pub fn resolve(wanted: &[String], known: Vec<RoleRow>) -> Result<Vec<RoleRow>, Problem> {
    let mut roles: Vec<RoleRow> = Vec::new();
    let mut missing: Vec<String> = Vec::new();
    for name in wanted {
        match known.iter().find(|role| role.is_called(name)) {
            None => missing.push(format!("\"{name}\"")),
            Some(role) if roles.iter().any(|other| other.id == role.id) => {}
            Some(role) => roles.push(role.clone()),
        }
    }
    if missing.is_empty() { Ok(roles) } else { Err(Problem::invalid(format!("Role(s) not found: {}", missing.join(", ")))) }
}

/// Makes a person a member in a role.
pub fn join(cx: &Cx<'_>, user: Id<User>, tenant: Id<Tenant>, place: Option<&PlaceRow>, role: &RoleRow) -> Statement {
    let organization = place.filter(|_| !role.is_tenant_wide()).map(|place| place.id);
    staff_roles::join(cx.new_id(), user, Seat { tenant, organization }, role.id, cx.now)
}

fn change(cx: &Cx<'_>, order: &Order) -> Result<Change, Problem> {
    let (tenant, organization) = (order.place.tenant_id, order.place.id);
    let user = NewStaff {
        id: order.id,
        home: tenant,
        email: order.email,
        lookup_hash: order.lookup,
        password_hash: order.phc,
        display_name: order.name,
        locale: cx.locale().code(),
        // Nobody has shown yet that the address is theirs; the mailed link does.
        verified_at: None,
    };
    let role_ids: Vec<Id<Role>> = order.roles.iter().map(|role| role.id).collect();
    let mut writes = vec![staff_grants::place_stands(organization), staff_grants::all_live(&role_ids)];
    writes.extend([staff::insert(&user, cx.now), staff::settle(order.id, organization)]);
    writes.extend(order.roles.iter().map(|role| join(cx, order.id, tenant, Some(order.place), role)));
    let names: Vec<&str> = order.roles.iter().map(|role| role.name.as_str()).collect();
    let detail = json!({"email": order.email.masked(), "roles": names, "invited": order.invited});
    let payload = json!({"id": order.id, "organizationId": organization, "tenantId": tenant, "createdBy": cx.actor()?.user});
    let mut change = Change::new(writes)
        .audit(Entry::new("user.created", "user", order.id).within(tenant, Some(organization)).detail(detail))
        .event(Event::new("auth.user.created", tenant, Some(organization), payload));
    if order.invited && order.phc.is_none() {
        let row: RowId = cx.new_id();
        change.writes.extend(link(cx, row, order.id, Purpose::Invitation, Template::StaffInvitation, Some(cx.actor()?.user)));
        change = change.mail(invitation(cx, order, row)?);
    }
    Ok(change)
}

fn invitation(cx: &Cx<'_>, order: &Order, row: RowId) -> Result<MailOrder, Problem> {
    Ok(MailOrder {
        template: Template::StaffInvitation,
        to: order.email.clone(),
        locale: cx.locale(),
        tenant: order.place.tenant_id,
        organization: Some(order.place.id),
        token_row: Some(row),
        recipient_name: order.name.map(str::to_owned),
        inviter: Some(cx.actor()?.display_name.clone()),
        facts: Vec::new(),
    })
}
