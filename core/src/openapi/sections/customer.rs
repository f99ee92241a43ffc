//! Customer accounts: what customers themselves do.

use super::super::{DONE, Param, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "SignedIn",
        "{ok: true, user: {id: uuid, email: email, displayName: text, emailVerified: bool}, resolvedFeatures: text[], mustChangePassword?: true}",
    ),
    ("HeldRole", "{id: uuid, name: text, slug: text}"),
    ("Session", "{id: uuid, ipAddress: text|null, userAgent: text|null, lastUsedAt: time|null, createdAt: time, expiresAt: time, isCurrent: bool}"),
    ("Invited", "{ok: true, invitation: {id: uuid, email: email, expiresAt: time}}"),
    (
        "Colleague",
        "{id: uuid, email: email, displayName: text, emailVerified: bool, isActive: bool, lastLoginAt: time|null, createdAt: time, roles: HeldRole[]}",
    ),
    (
        "Notification",
        "{id: uuid, type: text, title: text, body: text|null, titleKey: text|null, bodyKey: text|null, titleVariables: any, bodyVariables: any, icon: text|null, \
         severity: text, status: text, actions: any[], sourceModule: text, sourceEntityType: text|null, sourceEntityId: text|null, linkHref: text|null, \
         createdAt: time, readAt: time|null, actionTaken: null}",
    ),
    (
        "PendingInvitation",
        "{id: uuid, email: email, displayName: text|null, customerEntityId: uuid|null, roles: HeldRole[], invitedByType: \"portal\"|\"staff\", \
         invitedBy: text|null, createdAt: time, expiresAt: time}",
    ),
    ("PendingInvitations", "{ok: true, items: PendingInvitation[], total: int, totalIsExact?: false, totalPages: int, page: int, pageSize: int}"),
    ("NavItem", "{id: text, label: text, labelKey: text, href: text, icon: text, order: int}"),
];

const PAGE: Param = param("page", Number(1, 1, 1_000_000), "The page, from 1.");

pub const PUBLIC: Section = Section {
    tag: "Customers: signing in",
    about: "Sign-up, sign-in, mailed links and invitations. A platform host needs `organizationId` or `tenantId`; a tenant's own host names it by itself.",
    docs: &[
        doc("login", "Sign in with e-mail and password", ok("SignedIn"))
            .about("Sets the two cookies of the realm. `mustChangePassword` says that the session may only change the password or log out.")
            .errors(&[Unauthenticated, TenantSuspended]),
        doc("signup", "Open an account", super::super::Answer::Json(202, "{ok: true}"))
            .about("The answer is the same whether or not the address has an account; its owner gets a mail either way.")
            .errors(&[TenantSuspended]),
        doc("verify_email", "Verify an address with the mailed token", DONE),
        doc("request_magic_link", "Have a sign-in link mailed", DONE).about("Always answers alike."),
        doc("verify_magic_link", "Sign in with a mailed link's token", ok("SignedIn")).errors(&[Unauthenticated, TenantSuspended]),
        doc("request_password_reset", "Have a link mailed that resets the password", DONE).about("Always answers alike."),
        doc("confirm_password_reset", "Set a new password with the mailed token", DONE).about("Ends every session of the account."),
        doc(
            "inspect_link",
            "What a mailed link is for, without using it up",
            ok("{ok: true, link: {purpose: text, email: text, displayName: text|null, expiresAt: time, organization: {name: text, slug: text}}}"),
        )
        .about("The address is masked."),
        doc("accept_invitation", "Accept an invitation", created("SignedIn")).errors(&[TenantSuspended]),
    ],
};

pub const ACCOUNT: Section = Section {
    tag: "Customers: own account",
    about: "Profile, password and sessions of whoever is signed in.",
    docs: &[
        doc("logout", "Sign out", DONE).about("Ends the session at once, clears the cookies, and answers alike without one."),
        doc("refresh_session", "A fresh access token from the session token", ok("{ok: true, resolvedFeatures: text[]}")).errors(&[Unauthenticated]),
        doc(
            "get_profile",
            "One's own account",
            ok(
                "{ok: true, user: {id: uuid, email: email, displayName: text, emailVerified: bool, isActive: bool, customerEntityId: uuid|null, personEntityId: uuid|null, \
               lastLoginAt: time|null, createdAt: time}, roles: HeldRole[], resolvedFeatures: text[], isPortalAdmin: bool}",
            ),
        ),
        doc("update_profile", "Change one's own account", ok("{ok: true, user: {id: uuid, email: email, displayName: text}}")),
        doc("change_password", "Change one's own password", DONE)
            .about("Every session ends, and the same answer carries the cookies of a new one.")
            .errors(&[WrongCurrentPassword, NotFound]),
        doc("list_sessions", "Where one is signed in", ok("{ok: true, sessions: Session[]}")),
        doc("revoke_session", "End one of one's other sessions", DONE).errors(&[InvalidRequest]),
        doc("revoke_other_sessions", "End all of one's other sessions", ok("{ok: true, revoked: int}")),
        doc("check_features", "Which of these features one holds", ok("{ok: true, granted: text[]}")),
    ],
};

pub const COMPANY: Section = Section {
    tag: "Customers: colleagues and notifications",
    about: "The people of one's own company, what one was told, and the menu of the portal.",
    docs: &[
        doc(
            "get_nav",
            "The menu one may see",
            ok("{ok: true, orgSlug: text, groups: {id: text, items: NavItem[]}[], grantedFeatures: text[], isPortalAdmin: bool}"),
        ),
        doc("list_company_users", "Colleagues", ok("{ok: true, users: Colleague[], total: int, totalPages: int, page: int, pageSize: int}"))
            .query(&[PAGE, param("pageSize", Number(1, 25, 100), "Colleagues a page.")]),
        doc("invite_company_user", "Invite a colleague", created("Invited")).errors(&[Conflict]),
        doc("remove_company_user", "Remove a colleague", DONE).errors(&[InvalidRequest]),
        doc("set_company_user_roles", "Replace a colleague's roles", DONE),
        doc("list_assignable_roles", "The roles one can hand out to colleagues", ok("{ok: true, roles: HeldRole[]}")),
        doc("list_company_invitations", "Who is invited into one's company and has not answered yet", ok("PendingInvitations"))
            .query(&[PAGE, param("pageSize", Number(1, 25, 100), "Invitations a page.")]),
        doc("cancel_company_invitation", "Take an invitation back", DONE).about("Its link is void at once."),
        doc("list_notifications", "What one was told, newest first", ok("{ok: true, items: Notification[], total: int, page: int, pageSize: int}"))
            .query(&[
                PAGE,
                param("pageSize", Number(1, 50, 100), "Notifications a page."),
                param("status", Text, "Only those of one status; without it, all but the dismissed."),
                param("since", Text, "Only those from a date-time on."),
            ]),
        doc("count_unread_notifications", "How many are unread", ok("{ok: true, unreadCount: int}")),
        doc("read_all_notifications", "Mark all as read", ok("{ok: true, count: int}")),
        doc("read_notification", "Mark one as read", DONE),
        doc("dismiss_notification", "Dismiss one", DONE),
    ],
};
