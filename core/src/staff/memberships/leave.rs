//! `DELETE /api/auth/memberships/{id}`: leaving a place of one's own, from wherever one sits. Leaving is not managing, so
//! no priority stands in the way; only the last owner of an organization and the last super admin stay.

use super::{NO_MEMBERSHIP, delete::remove};
use crate::{
    cx::Cx,
    domain::id::{Id, Record},
    problem::Problem,
    store::{
        memberships::{self, MembershipRow},
        succession::{self, Losing, OutlookRow},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["membership.left"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let id: Id<Record> = cx.id_param("id", NO_MEMBERSHIP)?;
    let losing = [id];
    let losing = Losing::Memberships(&losing);
    let mut rows = cx.read(vec![memberships::own(id, actor.user), succession::outlook(&losing)]).await?.into_iter();
    let row = rows.next().unwrap_or_default().first::<MembershipRow>()?.ok_or_else(|| Problem::not_found(NO_MEMBERSHIP))?;
    rows.next().unwrap_or_default().first::<OutlookRow>()?.map_or(Ok(()), OutlookRow::check)?;
    remove(cx, &row, &losing, "membership.left").await?;
    Ok(Response::ok())
}
