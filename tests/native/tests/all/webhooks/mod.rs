//! Webhooks: set up, dealt out, sent, retried, told of.

mod events;
mod registry;
mod sending;
mod subscribers;
mod trouble;

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use portcullis_core::ports::WebhookPost;
use portcullis_tests::{
    Jar, Req, Res, World,
    people::{BUYER, PASSWORD},
    staff::SUPERADMIN,
};
use serde_json::{Value, json};
use sha2::Sha256;

const WEBHOOKS: &str = "/api/webhooks";
const URL: &str = "https://hooks.example.com/in";

/// An endpoint with its secret, as whoever set it up knows it.
struct Hook {
    id: String,
    secret: String,
    jar: Jar,
}

/// Sets one up for the whole of Acme's tenant.
fn set_up(world: &World, events: &[&str]) -> Hook {
    let jar = world.staff_login(SUPERADMIN);
    let hook = made(world.send(Req::post(WEBHOOKS).jar(&jar).json(json!({"url": URL, "events": events}))), jar);
    settle(world);
    hook
}

fn made(res: Res, jar: Jar) -> Hook {
    let body = res.ok(201).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Hook { id: text(&body["webhook"]["id"]), secret: text(&body["secret"]), jar }
}

/// Lets everything that is on its way arrive, and forgets what came.
fn settle(world: &World) {
    world.minute();
    world.receivers.take();
}

impl Hook {
    fn path(&self, rest: &str) -> String {
        format!("{WEBHOOKS}/{}{rest}", self.id)
    }

    fn post(&self, world: &World, rest: &str) -> Res {
        world.send(Req::post(&self.path(rest)).jar(&self.jar))
    }

    fn get(&self, world: &World, rest: &str) -> Value {
        world.send(Req::get(&self.path(rest)).jar(&self.jar)).ok(200).json()
    }

    fn put(&self, world: &World, body: Value) -> Res {
        world.send(Req::put(&self.path("")).jar(&self.jar).json(body))
    }

    fn deliveries(&self, world: &World) -> Vec<Value> {
        self.get(world, "/deliveries?pageSize=100")["items"].as_array().unwrap().clone()
    }
}

fn header<'p>(post: &'p WebhookPost, name: &str) -> &'p str {
    &post.headers.iter().find(|(own, _)| *own == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// A signature as the specification has it, from its text and not from our code.
fn signature(secret: &str, post: &WebhookPost) -> String {
    let key = Base64::decode_vec(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", header(post, "webhook-id"), header(post, "webhook-timestamp"), post.body).as_bytes());
    format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()))
}

fn body(post: &WebhookPost) -> Value {
    serde_json::from_str(&post.body).unwrap()
}

/// Names of the events that came, in order.
fn names(posts: &[WebhookPost]) -> Vec<String> {
    posts.iter().map(|post| body(post)["type"].as_str().unwrap().to_owned()).collect()
}

/// A sign-in of a customer's, which is one event.
fn sign_in(world: &World) {
    world.try_login(BUYER, PASSWORD).ok(200);
}
