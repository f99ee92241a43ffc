//! `GET /api/return?to=…`: whether a sign-in page may send somebody there. A path of our own, or an app's registered host.

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{outward, redirect},
    problem::Problem,
    store::{path_rules, users::Count},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let no = || Problem::invalid("to must be a path of this site or an address of a registered app").member("field", "to");
    let wanted = cx.request.query_value("to").ok_or_else(no)?;
    let own = cx.request.origin();
    if let Some(path) = redirect::own_path(&wanted, &[&own, &cx.deployment.config.app_url]) {
        return Ok(Response::json(200, &json!({"ok": true, "to": path})));
    }
    let development = cx.deployment.config.is_development();
    let (host, address) = redirect::outside(&wanted, development).ok_or_else(no)?;
    let host = outward::host(&host, development).map_err(|_| no())?;
    let known = cx.read_one(path_rules::is_registered(&host)).await?.first::<Count>()?;
    if known.is_none() {
        return Err(no());
    }
    Ok(Response::json(200, &json!({"ok": true, "to": address})))
}
