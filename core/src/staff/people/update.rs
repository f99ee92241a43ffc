//! `PUT /api/auth/users`: name, address, password, organization and roles of a person. Everything is decided before
//! anything is written, and the record gets a new version whatever was asked.
//!
//! Roles are those of the organization the person was made in and of the whole tenant: what somebody is in other places
//! belongs to those. Moving to another organization takes the roles along.

use serde_json::{Map, Value, json};

use super::{
    EDIT, act, authorize,
    create::{join, name, resolve},
    credentials::{by_an_administrator, notified, replaced, told},
    event, invalid, person, scope, taken,
};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Operation, Standing},
        email::Email,
        id::{Id, Organization, Record, Role, User},
        notification,
        realm::Realm,
        time::Millis,
    },
    problem::{Code, Problem},
    staff::{new_password, password_reset::address_changed},
    store::{
        self,
        staff_grants::{self, PlaceRow, RoleRow},
        staff_notices,
        staff_people::{self, MembershipItem, Patch, PersonRow},
        succession::{self, Losing, OutlookRow},
        tokens,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("id", Kind::Uuid),
        optional("email", Kind::Email),
        optional("name", Kind::TextOrNull { min: 0, max: 120 }),
        optional("password", Kind::Text { min: 1, max: 1_024 }),
        optional("organizationId", Kind::Uuid),
        optional("roles", Kind::Texts { min: 0, max: 50, each: 120 }),
    ],
    refusal: Refusal::Issues("Invalid input", "details"),
};

pub const AUDIT: &[&str] = &["user.updated"];

/// What is to become of memberships.
#[derive(Default)]
struct Seats {
    leaving: Vec<MembershipItem>,
    joining: Vec<RoleRow>,
}

/// What was asked for, with everything that was looked up for it.
struct Wanted {
    email: Option<(Email, String)>,
    place: Option<PlaceRow>,
    roles: Option<Vec<RoleRow>>,
    phc: Option<String>,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<User> = cx.body.opt_id("id").ok_or_else(|| Problem::internal("the schema requires an id"))?;
    let first = person(cx, id, EDIT).await?;
    for operation in operations(cx) {
        authorize(cx, &first, operation)?;
    }
    lock::check(cx, lock::STAFF_USER, first.updated_at)?;
    let wanted = look_up(cx, &first).await?;
    let operation = operations(cx).last().copied().unwrap_or(Operation::Edit);
    let done = act(cx, id, EDIT, operation, |person, version| change(cx, person, &wanted, version)).await;
    match done {
        Err(problem) if problem.code == Code::Conflict && problem.operator.for_log().contains("staff_users") => Err(taken()),
        other => other.map(|_| Response::ok()),
    }
}

/// What is done to the person, the gravest last.
fn operations(cx: &Cx<'_>) -> Vec<Operation> {
    let mut operations = vec![Operation::Edit];
    operations.extend((cx.body.has("roles") || cx.body.has("organizationId")).then_some(Operation::Demote));
    operations.extend(cx.body.has("password").then_some(Operation::ResetPassword));
    operations
}

async fn look_up(cx: &Cx<'_>, person: &PersonRow) -> Result<Wanted, Problem> {
    let email = cx.body.opt_text("email").and_then(Email::parse).filter(|email| email.as_str() != person.email);
    let email = email.map(|email| (email.clone(), cx.deployment.keys.lookup_hash(&email)));
    let organization = cx.body.opt_id("organizationId");
    let moved = organization.is_some_and(|id| Some(id) != home(person));
    let names = cx.body.has("roles").then(|| cx.body.texts("roles"));
    let none = String::new();
    let queries = vec![
        staff_grants::place(organization.or(home(person)).unwrap_or_else(|| cx.new_id()), &scope(cx, EDIT)?),
        staff_grants::called(person.tenant_id, names.as_deref().unwrap_or_default()),
        staff_people::at_address(person.tenant_id, email.as_ref().map_or(&none, |(_, lookup)| lookup)),
        succession::outlook(&Losing::Memberships(&ids(&leaving(person, moved, names.is_some())))),
    ];
    let mut rows = cx.read(queries).await?.into_iter();
    let place = rows.next().unwrap_or_default().first::<PlaceRow>()?.filter(|place| place.tenant_id == person.tenant_id);
    if organization.is_some() && place.is_none() {
        return Err(Problem::not_found("Organization not found"));
    }
    let known = rows.next().unwrap_or_default().all::<RoleRow>()?;
    let roles = names.map(|names| resolve(&names, known)).transpose()?;
    if !rows.next().unwrap_or_default().is_empty() {
        return Err(taken());
    }
    let wanted = Wanted { email, place, roles, phc: None };
    let seats = seats(cx, person, &wanted)?;
    // Only where somebody is really about to lose something.
    if let (false, Some(outlook)) = (seats.leaving.is_empty(), rows.next().unwrap_or_default().first::<OutlookRow>()?) {
        outlook.check()?;
    }
    Ok(Wanted { phc: hashed(cx, person, &wanted).await?, ..wanted })
}

