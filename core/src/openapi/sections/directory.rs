//! The directory, for those who look after it.

use super::super::{Answer::Media, DONE, Param, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    ("Made", "{id: uuid}"),
    (
        "Tenant",
        "{id: uuid, name: text, isActive: bool, policy: text, partnerId: uuid|null, createdAt: time, updatedAt: time|null, usersCount: int, organizationsCount: int}",
    ),
    ("Partner", "{id: uuid, name: text, isActive: bool, createdAt: time, updatedAt: time|null, tenantsCount: int}"),
    (
        "OrganizationOption",
        "{id: uuid, name: text, logoUrl: text|null, parentId: uuid|null, tenantId: uuid, isActive: bool, depth: int, treePath: text}",
    ),
    (
        "OrganizationNode",
        "{id: uuid, name: text, parentId: uuid|null, tenantId: uuid, depth: int, ancestorIds: uuid[], childIds: uuid[], descendantIds: uuid[], isActive: bool, \
         treePath: text, pathLabel: text, children: OrganizationNode[]}",
    ),
    (
        "Organization",
        "{id: uuid, name: text, slug: text, logoUrl: text|null, accent: text|null, mailAccent: text|null, createdAt: time, updatedAt: time|null, tenantId: uuid, \
         tenantName: text, parentId: uuid|null, parentName: text|null, depth: int, rootId: uuid, treePath: text, pathLabel: text, ancestorIds: uuid[], \
         childIds: uuid[], descendantIds: uuid[], childrenCount: int, descendantsCount: int, isActive: bool, usersCount: int, merchantsCount: int}",
    ),
    ("PlaceToGo", "{id: uuid, name: text, depth: int, selectable: bool, children: PlaceToGo[]}"),
    (
        "Branding",
        "{organizationId: uuid, organizationName: text, tenantId: uuid, logoUrl: text|null, accent: text|null, mailAccent: text|null, updatedAt: time|null}",
    ),
    ("Merchant", "{id: uuid, tenantId: uuid, organizationId: uuid, name: text, slug: text, isActive: bool, createdAt: time, updatedAt: time|null}"),
];

const ID: Param = param("id", Text, "Which one.").required();
const PAGE: Param = param("page", Text, "Which page, from 1.");
const PAGE_SIZE: Param = param("pageSize", Text, "Items of a page, 1 to 100; 50 if absent.");
const SEARCH: Param = param("search", Text, "Part of the name.");

pub const TENANTS: Section = Section {
    tag: "Directory: tenants and partners",
    about: "For staff of the platform. Others see their own tenant, and those of the partners they work for.",
    docs: &[
        doc(
            "list_tenants",
            "Tenants, with how many customers and organizations they have",
            ok("{items: Tenant[], total: int, totalIsExact?: false, page: int, pageSize: int, totalPages: int}"),
        )
        .query(&[
            PAGE,
            PAGE_SIZE,
            SEARCH,
            param("id", Uuid, "This one only."),
            param("partnerId", Uuid, "Those of a partner."),
            param("isActive", Text, "`true` or `false`: suspended or not."),
            param("sortField", Text, "`name`, `createdAt` or `updatedAt`."),
            param("sortDir", Text, "`asc` or `desc`."),
        ])
        .errors(&[ValidationError])
        .about("A query that is not understood is refused."),
        doc("create_tenant", "Found a tenant", created("Made")).about("With the staff roles of the default pack."),
        doc("update_tenant", "Change a tenant", DONE).errors(&[NotFound, OptimisticLockConflict]).about("What is absent stays as it is."),
        doc("delete_tenant", "Close a tenant for good", DONE)
            .query(&[param("id", Text, "Which one; a JSON body may name it as well.")])
            .errors(&[InvalidRequest, NotFound, Conflict, OptimisticLockConflict])
            .about("Its rows stay. A tenant in which staff of the platform have their home cannot be deleted."),
        doc("suspend_tenant", "Let nobody of a tenant in", DONE).errors(&[NotFound, OptimisticLockConflict]).about("In force with the next request."),
        doc("resume_tenant", "End a suspension", DONE).errors(&[NotFound, OptimisticLockConflict]),
        doc(
            "list_partners",
            "Partners, with how many tenants they look after",
            ok("{items: Partner[], total: int, totalIsExact?: false, page: int, pageSize: int, totalPages: int}"),
        )
        .query(&[PAGE, PAGE_SIZE, SEARCH, param("id", Uuid, "This one only.")])
        .errors(&[ValidationError]),
        doc("create_partner", "Add a partner", created("Made")),
        doc("update_partner", "Change a partner", DONE).errors(&[NotFound, OptimisticLockConflict]),
        doc("delete_partner", "Remove a partner", DONE)
            .query(&[ID])
            .errors(&[InvalidRequest, NotFound, OptimisticLockConflict])
            .about("Its tenants stay."),
        doc("list_partner_staff", "Who works for a partner", ok("{items: {id: uuid, email: email, displayName: text|null, createdAt: time}[]}"))
            .errors(&[NotFound]),
        doc("add_partner_staff", "Put somebody to work for a partner", DONE).errors(&[NotFound]),
        doc("remove_partner_staff", "End somebody's work for a partner", DONE).errors(&[NotFound]),
    ],
};

