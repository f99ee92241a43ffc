//! Staff sign in, and look at their own account.

use serde_json::json;

use super::{Case, case};
use crate::{
    Jar, Req,
    people::PASSWORD,
    staff::{ADMIN, login_request},
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
        "get_staff_profile" => case("owner", |_| Req::get(&format!("{AUTH}/profile")), |_| Req::get(&format!("{AUTH}/profile")).bearer("made-up")),
        "check_staff_features" => case("owner", |_| feature_check(json!(["auth.users.list"])), |_| feature_check(json!("auth.users.list"))),
        _ => return None,
    })
}

fn refresh(token: &str) -> Req {
    Req::post(&format!("{AUTH}/session/refresh")).json(json!({"refreshToken": token}))
}

fn feature_check(features: serde_json::Value) -> Req {
    Req::post(&format!("{AUTH}/feature-check")).json(json!({"features": features}))
}
