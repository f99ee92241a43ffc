//! Where a request of staff means to act. Its session's seat, unless `X-Organization-Id` names another organization that
//! the person is a member of. A `tenantId` that names another tenant than that is refused before anything is looked at.

use http::HeaderName;
use serde_json::Value;

use crate::{
    actor::Actor,
    domain::{
        id::{Id, Organization, Tenant},
        realm::Realm,
    },
    problem::Problem,
    routes::Guard,
    web::request::Request,
};

const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

/// The organization the request names, if that is an id.
pub fn organization(request: &Request) -> Option<Id<Organization>> {
    request.header(&ORGANIZATION).and_then(Id::parse)
}

/// The same whether there is no such organization, or it is somebody else's.
pub fn not_yours() -> Problem {
    Problem::forbidden("Not authorized to target this organization.")
}

/// Every `tenantId` in the query and the one at the top of the body have to be the actor's, super admins aside. A route
/// that serves whoever sits in the wrong place takes another tenant as the place to go to.
pub fn check(request: &Request, body: &Value, actor: &Actor, guard: Guard) -> Result<(), Problem> {
    if actor.realm == Realm::Customer {
        return Ok(());
    }
    // A request that means another organization must not act in this one because the name was misspelt.
    if request.headers.contains_key(&ORGANIZATION) && organization(request).is_none() {
        return Err(Problem::invalid("X-Organization-Id must be a UUID"));
    }
    if actor.grants.admin || guard == Guard::AnyPlace {
        return Ok(());
    }
    let named = body.get("tenantId").and_then(Value::as_str).map(str::to_owned);
    let foreign = request.query_values("tenantId").chain(named).any(|text| !is_own(&text, actor.tenant));
    if foreign { Err(Problem::forbidden("Not authorized to target this tenant.")) } else { Ok(()) }
}

/// `undefined` is a script's word for nothing, and an empty field a form's; `null` is none of the tenants.
fn is_own(text: &str, tenant: Id<Tenant>) -> bool {
    text.is_empty() || text == "undefined" || Id::parse(text) == Some(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    #[test]
    fn only_ones_own_tenant_is_ones_own() {
        let tenant = Id::new(Millis(1), [0; 10]);
        assert!(is_own(&tenant.to_string().to_uppercase(), tenant) && is_own("undefined", tenant) && is_own("", tenant));
        for other in ["null", "x", &Id::<Tenant>::new(Millis(2), [0; 10]).to_string()] {
            assert!(!is_own(other, tenant), "{other}");
        }
    }
}
