//! The last super admin of the platform and the last owner of an organization stay.
//!
//! Two people may be at it at once: each sees the other one left, and removes him. Therefore the rule is a precondition
//! in the batch of the change, where D1 runs one batch after another, and a look before it serves only to say why:
//!
//! ```text
//! load    succession::outlook(&losing)   with the other reads; `row.check()?` refuses in words
//! commit  succession::hold(&losing)      BEFORE the statements of the change, which it foresees
//! ```
//!
//! When `hold` fails the batch ([`crate::ports::StoreError::Precondition`]), load again and let `check` say why.
//!
//! Whoever counts can come in and act: the account is active, has a password, and neither it nor its home is deleted; a
//! membership is live, and so are its role and its place. Both questions are asked of the state *before* the change, so
//! that one that takes away nothing of the kind passes on a platform that has nobody of the kind.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        authority::Refusal,
        id::{Id, Record, Role, Tenant, User},
    },
    ports::{Query, Statement, Value},
};

/// What a change is about to take away.
#[derive(Clone, Copy, Debug)]
pub enum Losing<'a> {
    /// Everything one person is: deleted, disabled.
    Person(Id<User>),
    /// Memberships: removed, left, or given another role. Several in one batch are asked about together.
    Memberships(&'a [Id<Record>]),
    /// The flag in a person's own ACL.
    OwnFlag(Id<User>, Id<Tenant>),
    /// The flag of a role.
    RoleFlag(Id<Role>),
    /// A whole tenant: those at home in it, and the memberships there.
    Tenant(Id<Tenant>),
}

/// How a change takes something away: a condition on an own ACL `a` and on a membership `m`, each with its person `u`.
/// `None` takes away nothing of the kind.
struct Taken {
    acl: Option<&'static str>,
    membership: Option<&'static str>,
    args: Vec<Value>,
}

impl Losing<'_> {
    fn taken(&self) -> Taken {
        let taken = |acl, membership, args| Taken { acl, membership, args };
        match *self {
            Self::Person(user) => taken(Some("u.id = ?1"), Some("u.id = ?1"), args![user]),
            Self::Memberships(ids) => taken(None, Some("m.id IN (SELECT value FROM json_each(?1))"), args![serde_json::json!(ids).to_string()]),
            Self::OwnFlag(user, tenant) => taken(Some("a.user_id = ?1 AND a.tenant_id = ?2"), None, args![user, tenant]),
            Self::RoleFlag(role) => taken(None, Some("m.role_id = ?1"), args![role]),
            Self::Tenant(tenant) => taken(Some("u.tenant_id = ?1"), Some("(u.tenant_id = ?1 OR m.tenant_id = ?1)"), args![tenant]),
        }
    }
}

/// The person `u` can sign in.
const ABLE: &str = "CROSS JOIN tenants home ON home.id = u.tenant_id AND home.deleted_at IS NULL";
const IS_ABLE: &str = "u.deleted_at IS NULL AND u.is_active = 1 AND u.password_hash IS NOT NULL";
/// The membership `m` with its role `r` leads somewhere.
const LEADS: &str = "CROSS JOIN tenants mt ON mt.id = m.tenant_id AND mt.deleted_at IS NULL \
     LEFT JOIN organizations mo ON mo.id = m.organization_id AND mo.tenant_id = m.tenant_id AND mo.deleted_at IS NULL";
const DOES_LEAD: &str = "m.deleted_at IS NULL AND r.deleted_at IS NULL AND (r.tenant_id IS NULL OR r.tenant_id = m.tenant_id) \
     AND (m.organization_id IS NULL OR mo.id IS NOT NULL)";

