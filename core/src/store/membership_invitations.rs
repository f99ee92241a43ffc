//! Invitations of staff to a place.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    memberships::GrantedRole,
    scope,
    staff_sessions::{ACLS, MEMBERSHIPS, above, membership},
};
use crate::{
    actor::flag,
    args,
    domain::{
        email::Email,
        id::{Id, Merchant, Organization, Partner, Record, Role, Tenant, User},
        membership::{Location, Seat},
        scope::Scope,
        secret::TokenHash,
        time::{HOUR, Millis},
    },
    ports::{Query, Statement, StoreError},
};

pub const LIFE: i64 = 72 * HOUR;

/// An invitation as it will be stored.
pub struct Invitation<'a> {
    pub id: Id<Record>,
    pub seat: Seat,
    pub email: &'a Email,
    pub lookup_hash: &'a str,
    /// What the mailed token is derived from, and its hash.
    pub token_row: Id<Record>,
    pub token: &'a TokenHash,
    pub role: Id<Role>,
    pub merchants: &'a [Id<Merchant>],
    pub by: Id<User>,
    pub locale: &'a str,
}

/// The invitation an address has not answered yet, to the same place.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct KnownRow {
    pub id: Id<Record>,
}

pub fn known(seat: Seat, lookup_hash: &str) -> Query {
    Query::new(
        "SELECT id FROM staff_membership_invitations WHERE tenant_id = ?1 AND COALESCE(organization_id, '') = COALESCE(?2, '') AND email_hash = ?3 \
         AND accepted_at IS NULL AND cancelled_at IS NULL",
        args![seat.tenant, seat.organization, lookup_hash],
    )
}

/// A pending invitation to the same place is renewed: its older link dies, its id stays. Follow with
/// [`super::changed_one`]: where somebody else's got there first nothing is written, and this one is decided again.
pub fn upsert(invitation: &Invitation, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_membership_invitations (id, tenant_id, organization_id, email, email_hash, token, token_row, role_id, merchants_json, invited_by, \
         locale, expires_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         ON CONFLICT (tenant_id, COALESCE(organization_id, ''), email_hash) WHERE accepted_at IS NULL AND cancelled_at IS NULL DO UPDATE SET \
         token = ?6, token_row = ?7, role_id = ?8, merchants_json = ?9, invited_by = ?10, locale = ?11, expires_at = ?12, updated_at = ?13 WHERE id = ?1",
        args![
            invitation.id,
            invitation.seat.tenant,
            invitation.seat.organization,
            invitation.email.as_str(),
            invitation.lookup_hash,
            invitation.token.as_str(),
            invitation.token_row,
            invitation.role,
            json!(invitation.merchants).to_string(),
            invitation.by,
            invitation.locale,
            now.plus(LIFE),
            now
        ],
    )
}

/// A pending invitation as a list shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct PendingRow {
    pub id: Id<Record>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Option<Id<Organization>>,
    organization_name: Option<String>,
    email: String,
    pub role_id: Id<Role>,
    role_name: String,
    merchants: String,
    invited_by: Id<User>,
    expires_at: Millis,
    created_at: Millis,
}

impl PendingRow {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "email": self.email, "tenantId": self.tenant_id, "organizationId": self.organization_id,
            "organizationName": self.organization_name, "role": {"id": self.role_id, "name": self.role_name},
            "merchantIds": serde_json::from_str::<Value>(&self.merchants).unwrap_or_default(), "invitedBy": self.invited_by,
            "expiresAt": self.expires_at, "createdAt": self.created_at,
        })
    }
}

const PENDING: &str = "SELECT i.id, i.tenant_id, i.organization_id, o.name AS organization_name, i.email, i.role_id, r.name AS role_name, \
     i.merchants_json AS merchants, i.invited_by, i.expires_at, i.created_at FROM staff_membership_invitations i JOIN staff_roles r ON r.id = i.role_id \
     LEFT JOIN organizations o ON o.id = i.organization_id WHERE i.tenant_id = ?1 AND i.accepted_at IS NULL AND i.cancelled_at IS NULL AND i.expires_at > ?2";

