//! The API description: complete, true of recorded answers, and no older than the route table.

use std::{collections::BTreeMap, fs};

use portcullis_core::{
    openapi::{self, Example, Examples, sections, shape::Shape},
    routes::ROUTES,
    web::request::Body,
};
use portcullis_tests::{Req, World, cases, golden, sources};
use serde_json::Value;

#[test]
fn every_route_is_documented_once_and_nothing_else_is() {
    let mut times: BTreeMap<&str, usize> = ROUTES.iter().map(|route| (route.name, 0)).collect();
    for doc in sections::SECTIONS.iter().flat_map(|section| section.docs) {
        *times.get_mut(doc.name).unwrap_or_else(|| panic!("core/src/openapi/sections/ documents `{}`, which is no route", doc.name)) += 1;
    }
    let missing: Vec<_> = times.iter().filter(|(_, n)| **n == 0).map(|(name, _)| name).collect();
    assert!(
        missing.is_empty(),
        "These routes are not documented: {missing:?}\nAdd one line each to a section in core/src/openapi/sections/, with the success body in the notation of shape.rs:\n    \
         doc(\"{}\", \"What it does, in a few words\", ok(\"{{ok: true, id: uuid, note?: text|null}}\")),\nthen GOLDEN=write cargo test -p portcullis-tests openapi",
        missing[0]
    );
    assert!(times.values().all(|n| *n == 1), "documented twice: {times:?}");
}

#[test]
fn every_name_leads_somewhere() {
    let text = openapi::document(&Examples::new()).unwrap_or_else(|why| panic!("core/src/openapi/sections/: {why}")).to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(name == "Problem" || openapi::named(name).is_some(), "no shape is called {name}: add it to SHAPES of its section");
    }
    for link in sections::SECTIONS.iter().flat_map(|section| section.docs).flat_map(|doc| doc.links) {
        assert!(ROUTES.iter().any(|route| route.name == link.0), "a link leads to `{}`, which is no route", link.0);
    }
    for (name, notation) in sections::shapes() {
        Shape::parse(notation).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(text.contains(&format!("#/components/schemas/{name}\"")), "nobody uses the shape {name}");
    }
}

#[test]
fn the_committed_description_is_what_the_table_says() {
    let document = openapi::document(&recorded()).unwrap();
    golden::check_file(
        "public/openapi.json",
        &(serde_json::to_string_pretty(&document).unwrap() + "\n"),
        "public/openapi.json is older than core/src/routes.rs or core/src/openapi/sections/.",
    );
}

/// What a caller is told is in the file a browser gets, and small enough for one.
#[test]
fn the_description_stays_small() {
    let bytes = fs::read(sources::root().join("public/openapi.json")).unwrap().len();
    assert!(bytes < 1_500_000, "{bytes} bytes");
}

/// Each route's typical requests with their answers, with everything that differs from run to run made the same.
fn recorded() -> Examples {
    let mut examples = Examples::new();
    for route in ROUTES {
        let Some(case) = cases::of(route) else { continue };
        for ask in [case.good, case.bad] {
            let world = World::seeded();
            let persona = world.persona(case.by);
            let req = ask(&world);
            let known = req.request.headers.contains_key("cookie") || req.request.headers.contains_key("authorization");
            let request = sent(&req);
            let res = world.send(if known { req } else { req.jar(&persona.jar) });
            let mut ids = BTreeMap::new();
            let mut still = |value: Option<Value>| value.map(|value| steady("", value, &mut ids));
            let example = Example { request: still(request), status: res.status, body: still(serde_json::from_slice(&res.body).ok()) };
            examples.entry(route.name).or_default().push(example);
        }
    }
    examples
}

fn sent(req: &Req) -> Option<Value> {
    match &req.request.body {
        Body::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        Body::TooLarge => None,
    }
}

/// Ids by order of appearance; tokens, addresses and versions as the same ones always; lists cut to two.
fn steady(name: &str, value: Value, ids: &mut BTreeMap<String, usize>) -> Value {
    match value {
        Value::Object(members) => members.into_iter().map(|(name, value)| (name.clone(), steady(&name, value, ids))).collect(),
        Value::Array(items) => items.into_iter().take(2).map(|item| steady(name, item, ids)).collect(),
        Value::String(text) => steady_text(name, text, ids).into(),
        other => other,
    }
}

fn steady_text(name: &str, text: String, ids: &mut BTreeMap<String, usize>) -> String {
    let mut text = text;
    let at = |text: &str| (0..text.len()).find(|&at| text.get(at..at + 36).is_some_and(is_uuid));
    let mut done = String::new();
    while let Some(found) = at(&text) {
        let next = ids.len() + 1;
        let number = *ids.entry(text[found..found + 36].to_owned()).or_insert(next);
        done.push_str(&format!("{}0190f5fe-7c00-7a00-8000-{number:012}", &text[..found]));
        text = text[found + 36..].to_owned();
    }
    let text = done + &text;
    match name {
        "requestId" => "9f8e7d6c5b4a3921".into(),
        "ipAddress" => "203.0.113.7".into(),
        "oneTimePassword" => "8vxp-48x2-m0kv-79wk".into(),
        "applied" | "expected" if text.ends_with(".sql") => "0001_directory.sql".into(),
        _ if text.starts_with("eyJ") && text.matches('.').count() == 2 => "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl".into(),
        _ if is_token(&text) && !["kid", "x", "y"].contains(&name) => "kV0x2v8Q9sYcR4mT7nB1wZ6jL3pF5hD8gS0aE2uI4oX".into(),
        _ => match text.split_once("token=") {
            Some((before, _)) => format!("{before}token=kV0x2v8Q9sYcR4mT7nB1wZ6jL3pF5hD8gS0aE2uI4oX"),
            None => text,
        },
    }
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, b)| if [8, 13, 18, 23].contains(&at) { b == b'-' } else { b.is_ascii_hexdigit() })
}

fn is_token(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
