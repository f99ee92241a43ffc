//! [`MailTransport`]: the development inbox, Cloudflare's own mail service, or a mail API over HTTP.
//!
//! No message is put together here: every transport takes the parts, so no header can be smuggled into one. Line breaks
//! in what becomes a header are taken out all the same.

use std::{rc::Rc, time::Duration};

use portcullis_core::{
    mail::inbox::Inbox,
    ports::{Fut, Mail, MailError, MailTransport},
};
use serde::Serialize;
use wasm_bindgen::JsValue;
use worker::{AbortController, EmailAddress, Error, Fetch, Method, Request, RequestInit, RequestRedirect, SendEmail, SendEmailBuilder};

use crate::{clock, d1::D1, deadline::within};

const LIMIT: Duration = Duration::from_secs(10);

pub enum Transport {
    Inbox(Rc<D1>),
    /// A `send_email` binding of Cloudflare's Email Service.
    Binding(SendEmail),
    /// An API that takes what Resend's takes.
    Http {
        url: String,
        key: String,
    },
}

impl MailTransport for Transport {
    fn send(&self, mail: Mail) -> Fut<'_, Result<(), MailError>> {
        Box::pin(async move {
            match self {
                Self::Inbox(database) => Inbox::new(&**database, clock::now()).send(mail).await,
                Self::Binding(binding) => through_binding(binding, &mail).await,
                Self::Http { url, key } => through_api(url, key, &mail).await,
            }
        })
    }
}

async fn through_binding(binding: &SendEmail, mail: &Mail) -> Result<(), MailError> {
    let (name, address) = sender(&mail.from);
    let from = EmailAddress::new(&name, &address);
    let message = SendEmailBuilder::builder_with_email_address_and_str(&from, &one_line(&mail.to), &one_line(&mail.subject))
        .text(&mail.text)
        .html(&mail.html)
        .build();
    match within(LIMIT, binding.send_with_builder(&message)).await {
        Some(Ok(_)) => Ok(()),
        None => Err(MailError::Transient("timed out".into())),
        Some(Err(thrown)) => Err(match Error::from(thrown) {
            error @ (Error::EmailRecipientSuppressed(_) | Error::EmailRecipientNotAllowed(_)) => MailError::Permanent(error.to_string()),
            error => MailError::Transient(error.to_string()),
        }),
    }
}

#[derive(Serialize)]
struct ApiBody<'a> {
    from: String,
    to: [String; 1],
    subject: String,
    text: &'a str,
    html: &'a str,
}

async fn through_api(url: &str, key: &str, mail: &Mail) -> Result<(), MailError> {
    let transient = |error: &dyn ToString| MailError::Transient(error.to_string());
    let request = api_request(url, key, mail).map_err(|e| transient(&e))?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let Some(sent) = within(LIMIT, Fetch::Request(request).send_with_signal(&signal)).await else {
        abort.abort();
        return Err(transient(&"timed out"));
    };
    match sent.map_err(|e| transient(&e))?.status_code() {
        200..=299 => Ok(()),
        // Late, in conflict with its own earlier try, or too many: each passes.
        status @ (408 | 409 | 429) => Err(transient(&format!("status {status}"))),
        status @ 400..=499 => Err(MailError::Permanent(format!("status {status}"))),
        status => Err(transient(&format!("status {status}"))),
    }
}

fn api_request(url: &str, key: &str, mail: &Mail) -> worker::Result<Request> {
    let body = ApiBody { from: one_line(&mail.from), to: [one_line(&mail.to)], subject: one_line(&mail.subject), text: &mail.text, html: &mail.html };
    let mut init = RequestInit::new();
    // A redirect would take the key to a place nobody chose.
    init.with_method(Method::Post).with_redirect(RequestRedirect::Manual).with_body(Some(JsValue::from_str(&serde_json::to_string(&body)?)));
    init.headers.set("authorization", &format!("Bearer {key}"))?;
    init.headers.set("content-type", "application/json")?;
    init.headers.set("idempotency-key", &mail.id)?;
    Request::new_with_init(url, &init)
}

/// `Name <address>`, or an address alone.
fn sender(from: &str) -> (String, String) {
    let from = one_line(from);
    match from.trim_end().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').to_owned(), address.trim().to_owned()),
        None => (String::new(), from.trim().to_owned()),
    }
}

/// With a space for every control character, line breaks among them.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
