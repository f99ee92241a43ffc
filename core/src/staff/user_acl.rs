//! `/api/auth/users/acl`: what one person holds more than their roles, what they are denied, and where. An ACL that says
//! nothing is none. Nobody changes their own, and the last super admin keeps the flag.

use serde_json::json;

use super::roles::acl::{FEATURES, answer, detail, unique, unknown_places};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Access, Operation},
        event::Event,
        id::{Id, Organization, User},
    },
    ports::{Query, Rows, StoreError},
    problem::Problem,
    store::{
        self,
        staff_people::{self, PersonRow},
        staff_role_admin::{self, OrganizationRow},
        staff_user_acls::{self, SubjectRow},
        succession::{self, Losing, OutlookRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("userId", Kind::Uuid),
        optional("isSuperAdmin", Kind::Bool),
        optional("features", FEATURES),
        optional("denied", FEATURES),
        optional("organizations", Kind::UuidsOrNull),
        optional("tenantId", Kind::Uuid),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const REPLACE_AUDIT: &[&str] = &["staff_user.acl_replaced", "staff_user.acl_deleted"];
pub const DELETE_AUDIT: &[&str] = &["staff_user.acl_deleted"];

const MISSING: &str = "User not found";
const FEATURE: &str = "auth.acl.manage";

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (subject, _) = load(cx, asked(cx)?, Vec::new()).await?;
    let caller = cx.actor()?.caller();
    if subject.id != caller.user {
        caller.may_act_on(subject.id, subject.standing()?, Operation::Support)?;
    }
    let access = subject.access();
    Ok(Response::json(
        200,
        &json!({
            "hasCustomAcl": subject.has_acl(), "isSuperAdmin": access.admin, "features": access.features, "denied": access.denied,
            "organizations": access.organizations, "updatedAt": subject.updated_at,
        }),
    ))
}

pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let body = &cx.body;
    let user: Id<User> = body.opt_id("userId").ok_or_else(|| Problem::not_found(MISSING))?;
    let after = Access {
        admin: body.opt_bool("isSuperAdmin").unwrap_or(false),
        features: unique(body.texts("features")),
        denied: unique(body.texts("denied")),
        organizations: (body.has("organizations") && !body.is_null("organizations")).then(|| body.ids("organizations")),
    };
    let sanitized = after.features != body.texts("features") || after.denied != body.texts("denied");
    change(cx, user, &after).await?;
    Ok(Response::json(200, &answer(&after.features, sanitized)))
}

pub async fn delete(cx: &Cx<'_>) -> Result<Response, Problem> {
    change(cx, asked(cx)?, &Access::default()).await?;
    Ok(Response::ok())
}

/// Whom the query names.
fn asked(cx: &Cx<'_>) -> Result<Id<User>, Problem> {
    cx.request.query_value("userId").and_then(|text| Id::parse(&text)).ok_or_else(|| Problem::invalid("Invalid input"))
}

async fn load(cx: &Cx<'_>, user: Id<User>, more: Vec<Query>) -> Result<(SubjectRow, std::vec::IntoIter<Rows>), Problem> {
    let actor = cx.actor()?;
    let named = cx.request.query_value("tenantId").and_then(|text| Id::parse(&text)).or_else(|| cx.body.opt_id("tenantId"));
    let named = named.filter(|_| actor.grants.admin);
    let queries = [vec![staff_user_acls::subject(&actor.scope(FEATURE), actor.tenant, named, user)], more].concat();
    let mut rows = cx.read(queries).await?.into_iter();
    let subject = rows.next().unwrap_or_default().first::<SubjectRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((subject, rows))
}

async fn change(cx: &Cx<'_>, user: Id<User>, after: &Access) -> Result<(), Problem> {
    let organizations: Vec<Id<Organization>> = after.organizations.clone().unwrap_or_default();
    for _ in 0..3 {
        let actor = cx.actor()?;
        let more = vec![staff_role_admin::known_organizations(&organizations), staff_people::one(user, &actor.scope(FEATURE), actor.tenant)];
        let (subject, mut rows) = load(cx, user, more).await?;
        let before = subject.access();
        let known = rows.next().unwrap_or_default().all::<OrganizationRow>()?;
        let person = rows.next().unwrap_or_default().first::<PersonRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
        check(cx, &subject, &before, after, &known)?;
        // The ACL holds in the whole tenant: who looks after less may change it of those who work nowhere else.
        if actor.caller().organizations.is_some() && !person.governed {
            return Err(Problem::forbidden("Not authorized to access this user."));
        }
        lock::check(cx, lock::STAFF_USER_ACL, subject.updated_at)?;
        if *after == Access::default() && !subject.has_acl() {
            return Ok(());
        }
        match cx.try_commit(batch(cx, &subject, &person, &before, after)).await {
            Ok(_) => return Ok(()),
            // Changed meanwhile, or made by somebody else: decide again.
            Err(StoreError::Precondition | StoreError::Unique(_)) => {
                let outlook = cx.read_one(succession::outlook(&flag_of(&subject))).await?.first::<OutlookRow>()?;
                if let (Some(outlook), true) = (outlook, before.admin && !after.admin) {
                    outlook.check()?;
                }
            }
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

fn check(cx: &Cx<'_>, subject: &SubjectRow, before: &Access, after: &Access, known: &[OrganizationRow]) -> Result<(), Problem> {
    let actor = cx.actor()?;
    let caller = actor.caller();
    caller.may_act_on(subject.id, subject.standing()?, Operation::Demote)?;
    caller.may_change_access(before, after)?;
    unknown_places(actor, Some(subject.tenant_id), before, after, known)
}

fn flag_of(subject: &SubjectRow) -> Losing<'static> {
    Losing::OwnFlag(subject.id, subject.tenant_id)
}

fn batch(cx: &Cx<'_>, subject: &SubjectRow, person: &PersonRow, before: &Access, after: &Access) -> Change {
    let gone = *after == Access::default();
    let loses_flag = before.admin && !after.admin;
    let version = lock::next(subject.updated_at, cx.now);
    let mut writes = if loses_flag { vec![succession::hold(&flag_of(subject))] } else { Vec::new() };
    #[cfg(feature = "twins")]
    if cx.twin("last-admin-by-look") {
        // The twin that only looks: two who look at once both see the other one left.
        writes.clear();
    }
    writes.push(staff_people::still(person));
    writes.push(if gone { staff_user_acls::delete(subject, version) } else { staff_user_acls::set(subject, cx.new_id(), after, version) });
    writes.push(store::changed_one());
    let action = if gone { "staff_user.acl_deleted" } else { "staff_user.acl_replaced" };
    let payload = json!({"id": subject.id, "recipientUserId": subject.id, "tenantId": subject.tenant_id, "organizationId": null});
    Change::new(writes)
        .audit(Entry::new(action, "staff_user", subject.id).within(subject.tenant_id, None).detail(detail(before, after)))
        .event(Event::new("auth.user_acl.updated", subject.tenant_id, None, payload))
}
