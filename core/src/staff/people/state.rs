//! `…/suspend`, `…/resume`, `…/lock` and `…/unlock`. Suspended is for good, until resumed; locked is for a while, and
//! lapses by itself. Either ends whatever is open and lets nothing that is under way come in, known devices included.

use serde_json::{Value, json};

use super::{EDIT, SUPPORT, act, event, named};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::Operation,
        lockout::LOCK_MILLIS,
        time::{DAY, Millis},
    },
    problem::Problem,
    staff::password_reset::ended,
    store::{
        self, staff_accounts,
        staff_people::{self, Patch, PersonRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const SUSPEND_AUDIT: &[&str] = &["user.suspended"];
pub const RESUME_AUDIT: &[&str] = &["user.resumed"];
pub const LOCK_AUDIT: &[&str] = &["user.locked"];
pub const UNLOCK_AUDIT: &[&str] = &["user.unlocked"];

pub const LOCK_BODY: Schema =
    Schema { fields: &[optional("lockedUntil", Kind::DateTimeOrNull)], refusal: Refusal::Issues("Invalid input", "details") };

/// Whoever is to stay out for longer is suspended.
const LONGEST_LOCK: i64 = 30 * DAY;

fn updated(change: Change, cx: &Cx<'_>, person: &PersonRow) -> Result<Change, Problem> {
    Ok(change.event(event(cx, person, "auth.user.updated", "updatedBy")?))
}

fn detail(field: &str, before: Value, after: Value) -> Value {
    json!({ field: {"before": before, "after": after} })
}

pub async fn suspend(cx: &Cx<'_>) -> Result<Response, Problem> {
    act(cx, named(cx)?, EDIT, Operation::Disable, |person, version| {
        let patch = Patch { is_active: Some(false), forget_devices: true, ..Patch::default() };
        let mut writes = vec![staff_people::update(person, &patch, version), store::changed_one()];
        writes.extend(ended(cx, person.id));
        let entry = Entry::new("user.suspended", "user", person.id).detail(detail("isActive", json!(person.is_active), json!(false)));
        updated(Change::new(writes).audit(entry), cx, person)
    })
    .await?;
    Ok(Response::ok())
}

pub async fn resume(cx: &Cx<'_>) -> Result<Response, Problem> {
    act(cx, named(cx)?, EDIT, Operation::Disable, |person, version| {
        let patch = Patch { is_active: Some(true), ..Patch::default() };
        let writes = vec![staff_people::update(person, &patch, version), store::changed_one()];
        let entry = Entry::new("user.resumed", "user", person.id).detail(detail("isActive", json!(person.is_active), json!(true)));
        updated(Change::new(writes).audit(entry), cx, person)
    })
    .await?;
    Ok(Response::ok())
}

pub async fn lock(cx: &Cx<'_>) -> Result<Response, Problem> {
    let until = cx.body.opt_time("lockedUntil").unwrap_or(cx.now.plus(LOCK_MILLIS));
    if until <= cx.now || until > cx.now.plus(LONGEST_LOCK) {
        return Err(super::invalid("lockedUntil", vec!["Must lie within the next 30 days".into()]));
    }
    act(cx, named(cx)?, EDIT, Operation::Lock, |person, version| {
        let patch = Patch { locked_until: Some(Some(until)), forget_devices: true, ..Patch::default() };
        let mut writes = vec![staff_people::update(person, &patch, version), store::changed_one()];
        writes.extend(ended(cx, person.id));
        let entry = Entry::new("user.locked", "user", person.id).detail(detail("lockedUntil", json!(person.locked_until), json!(until)));
        let change = updated(Change::new(writes).audit(entry), cx, person)?;
        Ok(change.event(event(cx, person, "auth.user.locked", "lockedBy")?))
    })
    .await?;
    Ok(Response::json(200, &json!({"ok": true, "lockedUntil": until})))
}

pub async fn unlock(cx: &Cx<'_>) -> Result<Response, Problem> {
    act(cx, named(cx)?, SUPPORT, Operation::Support, |person, version| {
        let patch = Patch { locked_until: Some(None), ..Patch::default() };
        // Also without a lock: the failures that are forgotten were on their way to one.
        let writes = vec![staff_people::update(person, &patch, version), store::changed_one(), staff_accounts::forget_device_failures(person.id)];
        let none: Option<Millis> = None;
        let entry = Entry::new("user.unlocked", "user", person.id).detail(detail("lockedUntil", json!(person.locked_until), json!(none)));
        let change = updated(Change::new(writes).audit(entry), cx, person)?;
        Ok(change.event(event(cx, person, "auth.user.unlocked", "unlockedBy")?))
    })
    .await?;
    Ok(Response::ok())
}
