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
    pub events: Vec<Event>,
    pub mails: Vec<MailOrder>,
    /// False runs the same statements without a row of trail: an unknown address must cost what a known one does.
    pub applies: bool,
}

impl Change {
    pub fn new(writes: Vec<Statement>) -> Self {
        Self { writes, applies: true, ..Self::default() }
    }

    pub fn audit(mut self, entry: audit::Entry) -> Self {
        self.audit.push(entry);
        self
    }

    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub fn mail(mut self, mail: MailOrder) -> Self {
        self.mails.push(mail);
        self
    }

    pub fn applies(self, applies: bool) -> Self {
        Self { applies, ..self }
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
