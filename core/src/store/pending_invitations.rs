//! Invitations nobody has answered yet, as those who may invite see them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::listing::Page;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Entity, Id, Organization, Record, Tenant},
        time::Millis,
    },
    ports::{Query, Statement, Value as Arg},
};

/// Whose invitations: those of one company for its people, those of one organization for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Company(Id<Tenant>, Id<Entity>),
    Organization(Id<Tenant>, Id<Organization>),
}

/// How far a total is counted.
pub const COUNTED: i64 = 10_000;

impl Of {
    /// `?1` and `?2` are the scope, `?3` is now.
    fn condition(self) -> String {
        let column = match self {
            Self::Company(..) => "customer_entity_id",
            Self::Organization(..) => "organization_id",
        };
        format!("i.tenant_id = ?1 AND i.{column} = ?2 AND i.accepted_at IS NULL AND i.cancelled_at IS NULL AND i.expires_at > ?3")
    }

    fn args(self, now: Millis) -> Vec<Arg> {
        match self {
            Self::Company(tenant, company) => args![tenant, company, now],
            Self::Organization(tenant, organization) => args![tenant, organization, now],
        }
    }

    fn query(self, sql: String, now: Millis, more: Vec<Arg>) -> Query {
        let mut args = self.args(now);
        args.extend(more);
        Query::new(sql, args)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct PendingInvitationRow {
    pub id: Id<Record>,
    pub organization_id: Id<Organization>,
    pub email: String,
    display_name: Option<String>,
    pub customer_entity_id: Option<Id<Entity>>,
    created_at: Millis,
    expires_at: Millis,
    #[serde(deserialize_with = "flag")]
    by_customer: bool,
    /// The colleague who invited; staff stay unnamed.
    invited_by: Option<String>,
    roles: String,
    /// Would make a portal admin.
    #[serde(deserialize_with = "flag")]
    pub grants_admin: bool,
}

impl PendingInvitationRow {
    pub fn view(&self) -> Value {
        let roles: Value = serde_json::from_str(&self.roles).unwrap_or_default();
        json!({
            "id": self.id, "email": self.email, "displayName": self.display_name, "customerEntityId": self.customer_entity_id, "roles": roles,
            "invitedByType": if self.by_customer { "portal" } else { "staff" }, "invitedBy": self.invited_by,
            "createdAt": self.created_at, "expiresAt": self.expires_at,
        })
    }
}

const COLUMNS: &str = "SELECT i.id, i.organization_id, i.email, i.display_name, i.customer_entity_id, i.created_at, i.expires_at, \
     i.invited_by_customer_user_id IS NOT NULL AS by_customer, (SELECT b.display_name FROM customer_users b WHERE b.id = i.invited_by_customer_user_id) AS invited_by, \
     (SELECT json_group_array(json_object('id', r.id, 'name', r.name, 'slug', r.slug)) FROM json_each(i.role_ids_json) wanted \
      JOIN customer_roles r ON r.id = wanted.value AND r.deleted_at IS NULL) AS roles, \
     EXISTS (SELECT 1 FROM json_each(i.role_ids_json) wanted JOIN customer_role_acls ra ON ra.role_id = wanted.value AND ra.deleted_at IS NULL \
      AND ra.is_portal_admin = 1) AS grants_admin FROM customer_user_invitations i";

/// One page, the latest first, and how many there are.
pub fn page(of: Of, page: Page, now: Millis) -> [Query; 2] {
    let condition = of.condition();
    [
        of.query(
            format!("{COLUMNS} WHERE {condition} ORDER BY i.expires_at DESC, i.id DESC LIMIT ?4 OFFSET ?5"),
            now,
            args![i64::from(page.size), page.offset()],
        ),
        of.query(
            format!("SELECT count(*) AS n FROM (SELECT 1 FROM customer_user_invitations i WHERE {condition} LIMIT ?4)"),
            now,
            args![COUNTED + 1],
        ),
    ]
}

pub fn one(of: Of, id: Id<Record>, now: Millis) -> Query {
    of.query(format!("{COLUMNS} WHERE i.id = ?4 AND {}", of.condition()), now, args![id])
}

/// One winner against acceptance: follow with [`super::changed_one`].
pub fn cancel(of: Of, id: Id<Record>, now: Millis) -> Statement {
    of.query(
        format!("UPDATE customer_user_invitations AS i SET cancelled_at = ?3, updated_at = ?3 WHERE i.id = ?4 AND {}", of.condition()),
        now,
        args![id],
    )
    .into()
}
