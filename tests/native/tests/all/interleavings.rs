//! Two requests at once, interleaved call by call: a scheduler decides before every call to the database who goes on.
//! Whatever it decides, one super admin and one owner are left; where the batch does not insist on it, none is.

use std::{
    cell::Cell,
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};

use portcullis_core::{
    app::{self, Incoming},
    domain::{
        id::{Id, Record, User},
        membership::Seat,
        time::Millis,
    },
    ports::{Database, Fut, Ports, Query, Rows, Statement, StoreError, Written},
};
use portcullis_tests::{Jar, Req, SqliteDatabase, World};
use serde_json::json;

const TRIALS: u64 = 1_000;

/// Stops before every call, so that somebody else may go first. `forgetful` drops what the batch insists on: the twin.
struct Stepwise<'w> {
    inner: &'w SqliteDatabase,
    forgetful: bool,
}

/// Gives way once.
async fn give_way() {
    let gave = Cell::new(false);
    poll_fn(|_| if gave.replace(true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Whether a statement is the one that holds the last of their kind.
fn holds(statement: &Statement) -> bool {
    statement.sql.contains("INTO precondition") && statement.sql.contains("staff_users")
}

impl Database for Stepwise<'_> {
    fn read(&self, queries: Vec<Query>) -> Fut<'_, Result<Vec<Rows>, StoreError>> {
        Box::pin(async move {
            give_way().await;
            self.inner.read(queries).await
        })
    }

    fn write(&self, mut statements: Vec<Statement>) -> Fut<'_, Result<Vec<Written>, StoreError>> {
        Box::pin(async move {
            give_way().await;
            if self.forgetful {
                statements.retain(|statement| !holds(statement));
            }
            self.inner.write(statements).await
        })
    }
}

/// Polls two futures in an order drawn from a seed, to their ends. What it drew comes back.
fn together<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>, seed: u64) -> (A, B, String) {
    let (mut one, mut other): (Pin<Box<_>>, Pin<Box<_>>) = (Box::pin(one), Box::pin(other));
    let (mut first, mut second, mut drawn) = (None, None, String::new());
    let mut cx = Context::from_waker(Waker::noop());
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    while first.is_none() || second.is_none() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let turn = if first.is_some() { false } else { second.is_some() || (state >> 33).is_multiple_of(2) };
        drawn.push(if turn { 'a' } else { 'b' });
        if turn {
            if let Poll::Ready(value) = one.as_mut().poll(&mut cx) {
                first = Some(value);
            }
        } else if let Poll::Ready(value) = other.as_mut().poll(&mut cx) {
            second = Some(value);
        }
    }
    (first.unwrap(), second.unwrap(), drawn)
}

/// Statuses and schedules that came about.
type Seen = BTreeMap<String, usize>;

fn take_the_flag(user: Id<User>) -> Req {
    Req::put("/api/auth/users/acl").json(json!({"userId": user}))
}

fn delete(user: Id<User>) -> Req {
    Req::delete(&format!("/api/auth/users?id={user}"))
}

/// Two super admins remove each other. How often nobody was left.
fn super_admins_against_each_other(how: fn(Id<User>) -> Req, trials: u64, forgetful: bool) -> (usize, Seen) {
    let world = World::seeded();
    let place = world.acme();
    world.arrange("UPDATE staff_users SET is_active = 0");
    let seat = Seat { tenant: place.tenant, organization: Some(place.organization) };
    let people: Vec<(Id<User>, Jar)> = ["one@acme.example", "two@acme.example"]
        .map(|email| {
            let user = world.colleague(place.tenant, email);
            (user, world.staff_session(user, seat))
        })
        .into();
    let (mut nobody, mut seen) = (0, Seen::new());
    for trial in 0..trials {
        world.advance_seconds(2);
        world.arrange("DELETE FROM staff_user_acls; UPDATE staff_user_sessions SET deleted_at = NULL");
        for (user, _) in &people {
            world.arrange(&format!(
                "UPDATE staff_users SET deleted_at = NULL, is_active = 1, sessions_revoked_at = NULL WHERE id = '{user}'; \
                 INSERT INTO staff_user_acls (id, user_id, tenant_id, is_super_admin, created_at) VALUES ('{user}', '{user}', '{}', 1, 1)",
                place.tenant
            ));
        }
        let incoming = |by: usize| Incoming {
            now: Millis(world.now()),
            request_id: format!("trial-{trial}-{by}"),
            client_ip: Some(format!("10.9.{by}.1")),
            request: how(people[1 - by].0).jar(&people[by].1).request,
        };
        let database = Stepwise { inner: &world.database, forgetful };
        let (one, other, drawn) = world.with_ports(|ports| {
            let ports = Ports { database: &database, ..ports };
            together(app::handle(&world.deployment, ports, incoming(0)), app::handle(&world.deployment, ports, incoming(1)), trial + 1)
        });
        let left = world.count(
            "staff_user_acls a JOIN staff_users u ON u.id = a.user_id AND u.is_active = 1 AND u.deleted_at IS NULL WHERE a.is_super_admin = 1 AND a.deleted_at IS NULL",
        );
        nobody += usize::from(left == 0);
        *seen.entry(format!("{} {}", one.response.status.as_u16(), other.response.status.as_u16())).or_default() += 1;
        *seen.entry(drawn).or_default() += 1;
    }
    (nobody, seen)
}

