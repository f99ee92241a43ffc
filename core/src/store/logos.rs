//! Pictures that organizations uploaded.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Organization, Record},
        time::Millis,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct LogoRow {
    pub media_type: String,
    /// Base64.
    pub content: String,
}

/// A picture, while its organization is there and takes people in.
pub fn one(id: Id<Record>) -> Query {
    Query::new(
        "SELECT l.media_type, l.content FROM organization_logos l JOIN organizations o ON o.id = l.organization_id AND o.deleted_at IS NULL AND o.is_active = 1 \
         JOIN tenants t ON t.id = o.tenant_id AND t.deleted_at IS NULL AND t.is_active = 1 WHERE l.id = ?1",
        args![id],
    )
}

/// Takes the place of the one before. Follows the change of the organization's `logo_url`, which a trigger answers by
/// forgetting the picture that is shown no more.
pub fn put(id: Id<Record>, organization: Id<Organization>, media_type: &str, content: &str, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO organization_logos (id, organization_id, media_type, content, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        args![id, organization, media_type, content, now],
    )
}
