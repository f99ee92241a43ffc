//! A change before it is committed: what to write, what to record, whom to tell.

use crate::{
    domain::{
        audit,
        email::Email,
        event::Event,
        id::{Id, Organization, Record, Tenant},
        locale::Locale,
    },
    mail::template::Template,
    ports::Statement,
};

/// Built by a use-case, committed by [`crate::cx::Cx::commit`] in one batch.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub writes: Vec<Statement>,
    pub audit: Vec<audit::Entry>,
    /// Each with its own condition: false runs its statement without a row, as `applies` does for all of them.
    pub events: Vec<(Event, bool)>,
    /// Of many at once, written by one statement.
    pub bulk: Vec<Event>,
    pub mails: Vec<(MailOrder, bool)>,
    /// False runs the same statements without a row of trail: an unknown address must cost what a known one does.
    pub applies: bool,
    /// Pages to write beside it, where branches that must not be told apart write different numbers of rows.
    pub ballast: Option<u32>,
}

impl Change {
    pub fn new(writes: Vec<Statement>) -> Self {
        Self { writes, applies: true, ..Self::default() }
    }

    pub fn audit(mut self, entry: audit::Entry) -> Self {
        self.audit.push(entry);
        self
    }

    pub fn event(self, event: Event) -> Self {
        self.event_if(true, event)
    }

    pub fn event_if(mut self, meant: bool, event: Event) -> Self {
        self.events.push((event, meant));
        self
    }

    /// Events of many subjects that changed together.
    pub fn bulk(mut self, events: Vec<Event>) -> Self {
        self.bulk.extend(events);
        self
    }

    pub fn mail(self, mail: MailOrder) -> Self {
        self.mail_if(true, mail)
    }

    pub fn mail_if(mut self, meant: bool, mail: MailOrder) -> Self {
        self.mails.push((mail, meant));
        self
    }

    pub fn applies(self, applies: bool) -> Self {
        Self { applies, ..self }
    }

    /// How many pages the heaviest branch writes more than this one. Every branch says its own; zero is a number too.
    pub fn ballast(self, pages: u32) -> Self {
        Self { ballast: Some(pages), ..self }
    }
}

/// A mail to be rendered when it is sent. Never holds a token: only the row it is derived from.
#[derive(Clone, Debug)]
pub struct MailOrder {
    pub template: Template,
    pub to: Email,
    pub locale: Locale,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    /// The row the mailed token is derived from, where the template carries one.
    pub token_row: Option<Id<Record>>,
    pub recipient_name: Option<String>,
    pub inviter: Option<String>,
    pub facts: Vec<(String, String)>,
}