#[test]
fn of_two_super_admins_who_take_the_flag_from_each_other_one_is_left() {
    one_is_left(take_the_flag);
}

#[test]
fn of_two_super_admins_who_delete_each_other_one_is_left() {
    one_is_left(delete);
}

fn one_is_left(how: fn(Id<User>) -> Req) {
    let (nobody, seen) = super_admins_against_each_other(how, TRIALS, false);
    assert_eq!(nobody, 0, "{seen:?}");
    let schedules = seen.keys().filter(|key| key.starts_with(['a', 'b'])).count();
    assert!(schedules >= 20, "{schedules} schedules: {seen:?}");
    // Both ways round, and by the batch as well as by the guard in front of it.
    for outcome in ["200 409", "409 200"] {
        assert!(seen.contains_key(outcome), "{seen:?}");
    }
    assert!(!seen.contains_key("200 200") && seen.keys().all(|key| !key.contains("500")), "{seen:?}");
}

#[test]
fn a_batch_that_does_not_insist_loses_both_super_admins() {
    for how in [take_the_flag as fn(Id<User>) -> Req, delete] {
        let (nobody, seen) = super_admins_against_each_other(how, 100, true);
        assert!(nobody > 0, "the twin was not caught: {seen:?}");
    }
}

/// An admin removes one owner of an organization while the other leaves. How often nobody was left.
fn owners_going_at_once(trials: u64, forgetful: bool) -> (usize, Seen) {
    let world = World::seeded();
    let place = world.acme();
    let role = world.value("SELECT id FROM staff_roles WHERE slug = 'owner'").as_str().unwrap().to_owned();
    let seat = Seat { tenant: place.tenant, organization: Some(place.organization) };
    let admin = Id::parse(world.value("SELECT id FROM staff_users WHERE email = 'admin@acme.com'").as_str().unwrap()).unwrap();
    let owners: Vec<(Id<User>, Id<Record>)> = ["one@acme.example", "two@acme.example"]
        .map(|email| {
            let (user, id) = (world.colleague(place.tenant, email), world.id());
            world.arrange(&format!(
                "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) VALUES ('{id}', '{user}', '{}', '{}', '{role}', 1)",
                place.tenant, place.organization
            ));
            (user, id)
        })
        .into();
    let (admins, leavers) = (world.staff_session(admin, seat), world.staff_session(owners[1].0, seat));
    let (mut nobody, mut seen) = (0, Seen::new());
    for trial in 0..trials {
        world.advance_seconds(2);
        world.arrange("UPDATE staff_memberships SET deleted_at = NULL; UPDATE staff_user_sessions SET deleted_at = NULL");
        let incoming = |by: &str, req: Req| Incoming {
            now: Millis(world.now()),
            request_id: format!("trial-{trial}-{by}"),
            client_ip: Some("10.9.9.1".into()),
            request: req.request,
        };
        let remove = incoming("admin", Req::delete(&format!("/api/auth/users/{}/memberships/{}", owners[0].0, owners[0].1)).jar(&admins));
        let leave = incoming("owner", Req::delete(&format!("/api/auth/memberships/{}", owners[1].1)).jar(&leavers));
        let database = Stepwise { inner: &world.database, forgetful };
        let (removed, left, drawn) = world.with_ports(|ports| {
            let ports = Ports { database: &database, ..ports };
            together(app::handle(&world.deployment, ports, remove), app::handle(&world.deployment, ports, leave), trial + 1)
        });
        nobody += usize::from(world.count(&format!("staff_memberships WHERE role_id = '{role}' AND deleted_at IS NULL")) == 0);
        *seen.entry(format!("{} {}", removed.response.status.as_u16(), left.response.status.as_u16())).or_default() += 1;
        *seen.entry(drawn).or_default() += 1;
    }
    (nobody, seen)
}

#[test]
fn of_two_owners_who_go_at_once_one_is_left() {
    let (nobody, seen) = owners_going_at_once(TRIALS, false);
    assert_eq!(nobody, 0, "{seen:?}");
    for outcome in ["200 409", "409 200"] {
        assert!(seen.contains_key(outcome), "{seen:?}");
    }
    assert!(!seen.contains_key("200 200") && seen.keys().all(|key| !key.contains("500")), "{seen:?}");
}

#[test]
fn a_batch_that_does_not_insist_loses_both_owners() {
    let (nobody, seen) = owners_going_at_once(100, true);
    assert!(nobody > 0, "the twin was not caught: {seen:?}");
}
