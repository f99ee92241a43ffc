//! The catalogue of events is what routes write, and docs/EVENTS.md is the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_core::{
    domain::{event_catalogue::EVENTS, registry::FEATURES},
    routes::ROUTES,
};
use portcullis_tests::{World, cases, golden, people::BUYER, sources};
use serde_json::Value;

const TEACH: &str = "An event is new, or its `data` has other members. The catalogue is core/src/domain/event_catalogue.rs; whoever listens depends on it, so \
members may be added and never taken away.";

type Seen = BTreeMap<String, Vec<BTreeSet<String>>>;

fn written(world: &World) -> Vec<(String, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = world.rows("SELECT name, payload FROM event_outbox");
    rows.iter().map(|row| (text(&row["name"]), serde_json::from_str(&text(&row["payload"])).unwrap())).collect()
}

/// Members of the data of every event.
fn seen() -> Seen {
    let mut seen = Seen::new();
    for (name, data) in data().into_iter().flat_map(|(_, data)| data) {
        seen.entry(name).or_default().push(data.as_object().unwrap().keys().cloned().collect());
    }
    seen
}

/// The events of every route's requests, and of what no single request brings about.
fn data() -> Vec<(&'static str, Vec<(String, Value)>)> {
    let mut seen = Vec::new();
    for route in ROUTES {
        // A route without a case fails the matrix, once.
        let Some(case) = cases::of(route) else { continue };
        for ask in [case.good, case.bad] {
            let world = World::seeded();
            let persona = world.persona(case.by);
            let req = ask(&world);
            // What a case puts there itself says nothing about routes.
            world.arrange("DELETE FROM event_outbox");
            world.send(req.jar(&persona.jar));
            world.minute();
            seen.push((route.name, written(&world)));
        }
    }
    let world = World::seeded();
    for _ in 0..6 {
        world.try_login(BUYER, "wrong password");
        world.send(portcullis_tests::staff::login_request(portcullis_tests::staff::ADMIN, "wrong password"));
        world.advance_seconds(61);
    }
    seen.push(("sign-in", written(&world)));
    let world = World::seeded();
    let hook = super::set_up(&world, &["*"]);
    world.receivers.say(410);
    hook.post(&world, "/test").ok(202);
    seen.push(("webhooks", written(&world)));
    seen
}

/// As the catalogue writes members: those that are always there, and then the others with a mark.
fn members(rows: &[BTreeSet<String>]) -> Vec<String> {
    let all: BTreeSet<&String> = rows.iter().flatten().collect();
    let (there, sometimes): (Vec<&String>, Vec<&String>) = all.into_iter().partition(|name| rows.iter().all(|row| row.contains(*name)));
    there.into_iter().cloned().chain(sometimes.into_iter().map(|name| format!("{name}?"))).collect()
}

#[test]
fn the_catalogue_says_what_routes_write() {
    let seen = seen();
    let mut wrong = Vec::new();
    for (name, rows) in &seen {
        let Some(described) = EVENTS.iter().find(|event| event.name == name) else {
            wrong.push(format!("    event(\"{name}\", \"What has happened.\", &{:?}),", members(rows)));
            continue;
        };
        let known = |member: &str| described.fields.iter().any(|field| field.trim_end_matches('?') == member);
        let kept = |row: &BTreeSet<String>| described.fields.iter().filter(|field| !field.ends_with('?')).all(|field| row.contains(*field));
        if !rows.iter().all(|row| kept(row) && row.iter().all(|member| known(member))) {
            wrong.push(format!("    event(\"{name}\", …, &{:?}),", members(rows)));
        }
    }
    assert!(wrong.is_empty(), "{TEACH}\n{}", wrong.join("\n"));
    let unseen: Vec<_> = EVENTS.iter().map(|event| event.name).filter(|name| !seen.contains_key(*name)).collect();
    assert_eq!(unseen, [""; 0], "nobody has seen these happen: are they still written?");
}

/// Also what no test brings about: a name in the sources that looks like an event's is one, or is known to be something else.
#[test]
fn every_name_of_an_event_in_the_sources_is_in_the_catalogue() {
    let areas = ["auth", "customer_accounts", "customers", "directory", "platform"];
    let mut unknown = BTreeSet::new();
    for path in sources::files("core/src", "rs") {
        if ["notification.rs", "registry.rs", "openapi/"].iter().any(|other| path.contains(other)) {
            continue;
        }
        for text in sources::code(&path).split('"').skip(1).step_by(2) {
            let plain = !text.ends_with('.') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
            let like_one = plain && text.split('.').count() > 2 && areas.contains(&text.split('.').next().unwrap());
            if like_one && !EVENTS.iter().any(|event| event.name == text) && !FEATURES.iter().any(|feature| feature.id == text) {
                unknown.insert(text.to_owned());
            }
        }
    }
    assert_eq!(unknown, BTreeSet::new(), "{TEACH}");
}