async fn hashed(cx: &Cx<'_>, person: &PersonRow, wanted: &Wanted) -> Result<Option<String>, Problem> {
    if !cx.body.has("password") {
        return Ok(None);
    }
    let password = cx.body.password("password")?;
    let email = wanted.email.as_ref().map_or(person.email.as_str(), |(email, _)| email.as_str());
    let context = [email, &person.tenant_name, person.display_name.as_deref().unwrap_or_default()];
    let faults = new_password::faults(cx, &password, &person.tenant_policy, &context);
    if faults.is_empty() { Ok(Some(cx.io.hash(password).await?)) } else { Err(invalid("password", faults)) }
}

/// The organization a person belongs to: the one they were made in, else the first they became a member of.
fn home(person: &PersonRow) -> Option<Id<Organization>> {
    let first =
        || person.memberships().into_iter().filter(|held| held.tenant == person.tenant_id && held.organization.is_some()).min_by_key(|held| held.id);
    person.organization_id.or_else(|| first().and_then(|held| held.organization))
}

/// The memberships an edit speaks of: in the organization the person belongs to, and of the whole tenant.
fn leaving(person: &PersonRow, moved: bool, reroled: bool) -> Vec<MembershipItem> {
    let own = |held: &MembershipItem| {
        let at_home = held.organization.is_some() && held.organization == home(person);
        held.tenant == person.tenant_id && (at_home || (reroled && held.organization.is_none()))
    };
    if moved || reroled { person.memberships().into_iter().filter(own).collect() } else { Vec::new() }
}

fn ids(memberships: &[MembershipItem]) -> Vec<Id<Record>> {
    memberships.iter().map(|held| held.id).collect()
}

/// What changes, once it is the caller's to change: roles that stay where they are need nobody's leave.
fn seats(cx: &Cx<'_>, person: &PersonRow, wanted: &Wanted) -> Result<Seats, Problem> {
    let moved = wanted.place.as_ref().is_some_and(|place| Some(place.id) != home(person));
    let mut leaving = leaving(person, moved, wanted.roles.is_some());
    let mut joining = match (&wanted.roles, moved) {
        (Some(roles), _) => roles.clone(),
        // The same roles in another organization; the caller looks after both.
        (None, true) => return Ok(Seats { leaving, joining: Vec::new() }),
        (None, false) => return Ok(Seats::default()),
    };
    let place = wanted.place.as_ref().map(|place| place.id);
    let there = |role: &RoleRow| place.filter(|_| !role.is_tenant_wide());
    let stays = |held: &MembershipItem, role: &RoleRow| held.role == role.id && held.organization == there(role);
    let kept: Vec<Id<Role>> = joining.iter().filter(|role| leaving.iter().any(|held| stays(held, role))).map(|role| role.id).collect();
    leaving.retain(|held| !joining.iter().any(|role| stays(held, role)));
    joining.retain(|role| !kept.contains(&role.id));
    if place.is_none() && joining.iter().any(|role| !role.is_tenant_wide()) {
        return Err(invalid("organizationId", vec!["These roles need an organization".into()]));
    }
    let caller = cx.actor()?.caller();
    for role in &joining {
        role.ask(|role| caller.may_grant_role(role, person.tenant_id))?;
    }
    for held in &leaving {
        caller.may_manage_membership(person.id, Standing { priority: held.priority, admin: held.admin == Some(1) })?;
    }
    Ok(Seats { leaving, joining })
}

