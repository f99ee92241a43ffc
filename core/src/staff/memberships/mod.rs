//! Who works where, as what: giving, changing and taking memberships, leaving one's own, and inviting people who may
//! have an account already. Which role may be given to whom is [`crate::domain::authority`]'s to say; which places a
//! caller gives in is their scope's.

pub mod accept;
pub mod cancel;
pub mod create;
pub mod delete;
pub mod invite;
pub mod leave;
pub mod list;
pub mod update;

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{
        authority::{Caller, Refusal},
        event::Event,
        id::{Id, Merchant, Organization, Role, Tenant, User},
        membership::Seat,
        scope::Scope,
    },
    ports::{Query, Rows},
    problem::Problem,
    store::{
        memberships::{self, GrantedRole, KnownMerchant, PersonRow},
        places::{self, PlaceRow},
    },
};

pub const EDIT: &str = "auth.users.edit";
pub const NO_USER: &str = "User not found";
pub const NO_MEMBERSHIP: &str = "Membership not found";

/// A place and what somebody shall be there, as the body names them.
pub struct Wanted {
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub role: Id<Role>,
    pub merchants: Vec<Id<Merchant>>,
}

impl Wanted {
    /// Out of the body: the caller's tenant, where none is named.
    pub fn asked(cx: &Cx<'_>) -> Result<Self, Problem> {
        let role = cx.body.opt_id("roleId").ok_or_else(|| Problem::internal("the schema requires a role"))?;
        let tenant = cx.body.opt_id("tenantId").unwrap_or(cx.actor()?.tenant);
        let wanted = Self { tenant, organization: cx.body.opt_id("organizationId"), role, merchants: cx.body.ids("merchantIds") };
        if wanted.organization.is_none() && !wanted.merchants.is_empty() {
            return Err(invalid("merchantIds", "Merchants belong to an organization: name it"));
        }
        Ok(wanted)
    }

    pub fn seat(&self) -> Seat {
        Seat { tenant: self.tenant, organization: self.organization }
    }

    /// The reads that [`Wanted::check`] takes.
    pub fn queries(&self) -> Vec<Query> {
        let place = match self.organization {
            Some(organization) => places::organization(organization, Some(self.tenant)),
            None => places::tenant(self.tenant),
        };
        vec![place, memberships::role(self.role, self.tenant), memberships::known_merchants(self.organization, &self.merchants)]
    }

    /// Whether there is all of it, and whether it is the caller's to give.
    pub fn check(&self, caller: &Caller, scope: &Scope, rows: &mut impl Iterator<Item = Rows>) -> Result<(PlaceRow, GrantedRole), Problem> {
        let place = rows.next().unwrap_or_default().first::<PlaceRow>()?.ok_or_else(|| Problem::not_found("Organization not found"))?;
        let role = rows.next().unwrap_or_default().first::<GrantedRole>()?;
        let known = rows.next().unwrap_or_default().all::<KnownMerchant>()?;
        let at = place.location_of(self.seat())?;
        if !scope.includes(&at) {
            // The own tenant is there for everybody; an organization out of reach is like one that is not.
            return Err(match self.organization {
                None if self.tenant == caller.tenant => Refusal::UnrestrictedOrganizations.into(),
                _ => Problem::not_found("Organization not found"),
            });
        }
        let role = role.ok_or_else(|| Problem::invalid(format!("Role {} not found", self.role)))?;
        if let Some(missing) = self.merchants.iter().find(|id| !known.iter().any(|row| row.id == **id)) {
            return Err(Problem::invalid(format!("Merchant {missing} not found")));
        }
        let access = role.access();
        caller.may_grant_role(&role.at(&access), self.tenant)?;
        Ok((place, role))
    }
}

pub fn invalid(field: &'static str, message: &str) -> Problem {
    Problem::validation("Validation failed", vec![(field.into(), vec![message.into()])])
}

/// The person of the path, if the caller sees them.
pub async fn person(cx: &Cx<'_>, feature: &str, more: Vec<Query>) -> Result<(PersonRow, std::vec::IntoIter<Rows>), Problem> {
    let user: Id<User> = cx.id_param("id", NO_USER)?;
    let queries = [vec![memberships::person(user, &cx.actor()?.scope(feature))], more].concat();
    let mut rows = cx.read(queries).await?.into_iter();
    let person = rows.next().unwrap_or_default().first::<PersonRow>()?.ok_or_else(|| Problem::not_found(NO_USER))?;
    Ok((person, rows))
}

/// The events of a membership: its own, and that of the person whose roles changed.
pub fn events(name: &'static str, membership: impl serde::Serialize, user: Id<User>, seat: Seat, role: Id<Role>) -> [Event; 2] {
    let (tenant, organization) = (seat.tenant, seat.organization);
    let own = json!({"id": membership, "userId": user, "tenantId": tenant, "organizationId": organization, "roleId": role});
    let person = json!({"id": user, "organizationId": organization, "tenantId": tenant});
    [Event::new(name, tenant, organization, own), Event::new("auth.user.updated", tenant, organization, person)]
}
