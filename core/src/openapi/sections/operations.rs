//! The directory, the audit trail, and what runs the deployment.

use super::super::{
    Answer::*,
    DONE, Param,
    Reads::{Cursor, Number, Only, Tenant, Text, Time, Whole, Word},
    Section, doc, ok, param,
};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "AuditRow",
        "{id: uuid, seq: int, at: time, realm: \"customer\"|\"staff\", tenantId: uuid|null, organizationId: uuid|null, actorKind: text, actorId: text|null, action: text, \
         outcome: \"success\"|\"failure\"|\"denied\", targetKind: text, targetId: text|null, detail: any, ipAddress: text, userAgent: text, requestId: text}",
    ),
    ("AuditReport", "{rows: int, changed: int[], missing: int[], brokenSeals: int[], unsealed: int}"),
    (
        "Health",
        "{ok: bool, status: text, services: {name: text, status: text, latencyMs: int}[], migrations: {applied: text|null, expected: text, behind: bool}, bootstrap: \"open\"|\"closed\"}",
    ),
    (
        "Checked",
        "{ok: bool, granted: text[], realm: \"customer\"|\"staff\", userId: uuid, sessionId: uuid, tenantId: uuid, organizationId: uuid|null, expiresAt: int}",
    ),
    (
        "QueuedMail",
        "{id: uuid, tenantId: uuid, tenantName: text|null, organizationId: uuid|null, organizationName: text|null, recipient: email, template: text, locale: text, \
         createdAt: time, dueAt: time, attempts: int, abandonedAt: time|null, lastError: text|null, isLate: bool}",
    ),
    (
        "Status",
        "{ok: bool, status: text, services: {name: text, status: text, latencyMs: int}[], migrations: {applied: text|null, expected: text, behind: bool}, \
         mails: {status: text, waiting: int, late: int, abandoned: int, oldestDueAt: time|null}, trail: {status: text, waitingTrails: int, oldestUnsealedAt: time|null}, \
         keys: {status: text, version: int, currentSince: time|null, rotatesAt: time|null, nextReadyAt: time|null}}",
    ),
    ("Mail", "{id: uuid, to: text, subject: text, text: text, html: text, links: text[], createdAt: time}"),
];

pub const DIRECTORY: Section = Section {
    tag: "Directory",
    about: "Which tenants and organizations there are.",
    docs: &[
        doc(
            "lookup_organization",
            "The organization of a slug",
            ok("{ok: true, organization: {id: uuid, name: text, slug: text, logoUrl?: text, accent?: text}}"),
        )
        .about("Where there is branding: `logoUrl` is a picture of ours; `accent` is `#rrggbb`, to be made legible by whoever shows it.")
        .query(&[param("slug", Text, "Letters, digits, `_` and `-`.").required()])
        .errors(&[NotFound, ValidationError]),
        doc("lookup_tenant", "The name of a tenant", ok("{ok: true, tenant: {id: uuid, name: text}}"))
            .query(&[param("tenantId", Text, "Its id."), param("tenant", Text, "The same by its other name.")])
            .errors(&[NotFound, ValidationError]),
    ],
};

const CURSOR: Param = param("cursor", Cursor, "Where to go on.");
const TRAIL: Param = param("tenantId", Tenant, "Another tenant's trail, for super admins; `platform` is the trail of what belongs to no tenant.");
const Q: Param = param("q", Text, "Anywhere in action, target, actor, detail or request id.");
const ACTION: Param = param("action", Text, "An action, or the beginning of some up to a dot: `login` is `login.failed` too.");
const OUTCOME: Param = param("outcome", Only(&["success", "failure", "denied"]), "How it ended.");
const ACTOR: Param = param("actor", Text, "Who did it, by id.");
const ORGANIZATION: Param = param("organizationId", Text, "Of one organization, for who may see several.");
const SINCE: Param = param("since", Time, "From this instant on.");
const BEFORE: Param = param("before", Time, "Before this instant.");

