//! Where staff work and what they reach.

mod bootstrap;
mod coverage;
mod header;
mod invitations;
mod memberships;
mod operator;
mod scopes;
mod switch;

use portcullis_core::domain::{
    id::{Id, User},
    membership::Seat,
};
use portcullis_tests::{Jar, Req, Res, World};
use serde_json::json;

/// Whether somebody holds a feature in a seat of theirs.
fn may(world: &World, user: Id<User>, seat: Seat, feature: &str) -> bool {
    let res = check(world, &world.staff_session(user, seat), feature);
    res.status == 200 && res.json()["ok"] == true
}

fn check(world: &World, jar: &Jar, feature: &str) -> Res {
    world.send(Req::post("/api/auth/feature-check").jar(jar).json(json!({"features": [feature]})))
}
