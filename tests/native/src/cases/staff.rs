//! Staff sign in, and look at their own account.

use serde_json::json;

use super::{Case, case};
use crate::{
    Jar, Req, World,
    people::PASSWORD,
    staff::{ADMIN, SUPERADMIN, login_request},
};

const AUTH: &str = "/api/auth";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "staff_login" => case("anonymous", |_| login_request(ADMIN, PASSWORD), |_| login_request(ADMIN, "wrong password")),
        "staff_logout" => {
            case("owner", |_| Req::post(&format!("{AUTH}/logout")), |_| Req::post(&format!("{AUTH}/logout")).header("sec-fetch-site", "cross-site"))
        }
        "bounce_staff_session" => case(
            "anonymous",
            |w| Req::get(&format!("{AUTH}/session/refresh")).jar(&w.staff_login(ADMIN).only("session_token")),
            |_| Req::get(&format!("{AUTH}/session/refresh")).jar(&Jar([("session_token".into(), "made-up".into())].into())),
        ),
        "refresh_staff_session" => case("anonymous", |w| refresh(w.staff_login(ADMIN).get("session_token")), |_| refresh("made-up")),
        "stream_staff_events" => case(
            "owner",
            |_| Req::get("/api/events/stream"),
            |_| Req::get("/api/events/stream").header("x-organization-id", "0190f5fe-7c00-7a00-8000-000000000001"),
        ),
        "get_staff_profile" => case("owner", |_| Req::get(&format!("{AUTH}/profile")), |_| Req::get(&format!("{AUTH}/profile")).bearer("made-up")),
        "check_staff_features" => case("owner", |_| feature_check(json!(["auth.users.list"])), |_| feature_check(json!("auth.users.list"))),
        _ => return own_account(name),
    })
}

/// One's own account. The seeded super admin has a password, which personas made for a test do not.
fn own_account(name: &str) -> Option<Case> {
    const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
    Some(match name {
        "request_staff_password_reset" => case("anonymous", |_| reset(ADMIN), |_| reset("no address")),
        "confirm_staff_password_reset" => case(
            "anonymous",
            |w| {
                w.send(reset(ADMIN)).ok(200);
                confirm(&w.staff_link(ADMIN))
            },
            |_| confirm("a made-up token"),
        ),
        "update_staff_profile" => case("super", |_| change_password(PASSWORD), |_| change_password("not the password")),
        "list_own_staff_sessions" => case("owner", |_| Req::get("/api/auth/sessions"), |_| Req::get("/api/auth/sessions").bearer("made-up")),
        "revoke_other_own_staff_sessions" => {
            case("owner", |_| Req::delete("/api/auth/sessions"), |_| Req::delete("/api/auth/sessions").header("sec-fetch-site", "cross-site"))
        }
        "revoke_own_staff_session" => case(
            "super",
            |w| {
                let other = super::claims(w.staff_login(SUPERADMIN).get("auth_token"))["sid"].as_str().unwrap().to_owned();
                Req::delete(&format!("{AUTH}/sessions/{other}"))
            },
            |_| Req::delete(&format!("{AUTH}/sessions/{NOBODY}")),
        ),
        "list_staff_features" => case("owner", |_| Req::get("/api/auth/features"), |_| Req::get("/api/auth/features").bearer("made-up")),
        "list_staff_notifications" => {
            case("owner", |_| Req::get("/api/auth/notifications"), |_| Req::get("/api/auth/notifications").bearer("made-up"))
        }
        "count_staff_notifications" => case(
            "owner",
            |_| Req::get("/api/auth/notifications/unread-count"),
            |_| Req::get("/api/auth/notifications/unread-count").bearer("made-up"),
        ),
        "read_all_staff_notifications" => case(
            "owner",
            |_| Req::put("/api/auth/notifications/mark-all-read"),
            |_| Req::put("/api/auth/notifications/mark-all-read").bearer("made-up"),
        ),
        "read_staff_notification" => case("super", |w| Req::put(&notice(w, "read")), |_| Req::put(&format!("{AUTH}/notifications/{NOBODY}/read"))),
        "dismiss_staff_notification" => {
            case("super", |w| Req::put(&notice(w, "dismiss")), |_| Req::put(&format!("{AUTH}/notifications/{NOBODY}/dismiss")))
        }
        _ => return None,
    })
}

fn reset(email: &str) -> Req {
    Req::post(&format!("{AUTH}/reset")).json(json!({"email": email}))
}

fn confirm(token: &str) -> Req {
    Req::post(&format!("{AUTH}/reset/confirm")).json(json!({"token": token, "password": "a new and fine passphrase"}))
}

fn change_password(current: &str) -> Req {
    let body = json!({"currentPassword": current, "password": "a new and fine passphrase"});
    Req::put(&format!("{AUTH}/profile")).json(body)
}

/// The path of something told to the super admin.
fn notice(world: &World, verb: &str) -> String {
    world.send(reset(SUPERADMIN)).ok(200);
    let id = world.value("SELECT id FROM staff_notifications");
    format!("{AUTH}/notifications/{}/{verb}", id.as_str().unwrap())
}

fn refresh(token: &str) -> Req {
    Req::post(&format!("{AUTH}/session/refresh")).json(json!({"refreshToken": token}))
}

fn feature_check(features: serde_json::Value) -> Req {
    Req::post(&format!("{AUTH}/feature-check")).json(json!({"features": features}))
}
