//! Staff look after staff: everything is done to the seeded employee.

use serde_json::{Value, json};

use super::{Case, case};
use crate::{
    Req, World,
    people::PASSWORD,
    staff::{EMPLOYEE, login_request},
};

const USERS: &str = "/api/auth/users";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "list_staff_users" => case("owner", |_| Req::get(USERS), |_| Req::get(USERS).bearer("made-up")),
        "create_staff_user" => {
            case("owner", |w| create(w, json!({"password": "a fine passphrase", "roles": ["employee"]})), |w| create(w, json!({})))
        }
        "update_staff_user" => case(
            "owner",
            |w| update(w, json!({"name": "Renamed", "password": "a fine passphrase"})),
            |_| Req::put(USERS).json(json!({"id": NOBODY, "name": "x"})),
        ),
        "delete_staff_user" => case("owner", |w| Req::delete(&format!("{USERS}?id={}", id(w))), |_| Req::delete(USERS)),
        "resend_staff_invitation" => case(
            "owner",
            |w| {
                w.arrange(&format!("UPDATE staff_users SET password_hash = NULL WHERE email = '{EMPLOYEE}'"));
                Req::post(&format!("{USERS}/resend-invite")).json(json!({"id": id(w)}))
            },
            |_| Req::post(&format!("{USERS}/resend-invite")).json(json!({"id": NOBODY})),
        ),
        "list_staff_consents" => {
            case("owner", |w| Req::get(&format!("{USERS}/consents?userId={}", id(w))), |_| Req::get(&format!("{USERS}/consents?userId=no-id")))
        }
        "read_staff_user" => case("owner", |w| Req::get(&path(w, "")), |_| Req::get(&format!("{USERS}/{NOBODY}"))),
        "suspend_staff_user" => case("owner", |w| Req::post(&path(w, "/suspend")), |_| nobody("suspend")),
        "resume_staff_user" => case("owner", |w| Req::post(&path(w, "/resume")), |_| nobody("resume")),
        "lock_staff_user" => case("owner", |w| Req::post(&path(w, "/lock")).json(json!({})), |_| nobody("lock").json(json!({}))),
        "unlock_staff_user" => case("owner", |w| Req::post(&path(w, "/unlock")), |_| nobody("unlock")),
        "list_staff_sessions" => case("owner", |w| Req::get(&path(w, "/sessions")), |_| Req::get(&format!("{USERS}/{NOBODY}/sessions"))),
        "end_staff_session" => case("owner", one_session, |w| Req::delete(&path(w, &format!("/sessions/{NOBODY}")))),
        "force_staff_logout" => case("owner", |w| Req::post(&path(w, "/force-logout")), |_| nobody("force-logout")),
        "issue_staff_one_time_password" => case("owner", |w| Req::post(&path(w, "/one-time-password")), |_| nobody("one-time-password")),
        "send_staff_reset_link" => case("owner", |w| Req::post(&path(w, "/send-reset-link")), |_| nobody("send-reset-link")),
        _ => return None,
    })
}

fn id(world: &World) -> String {
    world.value(&format!("SELECT id FROM staff_users WHERE email = '{EMPLOYEE}'")).as_str().unwrap().to_owned()
}

fn path(world: &World, rest: &str) -> String {
    format!("{USERS}/{}{rest}", id(world))
}

fn nobody(verb: &str) -> Req {
    Req::post(&format!("{USERS}/{NOBODY}/{verb}"))
}

fn create(world: &World, more: Value) -> Req {
    let mut body = json!({"email": "new@acme.com", "organizationId": world.acme().organization});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Req::post(USERS).json(body)
}

fn update(world: &World, more: Value) -> Req {
    let mut body = json!({"id": id(world)});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Req::put(USERS).json(body)
}

fn one_session(world: &World) -> Req {
    world.send(login_request(EMPLOYEE, PASSWORD)).ok(200);
    let session = world.value(&format!("SELECT id FROM staff_user_sessions WHERE user_id = '{}'", id(world)));
    Req::delete(&path(world, &format!("/sessions/{}", session.as_str().unwrap())))
}
