//! Staff accounts: one's own, and those one looks after.

use super::super::{DONE, Reads::*, Section, doc, ok, param};
use super::administration::PAGE;
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[(
    "StaffSession",
    "{id: uuid, tenantId: uuid, organizationId: uuid|null, remember: bool, ipAddress: text|null, userAgent: text|null, lastUsedAt: time, createdAt: time, \
     expiresAt: time, isCurrent?: bool}",
)];

pub const OWN_ACCOUNT: Section = Section {
    tag: "Staff: one's own account",
    about: "What every member of staff does for themselves.",
    docs: &[
        doc("request_staff_password_reset", "Ask for a link to choose a password", DONE)
            .about("Takes JSON and forms. An address that several tenants have is only found with `tenantId`.")
            .errors(&[UnprocessableEntity]),
        doc("confirm_staff_password_reset", "Choose a password with a mailed link", ok("{ok: true, redirect: text}"))
            .about("Takes JSON and forms. Also how an invitation is accepted. Ends every session."),
        doc("update_staff_profile", "Change one's address or password", ok("{ok: true, email: email}"))
            .about("A password wants `currentPassword`; it ends every session and opens a new one. `issues` of an error name the fields."),
        doc("list_own_staff_sessions", "Where one is signed in", ok("{ok: true, sessions: StaffSession[]}")),
        doc("revoke_other_own_staff_sessions", "Sign out everywhere else", ok("{ok: true, count: int}")),
        doc("revoke_own_staff_session", "End another session of one's own", DONE).errors(&[InvalidRequest]),
        doc("list_staff_features", "What staff can be granted", ok("{items: Feature[], modules: {id: text, title: text}[]}")),
        doc(
            "list_staff_notifications",
            "What one was told, newest first",
            ok("{ok: true, items: Notification[], total: int, page: int, pageSize: int}"),
        )
        .query(&[
            PAGE,
            param("pageSize", Number(1, 50, 100), "Notifications a page."),
            param("status", Text, "Only those of one status; without it, all but the dismissed."),
            param("since", Text, "Only those from a date-time on."),
        ]),
        doc("count_staff_notifications", "How many are unread", ok("{ok: true, unreadCount: int}")),
        doc("read_all_staff_notifications", "Mark all as read", ok("{ok: true, count: int}")),
        doc("read_staff_notification", "Mark one as read", DONE),
        doc("dismiss_staff_notification", "Dismiss one", DONE),
    ],
};
