//! The mails that wait or were given up, as operators see and settle them. Whoever sends them is in [`super::outbox`].

use serde::Deserialize;
use serde_json::{Value, json};

use super::outbox::LEASE;
use crate::{
    args,
    domain::{
        id::{Id, Organization, Record, Tenant},
        time::{MINUTE, Millis},
    },
    ports::{Query, Statement},
};

/// A mail is late when it should have gone this long ago: twice the time that cron needs at most, and a lease.
pub const LATE: i64 = 5 * MINUTE;

/// Behind every mail: the end of the year 9999. D1 takes no number that JavaScript cannot hold.
const EVER: Millis = Millis(253_402_300_799_999);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Not sent yet, the longest due first.
    Waiting,
    /// Those of them that are late.
    Late,
    /// Given up, the latest first.
    Abandoned,
}

#[derive(Clone, Debug, Deserialize)]
pub struct MailRow {
    pub id: Id<Record>,
    pub tenant_id: Id<Tenant>,
    pub tenant_name: Option<String>,
    pub organization_id: Option<Id<Organization>>,
    pub organization_name: Option<String>,
    pub recipient: String,
    pub template: String,
    pub locale: String,
    pub created_at: Millis,
    pub due_at: Millis,
    pub attempts: i64,
    pub sent_at: Option<Millis>,
    pub abandoned_at: Option<Millis>,
    pub last_error: Option<String>,
}

impl MailRow {
    pub fn view(&self, now: Millis) -> Value {
        let late = self.abandoned_at.is_none() && self.due_at.0 <= now.0 - LATE;
        json!({
            "id": self.id, "tenantId": self.tenant_id, "tenantName": self.tenant_name, "organizationId": self.organization_id,
            "organizationName": self.organization_name, "recipient": self.recipient, "template": self.template, "locale": self.locale,
            "createdAt": self.created_at, "dueAt": self.due_at, "attempts": self.attempts, "abandonedAt": self.abandoned_at,
            "lastError": self.last_error, "isLate": late,
        })
    }

    /// Where its list goes on behind it.
    pub fn place(&self, which: Which) -> Place {
        Place { at: if which == Which::Abandoned { self.abandoned_at.unwrap_or(self.due_at) } else { self.due_at }, id: self.id }
    }

    /// Whether a sender may hold it at this moment: it was claimed, and the lease may not be over.
    pub fn may_be_on_its_way(&self, now: Millis) -> bool {
        self.abandoned_at.is_none() && self.attempts > 0 && (now.0..=now.0 + LEASE).contains(&self.due_at.0)
    }
}

/// A place between two rows of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    at: Millis,
    id: Id<Record>,
}

impl Place {
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self { at: Millis(at.parse().ok().filter(|at: &i64| (0..=EVER.0).contains(at))?), id: Id::parse(id)? })
    }

    pub fn text(self) -> String {
        format!("{}.{}", self.at.0, self.id)
    }
}

const COLUMNS: &str = "SELECT m.id, m.tenant_id, (SELECT t.name FROM tenants t WHERE t.id = m.tenant_id) AS tenant_name, m.organization_id, \
     (SELECT o.name FROM organizations o WHERE o.id = m.organization_id) AS organization_name, m.recipient, m.template, m.locale, m.created_at, m.due_at, \
     m.attempts, m.sent_at, m.abandoned_at, m.last_error FROM mail_outbox m";

/// Up to `most` mails behind a place of the list.
pub fn page(which: Which, behind: Option<Place>, most: i64, now: Millis) -> Query {
    let (at, id) = behind.map_or((None, None), |place| (Some(place.at), Some(place.id)));
    if which == Which::Abandoned {
        let from = at.unwrap_or(EVER);
        let sql = format!(
            "{COLUMNS} WHERE m.abandoned_at IS NOT NULL AND m.abandoned_at <= ?1 AND (?2 IS NULL OR m.abandoned_at < ?1 OR m.id < ?2) \
             ORDER BY m.abandoned_at DESC, m.id DESC LIMIT ?3"
        );
        return Query::new(sql, args![from, id, most]);
    }
    let until = if which == Which::Late { Millis(now.0 - LATE) } else { EVER };
    let sql = format!(
        "{COLUMNS} WHERE m.sent_at IS NULL AND m.abandoned_at IS NULL AND m.due_at >= ?1 AND m.due_at <= ?4 AND (?2 IS NULL OR m.due_at > ?1 OR m.id > ?2) \
         ORDER BY m.due_at, m.id LIMIT ?3"
    );
    Query::new(sql, args![at.unwrap_or(Millis(0)), id, most, until])
}

pub fn one(id: Id<Record>) -> Query {
    Query::new(format!("{COLUMNS} WHERE m.id = ?1"), args![id])
}

/// Due at once, with all its tries before it. Over what was read; follow with [`super::changed_one`].
pub fn retry(mail: &MailRow, now: Millis) -> Statement {
    Statement::new(
        "UPDATE mail_outbox SET due_at = ?2, attempts = 0, abandoned_at = NULL \
         WHERE id = ?1 AND sent_at IS NULL AND abandoned_at IS ?3 AND due_at = ?4 AND attempts = ?5",
        args![mail.id, now, mail.abandoned_at, mail.due_at, mail.attempts],
    )
}

/// Given up by somebody. Over what was read; follow with [`super::changed_one`].
pub fn abandon(mail: &MailRow, now: Millis) -> Statement {
    Statement::new(
        "UPDATE mail_outbox SET abandoned_at = ?2, last_error = COALESCE(last_error, 'given up by an operator') \
         WHERE id = ?1 AND sent_at IS NULL AND abandoned_at IS NULL AND due_at = ?3 AND attempts = ?4",
        args![mail.id, now, mail.due_at, mail.attempts],
    )
}

/// How many wait, since when the first has been due; and as [`super::outbox::backlog`] those that are late or were given
/// up today. Each counted to a thousand.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Queue {
    pub waiting: i64,
    pub late: i64,
    pub abandoned: i64,
    pub oldest_due: Option<Millis>,
}

pub fn queue(now: Millis) -> Query {
    Query::new(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM mail_outbox WHERE due_at >= 0 AND sent_at IS NULL AND abandoned_at IS NULL LIMIT 1000)) AS waiting, \
         (SELECT count(*) FROM (SELECT 1 FROM mail_outbox WHERE due_at <= ?1 - ?2 AND sent_at IS NULL AND abandoned_at IS NULL LIMIT 1000)) AS late, \
         (SELECT count(*) FROM (SELECT 1 FROM mail_outbox WHERE abandoned_at > ?1 - 86400000 LIMIT 1000)) AS abandoned, \
         (SELECT due_at FROM mail_outbox WHERE due_at >= 0 AND sent_at IS NULL AND abandoned_at IS NULL ORDER BY due_at LIMIT 1) AS oldest_due",
        args![now, LATE],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_said() {
        let place = Place { at: Millis(1_764_000_000_000), id: Id::new(Millis(5), [7; 10]) };
        assert_eq!(Place::parse(&place.text()), Some(place));
        for bad in [
            "",
            "5",
            "5.",
            ".x",
            "-5.0190f5fe-7c00-7a00-8000-000000000001",
            "9223372036854775807.0190f5fe-7c00-7a00-8000-000000000001",
            "x.0190f5fe-7c00-7a00-8000-000000000001",
            "5.nobody",
        ] {
            assert_eq!(Place::parse(bad), None, "{bad}");
        }
    }
}
