//! `POST …/admin/users-export`: every customer of the organization as JSON lines, in the form that is imported. A POST,
//! because it leaves an audit row, and because no link may start it.
//!
//! What the caller may see is decided before the first piece. Who comes while it runs is not in it.

use serde_json::{Map, Value, json};

use super::{EXPORT_HASHES, report::MEDIA};
use crate::{
    admin::home,
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, keys::Keys, time::Millis},
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::{
        admin_users::Scope,
        moving::{self, LeavingRow},
        password_kinds,
    },
    stream::{Piece, Rest},
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[optional("passwordHashes", Kind::Bool)], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["customers.exported"];

/// Accounts of one piece: all that is ever in memory.
pub const PIECE: i64 = 250;

/// What leaves, and after whom it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    scope: Scope,
    hashes: bool,
    after: (Millis, String),
    until: Millis,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let hashes = cx.body.opt_bool("passwordHashes").unwrap_or(false);
    if hashes && !cx.actor()?.grants.allow(EXPORT_HASHES) {
        return Err(Problem::forbidden("Insufficient permissions").member("requiredFeatures", vec![EXPORT_HASHES]));
    }
    let leaving = Leaving { scope, hashes, after: (Millis(-1), String::new()), until: cx.now };
    let Piece { bytes, rest } = next(&cx.io, &cx.deployment.keys, leaving).await?;
    // Nothing leaves that is not in the trail.
    let entry = Entry::new("customers.exported", "organization", scope.organization).detail(json!({"passwordHashes": hashes}));
    let payload = json!({"tenantId": scope.tenant, "organizationId": scope.organization, "exportedBy": cx.actor()?.user, "passwordHashes": hashes});
    let event = Event::new("customer_accounts.users.exported", scope.tenant, Some(scope.organization), payload);
    cx.commit(Change::new(Vec::new()).audit(entry).event(event)).await?;
    Ok(Response { body: bytes, rest, ..Response::empty(200) }
        .header(http::header::CONTENT_TYPE, MEDIA)
        .header(http::header::CONTENT_DISPOSITION, "attachment; filename=\"customers.jsonl\""))
}

pub async fn next(io: &Io<'_>, keys: &Keys, leaving: Leaving) -> Result<Piece, StoreError> {
    let after = (leaving.after.0, leaving.after.1.as_str());
    let rows = io.read_one(moving::leaving(leaving.scope, after, leaving.until, PIECE)).await?.all::<LeavingRow>()?;
    let bytes = rows.iter().map(|row| format!("{}\n", line(row, keys, &leaving))).collect::<String>().into_bytes();
    let more = i64::try_from(rows.len()).is_ok_and(|read| read == PIECE);
    let rest = rows.last().filter(|_| more).map(|row| Rest::Customers(Box::new(Leaving { after: (row.created_at, row.id.to_string()), ..leaving })));
    Ok(Piece { bytes, rest })
}

/// One account, in the members that an import reads; what it has not is left out.
fn line(row: &LeavingRow, keys: &Keys, leaving: &Leaving) -> Value {
    let mut line = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            line.insert(name.into(), value);
        }
    };
    say("email", json!(row.email));
    say("displayName", json!(row.display_name));
    say("locale", json!(row.locale));
    say("isActive", json!(row.is_active));
    say("emailVerifiedAt", json!(row.email_verified_at));
    if let Some(stored) = row.password_hash.as_deref().filter(|_| leaving.hashes) {
        say("passwordHash", json!(password_kinds::opened(keys, leaving.scope.tenant, stored)));
        say("mustChangePassword", row.must_change_password.then_some(true).into());
    }
    say("roles", json!(row.roles()));
    say("companyExternalId", json!(row.company));
    say("companyName", json!(row.company_name));
    say("personExternalId", json!(row.person));
    say("personName", json!(row.person_name));
    if let Some(acl) = row.acl() {
        say("features", json!(acl.features));
        say("isPortalAdmin", json!(acl.is_portal_admin));
    }
    say("createdAt", json!(row.created_at));
    say("lastLoginAt", json!(row.last_login_at));
    Value::Object(line)
}
