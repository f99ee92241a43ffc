//! `PUT …/admin/roles/{id}/acl`: what a role grants, in force on the next request of everyone who holds it. The role's
//! version is the ACL's.

use serde_json::{Value, json};

use super::{target, updated};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    session::token::MAX_TOKEN,
    store::{
        self,
        admin_roles::{self, Patch},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("features", Kind::Texts { min: 0, max: 200, each: 100 }), optional("isPortalAdmin", Kind::Bool)],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["role.acl_replaced"];

pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let features = cx.body.texts("features");
    let admin = cx.body.opt_bool("isPortalAdmin");
    for _ in 0..3 {
        let (scope, role, _) = target(cx, |_| Vec::new()).await?;
        lock::check(cx, lock::ROLE, role.updated_at)?;
        let version = lock::next(role.updated_at, cx.now);
        let writes = vec![
            admin_roles::update(scope, &role, &Patch::default(), version),
            store::changed_one(),
            admin_roles::set_acl(cx.new_id(), scope, role.id, &features, admin, cx.now),
        ];
        let detail = json!({
            "features": {"before": role.features(), "after": features},
            "isPortalAdmin": {"before": role.is_portal_admin, "after": admin.unwrap_or(role.is_portal_admin)},
        });
        let change =
            Change::new(writes).audit(Entry::new("role.acl_replaced", "role", role.id).detail(detail)).event(updated(scope, &role, &role.name));
        match cx.try_commit(change).await {
            Ok(_) => {
                return Ok(Response::json(200, &warned(json!({"ok": true, "updatedAt": version}), &features)));
            }
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// An answer about grants, marked where they will not fit.
pub fn warned(mut answer: Value, features: &[String]) -> Value {
    if let (true, Some(object)) = (oversized(features), answer.as_object_mut()) {
        object.insert("warning".into(), json!("features_omitted"));
    }
    answer
}

/// Bytes of an access token's claims beside its features, with a long name and address.
const OTHER_CLAIMS: usize = 900;
/// Header and signature, encoded, with their dots.
const ENVELOPE: usize = 240;

/// Whether grants may be too long for the access token, which then goes out without them and makes verifiers ask. The
/// administrator hears of it.
pub fn oversized(features: &[String]) -> bool {
    let claims = OTHER_CLAIMS + json!(features).to_string().len();
    ENVELOPE + claims.div_ceil(3) * 4 >= MAX_TOKEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handful_of_grants_fits_and_two_hundred_do_not() {
        let grants = |n: usize| (0..n).map(|n| format!("portal.area-{n:03}.manage")).collect::<Vec<_>>();
        assert!(!oversized(&grants(20)));
        assert!(oversized(&grants(200)));
    }
}
