//! What goes over a stream, as text/event-stream (WHATWG HTML §9.2).

use serde_json::{Value, json};

use super::{Item, Kind};

/// The JSON of an event at most, as the wire has it.
const MOST: usize = 4_096;

/// Sent when nothing else was for a while. Clients give a silent stream up.
pub const HEARTBEAT: &str = ":heartbeat\n\n";

/// Something was missed that cannot be made good: what is shown has to be read again. It has a name of its own, so that
/// clients who only know events do not take it for one.
pub const RESET: &str = "event: reset\ndata: {}\n\n";

/// The first bytes of every stream.
pub const fn opening() -> &'static str {
    ": connected\n\n"
}

/// The last bytes of a stream that we end.
pub const fn closing() -> &'static str {
    ": closed\n\n"
}

/// Where a stream begins, so that one that breaks off before its first event resumes too; and how long to wait before.
pub fn position(seq: i64) -> String {
    format!("retry: 1000\nid: {seq}\n\n")
}

/// One event. Nothing where even its shortest form is too long.
pub fn frame(item: &Item) -> Option<String> {
    let (name, payload) = match item.kind {
        Kind::Notice => ("notifications.notification.created", notice(item)),
        _ => (item.name.as_str(), item.payload.clone()),
    };
    let named = payload.get("organizationId").or_else(|| payload.get("organizationIds")?.get(0)).and_then(Value::as_str).map(str::to_owned);
    let organization = named.or_else(|| item.organization.map(|id| id.to_string())).unwrap_or_default();
    let text = |payload: &Value| json!({"id": name, "payload": payload, "timestamp": item.at.0, "organizationId": organization}).to_string();
    let fits = |text: &String| text.len() <= MOST;
    let whole = Some(text(&payload)).filter(fits);
    let data = whole.or_else(|| Some(text(&shortened(&payload))).filter(fits))?;
    Some(format!("id: {}\ndata: {data}\n\n", item.seq))
}

/// What a notification's event says. What it is about is read by the route that lists them.
fn notice(item: &Item) -> Value {
    json!({
        "id": item.subject, "type": item.name, "recipientUserId": item.recipient, "tenantId": item.tenant, "organizationId": item.organization,
    })
}

fn shortened(payload: &Value) -> Value {
    let mut short = json!({"truncated": true});
    if let Some(object) = short.as_object_mut() {
        for name in ["id", "entityId"] {
            if let Some(value) = payload.get(name) {
                object.insert(name.into(), value.clone());
            }
        }
    }
    short
}
