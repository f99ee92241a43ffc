//! What operators keep an eye on.

use super::{Case, case};
use crate::{Req, World};

const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "read_status" => case("super", |_| Req::get("/api/operations/status"), |_| Req::get("/api/operations/status").bearer("made-up")),
        "list_mails" => case(
            "super",
            |w| {
                waiting(w);
                Req::get("/api/operations/mails?state=late")
            },
            |_| Req::get("/api/operations/mails?cursor=nonsense"),
        ),
        "retry_mail" => case(
            "super",
            |w| {
                let id = waiting(w);
                w.arrange("UPDATE mail_outbox SET abandoned_at = 5, attempts = 10");
                Req::post(&format!("/api/operations/mails/{id}/retry"))
            },
            |_| Req::post(&format!("/api/operations/mails/{NOBODY}/retry")),
        ),
        "abandon_mail" => case(
            "super",
            |w| Req::post(&format!("/api/operations/mails/{}/abandon", waiting(w))),
            |_| Req::post(&format!("/api/operations/mails/{NOBODY}/abandon")),
        ),
        _ => return None,
    })
}

/// A mail that nobody sends.
pub fn waiting(world: &World) -> String {
    world.does_later_work.set(false);
    world.send(world.signup_request("waiting@acme.example", "a fine passphrase")).ok(202);
    world.does_later_work.set(true);
    world.arrange("UPDATE mail_outbox SET due_at = 1000 WHERE sent_at IS NULL");
    world.value("SELECT id FROM mail_outbox WHERE recipient = 'waiting@acme.example'").as_str().unwrap().to_owned()
}
