//! Origin apps: their registry and their tokens.

use super::{
    super::{DONE, Link, Param, Reads::*, Section, created, doc, ok, param},
    administration::PAGE,
};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "App",
        "{id: uuid, tenantId: uuid|null, name: text, audience: text, features: text[], returnHosts: text[], realms: text[], adminClaims: bool, isActive: bool, \
         createdAt: time, updatedAt: time|null}",
    ),
    (
        "AppWithCredentials",
        "{id: uuid, tenantId: uuid|null, name: text, audience: text, features: text[], returnHosts: text[], realms: text[], adminClaims: bool, isActive: bool, \
         createdAt: time, updatedAt: time|null, credentials: {id: uuid, createdAt: time}[]}",
    ),
    ("AppToken", "{ok: true, accessToken: text, tokenType: \"Bearer\", expiresIn: int, audience: text}"),
];

const PLATFORM: Param = param("platform", Word(&["true"]), "The platform's own apps; for super admins.");

pub const APPS: Section = Section {
    tag: "Origin apps",
    about: "Apps that take our tokens: each has an audience of its own, hears of the features its grants cover, and proves itself with credentials.",
    docs: &[
        doc("mint_customer_app_token", "A token for one app, from a customer's session", ok("AppToken"))
            .about("Ten minutes long. Our own routes do not take it.")
            .errors(&[NotFound]),
        doc("mint_staff_app_token", "A token for one app, from a session of staff", ok("AppToken"))
            .about("Ten minutes long. Our own routes do not take it.")
            .errors(&[NotFound]),
        doc("list_apps", "Apps of the tenant, oldest first", ok("{ok: true, items: App[], total: int, totalPages: int, page: int}")).query(&[
            PAGE,
            param("pageSize", Number(1, 50, 100), "Items a page."),
            PLATFORM,
        ]),
        doc("create_app", "Register an app", created("{ok: true, app: App}"))
            .about("An audience is never given to another app, even when its app is gone.")
            .links(&[Link("read_app", "id", "$response.body#/app/id")])
            .errors(&[Conflict, Forbidden]),
        doc("read_app", "One app with its credentials, without their secrets", ok("{ok: true, app: AppWithCredentials}")).errors(&[NotFound]),
        doc("update_app", "Change an app", ok("Updated")).errors(&[Conflict, OptimisticLockConflict, NotFound]),
        doc("delete_app", "Delete an app and revoke its credentials", DONE).errors(&[OptimisticLockConflict, NotFound]),
        doc(
            "create_app_credential",
            "A new secret for an app, two at a time",
            created("{ok: true, id: uuid, clientId: uuid, clientSecret: text, createdAt: time}"),
        )
        .about("The secret is shown this once.")
        .errors(&[Conflict, NotFound]),
        doc("revoke_app_credential", "Revoke a secret of an app", DONE).errors(&[NotFound]),
    ],
};
