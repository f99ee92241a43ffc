//! ★ The one table. A route cannot exist without guard, limit, audit events, operation budget and handler: they are
//! columns of its row, not layers someone forgets. OpenAPI, the authorization matrix and the budgets are read from here.

mod row;

use http::Method;

pub use row::{Audit, Guard, Handler, Limit, Route, Subject};
use row::{public, route};

use crate::{account, config::LimitName as L, dev, directory, domain::realm::Realm::Customer, io::Operations, ops};
use Audit::{Events, Reads, Touches};
use Guard::{AnySession, Can, Development, Public, Session};
use Subject::{Address, TypedAddress};

const GET: Method = Method::GET;
const POST: Method = Method::POST;
const PUT: Method = Method::PUT;
const DELETE: Method = Method::DELETE;

/// D1 round trips, KV reads, limiter calls and hashes, at most, before the answer. A cold tenant directory adds one D1
/// round trip and one KV write after the answer; a successful sign-in resets its limiter key after the answer.
const fn cost(d1: u32, kv: u32, limiter: u32, hash: u32) -> Operations {
    Operations { d1, kv, limiter, hash }
}

#[rustfmt::skip] // One row a line: this is a table to read, longer than it is wide.
pub static ROUTES: &[Route] = &[
    // ── Customer accounts: public ────────────────────────────────────────
    route(POST, "/api/customer_accounts/login", "login", Public, public(L::CustomerLogin, Address), Some(&account::login::BODY), Events(account::login::AUDIT), cost(2, 1, 2, 1), |cx| Box::pin(account::login::handle(cx))),
    route(POST, "/api/customer_accounts/signup", "signup", Public, public(L::CustomerSignup, Address), Some(&account::signup::BODY), Events(account::signup::AUDIT), cost(2, 1, 2, 1), |cx| Box::pin(account::signup::handle(cx))),
    route(POST, "/api/customer_accounts/email/verify", "verify_email", Public, public(L::CustomerEmailVerify, Subject::None), Some(&account::verify_email::BODY), Events(account::verify_email::AUDIT), cost(2, 0, 1, 0), |cx| Box::pin(account::verify_email::handle(cx))),
    route(POST, "/api/customer_accounts/magic-link/request", "request_magic_link", Public, public(L::CustomerMagicLink, TypedAddress), Some(&account::password_reset::REQUEST_BODY), Events(account::magic_link::REQUEST_AUDIT), cost(2, 1, 2, 0), |cx| Box::pin(account::magic_link::request(cx))),
    route(POST, "/api/customer_accounts/magic-link/verify", "verify_magic_link", Public, public(L::CustomerMagicLinkVerify, Subject::None), Some(&account::magic_link::VERIFY_BODY), Events(account::magic_link::VERIFY_AUDIT), cost(2, 0, 1, 0), |cx| Box::pin(account::magic_link::verify(cx))),
    route(POST, "/api/customer_accounts/password/reset-request", "request_password_reset", Public, public(L::CustomerPasswordReset, TypedAddress), Some(&account::password_reset::REQUEST_BODY), Events(account::password_reset::REQUEST_AUDIT), cost(2, 1, 2, 0), |cx| Box::pin(account::password_reset::request(cx))),
    route(POST, "/api/customer_accounts/password/reset-confirm", "confirm_password_reset", Public, public(L::CustomerPasswordResetConfirm, Subject::None), Some(&account::password_reset::CONFIRM_BODY), Events(account::password_reset::CONFIRM_AUDIT), cost(2, 0, 1, 1), |cx| Box::pin(account::password_reset::confirm(cx))),
    // ── Customer accounts: portal, own account ───────────────────────────
    route(POST, "/api/customer_accounts/portal/logout", "logout", Public, public(L::CustomerLogout, Subject::None), None, Events(account::logout::AUDIT), cost(2, 0, 1, 0), |cx| Box::pin(account::logout::handle(cx))),
    route(POST, "/api/customer_accounts/portal/sessions-refresh", "refresh_session", Public, public(L::CustomerRefresh, Subject::None), None, Touches, cost(1, 0, 1, 0), |cx| Box::pin(account::refresh::handle(cx))),
    route(GET, "/api/customer_accounts/portal/profile", "get_profile", Session(Customer), Limit::SIGNED_IN, None, Reads, cost(1, 0, 1, 0), |cx| {
        Box::pin(account::profile::get(cx))
    }),
    route(PUT, "/api/customer_accounts/portal/profile", "update_profile", Can(Customer, "portal.account.manage"), Limit::SIGNED_IN, Some(&account::profile::BODY), Events(account::profile::AUDIT), cost(2, 0, 1, 0), |cx| Box::pin(account::profile::update(cx))),
    route(POST, "/api/customer_accounts/portal/password-change", "change_password", AnySession(Customer), Limit::signed_in_and(L::CustomerPasswordChange), Some(&account::password_change::BODY), Events(account::password_change::AUDIT), cost(3, 0, 2, 2), |cx| Box::pin(account::password_change::handle(cx))),
    route(GET, "/api/customer_accounts/portal/sessions", "list_sessions", Session(Customer), Limit::SIGNED_IN, None, Reads, cost(2, 0, 1, 0), |cx| {
        Box::pin(account::sessions::list(cx))
    }),
    route(DELETE, "/api/customer_accounts/portal/sessions/{id}", "revoke_session", Session(Customer), Limit::SIGNED_IN, None, Events(account::sessions::AUDIT), cost(2, 0, 1, 0), |cx| Box::pin(account::sessions::revoke(cx))),
    route(POST, "/api/customer_accounts/portal/feature-check", "check_features", Session(Customer), Limit::SIGNED_IN, Some(&account::feature_check::BODY), Reads, cost(1, 0, 1, 0), |cx| Box::pin(account::feature_check::handle(cx))),
    // ── Directory ────────────────────────────────────────────────────────
    route(GET, "/api/directory/organizations/lookup", "lookup_organization", Public, public(L::DirectoryOrgLookup, Subject::None), None, Reads, cost(1, 1, 1, 0), |cx| Box::pin(directory::lookup::organization(cx))),
    route(GET, "/api/directory/tenants/lookup", "lookup_tenant", Public, public(L::DirectoryTenantLookup, Subject::None), None, Reads, cost(1, 1, 1, 0), |cx| Box::pin(directory::lookup::tenant(cx))),
    // ── Operations ───────────────────────────────────────────────────────
    route(GET, "/.well-known/jwks.json", "jwks", Public, Limit::NONE, None, Reads, cost(0, 1, 0, 0), |cx| Box::pin(ops::jwks::handle(cx))),
    route(GET, "/api/health", "health", Public, Limit::NONE, None, Reads, cost(1, 1, 1, 0), |cx| Box::pin(ops::health::handle(cx))),
    // ── Development only ─────────────────────────────────────────────────
    route(GET, "/dev/inbox", "inbox_page", Development, Limit::NONE, None, Reads, cost(1, 0, 0, 0), |cx| Box::pin(dev::inbox::page(cx))),
    route(GET, "/dev/inbox.json", "inbox_list", Development, Limit::NONE, None, Reads, cost(1, 0, 0, 0), |cx| Box::pin(dev::inbox::list(cx))),
    route(POST, "/dev/seed", "seed", Development, Limit::NONE, None, Events(dev::seed::AUDIT), cost(2, 0, 0, 6), |cx| {
        Box::pin(dev::seed::handle(cx))
    }),
];

/// The original guides' short spelling reaches the same customer-accounts routes: `/api/login` is
/// `/api/customer_accounts/login`. One rule, for these first segments and no others.
const SHORT: [&str; 8] = ["login", "signup", "password", "magic-link", "email", "invitations", "admin", "portal"];

/// The canonical spelling of a path: aliases written out.
pub fn canonical(path: &str) -> String {
    match path.strip_prefix("/api/") {
        Some(rest) if SHORT.contains(&rest.split('/').next().unwrap_or_default()) => format!("/api/customer_accounts/{rest}"),
        _ => path.to_owned(),
    }
}
