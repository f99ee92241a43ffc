//! What happens, as it happens.

use super::super::{Answer::Media, Param, Reads::Text, Section, doc, param};
use crate::problem::Code::{InvalidRequest, Unavailable};

const LAST: Param =
    param("lastEventId", Text, "Where an earlier stream broke off, for who cannot send the header `Last-Event-ID`; the `id` of the last event seen.");

pub const LIVE: Section = Section {
    tag: "Live events",
    about: "Server-sent events (WHATWG HTML, section 9.2). `: connected` comes first and `:heartbeat` every 30 s that nothing else does; an event is one `data` line, \
            `{id, payload, timestamp, organizationId}`, whose `id` is the event's name and whose `timestamp` is in milliseconds. The `id` line is a position: a stream \
            that begins with it as `Last-Event-ID` is sent what was missed, up to 200 events of the last 5 minutes. Where more was missed, or it is not known, \
            an event named `reset` comes first, and what is shown has to be read again. A stream ends when the access of its caller does, or may have changed, \
            and after 15 minutes; whoever still may, opens another. Somebody may have 10 open at a time; one more is a 429.",
    docs: &[
        doc("stream_portal_events", "What concerns a customer", Media(200, "text/event-stream"))
            .about(
                "`customer_accounts.user.updated`, `.user.locked`, `.user.unlocked`, `.email.verified`, `.password.reset` and `.role.updated` of one's own organization, as \
                 far as their payload addresses one; and `notifications.notification.created` for each new notification of one's own.",
            )
            .query(&[LAST])
            .errors(&[Unavailable]),
        doc("stream_staff_events", "What concerns a member of staff", Media(200, "text/event-stream"))
            .about(
                "Events about customers (`customer_accounts.view`), customers' roles (`customer_accounts.roles.manage`) and staff (`auth.users.list`) at the places where one \
                 holds that feature, and `notifications.notification.created` for each new notification of one's own. Of the place the session sits in: \
                 `X-Organization-Id` is refused.",
            )
            .query(&[LAST])
            .errors(&[InvalidRequest, Unavailable]),
    ],
};
