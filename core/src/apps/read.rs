//! `GET /api/apps/{id}`: one app with its live credentials, without their secrets.

use serde_json::json;

use super::{credentials, target, view};
use crate::{
    cx::Cx,
    problem::Problem,
    store::apps::{self, CredentialRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (app, mut rows) = target(cx, |id| vec![apps::credentials(id)]).await?;
    let live = rows.next().unwrap_or_default().all::<CredentialRow>()?;
    let mut view = view(&app);
    if let Some(view) = view.as_object_mut() {
        view.insert("credentials".into(), live.iter().map(credentials::view).collect());
    }
    Ok(Response::json(200, &json!({"ok": true, "app": view})))
}