pub const AUDIT: Section = Section {
    tag: "Audit trail",
    about: "Who did what to whom, when, from where, and how it ended. Rows are never changed; every minute's rows are sealed into a signed hash chain.",
    docs: &[
        doc("list_audit_log", "The trail, newest first", ok("{ok: true, items: AuditRow[], nextCursor: text|null}"))
            .about("A page may hold fewer rows than asked for, or none, and still lead on: go on until `nextCursor` is null. Rows that are added meanwhile do not move the pages.")
            .query(&[param("limit", Number(1, 50, 200), "Rows a page."), CURSOR, TRAIL, Q, ACTION, OUTCOME, ACTOR, ORGANIZATION, SINCE, BEFORE])
            .errors(&[InvalidRequest]),
        doc("export_audit_log", "The trail as a table, newest first", Media(200, "text/csv"))
            .about(
                "Every row that matches, in pieces: nobody holds more than 500 rows at a time. A table that breaks off, breaks off the connection. \
                 Cells that a spreadsheet would take for a formula begin with an apostrophe.",
            )
            .query(&[CURSOR, TRAIL, Q, ACTION, OUTCOME, ACTOR, ORGANIZATION, SINCE, BEFORE])
            .errors(&[InvalidRequest]),
        doc(
            "verify_audit_log",
            "Whether the trail is whole",
            ok("{ok: true, sound: bool, complete: bool, nextAfter: int|null, from: {seq: int, hash: text}, head: {seq: int, hash: text}|null, report: AuditReport}"),
        )
        .about("Names changed rows, gaps and seals that do not hold, by sequence number. A long trail is checked in parts: `nextAfter` of one is `after` of the next.")
        .query(&[param("after", Number(0, 0, 4_294_967_295), "The seal the part before ended with."), TRAIL])
        .errors(&[ValidationError]),
    ],
};

pub const DEPLOYMENT: Section = Section {
    tag: "Deployment",
    about: "For verifiers and for whoever runs this.",
    docs: &[
        doc("jwks", "The public keys", ok("{keys: {kty: text, crv: text, x: text, y: text, kid: text, alg: text, use: text}[]}"))
            .about("RFC 7517. May be kept for five minutes, and used for a day when it cannot be had.")
            .also(&[Empty(304)]),
        doc("list_revocations", "What is revoked, signed", Media(200, "application/jwt"))
            .about("Followed by whoever verifies tokens offline; docs/REVOCATION.md is its specification. May be kept for a second.")
            .query(&[param("since", Whole, "The `seq` of the answer before: only what came after it.")])
            .also(&[Empty(304)])
            .errors(&[InvalidRequest]),
        doc("check_by_query", "Whether the caller may, without asking the database", ok("Checked"))
            .about("The token's signature, and the revocations of the last few seconds. Only a token with `featuresOmitted` makes it ask.")
            .query(&[
                param("features", Text, "Comma-separated, at most 100."),
                param("realm", Word(&["customer", "staff"]), "Whose cookie, where a browser holds both."),
            ])
            .errors(&[InvalidRequest, Unauthenticated, PasswordChangeRequired]),
        doc("check_by_body", "The same, with the features in the body", ok("Checked"))
            .query(&[param("realm", Word(&["customer", "staff"]), "Whose cookie, where a browser holds both.")])
            .errors(&[InvalidRequest, Unauthenticated, PasswordChangeRequired]),
        doc("health", "Whether everything is there", ok("Health"))
            .about("503 when something is down that nobody can sign in without. `bootstrap` says whether the one-time secret would still make the first administrator.")
            .also(&[Json(503, "Health")]),
    ],
};

pub const OPERATIONS: Section = Section {
    tag: "Operations",
    about: "For staff of the platform: what works, what waits, and what was given up.",
    docs: &[
        doc("read_status", "Services, queues, seals and keys, each with a judgement", ok("Status"))
            .about("`status` is `healthy` or `degraded`. Counts of mails stop at 1000, of trails at 100; `abandoned` is of the last 24 hours. \
                    503 when something is down that nobody can sign in without: `GET /api/health` says what.")
            .errors(&[Unavailable]),
        doc("list_mails", "Mails that wait, are late, or were given up", ok("{ok: true, items: QueuedMail[], nextCursor: text|null}"))
            .about("Waiting ones by when they are due, abandoned ones by when they were given up, the latest first. A mail is late five minutes after it was due.")
            .query(&[
                param("state", Only(&["waiting", "late", "abandoned"]), "Which; `waiting` if absent, late ones included."),
                param("limit", Number(1, 50, 100), "Rows a page."),
                CURSOR,
            ])
            .errors(&[ValidationError]),
        doc("retry_mail", "Send a mail once more", DONE)
            .about("Due at once, with all its tries before it. Its link is as old as it was. 409 for one that was sent or that a sender holds.")
            .errors(&[Conflict, NotFound]),
        doc("abandon_mail", "Give a mail up", DONE)
            .about("It is kept for 30 days and may be sent once more. 409 for one that was sent, was given up, or that a sender holds.")
            .errors(&[Conflict, NotFound]),
    ],
};

pub const DEVELOPMENT: Section = Section {
    tag: "Development",
    about: "There only in development.",
    docs: &[
        doc("inbox_page", "Every mail that was sent, as a page", Media(200, "text/html")).query(&[param("to", Text, "Only mails to this address.")]),
        doc("inbox_list", "Every mail that was sent", ok("Mail[]")).query(&[param("to", Text, "Only mails to this address.")]),
        doc("seed", "Make the people and organizations of the guides", ok("{ok: true, created: bool, tenantId: uuid, organizationId: uuid}")),
    ],
};