fn change(cx: &Cx<'_>, person: &PersonRow, wanted: &Wanted, version: Millis) -> Result<Change, Problem> {
    let seats = seats(cx, person, wanted)?;
    let moved = wanted.place.as_ref().filter(|place| Some(place.id) != person.organization_id && cx.body.has("organizationId"));
    let patch = Patch {
        name: cx.body.has("name").then(|| name(cx)),
        email: wanted.email.as_ref().map(|(email, lookup)| (email, lookup.as_str())),
        organization: moved.map(|place| place.id),
        ..Patch::default()
    };
    let mut writes = Vec::new();
    if !seats.leaving.is_empty() {
        let ids = ids(&seats.leaving);
        writes.push(succession::hold(&Losing::Memberships(&ids)));
        writes.extend(staff_people::leave(&ids, cx.now));
    }
    writes.extend([staff_people::update(person, &patch, version), store::changed_one()]);
    if let Some(place) = moved {
        writes.push(staff_grants::place_stands(place.id));
    }
    let role_ids: Vec<Id<Role>> = seats.joining.iter().map(|role| role.id).collect();
    writes.push(staff_grants::all_live(&role_ids));
    writes.extend(seats.joining.iter().map(|role| join(cx, person.id, person.tenant_id, wanted.place.as_ref(), role)));
    if wanted.roles.is_none() {
        let moved = moved.filter(|place| Some(place.id) != home(person));
        writes.extend(moved.into_iter().flat_map(|place| seats.leaving.iter().map(|held| staff_people::rejoin(cx.new_id(), held, place.id, cx.now))));
    }
    if patch.email.is_some() {
        writes.push(tokens::void_resets(Realm::Staff, person.id, cx.now));
    }
    if let Some(phc) = &wanted.phc {
        writes.extend(replaced(cx, person, phc, false));
    }
    writes.extend(notices(cx, person, wanted, &seats));
    let entry = Entry::new("user.updated", "user", person.id).detail(detail(person, &patch, wanted, &seats));
    let mut change = Change::new(writes).audit(entry).event(event(cx, person, "auth.user.updated", "updatedBy")?);
    if patch.email.is_some() {
        change = change.mail(by_an_administrator(address_changed(cx, &notified(person))));
    }
    if wanted.phc.is_some() { told(cx, person, change) } else { Ok(change) }
}

/// What the person hears of it.
fn notices(cx: &Cx<'_>, person: &PersonRow, wanted: &Wanted, seats: &Seats) -> Vec<crate::ports::Statement> {
    if wanted.roles.is_none() {
        return Vec::new();
    }
    let given: Vec<String> = seats.joining.iter().map(|role| role.name.clone()).collect();
    let taken: Vec<String> = seats.leaving.iter().map(|held| held.name.clone()).collect();
    let tell = |names: &[String], notice: fn(&[String]) -> notification::Notice| {
        (!names.is_empty()).then(|| staff_notices::to_one(cx.new_id(), person.id, &notice(names), cx.now))
    };
    tell(&given, notification::staff_roles_given).into_iter().chain(tell(&taken, notification::staff_roles_taken)).collect()
}

/// Before and after, of what was asked for.
fn detail(person: &PersonRow, patch: &Patch, wanted: &Wanted, seats: &Seats) -> Value {
    let mut detail = Map::new();
    let mut note = |name: &str, before: Value, after: Value| drop(detail.insert(name.into(), json!({"before": before, "after": after})));
    if let Some(name) = patch.name {
        note("name", json!(person.display_name), json!(name));
    }
    if let Some((email, _)) = patch.email {
        note("email", json!(Email::as_typed(&person.email).masked()), json!(email.masked()));
    }
    if let Some(organization) = patch.organization {
        note("organizationId", json!(person.organization_id), json!(organization));
    }
    if wanted.phc.is_some() {
        note("password", json!("***"), json!("***"));
    }
    if wanted.roles.is_some() {
        let lost: Vec<&str> = seats.leaving.iter().map(|held| held.name.as_str()).collect();
        let gained: Vec<&str> = seats.joining.iter().map(|role| role.name.as_str()).collect();
        note("roles", json!(lost), json!(gained));
    }
    Value::Object(detail)
}
