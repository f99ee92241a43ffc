//! 20: whoever follows the events of the house hears of every change.

use portcullis_core::routes::{Audit, ROUTES};
use portcullis_tests::{World, cases};

/// Routes that record a change and tell nobody, each with its reason.
const SILENT: &[(&str, &str)] = &[
    ("seed", "development only: it makes what others then hear of"),
    ("create_embed_address", "changes nothing: the row in the trail says that something may be seen outside"),
];

#[test]
fn every_route_that_changes_something_leaves_an_event() {
    let mut mute = Vec::new();
    for route in ROUTES.iter().filter(|route| matches!(route.audit, Audit::Events(_))) {
        let case = cases::of(route).unwrap_or_else(|| panic!("route `{}` has no case in tests/native/src/cases", route.name));
        let world = World::seeded();
        let persona = world.persona(case.by);
        let req = (case.good)(&world);
        let carries = req.request.headers.contains_key("authorization") || req.request.headers.contains_key("cookie");
        let req = if carries { req } else { req.jar(&persona.jar) };
        let before = world.count("event_outbox");
        let res = world.send(req);
        assert!(res.status < 400, "{}: {}", route.name, res.text());
        let told = world.count("event_outbox") > before;
        let silent = SILENT.iter().any(|(name, _)| *name == route.name);
        assert!(!(told && silent), "{} leaves an event: strike it from the list", route.name);
        if !told && !silent {
            mute.push(route.name);
        }
    }
    assert!(mute.is_empty(), "These change something and leave no event. Add one to the change, or a line with a reason above:\n{mute:#?}");
}
