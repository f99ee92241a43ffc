//! Live streams on SQLite: the channels are in memory, and decide as the objects do.

mod ends;
mod resumes;
mod tells;

use portcullis_tests::{Jar, Req, Res, World, block_on, channels::Desk};
use serde_json::{Value, json};

const PORTAL: &str = "/api/customer_accounts/portal/events/stream";
const STAFF: &str = "/api/events/stream";

fn stream(world: &World, path: &str, jar: &Jar) -> Res {
    world.send(Req::get(path).jar(jar))
}

/// Opens a stream; its number in the world's channels.
#[track_caller]
fn open(world: &World, path: &str, jar: &Jar) -> usize {
    stream(world, path, jar).ok(200);
    world.channels.streams.borrow().len() - 1
}

/// The same, for somebody who was at a position.
#[track_caller]
fn reopen(world: &World, path: &str, jar: &Jar, last: &str) -> usize {
    world.send(Req::get(path).jar(jar).header("last-event-id", last)).ok(200);
    world.channels.streams.borrow().len() - 1
}

/// The last position in a stream's text.
fn position(text: &str) -> String {
    text.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned()
}

/// The events in a stream's text: name and payload.
fn events(text: &str) -> Vec<(String, Value)> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "{}");
    let parsed = data.map(|data| serde_json::from_str::<Value>(data).unwrap());
    parsed.map(|event| (event["id"].as_str().unwrap().to_owned(), event["payload"].clone())).collect()
}

fn names(world: &World, n: usize) -> Vec<String> {
    events(&world.channels.text(n)).into_iter().map(|(name, _)| name).collect()
}

/// What every channel's alarm does.
fn look(world: &World) {
    let desk = Desk { channels: &world.channels, database: &world.database, clock: portcullis_core::domain::time::Millis(world.now()) };
    block_on(desk.look()).unwrap();
}

/// Staff change a customer's name, which is an event for the customer.
fn rename(world: &World, jar: &Jar, email: &str, name: &str) {
    let id = world.user_id(email);
    world.send(Req::put(&format!("/api/customer_accounts/admin/users/{id}")).jar(jar).json(json!({"displayName": name}))).ok(200);
}
