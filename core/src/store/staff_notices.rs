//! Telling staff. To one person, wherever their home is; to those of a place whom it concerns, never more than a few.

use serde_json::json;

use super::notifications::said;
use crate::{
    args,
    domain::{
        feature,
        id::{Id, Organization, Record, Tenant, User},
        notification::Notice,
        time::Millis,
    },
    ports::Statement,
};

/// Whom one event is told to, at most: enough for somebody to see it, and no more rows than a request may make.
pub const AUDIENCE: i64 = 50;

/// Notifications of one type that one person gets in a day, at most. Strangers can lock accounts one after the other.
const A_DAY: i64 = 20;

const INTO: &str = "INSERT INTO staff_notifications (type, group_key, title, title_key, title_variables_json, severity, source_entity_type, \
     source_entity_id, link_href, created_at, expires_at, id, tenant_id, organization_id, recipient_user_id) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,";

/// Not told yet today of this, nor of too much of the kind.
const FRESH: &str = "(?2 = '' OR NOT EXISTS (SELECT 1 FROM staff_notifications n WHERE n.recipient_user_id = u.id AND n.created_at > ?10 - 86400000 \
     AND n.type = ?1 AND n.group_key = ?2))";

/// To one person, in their home tenant. Nobody at the id means that nothing happens.
pub fn to_one(id: Id<Record>, to: Id<User>, notice: &Notice, now: Millis) -> Statement {
    let mut args = said(notice, now);
    args.extend(args![id, to]);
    Statement::new(format!("{INTO} ?12, u.tenant_id, NULL, u.id FROM staff_users u WHERE u.id = ?13 AND u.deleted_at IS NULL AND {FRESH}"), args)
}

/// The same, only where the statement before it wrote its one row.
pub fn to_one_if_changed(id: Id<Record>, to: Id<User>, notice: &Notice, now: Millis) -> Statement {
    let Statement { sql, args } = to_one(id, to, notice, now);
    Statement::new(format!("{sql} AND changes() = 1"), args)
}

/// Whose business customers are.
pub const SEES_CUSTOMERS: &str = "customer_accounts.view";

/// What happened where, and the feature that makes it somebody's business.
pub struct Concern<'a> {
    /// Gives the first half of the rows' ids; the recipients' ids give the other.
    pub id: Id<Record>,
    pub tenant: Id<Tenant>,
    /// Without one it is the whole tenant's, and told to those who look after all of it.
    pub organization: Option<Id<Organization>>,
    pub feature: &'a str,
}

/// To members of the organization, of one above it and of the whole tenant who hold the feature, by a role or of their own, and are not
/// denied it. Only where the statement before it wrote its one row.
pub fn to_those_concerned_if_changed(concern: &Concern, notice: &Notice, now: Millis) -> Statement {
    let covering = json!(feature::covering(concern.feature)).to_string();
    let mut args = said(notice, now);
    args.extend(args![concern.id, concern.tenant, concern.organization, covering, AUDIENCE, A_DAY]);
    let holds = |column: &str| format!("EXISTS (SELECT 1 FROM json_each({column}) f WHERE f.value IN (SELECT value FROM json_each(?15)))");
    let here = |column: &str| format!("({column} IS NULL OR EXISTS (SELECT 1 FROM json_each({column}) o WHERE o.value = ?14))");
    // From the few roles that hold the feature to their holders, and never through everybody of the place.
    // Who works at an organization works at all below it.
    let above = "m.organization_id IN (SELECT p.ancestor_id FROM organization_paths p WHERE p.descendant_id = ?14)";
    Statement::new(
        format!(
            "{INTO} substr(?12, 1, 24) || substr(u.id, 25), ?13, ?14, u.id FROM staff_users u WHERE changes() = 1 AND u.id IN \
             (SELECT m.user_id FROM (SELECT id FROM staff_roles WHERE tenant_id = ?13 AND deleted_at IS NULL \
             UNION ALL SELECT id FROM staff_roles WHERE tenant_id IS NULL AND deleted_at IS NULL) r \
             CROSS JOIN staff_role_acls ra ON ra.role_id = r.id AND ra.deleted_at IS NULL AND (ra.is_super_admin = 1 OR ({} AND {})) \
             CROSS JOIN staff_memberships m ON m.role_id = r.id AND m.tenant_id = ?13 AND (m.organization_id IS NULL OR {above}) \
             AND m.deleted_at IS NULL \
             UNION SELECT a.user_id FROM staff_user_acls a JOIN staff_memberships m ON m.user_id = a.user_id AND m.tenant_id = ?13 \
             AND (m.organization_id IS NULL OR {above}) AND m.deleted_at IS NULL \
             WHERE a.tenant_id = ?13 AND a.deleted_at IS NULL AND {} LIMIT ?16) \
             AND u.deleted_at IS NULL AND u.is_active = 1 AND {FRESH} \
             AND NOT EXISTS (SELECT 1 FROM staff_user_acls a WHERE a.user_id = u.id AND a.tenant_id = ?13 AND a.deleted_at IS NULL \
             AND ({} OR NOT {})) \
             AND (SELECT count(*) FROM staff_notifications n WHERE n.recipient_user_id = u.id AND n.created_at > ?10 - 86400000 AND n.type = ?1) < ?17",
            holds("ra.features_json"),
            here("ra.organizations_json"),
            holds("a.features_json"),
            holds("a.denied_json"),
            here("a.organizations_json"),
        ),
        args,
    )
}
