//! Invitations of the customer realm.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        email::Email,
        id::{Entity, Id, Organization, Record, Role, Tenant, User},
        search,
        secret::TokenHash,
        time::{HOUR, Millis},
    },
    ports::{Query, Statement},
};

pub const LIFE: i64 = 72 * HOUR;

/// An invitation as it will be stored.
pub struct Invitation<'a> {
    pub id: Id<Record>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub email: &'a Email,
    pub lookup_hash: &'a str,
    /// What the mailed token is derived from, and its hash.
    pub token_row: Id<Record>,
    pub token: &'a TokenHash,
    pub company: Option<Id<Entity>>,
    pub roles: &'a [Id<Role>],
    pub by_staff: Option<Id<User>>,
    pub by_customer: Option<Id<User>>,
    pub display_name: Option<&'a str>,
    pub locale: &'a str,
}

/// A pending invitation for an address is renewed in place: its older link dies, its id stays. Follow with
/// [`super::changed_one`]: where somebody else's invitation got there first, nothing is written, and this one is decided again.
pub fn upsert(invitation: &Invitation, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_user_invitations (id, tenant_id, organization_id, email, email_hash, token, token_row, customer_entity_id, role_ids_json, \
         invited_by_user_id, invited_by_customer_user_id, display_name, locale, expires_at, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
         ON CONFLICT (tenant_id, organization_id, email_hash) WHERE accepted_at IS NULL AND cancelled_at IS NULL DO UPDATE SET token = ?6, token_row = ?7, \
         customer_entity_id = ?8, role_ids_json = ?9, invited_by_user_id = ?10, invited_by_customer_user_id = ?11, display_name = ?12, locale = ?13, \
         expires_at = ?14, updated_at = ?15 WHERE id = ?1",
        args![
            invitation.id,
            invitation.tenant,
            invitation.organization,
            invitation.email.as_str(),
            invitation.lookup_hash,
            invitation.token.as_str(),
            invitation.token_row,
            invitation.company,
            serde_json::json!(invitation.roles).to_string(),
            invitation.by_staff,
            invitation.by_customer,
            invitation.display_name,
            invitation.locale,
            now.plus(LIFE),
            now
        ],
    )
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct PendingRow {
    pub id: Id<Record>,
}

/// The invitation an address has not answered yet.
pub fn pending(tenant: Id<Tenant>, organization: Id<Organization>, lookup_hash: &str) -> Query {
    Query::new(
        "SELECT id FROM customer_user_invitations WHERE tenant_id = ?1 AND organization_id = ?2 AND email_hash = ?3 AND accepted_at IS NULL AND cancelled_at IS NULL",
        args![tenant, organization, lookup_hash],
    )
}

/// An invitation that may be accepted, with the places it leads to.
#[derive(Clone, Debug, Deserialize)]
pub struct AcceptableRow {
    pub id: Id<Record>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Id<Organization>,
    pub organization_name: String,
    pub organization_slug: String,
    #[serde(deserialize_with = "flag")]
    pub tenant_active: bool,
    #[serde(deserialize_with = "flag")]
    pub organization_active: bool,
    pub tenant_policy: String,
    pub email: String,
    pub email_hash: String,
    pub customer_entity_id: Option<Id<Entity>>,
    pub invited_by_user_id: Option<Id<User>>,
    pub invited_by_customer_user_id: Option<Id<User>>,
    pub locale: String,
    role_ids_json: String,
    /// The account at the address, if there is one.
    pub user_id: Option<Id<User>>,
    pub user_verified_at: Option<Millis>,
    pub user_epoch: Option<i64>,
}

impl AcceptableRow {
    /// What was promised.
    pub fn roles(&self) -> Vec<Id<Role>> {
        serde_json::from_str(&self.role_ids_json).unwrap_or_default()
    }
}

pub fn acceptable(token: &TokenHash, now: Millis) -> Query {
    Query::new(
        "SELECT i.id, i.tenant_id, i.organization_id, o.name AS organization_name, o.slug AS organization_slug, t.is_active AS tenant_active, \
         o.is_active AS organization_active, t.policy AS tenant_policy, i.email, i.email_hash, \
         (SELECT e.id FROM customer_entities e WHERE e.id = i.customer_entity_id AND e.tenant_id = i.tenant_id AND e.kind = 'company' AND e.deleted_at IS NULL) AS customer_entity_id, \
         i.invited_by_user_id, i.invited_by_customer_user_id, i.locale, i.role_ids_json, \
         u.id AS user_id, u.email_verified_at AS user_verified_at, u.credential_epoch AS user_epoch \
         FROM customer_user_invitations i JOIN tenants t ON t.id = i.tenant_id AND t.deleted_at IS NULL \
         JOIN organizations o ON o.id = i.organization_id AND o.deleted_at IS NULL \
         LEFT JOIN customer_users u ON u.tenant_id = i.tenant_id AND u.email_hash = i.email_hash AND u.deleted_at IS NULL \
         WHERE i.token = ?1 AND i.accepted_at IS NULL AND i.cancelled_at IS NULL AND i.expires_at > ?2 AND (i.invited_by_customer_user_id IS NULL \
         OR EXISTS (SELECT 1 FROM customer_users b WHERE b.id = i.invited_by_customer_user_id AND b.deleted_at IS NULL AND b.is_active = 1))",
        args![token.as_str(), now],
    )
}

/// The roles of an invitation that may still be given: live, of its tenant and organization, and, where a portal user
/// invited, still assignable by one. What was taken away since the invitation stays away.
pub fn grantable_roles(token: &TokenHash) -> Query {
    Query::new(
        "SELECT r.id, r.name, r.slug, r.customer_assignable, COALESCE(ra.features_json, '[]') AS features_json, COALESCE(ra.is_portal_admin, 0) AS is_portal_admin \
         FROM customer_user_invitations i JOIN json_each(i.role_ids_json) wanted JOIN customer_roles r ON r.id = wanted.value \
         AND r.tenant_id = i.tenant_id AND r.organization_id = i.organization_id AND r.deleted_at IS NULL \
         LEFT JOIN customer_role_acls ra ON ra.role_id = r.id AND ra.tenant_id = r.tenant_id AND ra.deleted_at IS NULL \
         WHERE i.token = ?1 AND (i.invited_by_customer_user_id IS NULL OR (r.customer_assignable = 1 AND COALESCE(ra.is_portal_admin, 0) = 0))",
        args![token.as_str()],
    )
}

/// What the two queries above rest on, as one text: who invited, with what they hold, and what the roles are.
fn basis_sql(token: &TokenHash) -> String {
    format!(
        "json_array((SELECT json_array(user_acl, roles) FROM ({})), \
         (SELECT json_group_array(json_array(id, customer_assignable, features_json, is_portal_admin)) FROM ({})))",
        inviter(token).sql,
        grantable_roles(token).sql
    )
}

#[derive(Clone, Debug, Deserialize)]
pub struct BasisRow {
    pub basis: String,
}

pub fn basis(token: &TokenHash) -> Query {
    Query::new(format!("SELECT {} AS basis", basis_sql(token)), args![token.as_str()])
}

/// Aborts the batch where the inviter went, or holds something else, or a role was changed, since the basis was read:
/// what is granted is what may be granted now.
pub fn unchanged_basis(token: &TokenHash, basis: &str) -> Statement {
    Statement::new(format!("INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, {} = ?2", basis_sql(token)), args![token.as_str(), basis])
}

/// A person who goes takes along what was pending: the invitations to their address and those they sent.
pub fn cancel_of(user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_invitations SET cancelled_at = ?2, updated_at = ?2 WHERE accepted_at IS NULL AND cancelled_at IS NULL AND id IN \
         (SELECT i.id FROM customer_users u JOIN customer_user_invitations i ON i.tenant_id = u.tenant_id AND i.email_hash = u.email_hash WHERE u.id = ?1 \
         UNION SELECT i.id FROM customer_user_invitations i WHERE i.invited_by_customer_user_id = ?1)",
        args![user, now],
    )
}