/// Invitations wait three days; a list longer than this is not read by anybody.
const MOST: u32 = 500;

/// Those of a tenant that lead to a place of the scope, newest first.
pub fn pending_within(tenant: Id<Tenant>, scope: &Scope, now: Millis) -> Query {
    let at = scope::place(scope, "i.tenant_id", "i.organization_id", 3);
    let sql = format!("{PENDING} AND {} ORDER BY i.created_at DESC, i.id DESC LIMIT {MOST}", at.sql);
    Query::new(sql, [args![tenant, now], at.args].concat())
}

pub fn one_within(id: Id<Record>, tenant: Id<Tenant>, scope: &Scope, now: Millis) -> Query {
    let at = scope::place(scope, "i.tenant_id", "i.organization_id", 4);
    Query::new(format!("{PENDING} AND i.id = ?3 AND {}", at.sql), [args![tenant, now, id], at.args].concat())
}

/// Follow with [`super::changed_one`].
pub fn cancel(id: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_membership_invitations SET cancelled_at = ?2, updated_at = ?2 WHERE id = ?1 AND accepted_at IS NULL AND cancelled_at IS NULL",
        args![id, now],
    )
}

/// One winner: follow with [`super::changed_one`].
pub fn accept(id: Id<Record>, token: &TokenHash, now: Millis) -> Statement {
    Statement::new(
        "UPDATE staff_membership_invitations SET accepted_at = ?3, updated_at = ?3 WHERE id = ?1 AND token = ?2 AND accepted_at IS NULL \
         AND cancelled_at IS NULL AND expires_at > ?3",
        args![id, token.as_str(), now],
    )
}

/// An invitation that may be accepted, with everything that is asked again now.
#[derive(Clone, Debug, Deserialize)]
pub struct AcceptableRow {
    pub id: Id<Record>,
    pub tenant_id: Id<Tenant>,
    pub tenant_policy: String,
    tenant_name: String,
    tenant_partner: Option<Id<Partner>>,
    #[serde(deserialize_with = "flag")]
    tenant_active: bool,
    pub organization_id: Option<Id<Organization>>,
    organization_name: Option<String>,
    organization_active: Option<i64>,
    pub email: String,
    pub email_hash: String,
    merchants: String,
    pub locale: String,
    above: String,
    pub invited_by: Id<User>,
    /// What the inviter holds now, JSON arrays.
    memberships: String,
    acls: String,
    /// The live accounts of the address, a JSON array.
    accounts: String,
}

/// An account of the invited address.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountJson {
    pub id: Id<User>,
    pub tenant: Id<Tenant>,
    pub active: i64,
    pub name: Option<String>,
}

/// What the inviter holds, as the membership rules take it.
pub type Held = (Vec<crate::domain::membership::Membership>, Vec<crate::domain::membership::OwnAcl>);

impl AcceptableRow {
    pub fn seat(&self) -> Seat {
        Seat { tenant: self.tenant_id, organization: self.organization_id }
    }

    pub fn location(&self) -> Result<Location, StoreError> {
        let above = serde_json::from_str(&self.above).map_err(|e| StoreError::Broken(format!("paths do not parse: {e}")))?;
        Ok(Location::new(self.seat(), above, self.tenant_partner))
    }

    pub fn inviter(&self) -> Result<Held, StoreError> {
        super::staff_sessions::parse(&self.memberships, &self.acls)
    }

    pub fn accounts(&self) -> Result<Vec<AccountJson>, StoreError> {
        serde_json::from_str(&self.accounts).map_err(|e| StoreError::Broken(format!("accounts do not parse: {e}")))
    }

    pub fn merchants(&self) -> Vec<Id<Merchant>> {
        serde_json::from_str(&self.merchants).unwrap_or_default()
    }

    pub fn place_name(&self) -> &str {
        self.organization_name.as_deref().unwrap_or(&self.tenant_name)
    }

    /// The place is still there.
    pub fn leads_somewhere(&self) -> bool {
        self.organization_id.is_none() || self.organization_active.is_some()
    }

