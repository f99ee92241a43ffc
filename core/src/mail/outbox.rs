//! From outbox row to sent mail: claimed by lease, rendered, handed over, settled. At least once: a sender that dies
//! after handing over and before settling is followed by another, and transports that can, drop the repeat by its id.

use crate::{
    app::Deployment,
    domain::{
        locale::Locale,
        time::{HOUR, Millis, SECOND},
    },
    io::Io,
    mail::{
        links,
        render::{self, Content, Fact},
        template::Template,
    },
    ports::{Mail, MailError, StoreError},
    store::outbox::{self, DueMail, MAX_ATTEMPTS, Payload},
};

/// Mails one run sends at most.
const RUN: i64 = 8;
const FIRST_WAIT: i64 = 30 * SECOND;
const LONGEST_WAIT: i64 = 6 * HOUR;

/// When a mail that failed for the n-th time is tried again; `None` when it is given up.
pub fn retry_at(attempts: i64, now: Millis) -> Option<Millis> {
    let doubled = FIRST_WAIT << attempts.clamp(1, 16).saturating_sub(1);
    (attempts < MAX_ATTEMPTS).then(|| now.plus(doubled.min(LONGEST_WAIT)))
}

/// Sends what is due, and says how many went.
pub async fn send_due(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<usize, StoreError> {
    let due = io.write(vec![outbox::claim_mails(now, RUN)]).await?.into_iter().next().unwrap_or_default().rows.all::<DueMail>()?;
    let mut sent = 0;
    for row in due {
        let outcome = match compose(deployment, &row) {
            Ok(mail) => io.send(mail).await,
            Err(note) => Err(MailError::Permanent(note)),
        };
        sent += usize::from(outcome.is_ok());
        let settled = match outcome {
            Ok(()) => outbox::mail_sent(row.id, now),
            Err(MailError::Transient(note)) => outbox::mail_failed(row.id, &note, retry_at(row.attempts, now), now),
            Err(MailError::Permanent(note)) => outbox::mail_failed(row.id, &note, None, now),
        };
        // Each by itself: a run that is cut short has settled what it sent.
        io.write(vec![settled]).await?;
    }
    Ok(sent)
}

/// The mail of a row. The token is derived here, on its way out, and kept nowhere.
fn compose(deployment: &Deployment, row: &DueMail) -> Result<Mail, String> {
    let template = Template::parse(&row.template).ok_or_else(|| format!("unknown template {}", row.template))?;
    let payload: Payload = serde_json::from_str(&row.payload).map_err(|e| format!("payload: {e}"))?;
    let token = template.purpose().zip(payload.token_row).map(|(purpose, id)| deployment.keys.mailed_token(purpose, id));
    let slug = row.organization_slug.as_deref().unwrap_or_default();
    Ok(render::render(&Content {
        template,
        locale: Locale::parse(&row.locale).unwrap_or_default(),
        to: &row.recipient,
        from: &deployment.config.mail_from,
        id: &row.id.to_string(),
        organization: row.organization_name.as_deref().unwrap_or("Portcullis"),
        accent: row.accent.as_deref(),
        recipient_name: payload.recipient_name.as_deref(),
        inviter: payload.inviter.as_deref(),
        link: links::link(&deployment.config.app_url, slug, template, token.as_ref()),
        facts: payload.facts.iter().filter_map(|(name, value)| fact(name).map(|fact| (fact, value.clone()))).collect(),
    }))
}

fn fact(name: &str) -> Option<Fact> {
    match name {
        "when" => Some(Fact::When),
        "device" => Some(Fact::Device),
        "address" => Some(Fact::Address),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_six_hours_and_end_after_about_a_day() {
        let waits: Vec<i64> = (1..).map_while(|n| retry_at(n, Millis(0))).map(|at| at.0 / SECOND).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
    }
}
