//! Moving in and out with one's customers.

mod export;
mod import;
mod passwords;
mod rights;

use portcullis_tests::{Jar, Req, Res, World};
use serde_json::{Value, json};

pub const ADMIN: &str = "/api/customer_accounts/admin";
/// `correct horse é 1`, by the bcrypt package of PyPI.
pub const BCRYPT: &str = "$2b$05$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K";
pub const HORSE: &str = "correct horse é 1";

pub fn owner(world: &World) -> Jar {
    world.persona("owner").jar
}

pub fn start(world: &World, jar: &Jar, dry_run: bool) -> String {
    let res = world.send(Req::post(&format!("{ADMIN}/imports")).jar(jar).json(json!({"source": "people.jsonl", "dryRun": dry_run})));
    res.ok(201).json()["import"]["id"].as_str().unwrap().to_owned()
}

pub fn send(world: &World, jar: &Jar, run: &str, from: i64, lines: &str) -> Res {
    world.send(Req::post(&format!("{ADMIN}/imports/{run}/lines")).jar(jar).json(json!({"from": from, "lines": lines})))
}

/// A whole file in a run of its own, as a client sends it; the run as it stands at the end.
pub fn import(world: &World, jar: &Jar, file: &str) -> Value {
    let run = start(world, jar, false);
    go_on(world, jar, &run, file, 1)
}

pub fn go_on(world: &World, jar: &Jar, run: &str, file: &str, from: i64) -> Value {
    let lines: Vec<&str> = file.lines().collect();
    let mut next = usize::try_from(from).unwrap();
    let mut last = json!(null);
    while next <= lines.len() {
        let chunk: Vec<&str> = lines[next - 1..].iter().take(250).copied().collect();
        last = send(world, jar, run, next as i64, &format!("{}\n", chunk.join("\n"))).ok(200).json()["import"].clone();
        next = usize::try_from(last["nextLine"].as_i64().unwrap()).unwrap();
    }
    last
}

pub fn report(world: &World, jar: &Jar, run: &str) -> Vec<Value> {
    let res = world.send(Req::get(&format!("{ADMIN}/imports/{run}/report.jsonl")).jar(jar));
    res.ok(200).text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn export(world: &World, jar: &Jar, hashes: bool) -> String {
    world.send(Req::post(&format!("{ADMIN}/users-export")).jar(jar).json(json!({"passwordHashes": hashes}))).ok(200).text()
}

pub fn person(email: &str, rest: &str) -> String {
    format!("{{\"email\":\"{email}\",\"emailVerified\":true{rest}}}\n")
}

pub fn counts(run: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "refused"].map(|name| run[name].as_i64().unwrap())
}
