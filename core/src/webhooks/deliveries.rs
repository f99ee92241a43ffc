//! What an endpoint was sent and how that went: `GET …/{id}/deliveries`, and one of them with its tries.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{VIEW, send, target};
use crate::{
    admin::listing::{page, respond},
    cx::Cx,
    domain::id::Record,
    ports::Rows,
    problem::Problem,
    store::{
        listing::Listed,
        users::Count,
        webhook_deliveries::{self as deliveries, AttemptRow, DeliveryRow},
    },
    web::response::Response,
};

pub const MISSING: &str = "Delivery not found";
const PAGE_SIZE: u32 = 25;
const STATES: [&str; 3] = ["pending", "delivered", "dead"];

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let state = cx.request.query_value("state").filter(|text| !text.is_empty());
    if state.as_ref().is_some_and(|state| !STATES.contains(&state.as_str())) {
        return Err(Problem::validation("Validation failed", vec![("state".into(), vec![format!("Expected one of: {}", STATES.join(", "))])]));
    }
    let row = target(cx, VIEW).await?;
    let page = page(cx.request, PAGE_SIZE);
    let mut rows = cx.read(deliveries::page(row.id, state.as_deref(), page).to_vec()).await?.into_iter();
    let items = next(&mut rows).all::<DeliveryRow>()?;
    let (total, exact) = deliveries::counted(next(&mut rows).first::<Count>()?.map_or(0, |count| count.n));
    Ok(respond(&Listed { items, total, exact }, page, DeliveryRow::view))
}

/// An event as its row has it.
#[derive(Deserialize)]
struct EventRow {
    name: String,
    payload: String,
    happened_at: crate::domain::time::Millis,
    tenant_id: crate::domain::id::Id<crate::domain::id::Tenant>,
    organization_id: Option<crate::domain::id::Id<crate::domain::id::Organization>>,
}

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let row = target(cx, VIEW).await?;
    let id = cx.id_param::<Record>("delivery", MISSING)?;
    let mut rows = cx.read(deliveries::one(row.id, id).to_vec()).await?.into_iter();
    let delivery = next(&mut rows).first::<DeliveryRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    let attempts: Vec<Value> = next(&mut rows).all::<AttemptRow>()?.iter().map(AttemptRow::view).collect();
    let event = next(&mut rows).first::<EventRow>()?;
    let message = event.map(|event| send::message(&event.name, event.happened_at, event.tenant_id, event.organization_id, &event.payload));
    let mut view = delivery.view();
    if let Some(view) = view.as_object_mut() {
        view.insert("message".into(), message.unwrap_or_default());
        view.insert("log".into(), attempts.into());
    }
    Ok(Response::json(200, &json!({"ok": true, "delivery": view})))
}

fn next(rows: &mut impl Iterator<Item = Rows>) -> Rows {
    rows.next().unwrap_or_default()
}
