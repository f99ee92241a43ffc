//! Signing keys, and what verifiers ask.

use super::super::{Answer::Empty, Section, doc, ok};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    ("Key", "{kid: text, state: \"next\"|\"current\"|\"retiring\", createdAt: time|null, since: time, until: time|null}"),
    ("Turned", "{ok: true, current: text, next: text}"),
];

pub const KEYS: Section = Section {
    tag: "Signing keys",
    about: "One key signs, one waits, and those that have signed stay published until nobody needs them any more.",
    docs: &[
        doc("list_keys", "Keys and when they move on", ok("{ok: true, version: int, items: Key[]}")),
        doc("rotate_keys", "Let the next key sign", ok("Turned")).about("409 while verifiers may not know it yet.").errors(&[Conflict]),
        doc("remove_key", "Remove a key at once", ok("Turned"))
            .about("For an emergency. Tokens it signed are refused from the next request on; another key signs immediately.")
            .errors(&[NotFound]),
        doc(
            "introspect_token",
            "Whether a token minted for an app is good at this moment (RFC 7662)",
            ok("{active: false}|{active: true, client_id: uuid, username: email, token_type: \"Bearer\", iss: text, aud: text, iat: int, exp: int, jti: uuid, type: \"app\", \
               realm: \"customer\"|\"staff\", sub: uuid, sid: uuid, tenantId: uuid, orgId: uuid|null, email: email, displayName: text, roles: text[], \
               resolvedFeatures: text[], isPortalAdmin?: bool, isSuperAdmin?: bool}"),
        )
        .about("By an app's credentials, as HTTP Basic or in the form. Tokens for others are inactive.")
        .errors(&[Unauthenticated]),
        doc(
            "discover_server",
            "What this authorization server offers (RFC 8414)",
            ok("{issuer: text, jwks_uri: text, introspection_endpoint: text, introspection_endpoint_auth_methods_supported: text[], response_types_supported: text[], \
               grant_types_supported: text[]}"),
        )
        .also(&[Empty(304)]),
    ],
};
