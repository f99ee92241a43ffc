//! Webhooks.

use super::{
    super::{Answer, DONE, Link, Param, Reads::*, Section, created, doc, ok, param},
    administration::PAGE,
};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "Webhook",
        "{id: uuid, tenantId: uuid, organizationId: uuid|null, organizationName: text|null, url: text, description: text, events: text[], enabled: bool, \
         disabledReason: \"admin\"|\"gone\"|\"failing\"|null, disabledAt: time|null, previousSecretUntil: time|null, failingSince: time|null, \
         lastSuccessAt: time|null, createdAt: time, updatedAt: time|null}",
    ),
    (
        "WebhookDelivery",
        "{id: uuid, event: text|null, state: \"pending\"|\"delivered\"|\"dead\", attempts: int, nextAttemptAt: time|null, lastStatus: int|null, \
         lastError: text|null, createdAt: time, settledAt: time|null}",
    ),
    (
        "WebhookDeliveryWithLog",
        "{id: uuid, event: text|null, state: \"pending\"|\"delivered\"|\"dead\", attempts: int, nextAttemptAt: time|null, lastStatus: int|null, \
         lastError: text|null, createdAt: time, settledAt: time|null, message: WebhookMessage|null, log: WebhookAttempt[]}",
    ),
    ("WebhookMessage", "{type: text, timestamp: time, tenantId: uuid, organizationId: uuid|null, data: any}"),
    ("WebhookAttempt", "{number: int, at: time, durationMs: int, status: int|null, error: text|null, response: text|null}"),
];

const STATE: Param = param("state", Only(&["pending", "delivered", "dead"]), "On their way, arrived, or given up.");

pub const WEBHOOKS: Section = Section {
    tag: "Webhooks",
    about: "Events sent to an organization's other software as it happens: at least once, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, \
            `webhook-signature`). docs/EVENTS.md lists the events.",
    docs: &[
        doc("list_webhook_events", "Events there are to hear of", ok("{ok: true, items: {name: text, about: text, data: text[]}[]}")),
        doc("list_webhooks", "Webhooks, oldest first", ok("{ok: true, items: Webhook[], most: int}")),
        doc("create_webhook", "Set up a webhook", created("{ok: true, webhook: Webhook, secret: text}"))
            .about(
                "An https URL by a public name; no redirects are followed. `events` are names, or beginnings such as `customer_accounts.*`. Without an organization it \
                 hears of the whole tenant. The secret is shown this once.",
            )
            .links(&[Link("read_webhook", "id", "$response.body#/webhook/id")])
            .errors(&[Conflict, NotFound, Forbidden]),
        doc("read_webhook", "One webhook, without its secret", ok("{ok: true, webhook: Webhook}")).errors(&[NotFound]),
        doc("update_webhook", "Change a webhook, turn it on or off", ok("Updated")).errors(&[Conflict, OptimisticLockConflict, NotFound]),
        doc("delete_webhook", "Delete a webhook", DONE).errors(&[OptimisticLockConflict, NotFound]),
        doc("rotate_webhook_secret", "A new secret; the one before still signs for a day", ok("{ok: true, secret: text, previousSecretUntil: time}"))
            .about("The secret is shown this once. Until then every message carries both signatures.")
            .errors(&[NotFound]),
        doc("test_webhook", "Send a test event to this webhook alone", Answer::Json(202, "{ok: true, deliveryId: uuid}")).errors(&[Conflict, NotFound]),
        doc("replay_webhook", "Send everything since a time once more", ok("{ok: true, queued: int, complete: bool}"))
            .about(
                "What it missed while it was off and what was given up; with `include: all`, what it has had already, too. Events are kept for seven days. The oldest \
                 5000 are queued; `complete` says whether that was all.",
            )
            .errors(&[Conflict, NotFound]),
        doc("list_webhook_deliveries", "Deliveries, newest first", ok("{ok: true, items: WebhookDelivery[], total: int, totalPages: int, page: int, totalIsExact?: false}"))
            .query(&[PAGE, param("pageSize", Number(1, 25, 100), "Items a page."), STATE])
            .errors(&[NotFound, ValidationError]),
        doc("read_webhook_delivery", "One delivery: its message and its tries", ok("{ok: true, delivery: WebhookDeliveryWithLog}")).errors(&[NotFound]),
        doc("replay_webhook_delivery", "Send one delivery once more", DONE).errors(&[Conflict, NotFound]),
    ],
};
