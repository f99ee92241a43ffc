//! What proxies ask for the apps behind them, and the rules they are answered by.

use super::super::{Answer::Empty, Param, Reads::*, Section, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "PathRule",
        "{path: text, methods?: text[], access: \"public\"|\"session\"|\"features\", match?: \"all\"|\"any\", features?: text[], realm?: \"customer\"|\"staff\"}",
    ),
    (
        "PathRules",
        "{version: int, realm: \"customer\"|\"staff\", loginOrganization: text|null, rules: PathRule[], createdAt?: time, createdBy?: uuid|null}",
    ),
];

const REQUIRE: Param = param("require", Text, "Features that are needed beside what the rules ask for, comma-separated.");

const ABOUT: &str = "200 lets the request pass, with who is calling in `X-Portcullis-…` headers, and with a `Set-Cookie` when the access token was renewed on the way. \
     docs/FORWARD-AUTH.md says how to set the proxy up.";

pub const GATE: Section = Section {
    tag: "Forward-auth",
    about: "Asked by a proxy before it lets a request through to an app.",
    docs: &[
        doc("forward_auth_nginx", "nginx: auth_request", ok("{ok: true}")).about(ABOUT).query(&[REQUIRE]).errors(&[Unauthenticated, Forbidden, PasswordChangeRequired, RateLimited]),
        doc("forward_auth_caddy", "Caddy: forward_auth", ok("{ok: true}"))
            .about(ABOUT)
            .query(&[REQUIRE])
            .also(&[Empty(302)])
            .errors(&[Unauthenticated, Forbidden, PasswordChangeRequired, RateLimited]),
        doc("forward_auth_traefik", "Traefik: ForwardAuth", ok("{ok: true}"))
            .about(ABOUT)
            .query(&[REQUIRE])
            .also(&[Empty(302)])
            .errors(&[Unauthenticated, Forbidden, PasswordChangeRequired, RateLimited]),
        envoy("forward_auth_envoy_get"),
        envoy("forward_auth_envoy_post"),
        envoy("forward_auth_envoy_put"),
        envoy("forward_auth_envoy_patch"),
        envoy("forward_auth_envoy_delete"),
        envoy("forward_auth_envoy_options"),
        doc("check_return_address", "Whether a sign-in page may lead somewhere", ok("{ok: true, to: text}"))
            .query(&[param("to", Text, "A path of ours, or an address on an app's host.").required()])
            .errors(&[InvalidRequest]),
        doc("read_app_rules", "The path rules in force", ok("{ok: true, rules: PathRules}"))
            .about("The first rule that fits decides; where none does, a session is needed.")
            .errors(&[NotFound]),
        doc("replace_app_rules", "Replace the path rules", ok("{ok: true, version: int}"))
            .about("`version` is that of the rules which are replaced, 0 for the first.")
            .errors(&[NotFound, ValidationError, OptimisticLockConflict]),
        doc("list_app_rules", "Earlier path rules, newest first", ok("{ok: true, items: PathRules[]}"))
            .query(&[param("before", Number(1, 4_294_967_295, 4_294_967_295), "Versions below this one.")])
            .errors(&[NotFound]),
        doc(
            "try_app_rules",
            "What would be decided about a request, and why",
            ok("{ok: true, version: int, decision: text, path?: text, rule?: int|null, access?: text, features?: text[], realm?: text, matched?: PathRule|null, reason?: text}"),
        )
        .about("With `user`, what that customer would be told.")
        .errors(&[NotFound]),
    ],
};

const fn envoy(name: &'static str) -> super::super::Doc {
    doc(name, "Envoy: ext_authz over HTTP", ok("{ok: true}")).about(ABOUT).query(&[REQUIRE]).also(&[Empty(302)]).errors(&[
        Unauthenticated,
        Forbidden,
        PasswordChangeRequired,
    ])
}
