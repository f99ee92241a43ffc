//! Administration of customers, their roles, and the company registry, by staff.

use super::super::{DONE, Link, Param, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "CustomerUser",
        "{id: uuid, email: email, displayName: text, emailVerified: bool, isActive: bool, lockedUntil: time|null, lastLoginAt: time|null, customerEntityId: uuid|null, \
         personEntityId: uuid|null, roles: HeldRole[], createdAt: time, updatedAt: time|null}",
    ),
    ("SessionOfCustomer", "{id: uuid, ipAddress: text|null, userAgent: text|null, lastUsedAt: time|null, createdAt: time, expiresAt: time}"),
    (
        "CustomerRole",
        "{id: uuid, name: text, slug: text, description: text|null, isDefault: bool, isSystem: bool, customerAssignable: bool, createdAt: time, updatedAt: time|null}",
    ),
    ("Feature", "{id: text, title: text, module: text, dependsOn?: text[]}"),
    (
        "Company",
        "{id: uuid, entityId: uuid, displayName: text, primaryEmail: email|null, externalId: text|null, createdAt: time, updatedAt: time|null}",
    ),
    (
        "Person",
        "{id: uuid, entityId: uuid, displayName: text, primaryEmail: email|null, externalId: text|null, companyId: uuid|null, createdAt: time, updatedAt: time|null}",
    ),
    (
        "EmbeddedAccount",
        "{id: uuid, email: email, displayName: text, emailVerified: bool, isActive: bool, lockedUntil: time|null, lastLoginAt: time|null, createdAt: time, roles: HeldRole[], devices: int}",
    ),
    ("Updated", "{ok: true, updatedAt: time|null, warning?: \"features_omitted\"}"),
    ("Registered", "{id: uuid, entityId: uuid}"),
];

pub const PAGE: Param = param("page", Number(1, 1, 1_000_000), "The page, from 1.");
pub const PAGE_SIZE: Param = param("pageSize", Number(1, 25, 100), "Items a page.");

pub const CUSTOMERS: Section = Section {
    tag: "Staff: customers and their roles",
    about: "Staff look after the customers of the organization that is active.",
    docs: &[
        doc("list_customer_users", "Customers of the organization", ok("{ok: true, items: CustomerUser[], total: int, totalIsExact?: false, totalPages: int, page: int}")).query(&[
            PAGE,
            PAGE_SIZE,
            param("search", Text, "Words of the name or the beginning of the address."),
            param("status", Word(&["active", "inactive", "locked"]), "Only those of one status."),
            param("customerEntityId", Uuid, "Only people of a company."),
            param("personEntityId", Uuid, "Only the account of a person."),
            param("roleId", Uuid, "Only who holds a role."),
        ]),
        doc("create_customer_user", "Make an account", created("{ok: true, user: {id: uuid, email: email, displayName: text}}"))
            .links(&[
                Link("read_customer_user", "id", "$response.body#/user/id"),
                Link("update_customer_user", "id", "$response.body#/user/id"),
                Link("delete_customer_user", "id", "$response.body#/user/id"),
            ])
            .errors(&[Conflict]),
        doc(
            "read_customer_user",
            "One account, with its sessions",
            ok("{ok: true, id: uuid, email: email, displayName: text, emailVerifiedAt: time|null, isActive: bool, lockedUntil: time|null, lastLoginAt: time|null, \
               customerEntityId: uuid|null, personEntityId: uuid|null, roles: HeldRole[], sessions: SessionOfCustomer[], createdAt: time, updatedAt: time|null}"),
        ),
        doc("update_customer_user", "Change an account", ok("Updated")).errors(&[OptimisticLockConflict]),
        doc("delete_customer_user", "Delete an account", DONE).errors(&[OptimisticLockConflict]),
        doc("reset_customer_password", "Set an account's password", DONE).about("Ends every session of the account."),
        doc("issue_customer_one_time_password", "Set a password that has to be changed at once", ok("{ok: true, oneTimePassword: text}"))
            .about("Shown this once. Ends every session of the account."),
        doc("send_customer_reset_link", "Mail a reset link to an account", ok("{ok: true, resetLink?: text}")).about("Who holds only the support feature has the link mailed and never sees it."),
        doc("verify_customer_email", "Mark an account's address as verified", ok("{ok: true, alreadyVerified?: true}")),
        doc("unlock_customer_user", "Lift an account's lock", DONE),
        doc("list_customer_sessions", "Where an account is signed in", ok("{ok: true, sessions: SessionOfCustomer[]}")),
        doc("end_customer_session", "End one session of an account", DONE),
        doc("force_customer_logout", "End every session of an account", DONE),
        doc("read_customer_acl", "What an account may do beside its roles", ok("{ok: true, hasCustomAcl: bool, features: text[], isPortalAdmin: bool, updatedAt: time|null, warning?: \"features_omitted\"}")),
        doc("replace_customer_acl", "Say what an account may do, instead of its roles", ok("Updated")).errors(&[OptimisticLockConflict]),
        doc("delete_customer_acl", "Let an account's roles decide again", DONE).errors(&[OptimisticLockConflict]),
        doc("invite_customer_user", "Invite somebody", created("Invited")).errors(&[Conflict]),
        doc("list_customer_invitations", "Who is invited and has not answered yet", ok("PendingInvitations")).query(&[PAGE, PAGE_SIZE]),
        doc("cancel_customer_invitation", "Take an invitation back", DONE).about("Its link is void at once."),
        doc("list_customer_features", "What customers can be granted", ok("{items: Feature[], modules: {id: text, title: text}[]}")),
        doc("list_customer_roles", "Roles of the organization", ok("{ok: true, items: CustomerRole[], total: int, totalPages: int, page: int}")).query(&[
            PAGE,
            param("pageSize", Number(1, 50, 100), "Items a page."),
            param("search", Text, "Part of the name or the slug."),
        ]),
        doc(
            "create_customer_role",
            "Make a role",
            created("{ok: true, role: {id: uuid, name: text, slug: text, description: text|null, isDefault: bool, isSystem: bool, customerAssignable: bool, createdAt: time}}"),
        )
        .links(&[
            Link("read_customer_role", "id", "$response.body#/role/id"),
            Link("replace_customer_role_acl", "id", "$response.body#/role/id"),
            Link("delete_customer_role", "id", "$response.body#/role/id"),
        ])
        .errors(&[Conflict]),
        doc(
            "read_customer_role",
            "One role, with its grants",
            ok("{ok: true, id: uuid, name: text, slug: text, description: text|null, isDefault: bool, isSystem: bool, customerAssignable: bool, features: text[], \
               isPortalAdmin?: bool, createdAt: time, updatedAt: time|null, warning?: \"features_omitted\"}"),
        ),
        doc("update_customer_role", "Change a role", ok("Updated")).errors(&[OptimisticLockConflict]),
        doc("delete_customer_role", "Delete a role", DONE).about("System roles, the default role and roles that somebody holds stay."),
        doc("replace_customer_role_acl", "Replace a role's grants", ok("Updated")).errors(&[OptimisticLockConflict]),
    ],
};