    pub fn is_suspended(&self) -> bool {
        !self.tenant_active || self.organization_active == Some(0)
    }
}

pub fn acceptable(token: &TokenHash, now: Millis) -> Query {
    Query::new(
        format!(
            "SELECT i.id, i.tenant_id, t.policy AS tenant_policy, t.name AS tenant_name, t.partner_id AS tenant_partner, t.is_active AS tenant_active, \
             i.organization_id, o.name AS organization_name, o.is_active AS organization_active, i.email, i.email_hash, i.merchants_json AS merchants, \
             i.locale, {} AS above, i.invited_by, (SELECT json_group_array(json_object({})) {MEMBERSHIPS}) AS memberships, {ACLS} AS acls, \
             (SELECT json_group_array(json_object('id', ac.id, 'tenant', ac.tenant_id, 'active', ac.is_active, 'name', ac.display_name)) FROM staff_users ac \
              JOIN tenants home ON home.id = ac.tenant_id AND home.deleted_at IS NULL WHERE ac.email_hash = i.email_hash AND ac.deleted_at IS NULL) AS accounts \
             FROM staff_membership_invitations i JOIN tenants t ON t.id = i.tenant_id AND t.deleted_at IS NULL \
             JOIN staff_users u ON u.id = i.invited_by AND u.deleted_at IS NULL AND u.is_active = 1 \
             LEFT JOIN organizations o ON o.id = i.organization_id AND o.tenant_id = i.tenant_id AND o.deleted_at IS NULL \
             WHERE i.token = ?1 AND i.accepted_at IS NULL AND i.cancelled_at IS NULL AND i.expires_at > ?2",
            above("i.organization_id"),
            membership("i.organization_id")
        ),
        args![token.as_str(), now],
    )
}

/// The role of an invitation, if it may still be given there.
pub fn role(token: &TokenHash) -> Query {
    let select = super::memberships::granted_role();
    Query::new(
        format!(
            "{select} WHERE r.deleted_at IS NULL AND r.id = (SELECT i.role_id FROM staff_membership_invitations i WHERE i.token = ?1) \
             AND (r.tenant_id IS NULL OR r.tenant_id = (SELECT i.tenant_id FROM staff_membership_invitations i WHERE i.token = ?1))"
        ),
        args![token.as_str()],
    )
}

/// Which of an invitation's merchants are still the place's.
pub fn known_merchants(token: &TokenHash) -> Query {
    Query::new(
        "SELECT mc.id FROM staff_membership_invitations i CROSS JOIN json_each(i.merchants_json) w CROSS JOIN merchants mc ON mc.id = w.value \
         JOIN organization_paths p ON p.descendant_id = mc.organization_id AND p.ancestor_id = i.organization_id WHERE i.token = ?1 AND mc.deleted_at IS NULL",
        args![token.as_str()],
    )
}

/// The new membership, unless the person holds the role there already. For a person, place and role that are there.
pub fn join(membership: Id<Record>, user: Id<User>, seat: Seat, role: &GrantedRole, now: Millis) -> Statement {
    let Statement { sql, args } = super::memberships::join(membership, user, seat, role, now);
    Statement::new(
        format!(
            "{sql} AND NOT EXISTS (SELECT 1 FROM staff_memberships x WHERE x.user_id = ?2 AND x.tenant_id = ?3 AND COALESCE(x.organization_id, '') = COALESCE(?4, '') \
             AND x.role_id = ?5 AND x.deleted_at IS NULL)"
        ),
        args,
    )
}

/// Whether the person holds the role at the place now; aborts the batch otherwise.
pub fn holds(user: Id<User>, seat: Seat, role: Id<Role>) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, EXISTS (SELECT 1 FROM staff_memberships x WHERE x.user_id = ?1 AND x.tenant_id = ?2 \
         AND COALESCE(x.organization_id, '') = COALESCE(?3, '') AND x.role_id = ?4 AND x.deleted_at IS NULL)",
        args![user, seat.tenant, seat.organization, role],
    )
}
