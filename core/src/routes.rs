//! ★ The one table. A route cannot exist without guard, limit, audit events, operation budget and handler: they are
//! columns of its row, not layers someone forgets. OpenAPI, the authorization matrix and the budgets are read from here.

mod row;
#[cfg(test)]
mod tests;

pub use row::{Audit, Guard, Handler, Limit, Route, Subject, Takes};
use row::{json, json_or_form, public, table};

use crate::{
    account::{
        feature_check,
        invitations::{accept, pending as pending_invitations},
        link_info, login, logout, magic_link, password_change, password_reset, profile, refresh, sessions, signup, verify_email,
    },
    admin::{features as admin_features, invitations as admin_invitations, roles as admin_roles, users as admin_users},
    apps, audit,
    config::LimitName::*,
    customers as crm,
    dev::{inbox, seed},
    directory::{branding, logo, lookup, merchants, organizations, partners, switcher, tenants},
    domain::realm::Realm::{Customer, Staff},
    edge::{check, feed, forward_auth, way_back},
    embed,
    io::Operations,
    live,
    moving::{chunk, export, imports, report},
    ops::{discovery, health, jwks, mails, status},
    portal::{invitations as company_invitations, nav, notifications, roles as company_roles, users as company},
    signing,
    staff::{self, people},
    webhooks,
};
use Audit::{Events, Reads, Touches};
use Guard::{AnyPlace, AnySession, Can, CanEither, Development, Operator, Public, Session};
use Subject::{Address, None as NoSubject, Token, TypedAddress};

const NONE: Limit = Limit::NONE;
const SIGNED_IN: Limit = Limit::SIGNED_IN;

/// The user's window and the caller's address.
const RESENDING: Limit = Limit { name: Some(StaffResendInvite), subject: NoSubject, user: true };

const fn signed_in_and(name: crate::config::LimitName) -> Limit {
    Limit::signed_in_and(name)
}

/// Invitations: the user's window, the caller's address, and the address that is invited.
const fn invites(name: crate::config::LimitName) -> Limit {
    Limit { name: Some(name), subject: TypedAddress, user: true }
}

/// D1 round trips, KV reads, limiter calls and hashes, at most, before the answer. A cold tenant directory adds one D1
/// round trip and one KV write after the answer; a successful sign-in resets its limiter key after the answer.
const fn cost(d1: u32, kv: u32, limiter: u32, hash: u32) -> Operations {
    Operations { d1, kv, limiter, hash, channel: 0 }
}

/// The same for a stream: one opening at a channel.
const fn streams(d1: u32, kv: u32, limiter: u32, hash: u32) -> Operations {
    Operations { channel: 1, ..cost(d1, kv, limiter, hash) }
}

