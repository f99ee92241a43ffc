//! Staff act in the tenant they are signed in to: a request that names another is refused before anything is looked at.

use http::HeaderName;
use serde_json::Value;

use crate::{
    actor::Actor,
    domain::{
        id::{Id, Organization, Tenant},
        realm::Realm,
    },
    problem::Problem,
    web::request::Request,
};

const ORGANIZATION: HeaderName = HeaderName::from_static("x-organization-id");

/// Every `tenantId` in the query and the one at the top of the body have to be the actor's, super admins aside.
pub fn check(request: &Request, body: &Value, actor: &Actor) -> Result<(), Problem> {
    if actor.realm == Realm::Customer {
        return Ok(());
    }
    // The session's seat says where staff act. A request that means another organization must not act in this one.
    if let Some(named) = request.header(&ORGANIZATION) {
        let named = Id::<Organization>::parse(named).ok_or_else(|| Problem::invalid("X-Organization-Id must be a UUID"))?;
        if actor.organization != Some(named) {
            return Err(Problem::forbidden("Not authorized to target this organization."));
        }
    }
    if actor.grants.admin {
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
