//! Which tenant a public request concerns (the wire's tenant resolution): from the host, or from the body on a platform host.

use serde_json::Value;

use crate::{
    app::{Deployment, Later, Trace},
    cx::Place,
    domain::id::{Id, Organization, Tenant},
    io::Io,
    pipeline::host::Host,
    problem::Problem,
    store::directory::{self, OrganizationCard},
};

/// The key of an organization's card in KV. Nothing in it ever changes what a session may do.
pub fn card_key(id: Id<Organization>) -> String {
    format!("org:{id}")
}

/// No tenant has it: limiter keys of requests that name none.
pub fn nowhere() -> Id<Tenant> {
    Id::new(crate::domain::time::Millis(0), [0; 10])
}

pub async fn resolve(_deployment: &Deployment, io: &Io<'_>, host: &Host, body: &Value, trace: &mut Trace) -> Result<Place, Problem> {
    let named_tenant = body.get("tenantId").and_then(Value::as_str).and_then(Id::<Tenant>::parse);
    if let Host::Mapped(card) = host {
        if named_tenant.is_some_and(|tenant| tenant != card.tenant_id) {
            return Err(Problem::invalid("tenantId in request body does not match the resolved custom domain"));
        }
        return Ok(Place { tenant: card.tenant_id, organization: Some(card.organization_id) });
    }
    match body.get("organizationId").and_then(Value::as_str).and_then(Id::<Organization>::parse) {
        Some(id) => {
            let card = organization(io, id, trace).await?.ok_or_else(|| Problem::invalid("Organization not found"))?;
            if named_tenant.is_some_and(|tenant| tenant != card.tenant_id) {
                return Err(Problem::invalid("tenantId in request body does not match the resolved organization"));
            }
            Ok(Place { tenant: card.tenant_id, organization: Some(card.id) })
        }
        None => match named_tenant {
            Some(tenant) => Ok(Place { tenant, organization: None }),
            None => Err(Problem::invalid("organizationId or tenantId is required for platform-domain logins")),
        },
    }
}

/// Where a member of staff wants in: the tenant of the host, else the one named, else whichever has the address.
pub fn of_staff(host: &Host, body: &Value) -> Result<Place, Problem> {
    let named = ["tenantId", "tenant"].iter().find_map(|name| body.get(name).and_then(Value::as_str).and_then(Id::<Tenant>::parse));
    let tenant = match host {
        Host::Mapped(card) if named.is_some_and(|tenant| tenant != card.tenant_id) => {
            return Err(Problem::invalid("tenantId in request body does not match the resolved custom domain"));
        }
        Host::Mapped(card) => card.tenant_id,
        Host::Platform => named.unwrap_or_else(nowhere),
    };
    Ok(Place { tenant, organization: None })
}

/// From KV, else from D1, which then fills KV after the response.
async fn organization(io: &Io<'_>, id: Id<Organization>, trace: &mut Trace) -> Result<Option<OrganizationCard>, Problem> {
    let key = card_key(id);
    if let Some(card) = io.cached(&key).await.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(Some(card));
    }
    let card = io.read_one(directory::organization(id)).await?.first::<OrganizationCard>()?;
    if let Some(card) = &card {
        trace.later.push(Later::Cache { key, value: serde_json::to_string(card).unwrap_or_default() });
    }
    Ok(card)
}