pub const ORGANIZATIONS: Section = Section {
    tag: "Directory: organizations and merchants",
    about: "The tree of a tenant, as far as the caller's scope reaches. One of another tenant answers like one that does not exist.",
    docs: &[
        doc(
            "list_organizations",
            "Organizations as options, as a tree, or as rows to manage",
            ok("{items: OrganizationOption[]} | {items: OrganizationNode[]} | \
               {items: Organization[], total: int, totalIsExact?: false, page: int, pageSize: int, totalPages: int, isSuperAdmin: bool}"),
        )
        .query(&[
            param("view", Text, "`options` (default), `tree` or `manage`, which alone has pages."),
            PAGE,
            PAGE_SIZE,
            param("search", Text, "Part of the name or of the path of names."),
            param("ids", Text, "Only these: a comma list."),
            param("tenantId", Uuid, "Another tenant, for super admins. Without it their rows to manage are those of all tenants."),
            param("status", Text, "`all` (default), `active` or `inactive`."),
        ])
        .errors(&[ValidationError]),
        doc("create_organization", "Found an organization", created("Made"))
            .errors(&[InvalidRequest, Conflict])
            .about("With the customer roles of the default pack. A slug that is taken, or reserved, gets a suffix."),
        doc("update_organization", "Change an organization, or move it", DONE)
            .errors(&[InvalidRequest, NotFound, Conflict, OptimisticLockConflict])
            .about("What is absent stays as it is, `parentId` and `childIds` too."),
        doc("delete_organization", "Close an organization for good", DONE)
            .query(&[ID])
            .errors(&[InvalidRequest, NotFound, Conflict, OptimisticLockConflict])
            .about("What was under it moves up to its parent."),
        doc("suspend_organization", "Let nobody into an organization", DONE)
            .errors(&[NotFound, Conflict, OptimisticLockConflict])
            .about("In force with the next request."),
        doc("resume_organization", "End a suspension", DONE).errors(&[NotFound, OptimisticLockConflict]),
        doc(
            "offer_organizations",
            "Where one may go, and where one is",
            ok("{items: PlaceToGo[], selectedId: uuid|null, canManage: bool, canViewAllOrganizations?: bool, tenantId?: uuid, \
               tenants?: {id: uuid, name: text, isActive: bool}[], isSuperAdmin?: bool}"),
        )
        .query(&[param("tenantId", Text, "Another tenant, for super admins. What is no id is as if it were not there.")]),
        doc("read_branding", "What the organization one works in looks like", ok("Branding")).errors(&[InvalidRequest, NotFound]),
        doc("update_branding", "Change what it looks like", ok("Branding"))
            .errors(&[InvalidRequest, NotFound, UnprocessableEntity, OptimisticLockConflict])
            .about("`logoUrl` has to be there and may be null; a colour that is absent stays. Mails take `mailAccent`, or else `accent`."),
        doc("upload_logo", "Give it a logo", ok("Branding"))
            .errors(&[InvalidRequest, NotFound, UnprocessableEntity, OptimisticLockConflict])
            .about(
                "`image` is a PNG, JPEG or WebP picture in base64 (RFC 4648, section 4): at most 32 KiB and 1024 by 1024 pixels. `logoUrl` becomes its address, \
                 a new one with every upload; a `logoUrl` of null removes it. SVG is refused, because it can hold scripts.",
            ),
        doc("read_image", "A picture that was uploaded", Media(200, "image/png"))
            .also(&[Media(200, "image/jpeg"), Media(200, "image/webp")])
            .errors(&[NotFound])
            .about("The address of a picture never shows another one, so it may be kept for a year. Gone while the organization is suspended."),
        doc(
            "list_merchants",
            "Merchants of an organization",
            ok("{items: Merchant[], total: int, totalIsExact?: false, page: int, pageSize: int, totalPages: int}"),
        )
        .query(&[
            param("organizationId", Uuid, "Of which; the active one if absent."),
            PAGE,
            PAGE_SIZE,
            SEARCH,
            param("isActive", Text, "`true` or `false`."),
        ])
        .errors(&[InvalidRequest, ValidationError]),
        doc("create_merchant", "Add a merchant", created("Made")).errors(&[InvalidRequest, NotFound]),
        doc("update_merchant", "Change a merchant", DONE).errors(&[NotFound, OptimisticLockConflict]),
        doc("delete_merchant", "Remove a merchant", DONE).query(&[ID]).errors(&[InvalidRequest, NotFound, OptimisticLockConflict]),
    ],
};
