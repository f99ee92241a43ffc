//! Whether the deployment may still be given its first administrator.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Tenant, User},
        time::Millis,
    },
    ports::{Query, Statement},
};

/// Anybody who carries the flag, able to sign in or not: a platform that has been governed is not for the taking.
const GOVERNED: &str = "(EXISTS (SELECT 1 FROM staff_role_acls ra CROSS JOIN staff_roles r ON r.id = ra.role_id CROSS JOIN staff_memberships m ON m.role_id = r.id \
     JOIN staff_users u ON u.id = m.user_id WHERE ra.is_super_admin = 1 AND ra.deleted_at IS NULL AND r.deleted_at IS NULL AND m.deleted_at IS NULL \
     AND u.deleted_at IS NULL) OR EXISTS (SELECT 1 FROM staff_user_acls a JOIN staff_users u ON u.id = a.user_id \
     WHERE a.is_super_admin = 1 AND a.deleted_at IS NULL AND u.deleted_at IS NULL))";

/// What there is to build on.
#[derive(Clone, Debug, Deserialize)]
pub struct StateRow {
    /// Nobody has used the secret, and nobody carries the flag.
    #[serde(deserialize_with = "flag")]
    pub open: bool,
    /// The oldest tenant, and an organization of it.
    pub tenant_id: Option<Id<Tenant>>,
    pub tenant_name: Option<String>,
    pub tenant_policy: Option<String>,
    pub organization_id: Option<Id<Organization>>,
}

pub fn state() -> Query {
    Query::new(
        format!(
            "SELECT (NOT EXISTS (SELECT 1 FROM bootstrap WHERE id = 1) AND NOT {GOVERNED}) AS open, t.id AS tenant_id, t.name AS tenant_name, t.policy AS tenant_policy, \
             (SELECT o.id FROM organizations o WHERE o.tenant_id = t.id AND o.deleted_at IS NULL ORDER BY o.created_at, o.id LIMIT 1) AS organization_id \
             FROM (SELECT 1) one LEFT JOIN tenants t ON t.id = (SELECT f.id FROM tenants f WHERE f.deleted_at IS NULL ORDER BY f.created_at, f.id LIMIT 1)"
        ),
        args![],
    )
}

/// Uses the secret up, where nobody carries the flag yet; follow with [`super::changed_one`]. The row's key lets one
/// through, ever.
pub fn close(user: Id<User>, now: Millis) -> Statement {
    Statement::new(format!("INSERT INTO bootstrap (id, user_id, used_at) SELECT 1, ?1, ?2 WHERE NOT {GOVERNED}"), args![user, now])
}
