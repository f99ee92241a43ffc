//! Where staff work.

use super::super::{DONE, Section, created, doc, ok};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    ("PlaceRole", "{id: uuid, name: text, slug: text, priority: int}"),
    (
        "Membership",
        "{id: uuid, tenantId: uuid, tenantName: text, organizationId: uuid|null, organizationName: text|null, organizationSlug: text|null, \
         role: PlaceRole, merchantIds: uuid[], createdAt: time}",
    ),
    (
        "OwnMembership",
        "{id: uuid, tenantId: uuid, tenantName: text, organizationId: uuid|null, organizationName: text|null, organizationSlug: text|null, \
         role: PlaceRole, merchantIds: uuid[], createdAt: time, isCurrent: bool, isOpen: bool}",
    ),
    (
        "MembershipInvitation",
        "{id: uuid, email: email, tenantId: uuid, organizationId: uuid|null, organizationName: text|null, role: {id: uuid, name: text}, \
         merchantIds: uuid[], invitedBy: uuid, expiresAt: time, createdAt: time}",
    ),
];

pub const SEATS: Section = Section {
    tag: "Staff: where they work",
    about: "A membership is a tenant, an organization of it or all, merchants of that or all, and a role. It reaches everything under its organization.",
    docs: &[
        doc("bootstrap_platform", "The first administrator", created("{ok: true, userId: uuid, tenantId: uuid, organizationId: uuid|null}"))
            .about("By the one-time `BOOTSTRAP_SECRET` of the deployment, once ever, and only while nobody is super admin. Makes the first tenant and, where `organizationName` names it, its organization.")
            .errors(&[ValidationError, Conflict]),
        doc("list_own_memberships", "Where one works, as what", ok("{items: OwnMembership[], tenantId: uuid, organizationId: uuid|null}"))
            .about("`tenantId` and `organizationId` say where the request acts. Answers from anywhere, so that whoever lost a place finds the others."),
        doc("switch_place", "Go to another place", ok("{ok: true, token: text, tenantId: uuid, organizationId: uuid|null}"))
            .about("The session moves, and access tokens of before are void. A tenant by itself means the place there that a sign-in would choose. For one request, `X-Organization-Id` does it without moving.")
            .errors(&[ValidationError, TenantSuspended]),
        doc("leave_membership", "Leave a place", DONE)
            .about("The last owner of an organization and the last super admin stay."),
        doc("invite_member", "Invite somebody by address", created("{ok: true, invitation: {id: uuid, email: email, expiresAt: time}}"))
            .about("An account that the address has already, in whatever tenant, serves. The answer does not tell whether there is one.")
            .errors(&[NotFound]),
        doc("accept_membership", "Accept an invitation", created("{ok: true, tenantId: uuid, organizationId: uuid|null, newAccount: bool}"))
            .about("The mailed token is enough: what it gives goes to the account of the address it was mailed to. Without one, `password` makes it. Nobody is signed in.")
            .errors(&[TenantSuspended, Conflict]),
        doc("list_member_invitations", "Invitations that wait", ok("{items: MembershipInvitation[]}")),
        doc("cancel_member_invitation", "Take an invitation back", DONE),
        doc("list_memberships", "Where somebody works", ok("{items: Membership[]}")).about("As far as the caller's scope reaches."),
        doc("create_membership", "Give a place to somebody", created("{id: uuid}"))
            .about("To people the caller looks after already. Others are invited."),
        doc("update_membership", "Change role or merchants at a place", DONE),
        doc("delete_membership", "Take a place away", DONE).about("In force on the person's next request."),
    ],
};
