//! `GET …/users/{id}/effective`: every registered feature, whether the person holds it, and what decided. `?feature=` asks
//! about one, registered or not; staff are seen in the caller's place, or in the organization that `?organizationId=` names.

use serde_json::{Value, json};

use crate::{
    admin::scope_or,
    cx::Cx,
    domain::{
        effective::{self, Explanation},
        id::{Id, Organization, User},
        membership::{Seat, holding},
        realm::Realm,
        registry::FEATURES,
    },
    problem::Problem,
    store::{
        effective::{self as rows, CustomerRow, StaffRow},
        users::Count,
    },
    web::response::Response,
};

const MISSING: &str = "User not found";
const FEATURE: &str = "auth.acl.manage";

pub async fn of_staff(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let user = cx.id_param::<User>("id", MISSING)?;
    let features = asked(cx, Realm::Staff)?;
    let named = organization(cx)?;
    let seat = Seat { tenant: actor.tenant, organization: named.or(actor.organization) };
    let mut queries = vec![rows::staff(&actor.scope(FEATURE), seat, user)];
    queries.extend(named.map(|id| rows::is_in(actor.tenant, id)));
    let mut found = cx.read(queries).await?.into_iter();
    let row = found.next().unwrap_or_default().first::<StaffRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    if named.is_some() && found.next().unwrap_or_default().first::<Count>()?.is_none_or(|count| count.n == 0) {
        return Err(Problem::not_found("Organization not found"));
    }
    let (memberships, acls, at) = row.held(seat)?;
    let items: Vec<Value> = features.iter().map(|feature| view(feature, effective::of_staff(&memberships, &acls, &at, feature))).collect();
    let admin = holding(memberships, &acls, &at).grants.admin;
    if admin && !actor.grants.admin {
        return Err(Problem::not_found(MISSING));
    }
    Ok(Response::json(
        200,
        &json!({"userId": user, "tenantId": seat.tenant, "organizationId": seat.organization, "isSuperAdmin": admin, "features": items}),
    ))
}

pub async fn of_customer(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = scope_or(cx, MISSING)?;
    let user = cx.id_param::<User>("id", MISSING)?;
    let features = asked(cx, Realm::Customer)?;
    let row = cx.read_one(rows::customer(scope, user)).await?.first::<CustomerRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    let (own, roles) = row.held()?;
    let own = own.as_ref().map(|(features, admin)| (features.as_slice(), *admin));
    let admin = own.map_or_else(|| roles.iter().any(|role| role.admin), |(_, admin)| admin);
    let items: Vec<Value> = features.iter().map(|feature| view(feature, effective::of_customer(own, &roles, feature))).collect();
    Ok(Response::json(
        200,
        &json!({"ok": true, "userId": user, "tenantId": scope.tenant, "organizationId": scope.organization, "isPortalAdmin": admin, "features": items}),
    ))
}

/// The one feature that is asked about, or all there are.
fn asked(cx: &Cx<'_>, realm: Realm) -> Result<Vec<String>, Problem> {
    match cx.request.query_value("feature").filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > 128 => {
            Err(Problem::validation("Invalid query parameters", vec![("feature".into(), vec!["Must hold at most 128 character(s)".into()])]))
        }
        Some(text) => Ok(vec![text]),
        None => Ok(FEATURES.iter().filter(|feature| feature.realm == realm).map(|feature| feature.id.to_owned()).collect()),
    }
}

/// The organization that is asked about: one the caller looks after.
fn organization(cx: &Cx<'_>) -> Result<Option<Id<Organization>>, Problem> {
    let missing = || Problem::not_found("Organization not found");
    let Some(text) = cx.request.query_value("organizationId").filter(|text| !text.is_empty()) else { return Ok(None) };
    let id: Id<Organization> = Id::parse(&text).ok_or_else(missing)?;
    let within = cx.actor()?.caller().organizations.is_none_or(|own| own.contains(&id));
    if within { Ok(Some(id)) } else { Err(missing()) }
}

fn view(feature: &str, said: Explanation) -> Value {
    let role = said.role.map(|role| json!({"id": role.id, "name": role.name, "slug": role.slug}));
    json!({"feature": feature, "granted": said.decision.is_granted(), "decision": said.decision.name(), "by": said.by, "role": role})
}
