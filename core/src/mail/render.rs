//! A mail's content → the mail. Pure.
//!
//! What keeps strangers out of it (B7): names pass [`untrusted::name`] before they meet a text, whole paragraphs are escaped
//! for HTML after placeholders are filled, so no text can forget to, and headers pass [`untrusted::header`].

use super::{
    colour::{self, Rgb},
    html,
    template::{Template, Validity},
    texts::{Texts, fill},
    untrusted,
};
use crate::{
    domain::{
        locale::Locale,
        lockout::LOCK_MILLIS,
        time::{MINUTE, Millis},
    },
    ports::Mail,
};

pub struct Content<'a> {
    pub template: Template,
    pub locale: Locale,
    pub to: &'a str,
    pub from: &'a str,
    /// The outbox row.
    pub id: &'a str,
    /// The name shown. Untrusted.
    pub organization: &'a str,
    /// `#rrggbb`; anything else is ignored.
    pub accent: Option<&'a str>,
    /// Untrusted.
    pub recipient_name: Option<&'a str>,
    /// Untrusted.
    pub inviter: Option<&'a str>,
    /// Absolute, made by [`super::links::link`] from the configured origin: the only link of the mail.
    pub link: Option<String>,
    /// Untrusted.
    pub facts: Vec<(Fact, String)>,
}

/// What a security notice tells about the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    When,
    Device,
    Address,
}

impl Fact {
    fn label(self, texts: &Texts) -> &'static str {
        match self {
            Self::When => texts.when,
            Self::Device => texts.device,
            Self::Address => texts.address,
        }
    }
}

/// A time as [`Fact::When`] shows it: `2026-11-21 04:47 UTC`, which reads the same in every language.
pub fn moment(at: Millis) -> String {
    let iso = at.iso();
    let minutes = iso.get(.."2026-11-21T04:47".len()).unwrap_or(&iso);
    format!("{} UTC", minutes.replace('T', " "))
}

/// The mail in words, before it takes the form of a part. Plain text throughout.
pub(super) struct Message<'a> {
    pub locale: Locale,
    pub subject: String,
    pub organization: String,
    pub accent: Rgb,
    pub greeting: String,
    pub body: Vec<String>,
    pub facts: Vec<(&'static str, String)>,
    pub action: Option<Action<'a>>,
    pub why: String,
}

pub(super) struct Action<'a> {
    pub button: String,
    pub link: &'a str,
    pub bare_link: &'static str,
    pub valid: Option<String>,
}

pub fn render(content: &Content) -> Mail {
    let message = compose(content);
    Mail {
        id: untrusted::header(content.id),
        to: untrusted::header(content.to),
        from: untrusted::header(content.from),
        subject: untrusted::header(&message.subject),
        text: text(&message),
        html: html::page(&message),
        links: content.link.iter().cloned().collect(),
    }
}

fn compose<'a>(content: &'a Content) -> Message<'a> {
    let texts = Texts::of(content.locale);
    let words = texts.words(content.template);

    let given = |name: Option<&str>| name.map(untrusted::name).filter(|name| !name.is_empty());
    let organization = given(Some(content.organization)).unwrap_or_else(|| "Portcullis".to_owned());
    let recipient = given(content.recipient_name);
    let inviter = given(content.inviter).unwrap_or_else(|| texts.unnamed_inviter.to_owned());
    let lock = (texts.duration)(Validity::Minutes(LOCK_MINUTES));
    let filled = |text: &str| fill(text, &[("organization", &organization), ("inviter", &inviter), ("lock", &lock)]);

    Message {
        locale: content.locale,
        subject: filled(words.subject),
        accent: content.accent.and_then(Rgb::parse).unwrap_or(colour::DEFAULT),
        greeting: recipient.map_or_else(|| texts.greeting_unnamed.to_owned(), |name| fill(texts.greeting, &[("name", &name)])),
        body: words.body.iter().map(|paragraph| filled(paragraph)).collect(),
        facts: content.facts.iter().map(|(fact, value)| (fact.label(texts), untrusted::fact(value))).filter(|(_, value)| !value.is_empty()).collect(),
        action: content.link.as_deref().map(|link| Action {
            button: filled(words.button),
            link,
            bare_link: texts.bare_link,
            valid: content.template.valid_for().map(|v| fill(texts.valid, &[("validity", &(texts.duration)(v))])),
        }),
        why: filled(words.why),
        organization,
    }
}

/// 15. A lock is a product number of whole minutes, far below `u16::MAX`.
const LOCK_MINUTES: u16 = (LOCK_MILLIS / MINUTE) as u16;

fn text(message: &Message) -> String {
    let mut blocks = vec![message.greeting.clone()];
    blocks.extend(message.body.iter().cloned());
    if !message.facts.is_empty() {
        blocks.push(message.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("\n"));
    }
    if let Some(action) = &message.action {
        blocks.push(format!("{}:\n{}", action.button, action.link));
        blocks.extend(action.valid.clone());
    }
    blocks.push(message.why.clone());
    blocks.push(message.organization.clone());
    blocks.join("\n\n") + "\n"
}