const ID: Param = param("id", Text, "Which one.").required();
const FILTERS: &[Param] = &[
    PAGE,
    PAGE_SIZE,
    param("search", Text, "Words of the name."),
    param("email", Text, "Exactly this address."),
    param("externalId", Text, "Exactly this id in the other system."),
];

pub const REGISTRY: Section = Section {
    tag: "Staff: companies and people",
    about: "The registry that customers' accounts are linked to; `externalId` ties it to a CRM.",
    docs: &[
        doc("list_companies", "Companies", ok("{ok: true, items: Company[], total: int, totalIsExact?: false, totalPages: int, page: int}"))
            .query(FILTERS),
        doc("create_company", "Add a company", created("Registered")).errors(&[Conflict]),
        doc("update_company", "Change a company", DONE).errors(&[NotFound, Conflict]),
        doc("delete_company", "Remove a company", DONE).query(&[ID]).errors(&[NotFound]),
        doc("list_people", "People", ok("{ok: true, items: Person[], total: int, totalIsExact?: false, totalPages: int, page: int}")).query(FILTERS),
        doc("create_person", "Add a person", created("Registered")).errors(&[Conflict]),
        doc("update_person", "Change a person", DONE).errors(&[NotFound, Conflict]),
        doc("delete_person", "Remove a person", DONE).query(&[ID]).errors(&[NotFound]),
    ],
};

const EMBED_ERRORS: &[crate::problem::Code] = &[Unauthenticated, Forbidden, TenantSuspended, NotFound];
const BY_ADDRESS: &str = "Read with the words after the `#` of the address as `Authorization: Bearer …` (RFC 6750), for five minutes. No cookie is looked at. \
     It shows what its maker may see at that moment. 401 carries `reason`: `expired`, or `invalid` where nothing of ours was signed.";

pub const EMBEDS: Section = Section {
    tag: "Views inside a CRM",
    about: "Pages that a CRM shows in frames of its own, by addresses that open one view of one person or company for five minutes. `EMBED_ORIGINS` says who may frame them.",
    docs: &[
        doc("create_embed_address", "An address for a frame", created("{ok: true, url: text, expiresAt: time}"))
            .about("`account-status` takes a person, `portal-users` a company of the registry. It stores nothing but a row in the audit trail.")
            .errors(&[NotFound]),
        doc(
            "embed_account_status",
            "Whether a person has an account, and how it stands",
            ok("{ok: true, person: Person, account: EmbeddedAccount|null}"),
        )
        .about(BY_ADDRESS)
        .errors(EMBED_ERRORS),
        doc(
            "embed_portal_users",
            "The accounts of a company",
            ok("{ok: true, company: Company, users: Colleague[], total: int, totalPages: int, page: int, pageSize: int}"),
        )
        .about(BY_ADDRESS)
        .query(&[PAGE, param("pageSize", Number(1, 10, 50), "Items a page.")])
        .errors(EMBED_ERRORS),
    ],
};
