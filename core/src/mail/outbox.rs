//! Mails waiting to be sent.
