//! `POST …/app-token`: a session buys a token for one app's audience. One route a realm, because a browser may hold a
//! session of both.

use serde_json::json;

use super::{
    MISSING,
    token::{self, Minted},
};
use crate::{
    cx::Cx,
    problem::Problem,
    store::apps::{self, AppRow},
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[required("audience", Kind::Text { min: 1, max: 300 })], refusal: Refusal::Detailed("Validation failed") };

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let app = cx.read_one(apps::by_audience(cx.body.text("audience")?)).await?.first::<AppRow>()?;
    // An app for other people answers like one that does not exist.
    let app = app.map(|row| row.app()).transpose()?.filter(|app| app.admits(actor.realm, actor.tenant));
    let app = app.ok_or_else(|| Problem::not_found(MISSING))?;
    let Minted { token, life } = token::mint_app_token(cx.deployment, &cx.io, &app, &token::person(actor), cx.now).await?;
    Ok(Response::json(200, &json!({"ok": true, "accessToken": token, "tokenType": "Bearer", "expiresIn": life, "audience": app.audience})))
}
