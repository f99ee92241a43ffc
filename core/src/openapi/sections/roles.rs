//! Staff: roles, and what they and one person hold.

use super::super::{DONE, Param, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "StaffRole",
        "{id: uuid, name: text, slug: text, description: text|null, priority: int, isSystem: bool, usersCount: int, tenantId: uuid|null, tenantIds: uuid[], \
         tenantName: text|null, updatedAt: time|null}",
    ),
    ("Explained", "{feature: text, granted: bool, decision: text, by: text|null, role: {id: uuid, name: text, slug: text}|null}"),
    ("Merged", "{ok: true, created: text[], updated: text[]}"),
    ("AclReplaced", "{ok: true, sanitized: bool, warning?: \"features_omitted\"}"),
];

const ROLE: Param = param("roleId", Uuid, "Whose grants.").required();

const USER: Param = param("userId", Uuid, "Whose.").required();

pub const ROLES: Section = Section {
    tag: "Staff: roles",
    about: "Nobody creates, changes or removes a role at or above their own priority, nor grants what they do not hold. Grants may end in `.*`.",
    docs: &[
        doc("list_staff_roles", "Roles of the tenant", ok("{items: StaffRole[], total: int, totalPages: int, isSuperAdmin: bool}"))
            .about("The highest first. Roles of super admins are shown to super admins, roles of the platform to its staff.")
            .query(&[
                param("page", Number(1, 1, 1_000_000), "The page, from 1."),
                param("pageSize", Number(1, 50, 100), "Items a page."),
                param("search", Text, "Part of the name or the slug."),
                param("id", Text, "Only this one."),
                param("tenantId", Text, "Super admins: another tenant's."),
            ]),
        doc("create_staff_role", "Make a role", created("{id: uuid}"))
            .about("It grants nothing yet. Without `priority` it stands with employees, or just below its maker.")
            .errors(&[NotFound, Conflict]),
        doc("update_staff_role", "Change a role", DONE)
            .about("Name and tenant stay while somebody holds the role.")
            .errors(&[NotFound, Conflict, OptimisticLockConflict]),
        doc("delete_staff_role", "Delete a role nobody holds", DONE)
            .query(&[param("id", Text, "Which one.").required()])
            .errors(&[NotFound, OptimisticLockConflict]),
        doc("read_staff_role_acl", "What a role grants", ok("{isSuperAdmin: bool, features: text[], organizations: uuid[]|null, updatedAt: time|null}"))
            .query(&[ROLE, param("tenantId", Uuid, "The role's tenant.")])
            .errors(&[NotFound]),
        doc("replace_staff_role_acl", "Change what a role grants", ok("AclReplaced"))
            .about("In force on the next request of everyone who holds the role. A member that is absent stays as it is; `organizations: null` is everywhere.")
            .errors(&[NotFound, Conflict, OptimisticLockConflict]),
        doc(
            "read_staff_user_acl",
            "What a person holds beside their roles",
            ok("{hasCustomAcl: bool, isSuperAdmin: bool, features: text[], denied: text[], organizations: uuid[]|null, updatedAt: time|null}"),
        )
        .about("It adds to the roles and denies; a denial wins over every grant.")
        .query(&[USER, param("tenantId", Uuid, "Super admins: in another tenant.")])
        .errors(&[NotFound]),
        doc("replace_staff_user_acl", "Say what a person holds beside their roles", ok("AclReplaced"))
            .about("Replaced as a whole: what is absent is empty, and one that says nothing is deleted.")
            .errors(&[NotFound, Conflict, OptimisticLockConflict]),
        doc("delete_staff_user_acl", "Let a person's roles decide alone", DONE)
            .query(&[USER, param("tenantId", Uuid, "Super admins: in another tenant.")])
            .errors(&[NotFound, Conflict, OptimisticLockConflict]),
        doc(
            "read_staff_role_override",
            "What an organization changes about a role",
            ok("{roleId: uuid, organizationId: uuid, adds: text[], removes: text[], updatedAt: time|null}"),
        ),
        doc("replace_staff_role_override", "Have an organization add to a role, or take from it", DONE)
            .about("Counts where the organization is active. Replaced as a whole; one that says nothing is deleted.")
            .errors(&[Conflict, OptimisticLockConflict]),
        doc("delete_staff_role_override", "Have an organization take a role as it is", DONE).errors(&[Conflict, OptimisticLockConflict]),
        doc(
            "explain_staff_features",
            "What a person holds, and why",
            ok("{userId: uuid, tenantId: uuid, organizationId: uuid|null, isSuperAdmin: bool, features: Explained[]}"),
        )
        .about("Every registered feature with the flag, role, override, grant or denial that decided.")
        .query(&[
            param("feature", Text, "Only this one, registered or not."),
            param("organizationId", Text, "In another organization the caller looks after."),
        ]),
        doc(
            "explain_customer_features",
            "What a customer holds, and why",
            ok("{ok: true, userId: uuid, tenantId: uuid, organizationId: uuid, isPortalAdmin: bool, features: Explained[]}"),
        )
        .query(&[param("feature", Text, "Only this one, registered or not.")]),
        doc(
            "list_role_packs",
            "Packs of roles",
            ok("{items: {id: text, title: text, roles: {slug: text, name: text, priority: int, platform: bool, features: text[]}[]}[]}"),
        ),
        doc("apply_role_pack", "Bring a tenant the roles of a pack", ok("Merged"))
            .about("Merges: a role that is there keeps its name, priority and grants, and gets what it lacks. A second time changes nothing.")
            .errors(&[NotFound, Conflict]),
        doc("sync_staff_role_acls", "Give the default roles back what they lack", ok("Merged"))
            .about("As the default pack, for a tenant's own roles and, by super admins, for the platform's.")
            .errors(&[NotFound, Conflict]),
    ],
};