/// What an inviting customer holds now: what they could not hand out any more is not handed out.
#[derive(Clone, Debug, Deserialize)]
pub struct InviterRow {
    pub user_acl: Option<String>,
    pub roles: String,
}

pub fn inviter(token: &TokenHash) -> Query {
    super::sessions::holding_of("SELECT i.invited_by_customer_user_id FROM customer_user_invitations i WHERE i.token = ?1", args![token.as_str()])
}

/// A renewed invitation whose address got too many mails this hour: what it grants is as was asked, its link stays.
pub fn amend(invitation: &Invitation, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_invitations SET customer_entity_id = ?2, role_ids_json = ?3, invited_by_user_id = ?4, invited_by_customer_user_id = ?5, \
         display_name = ?6, expires_at = ?7, updated_at = ?8 WHERE id = ?1 AND accepted_at IS NULL AND cancelled_at IS NULL",
        args![
            invitation.id,
            invitation.company,
            serde_json::json!(invitation.roles).to_string(),
            invitation.by_staff,
            invitation.by_customer,
            invitation.display_name,
            now.plus(LIFE),
            now
        ],
    )
}

/// One winner: follow with [`super::changed_one`].
pub fn accept(id: Id<Record>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_user_invitations SET accepted_at = ?2, updated_at = ?2 WHERE id = ?1 AND accepted_at IS NULL AND cancelled_at IS NULL AND expires_at > ?2",
        args![id, now],
    )
}

/// The unverified account of an earlier sign-up becomes the invited person's: a password that waited there is void.
#[allow(clippy::too_many_arguments)] // The columns of one statement.
pub fn take_over(
    user: Id<User>,
    organization: Id<Organization>,
    password_hash: &str,
    display_name: &str,
    company: Option<Id<Entity>>,
    epoch: i64,
    now: Millis,
) -> Statement {
    Statement::new(
        "UPDATE customer_users SET organization_id = ?2, password_hash = ?3, display_name = ?4, \
         customer_entity_id = CASE WHEN organization_id = ?2 THEN COALESCE(?5, customer_entity_id) ELSE ?5 END, \
         person_entity_id = CASE WHEN organization_id = ?2 THEN person_entity_id END, \
         search_name = ?8, email_verified_at = ?7, credential_epoch = credential_epoch + 1, failed_login_attempts = 0, locked_until = NULL \
         WHERE id = ?1 AND deleted_at IS NULL AND email_verified_at IS NULL AND credential_epoch = ?6",
        args![user, organization, password_hash, display_name, company, epoch, now, search::words_json(display_name)],
    )
}