/// The table of docs/EVENTS.md; what stands above it is written by hand.
#[test]
fn the_documentation_is_the_catalogue() {
    const BEGINS: &str = "| event | when | `data` |\n|---|---|---|\n";
    let text = sources::read("docs/EVENTS.md");
    let before = text.split(BEGINS).next().unwrap_or_default();
    let row = |event: &portcullis_core::domain::event_catalogue::Described| {
        let fields: Vec<_> = event.fields.iter().map(|field| format!("`{field}`")).collect();
        format!("| `{}` | {} | {} |\n", event.name, event.about, fields.join(" "))
    };
    let table: String = EVENTS.iter().map(row).collect();
    golden::check_file("docs/EVENTS.md", &format!("{before}{BEGINS}{table}"), TEACH);
}

/// What a mail, file or billing system has to know to set somebody up, without asking back: every event of a life says how
/// the thing is after it.
#[test]
fn life_cycle_events_say_enough_to_provision_from() {
    let wanted: [(&str, &[&str]); 6] = [
        ("customer_accounts.user", &["companyId", "deleted", "displayName", "email", "emailVerified", "isActive", "locale", "personId", "roles"]),
        ("auth.user", &["deleted", "displayName", "email", "emailVerified", "homeTenantId", "isActive", "locale", "memberships"]),
        ("auth.membership", &["deleted", "displayName", "email", "isActive", "merchantIds", "organizationId", "role", "roleId", "userId"]),
        ("directory.tenant", &["deleted", "isActive", "name", "partnerId", "policy"]),
        ("directory.organization", &["deleted", "isActive", "name", "parentId", "slug"]),
        ("directory.merchant", &["deleted", "isActive", "name", "organizationId", "slug"]),
    ];
    let documented = sources::read("docs/EVENTS.md");
    for (area, members) in wanted {
        let row = format!("| `{area}.*` | {} |", members.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(" "));
        assert!(documented.contains(&row), "docs/EVENTS.md lacks {row}");
    }
    let mut seen = BTreeMap::new();
    for (route, data) in data() {
        for (name, data) in data {
            let Some((area, wanted)) = wanted.iter().find(|(area, _)| name.strip_prefix(area).is_some_and(|rest| rest.starts_with('.'))) else {
                continue;
            };
            let what = name.rsplit('.').next().unwrap().to_owned();
            if !["created", "updated", "deleted", "suspended", "resumed"].contains(&what.as_str()) {
                continue;
            }
            let members: Vec<_> = data["snapshot"].as_object().unwrap_or_else(|| panic!("{route}: {name} says {data}")).keys().cloned().collect();
            assert_eq!(&members, wanted, "{route}: {name}");
            assert_eq!(data["snapshot"]["deleted"], what == "deleted", "{route}: {name}");
            seen.entry(*area).or_insert_with(BTreeSet::new).insert(what);
        }
    }
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for (area, whats) in seen {
        let lives = ["directory.tenant", "directory.organization"].contains(&area);
        let wanted = if lives { all(&["created", "updated", "deleted", "suspended", "resumed"]) } else { all(&["created", "updated", "deleted"]) };
        assert_eq!(whats, wanted, "{area}");
    }
}

/// An event says what its change made, not what was before.
#[test]
fn a_snapshot_is_of_after_the_change() {
    let world = World::seeded();
    let admin = world.staff_login(portcullis_tests::staff::SUPERADMIN);
    let id = world.user_id(BUYER);
    let path = format!("/api/customer_accounts/admin/users/{id}");
    world.send(portcullis_tests::Req::put(&path).jar(&admin).json(serde_json::json!({"displayName": "After", "isActive": false}))).ok(200);
    let payload = world.value("SELECT payload FROM event_outbox WHERE name = 'customer_accounts.user.updated'");
    let data: Value = serde_json::from_str(payload.as_str().unwrap()).unwrap();
    let snapshot = &data["snapshot"];
    assert_eq!(
        (&snapshot["displayName"], &snapshot["isActive"], &snapshot["roles"]),
        (&"After".into(), &false.into(), &serde_json::json!(["buyer"]))
    );
}
