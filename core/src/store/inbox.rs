//! The development inbox.

use serde::{Deserialize, Serialize};

use crate::{
    args,
    domain::time::Millis,
    ports::{Mail, Query, Statement},
};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct InboxRow {
    pub id: String,
    #[serde(rename(serialize = "to"))]
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// JSON array.
    #[serde(skip_serializing)]
    pub links: String,
    pub created_at: Millis,
}

/// A second delivery of the same outbox row is the same mail.
pub fn deliver(mail: &Mail, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO development_inbox (id, recipient, subject, text, html, links, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING",
        args![
            mail.id.clone(),
            mail.to.clone(),
            mail.subject.clone(),
            mail.text.clone(),
            mail.html.clone(),
            serde_json::json!(mail.links).to_string(),
            now
        ],
    )
}

/// Newest first; one address or everybody.
pub fn list(to: Option<&str>, most: i64) -> Query {
    let columns = "SELECT id, recipient, subject, text, html, links, created_at FROM development_inbox";
    match to {
        Some(to) => Query::new(format!("{columns} WHERE recipient = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2"), args![to, most]),
        None => Query::new(format!("{columns} ORDER BY created_at DESC, id DESC LIMIT ?1"), args![most]),
    }
}
