//! `POST …/admin/roles`: a role that grants nothing yet.

use serde_json::json;

use crate::{
    admin::home,
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event},
    ports::StoreError,
    problem::Problem,
    store::roles::{self, NewRole},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("name", Kind::Text { min: 1, max: 255 }),
        required("slug", Kind::Slug { max: 255 }),
        optional("description", Kind::Text { min: 0, max: 1000 }),
        optional("isDefault", Kind::Bool),
        optional("customerAssignable", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["role.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let role = NewRole {
        id: cx.new_id(),
        tenant: scope.tenant,
        organization: scope.organization,
        name: cx.body.text("name")?,
        slug: cx.body.text("slug")?,
        description: cx.body.opt_text("description"),
        is_default: cx.body.opt_bool("isDefault").unwrap_or(false),
        is_system: false,
        customer_assignable: cx.body.opt_bool("customerAssignable").unwrap_or(false),
    };
    let payload = json!({"id": role.id, "name": role.name, "slug": role.slug, "tenantId": scope.tenant, "organizationId": scope.organization});
    let change = Change::new(roles::insert(&role, cx.new_id(), &[], false, cx.now).to_vec())
        .audit(Entry::new("role.created", "role", role.id).detail(json!({"name": role.name, "slug": role.slug})))
        .event(Event::new("customer_accounts.role.created", scope.tenant, Some(scope.organization), payload));
    match cx.try_commit(change).await {
        Err(StoreError::Unique(_)) => return Err(Problem::conflict("A role with this slug already exists")),
        other => other?,
    };
    let view = json!({
        "id": role.id, "name": role.name, "slug": role.slug, "description": role.description, "isDefault": role.is_default,
        "isSystem": false, "customerAssignable": role.customer_assignable, "createdAt": cx.now,
    });
    Ok(Response::json(201, &json!({"ok": true, "role": view})))
}
