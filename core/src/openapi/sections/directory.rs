//! The directory, for those who look after it.

use super::super::{DONE, Param, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    ("Made", "{id: uuid}"),
    (
        "Tenant",
        "{id: uuid, name: text, isActive: bool, policy: text, partnerId: uuid|null, createdAt: time, updatedAt: time|null, usersCount: int, organizationsCount: int}",
    ),
    ("Partner", "{id: uuid, name: text, isActive: bool, createdAt: time, updatedAt: time|null, tenantsCount: int}"),
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
        .query(&[PAGE, PAGE_SIZE, SEARCH])
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
