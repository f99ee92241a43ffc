//! `…/admin/users/{id}/acl`: what one account may do, instead of what its roles say. Present and empty means nothing;
//! deleting it hands the account back to its roles.

use serde_json::json;

use super::{Target, target_and};
use crate::{
    admin::{lock, roles::acl::warned},
    change::Change,
    cx::Cx,
    domain::audit::Entry,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        admin_users::{self, AclRow},
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

pub const REPLACE_AUDIT: &[&str] = &["user.acl_replaced"];
pub const DELETE_AUDIT: &[&str] = &["user.acl_deleted"];

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (target, mut rows) = target_and(cx, |scope, id| vec![admin_users::acl(scope.tenant, id)]).await?;
    let acl = rows.next().unwrap_or_default().first::<AclRow>()?;
    let features = acl.as_ref().map(AclRow::features).unwrap_or_default();
    let view = json!({
        "ok": true, "hasCustomAcl": acl.is_some(), "isPortalAdmin": acl.is_some_and(|acl| acl.is_portal_admin), "features": features,
        "updatedAt": target.user.updated_at,
    });
    Ok(Response::json(200, &warned(view, &features)))
}

pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let features = cx.body.texts("features");
    let admin = cx.body.opt_bool("isPortalAdmin");
    let detail = |before: Option<&AclRow>| {
        let was_admin = before.is_some_and(|acl| acl.is_portal_admin);
        json!({
            "features": {"before": before.map(AclRow::features), "after": features},
            "isPortalAdmin": {"before": was_admin, "after": admin.unwrap_or(was_admin)},
        })
    };
    let entry = |target: &Target, before: Option<&AclRow>| Entry::new("user.acl_replaced", "user", target.user.id).detail(detail(before));
    let version =
        commit(cx, entry, |target| admin_users::set_acl(cx.new_id(), target.scope.tenant, target.user.id, &features, admin, cx.now)).await?;
    Ok(Response::json(200, &warned(json!({"ok": true, "updatedAt": version}), &features)))
}

pub async fn delete(cx: &Cx<'_>) -> Result<Response, Problem> {
    let entry = |target: &Target, before: Option<&AclRow>| {
        let detail = json!({
            "features": {"before": before.map(AclRow::features), "after": null},
            "isPortalAdmin": {"before": before.is_some_and(|acl| acl.is_portal_admin), "after": false},
        });
        Entry::new("user.acl_deleted", "user", target.user.id).detail(detail)
    };
    commit(cx, entry, |target| admin_users::delete_acl(target.scope.tenant, target.user.id, cx.now)).await?;
    Ok(Response::ok())
}

/// The ACL and the account's version change together: what a stale form shows of either is stale.
async fn commit(
    cx: &Cx<'_>,
    entry: impl Fn(&Target, Option<&AclRow>) -> Entry,
    write: impl Fn(&Target) -> Statement,
) -> Result<crate::domain::time::Millis, Problem> {
    for _ in 0..3 {
        let (target, mut rows) = target_and(cx, |scope, id| vec![admin_users::acl(scope.tenant, id)]).await?;
        let before = rows.next().unwrap_or_default().first::<AclRow>()?;
        lock::check(cx, lock::USER, target.user.updated_at)?;
        let version = lock::next(target.user.updated_at, cx.now);
        let writes = vec![admin_users::bump(target.scope, &target.user, version), store::changed_one(), write(&target)];
        let change =
            Change::new(writes).audit(entry(&target, before.as_ref())).event(target.event(cx, "customer_accounts.user.updated", "updatedBy")?);
        match cx.try_commit(change).await {
            Ok(_) => return Ok(version),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