pub static ROUTES: &[Route] = table! {
    // Customer accounts: public
    "/api/customer_accounts" {
        POST "/login"                  login                  Public, public(CustomerLogin, Address),                  json(&login::BODY),                  Events(login::AUDIT),                  cost(2, 1, 2, 1) => login::handle;
        POST "/signup"                 signup                 Public, public(CustomerSignup, Address),                 json(&signup::BODY),                 Events(signup::AUDIT),                 cost(2, 1, 2, 1) => signup::handle;
        POST "/email/verify"           verify_email           Public, public(CustomerEmailVerify, NoSubject),          json(&verify_email::BODY),           Events(verify_email::AUDIT),           cost(2, 0, 1, 0) => verify_email::handle;
        POST "/magic-link/request"     request_magic_link     Public, public(CustomerMagicLink, TypedAddress),         json(&password_reset::REQUEST_BODY), Events(magic_link::REQUEST_AUDIT),     cost(2, 1, 2, 0) => magic_link::request;
        POST "/magic-link/verify"      verify_magic_link      Public, public(CustomerMagicLinkVerify, NoSubject),      json(&magic_link::VERIFY_BODY),      Events(magic_link::VERIFY_AUDIT),      cost(2, 0, 1, 0) => magic_link::verify;
        POST "/password/reset-request" request_password_reset Public, public(CustomerPasswordReset, TypedAddress),     json(&password_reset::REQUEST_BODY), Events(password_reset::REQUEST_AUDIT), cost(2, 1, 2, 0) => password_reset::request;
        POST "/password/reset-confirm" confirm_password_reset Public, public(CustomerPasswordResetConfirm, NoSubject), json(&password_reset::CONFIRM_BODY), Events(password_reset::CONFIRM_AUDIT), cost(2, 0, 1, 1) => password_reset::confirm;
        POST "/links/inspect"          inspect_link           Public, public(CustomerLinkInspect, NoSubject),          json(&link_info::BODY),              Reads,                                 cost(1, 0, 1, 0) => link_info::handle;
        POST "/invitations/accept"     accept_invitation      Public, public(CustomerInvitationAccept, NoSubject),     json(&accept::BODY),                 Events(accept::AUDIT),                 cost(2, 0, 1, 1) => accept::handle;
    }
    // Customer accounts: portal, own account
    "/api/customer_accounts/portal" {
        POST   "/logout"                 logout                Public,                                 public(CustomerLogout, NoSubject),     None,                         Events(logout::AUDIT),          cost(2, 0, 1, 0) => logout::handle;
        POST   "/sessions-refresh"       refresh_session       Public,                                 public(CustomerRefresh, NoSubject),    None,                         Touches,                        cost(1, 0, 1, 0) => refresh::handle;
        GET    "/profile"                get_profile           Session(Customer),                      SIGNED_IN,                             None,                         Reads,                          cost(1, 0, 1, 0) => profile::get;
        PUT    "/profile"                update_profile        Can(Customer, "portal.account.manage"), SIGNED_IN,                             json(&profile::BODY),         Events(profile::AUDIT),         cost(2, 0, 1, 0) => profile::update;
        POST   "/password-change"        change_password       AnySession(Customer),                   signed_in_and(CustomerPasswordChange), json(&password_change::BODY), Events(password_change::AUDIT), cost(3, 0, 2, 2) => password_change::handle;
        GET    "/sessions"               list_sessions         Session(Customer),                      SIGNED_IN,                             None,                         Reads,                          cost(2, 0, 1, 0) => sessions::list;
        DELETE "/sessions/{id}"          revoke_session        Session(Customer),                      SIGNED_IN,                             None,                         Events(sessions::AUDIT),        cost(2, 0, 1, 0) => sessions::revoke;
        POST   "/sessions/revoke-others" revoke_other_sessions Session(Customer),                      SIGNED_IN,                             None,                         Events(sessions::OTHERS_AUDIT), cost(2, 0, 1, 0) => sessions::revoke_others;
        POST   "/feature-check"          check_features        Session(Customer),                      SIGNED_IN,                             json(&feature_check::BODY),   Reads,                          cost(1, 0, 1, 0) => feature_check::handle;
    }
    // Customer accounts: portal, colleagues, notifications, navigation
    "/api/customer_accounts/portal" {
        GET    "/nav"                         get_nav                    Session(Customer),                          SIGNED_IN,               None,                        Reads,                                     cost(1, 0, 1, 0) => nav::handle;
        GET    "/users"                       list_company_users         Can(Customer, "portal.users.view"),         SIGNED_IN,               None,                        Reads,                                     cost(2, 0, 1, 0) => company::list;
        POST   "/users-invite"                invite_company_user        Can(Customer, "portal.users.manage"),       invites(CustomerInvite), json(&company::INVITE_BODY), Events(company::INVITE_AUDIT),             cost(4, 0, 3, 0) => company::invite;
        DELETE "/users/{id}"                  remove_company_user        Can(Customer, "portal.users.manage"),       SIGNED_IN,               None,                        Events(company::REMOVE_AUDIT),             cost(3, 0, 1, 0) => company::remove;
        PUT    "/users/{id}/roles"            set_company_user_roles     Can(Customer, "portal.users.roles.manage"), SIGNED_IN,               json(&company::ROLES_BODY),  Events(company::ROLES_AUDIT),              cost(3, 0, 1, 0) => company::set_roles;
        GET    "/roles"                       list_assignable_roles      Can(Customer, "portal.users.view"),         SIGNED_IN,               None,                        Reads,                                     cost(2, 0, 1, 0) => company_roles::list;
        GET    "/invitations"                 list_company_invitations   Can(Customer, "portal.users.view"),         SIGNED_IN,               None,                        Reads,                                     cost(2, 0, 1, 0) => company_invitations::list;
        DELETE "/invitations/{id}"            cancel_company_invitation  Can(Customer, "portal.users.manage"),       SIGNED_IN,               None,                        Events(pending_invitations::CANCEL_AUDIT), cost(3, 0, 1, 0) => company_invitations::cancel;
        GET    "/notifications"               list_notifications         Session(Customer),                          SIGNED_IN,               None,                        Reads,                                     cost(2, 0, 1, 0) => notifications::list;
        GET    "/notifications/unread-count"  count_unread_notifications Session(Customer),                          SIGNED_IN,               None,                        Reads,                                     cost(2, 0, 1, 0) => notifications::unread_count;
        PUT    "/notifications/mark-all-read" read_all_notifications     Session(Customer),                          SIGNED_IN,               None,                        Touches,                                   cost(2, 0, 1, 0) => notifications::mark_all_read;
        PUT    "/notifications/{id}/read"     read_notification          Session(Customer),                          SIGNED_IN,               None,                        Touches,                                   cost(2, 0, 1, 0) => notifications::mark_read;
        PUT    "/notifications/{id}/dismiss"  dismiss_notification       Session(Customer),                          SIGNED_IN,               None,                        Touches,                                   cost(2, 0, 1, 0) => notifications::dismiss;
        GET    "/events/stream"               stream_portal_events       Session(Customer),                          SIGNED_IN,               None,                        Reads,                                     streams(2, 0, 1, 0) => live::portal;
    }
    // Customer accounts: administration
    "/api/customer_accounts/admin" {
        GET    "/users"                         list_customer_users              Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_users::list::handle;
        POST   "/users"                         create_customer_user             Can(Staff, "customer_accounts.manage"),                                    SIGNED_IN,               json(&admin_users::create::BODY),         Events(admin_users::create::AUDIT),                cost(3, 0, 1, 1) => admin_users::create::handle;
        GET    "/users/{id}"                    read_customer_user               Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_users::read::handle;
        PUT    "/users/{id}"                    update_customer_user             Can(Staff, "customer_accounts.manage"),                                    SIGNED_IN,               json(&admin_users::update::BODY),         Events(admin_users::update::AUDIT),                cost(3, 0, 1, 0) => admin_users::update::handle;
        DELETE "/users/{id}"                    delete_customer_user             Can(Staff, "customer_accounts.manage"),                                    SIGNED_IN,               None,                                     Events(admin_users::delete::AUDIT),                cost(3, 0, 1, 0) => admin_users::delete::handle;
        POST   "/users/{id}/reset-password"     reset_customer_password          Can(Staff, "customer_accounts.manage"),                                    SIGNED_IN,               json(&admin_users::reset_password::BODY), Events(admin_users::reset_password::AUDIT),        cost(3, 0, 1, 1) => admin_users::reset_password::handle;
        POST   "/users/{id}/one-time-password"  issue_customer_one_time_password Can(Staff, "customer_accounts.manage"),                                    SIGNED_IN,               None,                                     Events(admin_users::one_time_password::AUDIT),     cost(3, 0, 1, 1) => admin_users::one_time_password::handle;
        POST   "/users/{id}/send-reset-link"    send_customer_reset_link         CanEither(Staff, "customer_accounts.manage", "customer_accounts.support"), SIGNED_IN,               None,                                     Events(admin_users::reset_link::AUDIT),            cost(3, 0, 1, 0) => admin_users::reset_link::handle;
        POST   "/users/{id}/verify-email"       verify_customer_email            CanEither(Staff, "customer_accounts.manage", "customer_accounts.support"), SIGNED_IN,               None,                                     Events(admin_users::verify_email::AUDIT),          cost(3, 0, 1, 0) => admin_users::verify_email::handle;
        POST   "/users/{id}/unlock"             unlock_customer_user             CanEither(Staff, "customer_accounts.manage", "customer_accounts.support"), SIGNED_IN,               None,                                     Events(admin_users::unlock::AUDIT),                cost(3, 0, 1, 0) => admin_users::unlock::handle;
        GET    "/users/{id}/sessions"           list_customer_sessions           Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_users::sessions::list;
        DELETE "/users/{id}/sessions/{session}" end_customer_session             CanEither(Staff, "customer_accounts.manage", "customer_accounts.support"), SIGNED_IN,               None,                                     Events(admin_users::sessions::END_AUDIT),          cost(3, 0, 1, 0) => admin_users::sessions::end;
        POST   "/users/{id}/force-logout"       force_customer_logout            CanEither(Staff, "customer_accounts.manage", "customer_accounts.support"), SIGNED_IN,               None,                                     Events(admin_users::sessions::FORCE_LOGOUT_AUDIT), cost(3, 0, 1, 0) => admin_users::sessions::force_logout;
        GET    "/users/{id}/effective"          explain_customer_features        Can(Staff, "customer_accounts.roles.manage"), SIGNED_IN, None, Reads, cost(2, 0, 1, 0) => staff::effective::of_customer;
        GET    "/users/{id}/acl"                read_customer_acl                Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_users::acl::read;
        PUT    "/users/{id}/acl"                replace_customer_acl             Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               json(&admin_users::acl::BODY),            Events(admin_users::acl::REPLACE_AUDIT),           cost(3, 0, 1, 0) => admin_users::acl::replace;
        DELETE "/users/{id}/acl"                delete_customer_acl              Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               None,                                     Events(admin_users::acl::DELETE_AUDIT),            cost(3, 0, 1, 0) => admin_users::acl::delete;
        POST   "/users-export"                  export_customers                 Can(Staff, "customer_accounts.export"), SIGNED_IN, json(&export::BODY),  Events(export::AUDIT),  cost(3, 0, 1, 0) => export::handle;
        GET    "/imports"                       list_imports                     Can(Staff, "customer_accounts.import"), SIGNED_IN, None,                 Reads,                  cost(2, 0, 1, 0) => imports::list;
        POST   "/imports"                       start_import                     Can(Staff, "customer_accounts.import"), SIGNED_IN, json(&imports::BODY), Events(imports::AUDIT), cost(2, 0, 1, 0) => imports::create;
        GET    "/imports/{id}"                  read_import                      Can(Staff, "customer_accounts.import"), SIGNED_IN, None,                 Reads,                  cost(2, 0, 1, 0) => imports::read;
        POST   "/imports/{id}/lines"            import_customers                 Can(Staff, "customer_accounts.import"), Limit::IMPORTING, json(&chunk::BODY),   Events(chunk::AUDIT),   cost(3, 0, 1, 0) => chunk::handle;
        GET    "/imports/{id}/report.jsonl"     read_import_report               Can(Staff, "customer_accounts.import"), SIGNED_IN, None,                 Reads,                  cost(3, 0, 1, 0) => report::handle;
        POST   "/users-invite"                  invite_customer_user             Can(Staff, "customer_accounts.invite"),                                    invites(CustomerInvite), json(&company::INVITE_BODY),              Events(company::INVITE_AUDIT),                     cost(4, 0, 3, 0) => admin_users::invite::handle;
        GET    "/invitations"                   list_customer_invitations        Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_invitations::list;
        DELETE "/invitations/{id}"              cancel_customer_invitation       Can(Staff, "customer_accounts.invite"),                                    SIGNED_IN,               None,                                     Events(pending_invitations::CANCEL_AUDIT),         cost(3, 0, 1, 0) => admin_invitations::cancel;
        GET    "/features"                      list_customer_features           Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(1, 0, 1, 0) => admin_features::of_customers;
        GET    "/roles"                         list_customer_roles              Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_roles::list::handle;
        POST   "/roles"                         create_customer_role             Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               json(&admin_roles::create::BODY),         Events(admin_roles::create::AUDIT),                cost(2, 0, 1, 0) => admin_roles::create::handle;
        GET    "/roles/{id}"                    read_customer_role               Can(Staff, "customer_accounts.view"),                                      SIGNED_IN,               None,                                     Reads,                                             cost(2, 0, 1, 0) => admin_roles::read::handle;
        PUT    "/roles/{id}"                    update_customer_role             Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               json(&admin_roles::update::BODY),         Events(admin_roles::update::AUDIT),                cost(3, 0, 1, 0) => admin_roles::update::handle;
        DELETE "/roles/{id}"                    delete_customer_role             Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               None,                                     Events(admin_roles::delete::AUDIT),                cost(3, 0, 1, 0) => admin_roles::delete::handle;
        PUT    "/roles/{id}/acl"                replace_customer_role_acl        Can(Staff, "customer_accounts.roles.manage"),                              SIGNED_IN,               json(&admin_roles::acl::BODY),            Events(admin_roles::acl::AUDIT),                   cost(3, 0, 1, 0) => admin_roles::acl::replace;
    }
    // Companies and people
    "/api/customers" {
        GET    "/companies" list_companies Can(Staff, "customers.companies.view"),   SIGNED_IN, None,                             Reads,                              cost(2, 0, 1, 0) => crm::list::companies;
        POST   "/companies" create_company Can(Staff, "customers.companies.manage"), SIGNED_IN, json(&crm::create::COMPANY_BODY), Events(crm::create::COMPANY_AUDIT), cost(2, 0, 1, 0) => crm::create::company;
        PUT    "/companies" update_company Can(Staff, "customers.companies.manage"), SIGNED_IN, json(&crm::update::COMPANY_BODY), Events(crm::update::COMPANY_AUDIT), cost(3, 0, 1, 0) => crm::update::company;
        DELETE "/companies" delete_company Can(Staff, "customers.companies.manage"), SIGNED_IN, None,                             Events(crm::delete::COMPANY_AUDIT), cost(3, 0, 1, 0) => crm::delete::company;
        GET    "/people"    list_people    Can(Staff, "customers.people.view"),      SIGNED_IN, None,                             Reads,                              cost(2, 0, 1, 0) => crm::list::people;
        POST   "/people"    create_person  Can(Staff, "customers.people.manage"),    SIGNED_IN, json(&crm::create::PERSON_BODY),  Events(crm::create::PERSON_AUDIT),  cost(3, 0, 1, 0) => crm::create::person;
        PUT    "/people"    update_person  Can(Staff, "customers.people.manage"),    SIGNED_IN, json(&crm::update::PERSON_BODY),  Events(crm::update::PERSON_AUDIT),  cost(3, 0, 1, 0) => crm::update::person;
        DELETE "/people"    delete_person  Can(Staff, "customers.people.manage"),    SIGNED_IN, None,                             Events(crm::delete::PERSON_AUDIT),  cost(3, 0, 1, 0) => crm::delete::person;
    }
    // Views that the CRM shows in frames of its own
    "/api/customers" {
        POST "/embeds" create_embed_address Can(Staff, "customer_accounts.view"), SIGNED_IN, json(&embed::create::BODY), Events(embed::create::AUDIT), cost(3, 0, 1, 0) => embed::create::handle;
    }
    "/api/embed" {
        GET "/account-status" embed_account_status Public, public(EmbedView, NoSubject), None, Reads, cost(1, 0, 1, 0) => embed::account_status::handle;
        GET "/portal-users"   embed_portal_users   Public, public(EmbedView, NoSubject), None, Reads, cost(1, 0, 1, 0) => embed::portal_users::handle;
    }
    // Staff: signing in, and one's own account
    "/api/auth" {
        POST "/login"           staff_login           Public,         public(StaffLogin, Address),    json_or_form(&staff::login::BODY),  Events(staff::login::AUDIT),  cost(2, 0, 2, 1) => staff::login::handle;
        POST "/logout"          staff_logout          Public,         public(StaffLogout, NoSubject), None,                               Events(staff::logout::AUDIT), cost(2, 0, 1, 0) => staff::logout::handle;
        GET  "/session/refresh" bounce_staff_session  Public,         public(StaffRefresh, Token),    None,                               Touches,                      cost(1, 0, 2, 0) => staff::refresh::bounce;
        POST "/session/refresh" refresh_staff_session Public,         public(StaffRefresh, Token),    json(&staff::refresh::BODY),        Touches,                      cost(1, 0, 2, 0) => staff::refresh::exchange;
        GET  "/profile"         get_staff_profile     Session(Staff), SIGNED_IN,                      None,                               Reads,                        cost(1, 0, 1, 0) => staff::profile::get;
        POST "/feature-check"   check_staff_features  Session(Staff), SIGNED_IN,                      json(&staff::feature_check::BODY),  Reads,                        cost(1, 0, 1, 0) => staff::feature_check::handle;
    }
    // Staff: one's own account
    "/api/auth" {
        POST   "/reset"                       request_staff_password_reset    Public,                        public(StaffReset, Address),          json_or_form(&staff::password_reset::REQUEST_BODY), Events(staff::password_reset::REQUEST_AUDIT), cost(2, 0, 2, 0) => staff::password_reset::request;
        POST   "/reset/confirm"               confirm_staff_password_reset    Public,                        public(StaffResetConfirm, NoSubject), json_or_form(&staff::password_reset::CONFIRM_BODY), Events(staff::password_reset::CONFIRM_AUDIT), cost(2, 0, 1, 1) => staff::password_reset::confirm;
        PUT    "/profile"                     update_staff_profile            AnySession(Staff),             signed_in_and(StaffPasswordChange),   json(&staff::profile::BODY),                        Events(staff::profile::AUDIT),                cost(3, 0, 2, 2) => staff::profile::update;
        GET    "/sessions"                    list_own_staff_sessions         Session(Staff),                SIGNED_IN,                            None,                                               Reads,                                        cost(2, 0, 1, 0) => staff::sessions::list;
        DELETE "/sessions"                    revoke_other_own_staff_sessions Session(Staff),                SIGNED_IN,                            None,                                               Events(staff::sessions::OTHERS_AUDIT),        cost(2, 0, 1, 0) => staff::sessions::revoke_others;
        DELETE "/sessions/{id}"               revoke_own_staff_session        Session(Staff),                SIGNED_IN,                            None,                                               Events(staff::sessions::AUDIT),               cost(2, 0, 1, 0) => staff::sessions::revoke;
        GET    "/features"                    list_staff_features             Can(Staff, "auth.acl.manage"), SIGNED_IN,                            None,                                               Reads,                                        cost(1, 0, 1, 0) => admin_features::of_staff;
        GET    "/notifications"               list_staff_notifications        Session(Staff),                SIGNED_IN,                            None,                                               Reads,                                        cost(2, 0, 1, 0) => notifications::list;
        GET    "/notifications/unread-count"  count_staff_notifications       Session(Staff),                SIGNED_IN,                            None,                                               Reads,                                        cost(2, 0, 1, 0) => notifications::unread_count;
        PUT    "/notifications/mark-all-read" read_all_staff_notifications    Session(Staff),                SIGNED_IN,                            None,                                               Touches,                                      cost(2, 0, 1, 0) => notifications::mark_all_read;
        PUT    "/notifications/{id}/read"     read_staff_notification         Session(Staff),                SIGNED_IN,                            None,                                               Touches,                                      cost(2, 0, 1, 0) => notifications::mark_read;
        PUT    "/notifications/{id}/dismiss"  dismiss_staff_notification      Session(Staff),                SIGNED_IN,                            None,                                               Touches,                                      cost(2, 0, 1, 0) => notifications::dismiss;
    }
    // Staff: the people
    "/api/auth/users" {
        GET    ""                           list_staff_users             Can(Staff, "auth.users.list"),                           SIGNED_IN,  None,                         Reads,                                        cost(2, 0, 1, 0) => people::list::handle;
        POST   ""                           create_staff_user            Can(Staff, "auth.users.create"),                         SIGNED_IN,  json(&people::create::BODY),  Events(people::create::AUDIT),                cost(4, 0, 1, 1) => people::create::handle;
        PUT    ""                           update_staff_user            Can(Staff, "auth.users.edit"),                           SIGNED_IN,  json(&people::update::BODY),  Events(people::update::AUDIT),                cost(5, 0, 1, 1) => people::update::handle;
        DELETE ""                           delete_staff_user            Can(Staff, "auth.users.delete"),                         SIGNED_IN,  None,                         Events(people::delete::AUDIT),                cost(3, 0, 1, 0) => people::delete::handle;
        POST   "/resend-invite"             resend_staff_invitation      Can(Staff, "auth.users.create"),                         RESENDING,  json(&people::invite::BODY),  Events(people::invite::AUDIT),                cost(3, 0, 2, 0) => people::invite::resend;
        GET    "/consents"                  list_staff_consents          Can(Staff, "auth.users.edit"),                           SIGNED_IN,  None,                         Reads,                                        cost(2, 0, 1, 0) => people::consents::handle;
        GET    "/{id}"                      read_staff_user              Can(Staff, "auth.users.list"),                           SIGNED_IN,  None,                         Reads,                                        cost(2, 0, 1, 0) => people::read::handle;
        POST   "/{id}/suspend"              suspend_staff_user           Can(Staff, "auth.users.edit"),                           SIGNED_IN,  None,                         Events(people::state::SUSPEND_AUDIT),         cost(3, 0, 1, 0) => people::state::suspend;
        POST   "/{id}/resume"               resume_staff_user            Can(Staff, "auth.users.edit"),                           SIGNED_IN,  None,                         Events(people::state::RESUME_AUDIT),          cost(3, 0, 1, 0) => people::state::resume;
        POST   "/{id}/lock"                 lock_staff_user              Can(Staff, "auth.users.edit"),                           SIGNED_IN,  json(&people::state::LOCK_BODY), Events(people::state::LOCK_AUDIT),         cost(3, 0, 1, 0) => people::state::lock;
        POST   "/{id}/unlock"               unlock_staff_user            CanEither(Staff, "auth.users.edit", "auth.users.support"), SIGNED_IN, None,                        Events(people::state::UNLOCK_AUDIT),          cost(3, 0, 1, 0) => people::state::unlock;
        GET    "/{id}/sessions"             list_staff_sessions          Can(Staff, "auth.users.list"),                           SIGNED_IN,  None,                         Reads,                                        cost(2, 0, 1, 0) => people::sessions::list;
        DELETE "/{id}/sessions/{session}"   end_staff_session            CanEither(Staff, "auth.users.edit", "auth.users.support"), SIGNED_IN, None,                        Events(people::sessions::END_AUDIT),          cost(3, 0, 1, 0) => people::sessions::end;
        POST   "/{id}/force-logout"         force_staff_logout           CanEither(Staff, "auth.users.edit", "auth.users.support"), SIGNED_IN, None,                        Events(people::sessions::FORCE_LOGOUT_AUDIT), cost(3, 0, 1, 0) => people::sessions::force_logout;
        POST   "/{id}/one-time-password"    issue_staff_one_time_password Can(Staff, "auth.users.edit"),                          SIGNED_IN,  None,                         Events(people::credentials::ONE_TIME_AUDIT),  cost(4, 0, 1, 1) => people::credentials::one_time_password;
        POST   "/{id}/send-reset-link"      send_staff_reset_link        CanEither(Staff, "auth.users.edit", "auth.users.support"), SIGNED_IN, None,                        Events(people::credentials::RESET_LINK_AUDIT), cost(3, 0, 1, 0) => people::credentials::send_reset_link;
    }
    // Staff: roles and what they grant
    "/api/auth" {
        GET    "/roles"     list_staff_roles       Can(Staff, "auth.roles.list"),   SIGNED_IN, None,                               Reads,                               cost(2, 0, 1, 0) => staff::roles::list::handle;
        POST   "/roles"     create_staff_role      Can(Staff, "auth.roles.manage"), SIGNED_IN, json(&staff::roles::create::BODY),  Events(staff::roles::create::AUDIT), cost(2, 0, 1, 0) => staff::roles::create::handle;
        PUT    "/roles"     update_staff_role      Can(Staff, "auth.roles.manage"), SIGNED_IN, json(&staff::roles::update::BODY),  Events(staff::roles::update::AUDIT), cost(3, 0, 1, 0) => staff::roles::update::handle;
        DELETE "/roles"     delete_staff_role      Can(Staff, "auth.roles.manage"), SIGNED_IN, None,                               Events(staff::roles::delete::AUDIT), cost(3, 0, 1, 0) => staff::roles::delete::handle;
        GET    "/roles/acl" read_staff_role_acl    Can(Staff, "auth.acl.manage"),   SIGNED_IN, None,                               Reads,                               cost(2, 0, 1, 0) => staff::roles::acl::read;
        PUT    "/roles/acl" replace_staff_role_acl Can(Staff, "auth.acl.manage"),   SIGNED_IN, json(&staff::roles::acl::BODY),     Events(staff::roles::acl::AUDIT),    cost(3, 0, 1, 0) => staff::roles::acl::replace;
        GET    "/users/acl" read_staff_user_acl    Can(Staff, "auth.acl.manage"),   SIGNED_IN, None,                               Reads,                               cost(2, 0, 1, 0) => staff::user_acl::read;
        PUT    "/users/acl" replace_staff_user_acl Can(Staff, "auth.acl.manage"),   SIGNED_IN, json(&staff::user_acl::BODY),       Events(staff::user_acl::REPLACE_AUDIT), cost(3, 0, 1, 0) => staff::user_acl::replace;
        DELETE "/users/acl" delete_staff_user_acl  Can(Staff, "auth.acl.manage"),   SIGNED_IN, None,                               Events(staff::user_acl::DELETE_AUDIT),  cost(3, 0, 1, 0) => staff::user_acl::delete;
        GET    "/roles/{id}/overrides/{organization}" read_staff_role_override    Can(Staff, "auth.acl.manage"), SIGNED_IN, None,                                  Reads,                                            cost(2, 0, 1, 0) => staff::roles::overrides::read;
        PUT    "/roles/{id}/overrides/{organization}" replace_staff_role_override Can(Staff, "auth.acl.manage"), SIGNED_IN, json(&staff::roles::overrides::BODY), Events(staff::roles::overrides::REPLACE_AUDIT), cost(3, 0, 1, 0) => staff::roles::overrides::replace;
        DELETE "/roles/{id}/overrides/{organization}" delete_staff_role_override  Can(Staff, "auth.acl.manage"), SIGNED_IN, None,                                  Events(staff::roles::overrides::DELETE_AUDIT),  cost(3, 0, 1, 0) => staff::roles::overrides::delete;
        GET    "/users/{id}/effective" explain_staff_features Can(Staff, "auth.acl.manage"), SIGNED_IN, None, Reads, cost(2, 0, 1, 0) => staff::effective::of_staff;
        GET    "/role-packs"              list_role_packs      Can(Staff, "auth.roles.list"),   SIGNED_IN, None,                              Reads,                                    cost(1, 0, 1, 0) => staff::roles::packs::list;
        POST   "/role-packs/{pack}/apply" apply_role_pack      Can(Staff, "auth.roles.manage"), SIGNED_IN, json(&staff::roles::packs::BODY), Events(staff::roles::packs::APPLY_AUDIT), cost(3, 0, 1, 0) => staff::roles::packs::apply;
        POST   "/roles/acl/sync"          sync_staff_role_acls Can(Staff, "auth.acl.manage"),   SIGNED_IN, json(&staff::roles::packs::BODY), Events(staff::roles::packs::SYNC_AUDIT),  cost(3, 0, 1, 0) => staff::roles::packs::sync;
    }
    // Tokens for origin apps, and their registry
    "/api" {
        POST   "/customer_accounts/portal/app-token"    mint_customer_app_token Session(Customer),          SIGNED_IN, json(&apps::mint::BODY),   Reads,                                   cost(2, 0, 1, 0) => apps::mint::handle;
        POST   "/auth/app-token"                        mint_staff_app_token    Session(Staff),             SIGNED_IN, json(&apps::mint::BODY),   Reads,                                   cost(2, 0, 1, 0) => apps::mint::handle;
        GET    "/apps"                                  list_apps               Can(Staff, "apps.view"),    SIGNED_IN, None,                      Reads,                                   cost(2, 0, 1, 0) => apps::list::handle;
        POST   "/apps"                                  create_app              Can(Staff, "apps.manage"),  SIGNED_IN, json(&apps::create::BODY), Events(apps::create::AUDIT),             cost(2, 0, 1, 0) => apps::create::handle;
        GET    "/apps/{id}"                             read_app                Can(Staff, "apps.view"),    SIGNED_IN, None,                      Reads,                                   cost(2, 0, 1, 0) => apps::read::handle;
        PUT    "/apps/{id}"                             update_app              Can(Staff, "apps.manage"),  SIGNED_IN, json(&apps::update::BODY), Events(apps::update::AUDIT),             cost(3, 0, 1, 0) => apps::update::handle;
        DELETE "/apps/{id}"                             delete_app              Can(Staff, "apps.manage"),  SIGNED_IN, None,                      Events(apps::delete::AUDIT),             cost(3, 0, 1, 0) => apps::delete::handle;
        POST   "/apps/{id}/credentials"                 create_app_credential   Can(Staff, "apps.manage"),  SIGNED_IN, None,                      Events(apps::credentials::CREATE_AUDIT), cost(3, 0, 1, 0) => apps::credentials::create;
        POST   "/introspect"                            introspect_token        Public,                     public(Introspect, NoSubject), json_or_form(&apps::introspect::BODY), Reads, cost(1, 0, 2, 0) => apps::introspect::handle;
        DELETE "/apps/{id}/credentials/{credential}"    revoke_app_credential   Can(Staff, "apps.manage"),  SIGNED_IN, None,                      Events(apps::credentials::REVOKE_AUDIT), cost(3, 0, 1, 0) => apps::credentials::revoke;
        GET    "/apps/{id}/rules"                       read_app_rules          Can(Staff, "apps.view"),    SIGNED_IN, None,                         Reads,                         cost(2, 0, 1, 0) => apps::rules::read;
        PUT    "/apps/{id}/rules"                       replace_app_rules       Can(Staff, "apps.manage"),  SIGNED_IN, json(&apps::rules::BODY),     Events(apps::rules::AUDIT),    cost(3, 0, 1, 0) => apps::rules::replace;
        GET    "/apps/{id}/rules/history"               list_app_rules          Can(Staff, "apps.view"),    SIGNED_IN, None,                         Reads,                         cost(2, 0, 1, 0) => apps::rules::history;
        POST   "/apps/{id}/rules/what-if"               try_app_rules           Can(Staff, "apps.view"),    SIGNED_IN, json(&apps::rules::what_if::BODY), Reads,                    cost(2, 0, 1, 0) => apps::rules::what_if::handle;
    }
    // Staff: who works where
    "/api/auth" {
        POST   "/bootstrap"                          bootstrap_platform          Public,                         public(StaffBootstrap, NoSubject),        json(&staff::bootstrap::BODY),          Events(staff::bootstrap::AUDIT),             cost(2, 0, 1, 1) => staff::bootstrap::handle;
        GET    "/memberships"                        list_own_memberships        AnyPlace,                       SIGNED_IN,                                None,                                   Reads,                                       cost(2, 0, 1, 0) => staff::places::list::handle;
        DELETE "/memberships/{id}"                   leave_membership            AnyPlace,                       SIGNED_IN,                                None,                                   Events(staff::memberships::leave::AUDIT),    cost(3, 0, 1, 0) => staff::memberships::leave::handle;
        POST   "/switch"                             switch_place                AnyPlace,                       SIGNED_IN,                                json(&staff::places::switch::BODY),     Events(staff::places::switch::AUDIT),        cost(3, 0, 1, 0) => staff::places::switch::handle;
        POST   "/memberships/invite"                 invite_member               Can(Staff, "auth.users.create"), invites(StaffInvite),                    json(&staff::memberships::invite::BODY), Events(staff::memberships::invite::AUDIT),  cost(4, 0, 3, 0) => staff::memberships::invite::handle;
        POST   "/memberships/accept"                 accept_membership           Public,                         public(StaffInvitationAccept, NoSubject), json(&staff::memberships::accept::BODY), Events(staff::memberships::accept::AUDIT),  cost(2, 0, 1, 1) => staff::memberships::accept::handle;
        GET    "/memberships/invitations"            list_member_invitations     Can(Staff, "auth.users.list"),  SIGNED_IN,                                None,                                   Reads,                                       cost(2, 0, 1, 0) => staff::memberships::list::invitations;
        DELETE "/memberships/invitations/{id}"       cancel_member_invitation    Can(Staff, "auth.users.create"), SIGNED_IN,                               None,                                   Events(staff::memberships::cancel::AUDIT),   cost(3, 0, 1, 0) => staff::memberships::cancel::handle;
        GET    "/users/{id}/memberships"             list_memberships            Can(Staff, "auth.users.list"),  SIGNED_IN,                                None,                                   Reads,                                       cost(2, 0, 1, 0) => staff::memberships::list::of_person;
        POST   "/users/{id}/memberships"             create_membership           Can(Staff, "auth.users.edit"),  SIGNED_IN,                                json(&staff::memberships::create::BODY), Events(staff::memberships::create::AUDIT),  cost(3, 0, 1, 0) => staff::memberships::create::handle;
        PUT    "/users/{id}/memberships/{membership}" update_membership          Can(Staff, "auth.users.edit"),  SIGNED_IN,                                json(&staff::memberships::update::BODY), Events(staff::memberships::update::AUDIT),  cost(4, 0, 1, 0) => staff::memberships::update::handle;
        DELETE "/users/{id}/memberships/{membership}" delete_membership          Can(Staff, "auth.users.edit"),  SIGNED_IN,                                None,                                   Events(staff::memberships::delete::AUDIT),   cost(3, 0, 1, 0) => staff::memberships::delete::handle;
    }
    // Directory
    "/api/directory" {
        GET "/organizations/lookup" lookup_organization Public, public(DirectoryOrgLookup, NoSubject),    None, Reads, cost(1, 1, 1, 0) => lookup::organization;
        GET "/tenants/lookup"       lookup_tenant       Public, public(DirectoryTenantLookup, NoSubject), None, Reads, cost(1, 1, 1, 0) => lookup::tenant;
    }
    // Directory: organizations and merchants
    "/api/directory" {
        GET    "/organizations"              list_organizations    Can(Staff, "directory.organizations.view"),   SIGNED_IN, None,                                Reads,                                          cost(2, 0, 1, 0) => organizations::list::handle;
        POST   "/organizations"              create_organization   Can(Staff, "directory.organizations.manage"), SIGNED_IN, json(&organizations::create::BODY),  Events(organizations::create::AUDIT),           cost(4, 0, 1, 0) => organizations::create::handle;
        PUT    "/organizations"              update_organization   Can(Staff, "directory.organizations.manage"), SIGNED_IN, json(&organizations::update::BODY),  Events(organizations::update::AUDIT),           cost(4, 0, 1, 0) => organizations::update::handle;
        DELETE "/organizations"              delete_organization   Can(Staff, "directory.organizations.manage"), SIGNED_IN, None,                                Events(organizations::delete::AUDIT),           cost(3, 0, 1, 0) => organizations::delete::handle;
        POST   "/organizations/{id}/suspend" suspend_organization  Can(Staff, "directory.organizations.manage"), SIGNED_IN, None,                                Events(organizations::standing::SUSPEND_AUDIT), cost(3, 0, 1, 0) => organizations::standing::suspend;
        POST   "/organizations/{id}/resume"  resume_organization   Can(Staff, "directory.organizations.manage"), SIGNED_IN, None,                                Events(organizations::standing::RESUME_AUDIT),  cost(3, 0, 1, 0) => organizations::standing::resume;
        GET    "/organization-switcher"      offer_organizations  Session(Staff),                               SIGNED_IN, None,                                Reads,                                          cost(2, 0, 1, 0) => switcher::handle;
        GET    "/organization-branding"      read_branding         Can(Staff, "directory.organizations.view"),   SIGNED_IN, None,                                Reads,                                          cost(2, 0, 1, 0) => branding::get;
        PUT    "/organization-branding"      update_branding       Can(Staff, "directory.organizations.manage"), SIGNED_IN, json(&branding::BODY),               Events(branding::AUDIT),                        cost(3, 0, 1, 0) => branding::put;
        PUT    "/organization-branding/logo" upload_logo           Can(Staff, "directory.organizations.manage"), SIGNED_IN, json(&logo::BODY),                   Events(branding::AUDIT),                        cost(3, 0, 1, 0) => logo::put;
        GET    "/merchants"                  list_merchants        Can(Staff, "directory.merchants.view"),       SIGNED_IN, None,                                Reads,                                          cost(2, 0, 1, 0) => merchants::list::handle;
        POST   "/merchants"                  create_merchant       Can(Staff, "directory.merchants.manage"),     SIGNED_IN, json(&merchants::write::CREATE_BODY), Events(merchants::write::CREATE_AUDIT),        cost(4, 0, 1, 0) => merchants::write::create;
        PUT    "/merchants"                  update_merchant       Can(Staff, "directory.merchants.manage"),     SIGNED_IN, json(&merchants::write::UPDATE_BODY), Events(merchants::write::UPDATE_AUDIT),        cost(4, 0, 1, 0) => merchants::write::update;
        DELETE "/merchants"                  delete_merchant       Can(Staff, "directory.merchants.manage"),     SIGNED_IN, None,                                Events(merchants::write::DELETE_AUDIT),         cost(3, 0, 1, 0) => merchants::write::delete;
    }
    // Pictures
    "/api/attachments" {
        GET "/image/{id}" read_image Public, public(Attachment, NoSubject), None, Reads, cost(1, 0, 1, 0) => logo::image;
    }
    // Directory: tenants and partners, for staff of the platform
    "/api/directory" {
        GET    "/tenants"                    list_tenants         Can(Staff, "directory.tenants.view"),   SIGNED_IN, None,                           Reads,                                    cost(2, 0, 1, 0) => tenants::list::handle;
        POST   "/tenants"                    create_tenant        Operator("directory.tenants.manage"), SIGNED_IN, json(&tenants::create::BODY),  Events(tenants::create::AUDIT),           cost(2, 0, 1, 0) => tenants::create::handle;
        PUT    "/tenants"                    update_tenant        Operator("directory.tenants.manage"), SIGNED_IN, json(&tenants::update::BODY),  Events(tenants::update::AUDIT),           cost(3, 0, 1, 0) => tenants::update::handle;
        DELETE "/tenants"                    delete_tenant        Operator("directory.tenants.manage"), SIGNED_IN, None,                           Events(tenants::delete::AUDIT),           cost(4, 0, 1, 0) => tenants::delete::handle;
        POST   "/tenants/{id}/suspend"       suspend_tenant       Operator("directory.tenants.manage"), SIGNED_IN, None,                           Events(tenants::standing::SUSPEND_AUDIT), cost(3, 0, 1, 0) => tenants::standing::suspend;
        POST   "/tenants/{id}/resume"        resume_tenant        Operator("directory.tenants.manage"), SIGNED_IN, None,                           Events(tenants::standing::RESUME_AUDIT),  cost(3, 0, 1, 0) => tenants::standing::resume;
        GET    "/partners"                   list_partners        Operator("directory.partners.view"),   SIGNED_IN, None,                          Reads,                                    cost(2, 0, 1, 0) => partners::list::handle;
        POST   "/partners"                   create_partner       Operator("directory.partners.manage"), SIGNED_IN, json(&partners::create::BODY), Events(partners::create::AUDIT),         cost(2, 0, 1, 0) => partners::create::handle;
        PUT    "/partners"                   update_partner       Operator("directory.partners.manage"), SIGNED_IN, json(&partners::update::BODY), Events(partners::update::AUDIT),         cost(3, 0, 1, 0) => partners::update::handle;
        DELETE "/partners"                   delete_partner       Operator("directory.partners.manage"), SIGNED_IN, None,                          Events(partners::delete::AUDIT),          cost(3, 0, 1, 0) => partners::delete::handle;
        GET    "/partners/{id}/staff"        list_partner_staff   Operator("directory.partners.view"),   SIGNED_IN, None,                          Reads,                                    cost(3, 0, 1, 0) => partners::staff::list;
        PUT    "/partners/{id}/staff/{user}" add_partner_staff    Operator("directory.partners.manage"), SIGNED_IN, None,                          Events(partners::staff::ADD_AUDIT),       cost(3, 0, 1, 0) => partners::staff::add;
        DELETE "/partners/{id}/staff/{user}" remove_partner_staff Operator("directory.partners.manage"), SIGNED_IN, None,                          Events(partners::staff::REMOVE_AUDIT),    cost(3, 0, 1, 0) => partners::staff::remove;
    }
    // Webhooks
    "/api" {
        GET    "/webhook-events"                             list_webhook_events     Can(Staff, "webhooks.view"),   SIGNED_IN, None,                               Reads,                                  cost(1, 0, 1, 0) => webhooks::events::handle;
        GET    "/webhooks"                                   list_webhooks           Can(Staff, "webhooks.view"),   SIGNED_IN, None,                               Reads,                                  cost(2, 0, 1, 0) => webhooks::list::handle;
        POST   "/webhooks"                                   create_webhook          Can(Staff, "webhooks.manage"), SIGNED_IN, json(&webhooks::create::BODY),      Events(webhooks::create::AUDIT),        cost(3, 0, 1, 0) => webhooks::create::handle;
        GET    "/webhooks/{id}"                              read_webhook            Can(Staff, "webhooks.view"),   SIGNED_IN, None,                               Reads,                                  cost(2, 0, 1, 0) => webhooks::read::handle;
        PUT    "/webhooks/{id}"                              update_webhook          Can(Staff, "webhooks.manage"), SIGNED_IN, json(&webhooks::update::BODY),      Events(webhooks::update::AUDIT),        cost(3, 0, 1, 0) => webhooks::update::handle;
        DELETE "/webhooks/{id}"                              delete_webhook          Can(Staff, "webhooks.manage"), SIGNED_IN, None,                               Events(webhooks::delete::AUDIT),        cost(3, 0, 1, 0) => webhooks::delete::handle;
        POST   "/webhooks/{id}/rotate-secret"                rotate_webhook_secret   Can(Staff, "webhooks.manage"), SIGNED_IN, None,                               Events(webhooks::secret::ROTATE_AUDIT), cost(3, 0, 1, 0) => webhooks::secret::rotate;
        POST   "/webhooks/{id}/test"                         test_webhook            Can(Staff, "webhooks.manage"), SIGNED_IN, None,                               Events(webhooks::test::AUDIT),          cost(3, 0, 1, 0) => webhooks::test::handle;
        POST   "/webhooks/{id}/replay"                       replay_webhook          Can(Staff, "webhooks.manage"), SIGNED_IN, json(&webhooks::replay::SINCE_BODY), Events(webhooks::replay::SINCE_AUDIT), cost(3, 0, 1, 0) => webhooks::replay::since;
        GET    "/webhooks/{id}/deliveries"                   list_webhook_deliveries Can(Staff, "webhooks.view"),   SIGNED_IN, None,                               Reads,                                  cost(3, 0, 1, 0) => webhooks::deliveries::list;
        GET    "/webhooks/{id}/deliveries/{delivery}"        read_webhook_delivery   Can(Staff, "webhooks.view"),   SIGNED_IN, None,                               Reads,                                  cost(3, 0, 1, 0) => webhooks::deliveries::read;
        POST   "/webhooks/{id}/deliveries/{delivery}/replay" replay_webhook_delivery Can(Staff, "webhooks.manage"), SIGNED_IN, None,                               Events(webhooks::replay::ONE_AUDIT),    cost(3, 0, 1, 0) => webhooks::replay::one;
    }
    // What happens, as it happens
    "/api/events" {
        GET "/stream" stream_staff_events Session(Staff), SIGNED_IN, None, Reads, streams(2, 0, 1, 0) => live::staff;
    }
    // The audit trail
    "/api/audit" {
        GET "/logs"     list_audit_log   Can(Staff, "auth.audit.view"), SIGNED_IN, None, Reads, cost(2, 0, 1, 0)   => audit::list::handle;
        GET "/logs.csv" export_audit_log Can(Staff, "auth.audit.view"), SIGNED_IN, None, Reads, cost(2, 0, 1, 0)   => audit::export::handle;
        GET "/verify"   verify_audit_log Can(Staff, "auth.audit.view"), SIGNED_IN, None, Reads, cost(12, 1, 1, 0) => audit::verify::handle;
    }
    // Signing keys
    "/api/keys" {
        GET  ""              list_keys   Can(Staff, "platform.keys.view"),   SIGNED_IN, None,                         Reads,                          cost(2, 0, 1, 0) => signing::list::handle;
        POST "/rotate"       rotate_keys Can(Staff, "platform.keys.manage"), SIGNED_IN, None,                         Events(signing::rotate::AUDIT), cost(3, 0, 1, 0) => signing::rotate::handle;
        POST "/{kid}/remove" remove_key  Can(Staff, "platform.keys.manage"), SIGNED_IN, json(&signing::remove::BODY), Events(signing::remove::AUDIT), cost(3, 0, 1, 0) => signing::remove::handle;
    }
    // What operators keep an eye on
    "/api/operations" {
        GET  "/status"             read_status  Operator("platform.operations.view"),   SIGNED_IN, None, Reads,                        cost(3, 1, 2, 0) => status::handle;
        GET  "/mails"              list_mails   Operator("platform.operations.view"),   SIGNED_IN, None, Reads,                        cost(2, 0, 1, 0) => mails::list;
        POST "/mails/{id}/retry"   retry_mail   Operator("platform.operations.manage"), SIGNED_IN, None, Events(mails::RETRY_AUDIT),   cost(3, 0, 1, 0) => mails::retry;
        POST "/mails/{id}/abandon" abandon_mail Operator("platform.operations.manage"), SIGNED_IN, None, Events(mails::ABANDON_AUDIT), cost(3, 0, 1, 0) => mails::abandon;
    }
    // Operations
    "" {
        GET "/.well-known/oauth-authorization-server" discover_server Public, NONE, None, Reads, cost(0, 0, 0, 0) => discovery::handle;
        GET "/.well-known/jwks.json" jwks   Public, NONE, None, Reads, cost(0, 1, 0, 0) => jwks::handle;
        GET "/.well-known/revocations" list_revocations Public, NONE, None, Reads, cost(1, 0, 0, 0) => feed::handle;
        GET     "/forward-auth/nginx"         forward_auth_nginx         Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::nginx;
        GET     "/forward-auth/caddy"         forward_auth_caddy         Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::caddy;
        GET     "/forward-auth/traefik"       forward_auth_traefik       Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::traefik;
        GET     "/forward-auth/envoy/{*path}" forward_auth_envoy_get     Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        POST    "/forward-auth/envoy/{*path}" forward_auth_envoy_post    Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        PUT     "/forward-auth/envoy/{*path}" forward_auth_envoy_put     Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        PATCH   "/forward-auth/envoy/{*path}" forward_auth_envoy_patch   Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        DELETE  "/forward-auth/envoy/{*path}" forward_auth_envoy_delete  Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        OPTIONS "/forward-auth/envoy/{*path}" forward_auth_envoy_options Public, NONE, None, Touches, cost(3, 0, 1, 0) => forward_auth::envoy;
        GET     "/api/return"                 check_return_address       Public, public(ReturnAddress, NoSubject), None, Reads, cost(1, 0, 1, 0) => way_back::handle;
        GET  "/api/check" check_by_query Public, NONE, None,               Reads, cost(2, 0, 0, 0) => check::by_query;
        POST "/api/check" check_by_body  Public, NONE, json(&check::BODY), Reads, cost(2, 0, 0, 0) => check::by_body;
        GET "/api/health"            health Public, NONE, None, Reads, cost(2, 1, 1, 0) => health::handle;
    }
    // Development only
    "/dev" {
        GET  "/inbox"      inbox_page Development, NONE, None, Reads,                    cost(1, 0, 0, 0) => inbox::page;
        GET  "/inbox.json" inbox_list Development, NONE, None, Reads,                    cost(1, 0, 0, 0) => inbox::list;
        POST "/seed"       seed       Development, NONE, None, Events(seed::AUDIT), cost(2, 0, 0, 6) => seed::handle;
    }
};

/// The original guides' short spelling reaches the same customer-accounts routes: `/api/login` is
/// `/api/customer_accounts/login`. One rule, for these first segments and no others.
const SHORT: [&str; 8] = ["login", "signup", "password", "magic-link", "email", "invitations", "admin", "portal"];

/// The canonical spelling of a path: aliases written out. The guides call staff sign-in a session.
pub fn canonical(path: &str) -> String {
    match path.strip_prefix("/api/") {
        Some("auth/session") => "/api/auth/login".to_owned(),
        Some(rest) if SHORT.contains(&rest.split('/').next().unwrap_or_default()) => format!("/api/customer_accounts/{rest}"),
        _ => path.to_owned(),
    }
}
