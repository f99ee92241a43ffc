//! Staff accounts: one's own, and those one looks after.

use super::super::{DONE, Link, Reads::*, Section, created, doc, ok, param};
use super::administration::PAGE;
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "StaffUser",
        "{id: uuid, email: email, name: text|null, organizationId: uuid|null, organizationName: text|null, tenantId: uuid, tenantName: text, roles: text[], \
     roleIds: uuid[], hasPassword?: bool, isActive: bool, lockedUntil: time|null, lastLoginAt: time|null, createdAt: time, updatedAt: time|null}",
    ),
    (
        "StaffMembership",
        "{id: uuid, tenantId: uuid, organizationId: uuid|null, organizationName: text|null, role: {id: uuid, name: text, slug: text, priority: int}}",
    ),
    (
        "Consent",
        "{id: uuid, consentType: text, isGranted: bool, grantedAt: time|null, withdrawnAt: time|null, source: text|null, ipAddress: text|null, \
     integrityValid: bool, createdAt: time, updatedAt: time|null}",
    ),
    (
        "StaffSession",
        "{id: uuid, tenantId: uuid, organizationId: uuid|null, remember: bool, ipAddress: text|null, userAgent: text|null, lastUsedAt: time, createdAt: time, \
     expiresAt: time, isCurrent?: bool}",
    ),
];

pub const OWN_ACCOUNT: Section = Section {
    tag: "Staff: one's own account",
    about: "What every member of staff does for themselves.",
    docs: &[
        doc("request_staff_password_reset", "Ask for a link to choose a password", DONE)
            .about("Takes JSON and forms. An address that several tenants have is only found with `tenantId`.")
            .errors(&[UnprocessableEntity]),
        doc("confirm_staff_password_reset", "Choose a password with a mailed link", ok("{ok: true, redirect: text}"))
            .about("Takes JSON and forms. Also how an invitation is accepted. Ends every session."),
        doc("update_staff_profile", "Change one's address, name or password", ok("{ok: true, email: email}"))
            .about("A name has 1 to 120 characters that are not all blank. A password wants `currentPassword`; it ends every session and opens a new one. `issues` of an error name the fields."),
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

pub const PEOPLE: Section = Section {
    tag: "Staff: people",
    about: "Looking after other members of staff. Nobody manages a person at or above their own priority, and nobody themselves.",
    docs: &[
        doc(
            "list_staff_users",
            "Staff of the tenant",
            ok("{items: StaffUser[], total: int, totalIsExact?: false, totalPages: int, isSuperAdmin?: bool}"),
        )
        .about("Newest first. A query that makes no sense finds nobody. `hasPassword` comes with `id` only.")
        .query(&[
            PAGE,
            param("pageSize", Number(1, 50, 100), "People a page."),
            param("id", Text, "Only this person."),
            param("search", Text, "Words of the name or the beginning of the address, or a part of the name of an organization or a role."),
            param("name", Text, "A part of the name, in any case."),
            param("organizationId", Text, "Only people of an organization."),
            param("roleId", Text, "Only who holds a role; may be repeated."),
            param("scopeToActiveOrganization", Text, "`true`: only people of the active organization."),
        ]),
        doc("create_staff_user", "Make an account", created("{id: uuid}"))
            .about("With a password, or with `sendInviteEmail`, which mails a link to choose one that works for 48 hours.")
            .links(&[
                Link("read_staff_user", "id", "$response.body#/id"),
                Link("delete_staff_user", "id", "$response.body#/id"),
                Link("suspend_staff_user", "id", "$response.body#/id"),
            ])
            .errors(&[NotFound, Conflict]),
        doc("update_staff_user", "Change an account", DONE)
            .about("`name: null` clears it. `roles` are those in the person's own organization and of the whole tenant.")
            .errors(&[NotFound, OptimisticLockConflict]),
        doc("delete_staff_user", "Delete an account", DONE)
            .about("The id may also come as a body. Memberships, sessions and links go with it.")
            .query(&[param("id", Text, "Whom.")])
            .errors(&[InvalidRequest, NotFound, OptimisticLockConflict]),
        doc("resend_staff_invitation", "Send an invitation again", DONE).errors(&[UnprocessableEntity, NotFound, Conflict]),
        doc("list_staff_consents", "What a person agreed to", ok("{ok: true, items: Consent[]}"))
            .query(&[param("userId", Text, "Whose.")])
            .errors(&[InvalidRequest, NotFound]),
        doc(
            "read_staff_user",
            "One account, with where it works",
            ok(
                "{ok: true, id: uuid, email: email, name: text|null, tenantId: uuid, tenantName: text, organizationId: uuid|null, hasPassword: bool, \
               isActive: bool, isLocked: bool, lockedUntil: time|null, failedLoginAttempts: int, mustChangePassword: bool, lastLoginAt: time|null, \
               createdAt: time, updatedAt: time|null, isSuperAdmin: bool, memberships: StaffMembership[], sessionCount: int}",
            ),
        ),
        doc("suspend_staff_user", "Keep somebody out", DONE)
            .about("Until resumed. Ends every session.")
            .errors(&[InvalidRequest, OptimisticLockConflict]),
        doc("resume_staff_user", "Let somebody in again", DONE).errors(&[InvalidRequest, OptimisticLockConflict]),
        doc("lock_staff_user", "Keep somebody out for a while", ok("{ok: true, lockedUntil: time}"))
            .about("15 minutes unless `lockedUntil` says how long, 30 days at most. Ends every session, known devices included.")
            .errors(&[OptimisticLockConflict]),
        doc("unlock_staff_user", "Lift a lock", DONE).errors(&[OptimisticLockConflict]),
        doc("list_staff_sessions", "Where somebody is signed in", ok("{ok: true, sessions: StaffSession[]}")),
        doc("end_staff_session", "End one session of somebody", DONE).errors(&[InvalidRequest]),
        doc("force_staff_logout", "End every session of somebody", DONE).errors(&[InvalidRequest, OptimisticLockConflict]),
        doc("issue_staff_one_time_password", "A password that has to be changed at first use", ok("{ok: true, oneTimePassword: text}"))
            .about("Shown once. The person is told by mail.")
            .errors(&[InvalidRequest, OptimisticLockConflict]),
        doc("send_staff_reset_link", "Mail somebody a link to choose a password", ok("{ok: true, resetLink?: text}"))
            .about("`resetLink` is shown to those who may set the password.")
            .errors(&[InvalidRequest]),
    ],
};
