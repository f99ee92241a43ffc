//! Staff who look after staff.

mod create;
mod invite;
mod list;
mod state;
mod update;

use portcullis_tests::{
    Jar, Req, Res, World,
    people::{PASSWORD, Place},
    staff::EMPLOYEE,
};
use serde_json::{Value, json};

use super::id_of;

pub const USERS: &str = "/api/auth/users";
pub const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
const MISSING: &str = "User not found";

/// What the browser of somebody signed in sends.
fn send(world: &World, jar: &Jar, req: Req) -> Res {
    world.send(req.jar(jar))
}

fn create(world: &World, jar: &Jar, place: &Place, email: &str, more: Value) -> Res {
    let mut body = json!({"email": email, "organizationId": place.organization, "password": PASSWORD});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    send(world, jar, Req::post(USERS).json(body))
}

/// The id of somebody new.
#[track_caller]
fn created(world: &World, jar: &Jar, email: &str, more: Value) -> String {
    let res = create(world, jar, &world.acme(), email, more);
    res.ok(201).json()["id"].as_str().unwrap().to_owned()
}

fn update(world: &World, jar: &Jar, id: &str, more: Value) -> Res {
    let mut body = json!({"id": id});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send(world, jar, Req::put(USERS).json(body))
}

fn delete(world: &World, jar: &Jar, id: &str) -> Res {
    send(world, jar, Req::delete(&format!("{USERS}?id={id}")))
}

fn post(world: &World, jar: &Jar, id: &str, verb: &str) -> Res {
    send(world, jar, Req::post(&format!("{USERS}/{id}/{verb}")).json(json!({})))
}

fn list(world: &World, jar: &Jar, query: &str) -> Value {
    send(world, jar, Req::get(&format!("{USERS}{query}"))).ok(200).json()
}

/// The person as the list shows them to somebody.
fn item(world: &World, jar: &Jar, id: &str) -> Value {
    list(world, jar, &format!("?id={id}"))["items"][0].clone()
}

fn detail(world: &World, jar: &Jar, id: &str) -> Value {
    send(world, jar, Req::get(&format!("{USERS}/{id}"))).ok(200).json()
}

fn employee(world: &World) -> String {
    id_of(world, EMPLOYEE)
}
