//! Notifications: what somebody of either realm is told where they work.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    args,
    domain::{
        id::{Id, Organization, Record, Tenant, User},
        notification::Notice,
        realm::Realm,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// What a notice says, for either realm's table: `type, group_key, title, title_key, title_variables_json, severity,
/// source_entity_type, source_entity_id, link_href, created_at, expires_at`.
pub(super) fn said(notice: &Notice, now: Millis) -> Vec<crate::ports::Value> {
    args![
        notice.kind,
        notice.group.clone(),
        notice.title,
        notice.title_key,
        notice.variables.to_string(),
        notice.severity,
        notice.source.as_ref().map(|(kind, _)| *kind),
        notice.source.as_ref().map(|(_, id)| id.clone()),
        notice.link.clone(),
        now,
        now.plus(notice.life)
    ]
}

/// One notification for a customer, unless one of its type and group was made within a day.
pub fn insert(id: Id<Record>, tenant: Id<Tenant>, organization: Option<Id<Organization>>, to: Id<User>, notice: &Notice, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_notifications (id, tenant_id, organization_id, recipient_user_id, type, group_key, title, title_key, title_variables_json, \
         severity, source_entity_type, source_entity_id, link_href, created_at, expires_at) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 \
         WHERE EXISTS (SELECT 1 FROM customer_users u WHERE u.id = ?4 AND u.tenant_id = ?2 AND u.deleted_at IS NULL) AND (?6 = '' OR NOT EXISTS \
         (SELECT 1 FROM customer_notifications n WHERE n.recipient_user_id = ?4 AND n.created_at > ?14 - 86400000 AND n.type = ?5 AND n.group_key = ?6))",
        [args![id, tenant, organization, to], said(notice, now)].concat(),
    )
}

/// The same, only where the statement before it wrote its one row.
pub fn insert_if_changed(
    id: Id<Record>,
    tenant: Id<Tenant>,
    organization: Option<Id<Organization>>,
    to: Id<User>,
    notice: &Notice,
    now: Millis,
) -> Statement {
    let Statement { sql, args } = insert(id, tenant, organization, to, notice, now);
    Statement::new(format!("{sql} AND changes() = 1"), args)
}

#[derive(Clone, Debug, Deserialize)]
pub struct NotificationRow {
    id: Id<Record>,
    #[serde(rename = "type")]
    kind: String,
    title: String,
    title_key: Option<String>,
    title_variables_json: Option<String>,
    severity: String,
    status: String,
    source_entity_type: Option<String>,
    source_entity_id: Option<String>,
    link_href: Option<String>,
    created_at: Millis,
    read_at: Option<Millis>,
}

impl NotificationRow {
    /// The wire's shape.
    pub fn view(&self) -> Value {
        let variables: Value = self.title_variables_json.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        json!({
            "id": self.id, "type": self.kind, "title": self.title, "body": null, "titleKey": self.title_key, "bodyKey": null,
            "titleVariables": variables, "bodyVariables": null, "icon": null, "severity": self.severity, "status": self.status, "actions": [],
            "sourceModule": self.kind.split('.').next(), "sourceEntityType": self.source_entity_type, "sourceEntityId": self.source_entity_id,
            "linkHref": self.link_href, "createdAt": self.created_at, "readAt": self.read_at, "actionTaken": null,
        })
    }
}

/// What a list shows: everything but the dismissed, or one status; from a time on.
pub struct Filter {
    pub status: Option<String>,
    pub since: Option<Millis>,
}

const MATCHING: &str = "FROM {realm}_notifications WHERE recipient_user_id = ?1 AND tenant_id = ?2 AND created_at >= ?3 \
     AND CASE WHEN ?4 IS NULL THEN status <> 'dismissed' ELSE status = ?4 END";

pub fn list(realm: Realm, user: Id<User>, tenant: Id<Tenant>, filter: &Filter, page: u32, size: u32) -> [Query; 2] {
    let since = filter.since.unwrap_or(Millis(0));
    let offset = i64::from(page - 1) * i64::from(size);
    [
        Query::new(
            realm.sql(&format!(
                "SELECT id, type, title, title_key, title_variables_json, severity, status, source_entity_type, source_entity_id, link_href, created_at, \
                 read_at {MATCHING} ORDER BY created_at DESC, id DESC LIMIT ?5 OFFSET ?6"
            )),
            args![user, tenant, since, filter.status.clone(), i64::from(size), offset],
        ),
        Query::new(realm.sql(&format!("SELECT count(*) AS n {MATCHING}")), args![user, tenant, since, filter.status.clone()]),
    ]
}

pub fn unread(realm: Realm, user: Id<User>, tenant: Id<Tenant>) -> Query {
    Query::new(
        realm.sql("SELECT count(*) AS n FROM {realm}_notifications WHERE recipient_user_id = ?1 AND tenant_id = ?2 AND status = 'unread'"),
        args![user, tenant],
    )
}

pub fn read_all(realm: Realm, user: Id<User>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_notifications SET status = 'read', read_at = ?3 WHERE recipient_user_id = ?1 AND tenant_id = ?2 AND status = 'unread'",
        ),
        args![user, tenant, now],
    )
}

pub fn mark_read(realm: Realm, id: Id<Record>, user: Id<User>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_notifications SET status = 'read', read_at = ?4 WHERE id = ?1 AND recipient_user_id = ?2 AND tenant_id = ?3"),
        args![id, user, tenant, now],
    )
}

pub fn dismiss(realm: Realm, id: Id<Record>, user: Id<User>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_notifications SET status = 'dismissed', dismissed_at = ?4 WHERE id = ?1 AND recipient_user_id = ?2 AND tenant_id = ?3",
        ),
        args![id, user, tenant, now],
    )
}
