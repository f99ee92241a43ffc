//! `PUT …/admin/users/{id}`: name, activity, lock, links and roles. Everything is validated before anything is written,
//! and the record gets a new version whatever was asked.

use serde_json::{Map, Value, json};

use super::{Target, check_roles, create::check_entity, target_and};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        entity::EntityKind,
        id::{Entity, Id, Role},
        notification,
        realm::Realm,
        time::Millis,
    },
    ports::{Rows, StoreError},
    problem::Problem,
    store::{
        self, admin_roles,
        admin_users::{self, AdminUserRow, Patch},
        entities::{self, KnownRow},
        notifications,
        roles::{self, GrantableRow},
        sessions, tokens,
    },
    web::{
        body::{Kind, Refusal, Schema, Valid, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        optional("displayName", Kind::Text { min: 1, max: 255 }),
        optional("isActive", Kind::Bool),
        optional("lockedUntil", Kind::DateTimeOrNull),
        optional("personEntityId", Kind::UuidOrNull),
        optional("customerEntityId", Kind::UuidOrNull),
        optional("roleIds", Kind::Uuids { min: 0 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["user.updated"];

/// What becomes of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    Unchanged,
    Locked,
    Unlocked,
}

/// A lock that has lapsed is none.
pub fn locking(before: Option<Millis>, wanted: Option<Option<Millis>>, now: Millis) -> Locking {
    let holds = |until: Option<Millis>| until.is_some_and(|until| until > now);
    match wanted {
        None => Locking::Unchanged,
        Some(until) if holds(until) && !holds(before) => Locking::Locked,
        Some(until) if !holds(until) && holds(before) => Locking::Unlocked,
        Some(_) => Locking::Unchanged,
    }
}

/// A member that may be left out, null, or a value.
fn nullable<T>(body: &Valid, name: &str, value: Option<T>) -> Option<Option<T>> {
    body.has(name).then_some(value)
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let until = nullable(&cx.body, "lockedUntil", cx.body.opt_time("lockedUntil"));
    let patch = Patch {
        display_name: cx.body.opt_text("displayName"),
        is_active: cx.body.opt_bool("isActive"),
        locked_until: until,
        forget_failures: until.is_some_and(|until| until.is_none_or(|until| until <= cx.now)),
        person: nullable(&cx.body, "personEntityId", cx.body.opt_id("personEntityId")),
        company: nullable(&cx.body, "customerEntityId", cx.body.opt_id("customerEntityId")),
    };
    let wanted: Option<Vec<Id<Role>>> = cx.body.has("roleIds").then(|| cx.body.ids("roleIds"));
    for _ in 0..3 {
        let (target, rows) = load(cx, &patch, wanted.as_deref()).await?;
        lock::check(cx, lock::USER, target.user.updated_at)?;
        let known = validate(rows, &patch, wanted.as_deref())?;
        let version = lock::next(target.user.updated_at, cx.now);
        match cx.try_commit(change(cx, &target, &patch, wanted.as_deref().map(|ids| (ids, known.as_slice())), version)?).await {
            Ok(_) => return Ok(Response::json(200, &json!({"ok": true, "updatedAt": version}))),
            // Somebody changed the record, or a role went away: decide again.
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

fn links(patch: &Patch) -> Vec<Id<Entity>> {
    patch.person.flatten().into_iter().chain(patch.company.flatten()).collect()
}

async fn load(cx: &Cx<'_>, patch: &Patch<'_>, wanted: Option<&[Id<Role>]>) -> Result<(Target, std::vec::IntoIter<Rows>), Problem> {
    target_and(cx, |scope, _| {
        vec![
            entities::known(scope.tenant, scope.organization, &links(patch)),
            roles::grantable(scope.tenant, scope.organization, wanted.unwrap_or_default()),
        ]
    })
    .await
}

fn validate(mut rows: std::vec::IntoIter<Rows>, patch: &Patch, wanted: Option<&[Id<Role>]>) -> Result<Vec<GrantableRow>, Problem> {
    let known = rows.next().unwrap_or_default().all::<KnownRow>()?;
    check_entity(patch.company.flatten(), EntityKind::Company, &known)?;
    check_entity(patch.person.flatten(), EntityKind::Person, &known)?;
    let roles = rows.next().unwrap_or_default().all::<GrantableRow>()?;
    check_roles(wanted.unwrap_or_default(), &roles)?;
    Ok(roles)
}

fn change(cx: &Cx<'_>, target: &Target, patch: &Patch, wanted: Option<(&[Id<Role>], &[GrantableRow])>, version: Millis) -> Result<Change, Problem> {
    let Target { scope, user } = target;
    let mut writes = vec![
        admin_users::update(*scope, user, patch, version),
        store::changed_one(),
        entities::all_live(scope.tenant, scope.organization, &links(patch)),
    ];
    let moved = locking(user.locked_until, patch.locked_until, cx.now);
    if patch.forget_failures {
        writes.push(admin_users::forget_device_failures(user.id));
    }
    if patch.is_active == Some(false) {
        // Whatever is open ends, and nothing that is under way may open the account again.
        writes.extend(sessions::end_all(Realm::Customer, user.id, cx.now));
        writes.extend(tokens::void_everything(user.id, cx.now));
    }
    if let Some((ids, known)) = wanted {
        writes.push(admin_roles::all_live(*scope, ids));
        writes.extend(roles::replace(user.id, ids, cx.now));
        if names(known) != names_of(user) {
            let notice = notification::roles_changed(&user.organization_slug, &names(known));
            writes.push(notifications::insert(cx.new_id(), scope.tenant, Some(scope.organization), user.id, &notice, cx.now));
        }
    }
    let detail = detail(user, patch, wanted.map(|(_, known)| known));
    let change = Change::new(writes).audit(Entry::new("user.updated", "user", user.id).detail(detail)).event(target.event(
        cx,
        "customer_accounts.user.updated",
        "updatedBy",
    )?);
    Ok(match moved {
        Locking::Unchanged => change,
        Locking::Locked => change.event(target.event(cx, "customer_accounts.user.locked", "lockedBy")?),
        Locking::Unlocked => change.event(target.event(cx, "customer_accounts.user.unlocked", "unlockedBy")?),
    })
}

fn names(roles: &[GrantableRow]) -> Vec<String> {
    let mut names: Vec<String> = roles.iter().map(|role| role.name.clone()).collect();
    names.sort_unstable();
    names
}

fn names_of(user: &AdminUserRow) -> Vec<String> {
    let mut names: Vec<String> = user.roles().into_iter().map(|role| role.name).collect();
    names.sort_unstable();
    names
}

/// Before and after, of what was asked for.
fn detail(user: &AdminUserRow, patch: &Patch, roles: Option<&[GrantableRow]>) -> Value {
    let mut detail = Map::new();
    let mut note = |name: &str, before: Value, after: Value| drop(detail.insert(name.into(), json!({"before": before, "after": after})));
    if let Some(name) = patch.display_name {
        note("displayName", json!(user.display_name), json!(name));
    }
    if let Some(active) = patch.is_active {
        note("isActive", json!(user.is_active), json!(active));
    }
    if let Some(until) = patch.locked_until {
        note("lockedUntil", json!(user.locked_until), json!(until));
    }
    if let Some(person) = patch.person {
        note("personEntityId", json!(user.person_entity_id), json!(person));
    }
    if let Some(company) = patch.company {
        note("customerEntityId", json!(user.customer_entity_id), json!(company));
    }
    if let Some(known) = roles {
        note("roles", json!(names_of(user)), json!(names(known)));
    }
    Value::Object(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_begins_and_ends_once() {
        let (past, now, later, latest) = (Some(Millis(5)), Millis(10), Some(Millis(20)), Some(Millis(30)));
        assert_eq!(locking(None, None, now), Locking::Unchanged);
        assert_eq!(locking(later, None, now), Locking::Unchanged);
        assert_eq!(locking(None, Some(later), now), Locking::Locked);
        assert_eq!(locking(past, Some(later), now), Locking::Locked, "a lapsed lock was none");
        assert_eq!(locking(later, Some(latest), now), Locking::Unchanged, "it was locked already");
        assert_eq!(locking(later, Some(None), now), Locking::Unlocked);
        assert_eq!(locking(later, Some(past), now), Locking::Unlocked);
        assert_eq!(locking(None, Some(None), now), Locking::Unchanged);
        assert_eq!(locking(past, Some(None), now), Locking::Unchanged);
    }
}
