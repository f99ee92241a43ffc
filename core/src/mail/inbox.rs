//! The development transport: a mail goes into a table that `/dev/inbox` shows. Never constructed in production.

use crate::{
    domain::time::Millis,
    ports::{Database, Fut, Mail, MailError, MailTransport},
    store::inbox,
};

pub struct Inbox<'d> {
    database: &'d dyn Database,
    now: Millis,
}

impl<'d> Inbox<'d> {
    pub fn new(database: &'d dyn Database, now: Millis) -> Self {
        Self { database, now }
    }
}

impl MailTransport for Inbox<'_> {
    fn send(&self, mail: Mail) -> Fut<'_, Result<(), MailError>> {
        let now = self.now;
        Box::pin(
            async move { self.database.write(vec![inbox::deliver(&mail, now)]).await.map(drop).map_err(|e| MailError::Transient(e.to_string())) },
        )
    }
}