/// Whether there is a super admin by an own flag that meets one condition, or by a role's that meets the other. The joins
/// begin at the flags, of which there are few, and keep their order.
fn super_admin(acl: Option<&str>, membership: Option<&str>) -> String {
    let by_own = acl.map(|acl| {
        format!(
            "EXISTS (SELECT 1 FROM staff_user_acls a INDEXED BY staff_user_acls_super CROSS JOIN staff_users u ON u.id = a.user_id {ABLE} \
             WHERE a.is_super_admin = 1 AND a.deleted_at IS NULL AND {IS_ABLE} AND {acl})"
        )
    });
    let by_role = membership.map(|membership| {
        format!(
            "EXISTS (SELECT 1 FROM staff_role_acls ra INDEXED BY staff_role_acls_super CROSS JOIN staff_roles r ON r.id = ra.role_id \
             CROSS JOIN staff_memberships m ON m.role_id = r.id CROSS JOIN staff_users u ON u.id = m.user_id {ABLE} {LEADS} \
             WHERE ra.is_super_admin = 1 AND ra.deleted_at IS NULL AND {DOES_LEAD} AND {IS_ABLE} AND {membership})"
        )
    });
    by_own.into_iter().chain(by_role).reduce(|one, other| format!("({one} OR {other})")).unwrap_or_else(|| "0".into())
}

/// Nobody who carries the flag loses it, or somebody keeps it.
fn super_admin_stays(taken: &Taken) -> String {
    let not = |condition: Option<&str>| condition.map_or_else(|| "1".into(), |condition| format!("NOT ({condition})"));
    let kept = super_admin(Some(&not(taken.acl)), Some(&not(taken.membership)));
    format!("(NOT {} OR {kept})", super_admin(taken.acl, taken.membership))
}

/// Every organization that loses an owner keeps one.
fn owners_stay(losing: &Losing, taken: &Taken) -> String {
    let (Losing::Person(_) | Losing::Memberships(_), Some(condition)) = (losing, taken.membership) else { return "1".into() };
    // From the memberships that go to their roles; the other way round for those that may stay.
    let role = "r.id = m.role_id AND r.slug = 'owner' AND r.tenant_id = m.tenant_id";
    let person = format!("CROSS JOIN staff_users u ON u.id = m.user_id {ABLE} {LEADS}");
    let lost = format!(
        "SELECT m.tenant_id, m.organization_id FROM staff_memberships m CROSS JOIN staff_roles r ON {role} {person} \
         WHERE m.organization_id IS NOT NULL AND {DOES_LEAD} AND {IS_ABLE} AND {}",
        condition.replace("u.id", "m.user_id")
    );
    format!(
        "NOT EXISTS (SELECT 1 FROM ({lost}) lost WHERE NOT EXISTS (SELECT 1 FROM staff_roles r CROSS JOIN staff_memberships m ON {role} {person} \
         WHERE r.slug = 'owner' AND COALESCE(r.tenant_id, '') = lost.tenant_id AND m.tenant_id = lost.tenant_id AND m.organization_id = lost.organization_id \
         AND {DOES_LEAD} AND {IS_ABLE} AND NOT ({condition})))"
    )
}

/// Aborts the batch when nobody would be left. Stands before the statements of the change.
pub fn hold(losing: &Losing) -> Statement {
    let taken = losing.taken();
    let (admin, owners) = (super_admin_stays(&taken), owners_stay(losing, &taken));
    Statement::new(format!("INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, {admin} AND {owners}"), taken.args)
}

/// Who would be left, for the sentence of a refusal.
pub fn outlook(losing: &Losing) -> Query {
    let taken = losing.taken();
    let (admin, owners) = (super_admin_stays(&taken), owners_stay(losing, &taken));
    Query::new(format!("SELECT {admin} AS super_admin_stays, {owners} AS owners_stay"), taken.args)
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct OutlookRow {
    #[serde(deserialize_with = "flag")]
    super_admin_stays: bool,
    #[serde(deserialize_with = "flag")]
    owners_stay: bool,
}

impl OutlookRow {
    pub fn check(self) -> Result<(), Refusal> {
        match (self.super_admin_stays, self.owners_stay) {
            (false, _) => Err(Refusal::LastSuperAdmin),
            (true, false) => Err(Refusal::LastOwner),
            (true, true) => Ok(()),
        }
    }
}
