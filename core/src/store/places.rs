//! Places to sit in, and moving a session from one to another.

use serde::Deserialize;

use super::{
    staff::{OffersJson, first_of, offers},
    staff_sessions::{ACLS, above},
};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Partner, Session, Tenant, User},
        membership::{Location, Offer, OwnAcl, Seat},
    },
    ports::{Query, Statement, StoreError},
};

/// A place somebody wants to go to.
#[derive(Clone, Debug, Deserialize)]
pub struct PlaceRow {
    pub tenant_id: Id<Tenant>,
    #[serde(deserialize_with = "flag")]
    tenant_active: bool,
    tenant_partner: Option<Id<Partner>>,
    organization_id: Option<Id<Organization>>,
    organization_active: Option<i64>,
    /// A JSON array.
    above: String,
}

impl PlaceRow {
    pub fn location(&self) -> Result<Location, StoreError> {
        let above = serde_json::from_str(&self.above).map_err(|e| StoreError::Broken(format!("paths do not parse: {e}")))?;
        Ok(Location::new(Seat { tenant: self.tenant_id, organization: self.organization_id }, above, self.tenant_partner))
    }

    /// The place as a seat names it: the tenant by itself, where it names no organization.
    pub fn location_of(&self, seat: Seat) -> Result<Location, StoreError> {
        let at = self.location()?;
        Ok(if seat.organization.is_some() { at } else { Location::new(seat, Vec::new(), self.tenant_partner) })
    }

    /// Whether nobody but the platform's own is let in there. Other organizations of the tenant were found open.
    pub fn is_suspended(&self, at: &Location) -> bool {
        !self.tenant_active || (at.seat.organization == self.organization_id && self.organization_active == Some(0))
    }
}

fn place(organization: &str, rest: &str) -> String {
    format!(
        "SELECT t.id AS tenant_id, t.is_active AS tenant_active, t.partner_id AS tenant_partner, o.id AS organization_id, o.is_active AS organization_active, \
         {} AS above FROM {organization} {rest} AND t.deleted_at IS NULL",
        above("o.id")
    )
}

/// A live organization; of a tenant, where one is named beside it.
pub fn organization(id: Id<Organization>, tenant: Option<Id<Tenant>>) -> Query {
    let sql = place(
        "organizations o JOIN tenants t ON t.id = o.tenant_id",
        "WHERE o.id = ?1 AND (?2 IS NULL OR o.tenant_id = ?2) AND o.deleted_at IS NULL",
    );
    Query::new(sql, args![id, tenant])
}

/// A live tenant with its oldest open organization.
pub fn tenant(id: Id<Tenant>) -> Query {
    let first = first_of("t.id");
    Query::new(place(&format!("tenants t LEFT JOIN organizations o ON o.id = {first}"), "WHERE t.id = ?1"), args![id])
}

/// Everything somebody holds anywhere.
#[derive(Clone, Debug, Deserialize)]
pub struct PersonRow {
    #[serde(flatten)]
    json: OffersJson,
}

impl PersonRow {
    pub fn offers(&self) -> Result<(Vec<Offer>, Vec<OwnAcl>), StoreError> {
        self.json.parse()
    }
}

pub fn of_person(user: Id<User>) -> Query {
    let offers = offers();
    Query::new(
        format!("SELECT {offers} AS offers, {ACLS} AS acls FROM staff_users u WHERE u.id = ?1 AND u.deleted_at IS NULL AND u.is_active = 1"),
        args![user],
    )
}

/// Follow with [`super::changed_one`].
pub fn move_session(session: Id<Session>, user: Id<User>, to: Seat) -> Statement {
    Statement::new(
        "UPDATE staff_user_sessions SET tenant_id = ?3, organization_id = ?4 WHERE id = ?1 AND user_id = ?2 AND deleted_at IS NULL",
        args![session, user, to.tenant, to.organization],
    )
}
