//! Where staff work: the places of one's own.

use serde_json::json;

use super::{Case, case};
use crate::Req;

const AUTH: &str = "/api/auth";
const NOBODYS: &str = "0190f5fe-7c00-7a00-8000-000000000001";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "list_own_memberships" => {
            case("owner", |_| Req::get(&format!("{AUTH}/memberships")), |_| Req::get(&format!("{AUTH}/memberships")).bearer("made-up"))
        }
        "switch_place" => case("owner", |w| switch(json!({"organizationId": w.acme().organization})), |_| switch(json!({"organizationId": NOBODYS}))),
        _ => return None,
    })
}

fn switch(body: serde_json::Value) -> Req {
    Req::post(&format!("{AUTH}/switch")).json(body)
}
