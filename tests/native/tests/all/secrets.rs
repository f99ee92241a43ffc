//! I1, B3: no secret is left lying about. Every route's request runs with every raw secret caught on the way; then the
//! whole database, the cache, the limiter's keys and the log are searched for each of them.

use std::collections::BTreeSet;

use portcullis_core::routes::ROUTES;
use portcullis_tests::{Jar, Req, Res, World, cases, people::PASSWORD};
use serde_json::Value;

/// Members of bodies that hold secrets, of requests and of answers.
const SECRET_MEMBERS: [&str; 10] =
    ["password", "currentPassword", "newPassword", "oneTimePassword", "token", "accessToken", "refreshToken", "secret", "clientSecret", "resetLink"];
/// What a search must not find below this length: it would be found by chance.
const SHORTEST: usize = 8;

#[derive(Default)]
struct Caught(BTreeSet<String>);

impl Caught {
    fn request(&mut self, req: &Req) {
        if let portcullis_core::web::request::Body::Bytes(bytes) = &req.request.body
            && let Ok(Value::Object(body)) = serde_json::from_slice(bytes)
        {
            self.0.extend(SECRET_MEMBERS.iter().filter_map(|name| body.get(*name)?.as_str()).map(str::to_owned));
        }
    }

    fn answer(&mut self, res: &Res) {
        self.0.extend(Jar::of(res).0.into_values());
    }

    /// What an answer hands out once, because its contract says so: it must not be kept either.
    fn handed_out(&mut self, res: &Res) {
        let Ok(Value::Object(body)) = serde_json::from_slice(&res.body) else { return };
        let told = SECRET_MEMBERS.iter().filter_map(|name| body.get(*name)?.as_str());
        self.0.extend(told.map(|text| text.rsplit_once("token=").map_or(text, |(_, token)| token).to_owned()));
    }

    fn mails(&mut self, world: &World) {
        for row in world.rows("SELECT links FROM development_inbox") {
            let links: Vec<String> = serde_json::from_str(row["links"].as_str().unwrap()).unwrap();
            self.0.extend(links.iter().filter_map(|link| Some(link.split_once("token=")?.1.to_owned())));
        }
    }

    fn secrets(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|secret| secret.len() >= SHORTEST && *secret != "made-up")
    }
}

/// Everything that is kept, but the one inbox that shows mails.
fn kept(world: &World) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> =
        world.dump(|table| table != "development_inbox").into_iter().map(|(table, rows)| (table, Value::from(rows).to_string())).collect();
    kept.extend(world.cache.dump().into_iter().map(|(key, value)| (format!("cache {key}"), format!("{key} {value}"))));
    kept.push(("limiter keys".into(), world.limiter.taken.borrow().join("\n") + &world.limiter.keys().join("\n")));
    kept.push(("log".into(), Value::from(world.log.0.borrow().clone()).to_string()));
    kept
}

fn hits(world: &World, caught: &Caught) -> Vec<String> {
    let kept = kept(world);
    let found =
        caught.secrets().flat_map(|secret| kept.iter().filter(|(_, text)| text.contains(secret.as_str())).map(move |(place, _)| (secret, place)));
    found.map(|(secret, place)| format!("{secret} in {place}")).collect()
}

/// Every route asked, rightly or wrongly, each in a world of its own with what was caught there.
fn lives() -> impl Iterator<Item = (String, World, Caught)> {
    // A route without a case fails the matrix, once.
    let cases = ROUTES.iter().filter_map(|route| Some((route, cases::of(route)?)));
    cases.flat_map(|(route, case)| [true, false].map(|good| (route, if good { case.good } else { case.bad }, case.by))).map(|(route, ask, by)| {
        let world = World::seeded();
        let mut caught = Caught::default();
        caught.0.insert(PASSWORD.into());
        let persona = world.persona(by);
        caught.0.extend(persona.jar.0.values().cloned());
        let req = ask(&world);
        caught.request(&req);
        let known = req.request.headers.contains_key("cookie") || req.request.headers.contains_key("authorization");
        let res = world.send(if known { req } else { req.jar(&persona.jar) });
        caught.answer(&res);
        let body = String::from_utf8_lossy(&res.body).into_owned();
        // The wire's staff sign-in hands its tokens out in the body as well, for callers without cookies.
        let by_contract =
            ["staff_login", "refresh_staff_session", "switch_place", "create_app_credential", "create_webhook", "rotate_webhook_secret"]
                .contains(&route.name);
        if !route.path.starts_with("/dev/") && !by_contract {
            let told = caught.secrets().find(|secret| body.contains(secret.as_str()));
            assert_eq!(told, None, "{} answers with a secret in its body", route.name);
        }
        caught.handed_out(&res);
        world.minute();
        caught.mails(&world);
        (route.name.to_owned(), world, caught)
    })
}

#[test]
fn nothing_that_is_kept_holds_a_secret_and_no_log_line_an_address() {
    let (mut caught_ever, mut tokens, mut lines) = (0, 0, 0);
    for (name, world, caught) in lives() {
        let hits = hits(&world, &caught);
        assert!(hits.is_empty(), "{name}: {hits:#?}");
        for line in world.log.0.borrow().iter() {
            lines += 1;
            assert!(!line.to_string().contains('@'), "{name}: {line}");
        }
        caught_ever += caught.secrets().count();
        tokens += caught.secrets().filter(|secret| secret.len() == 43).count();
    }
    assert!(caught_ever > 100 && tokens > 40 && lines > 100, "the net is not empty: {tokens} tokens of {caught_ever} secrets, {lines} lines");
}

/// The search finds what it is there to find.
#[test]
fn a_secret_that_is_kept_is_found_wherever_it_is_put() {
    let world = World::seeded();
    let mut caught = Caught::default();
    let canary = "canary-of-the-secrets-test";
    caught.0.insert(canary.into());
    assert!(hits(&world, &caught).is_empty());
    world.arrange(&format!("UPDATE customer_users SET display_name = 'x{canary}x' WHERE email LIKE 'buyer%'"));
    world.with_ports(|ports| {
        ports.log.line(&serde_json::json!({"note": canary}));
        portcullis_tests::block_on(ports.cache.put("key".into(), canary.into(), 60)).unwrap();
    });
    assert_eq!(hits(&world, &caught).len(), 3);
}

/// A mail's token is derived when it is rendered: between order and sending it is nowhere.
#[test]
fn the_outbox_holds_no_token() {
    let world = World::seeded();
    world.does_later_work.set(false);
    world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
    let payload = world.value("SELECT payload FROM mail_outbox").as_str().unwrap().to_owned();
    world.minute();
    let token = world.mailed_token("nina@acme.example");
    assert!(!payload.contains(&token));
    let stored = world.value("SELECT token FROM customer_user_email_verifications").as_str().unwrap().to_owned();
    assert_eq!(stored, portcullis_core::domain::secret::RawToken::presented(&token).hash().as_str());
}
