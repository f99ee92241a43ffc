//! `/dev/inbox` for people, `/dev/inbox.json?to=ADDRESS` for tools: every mail that development sent, newest first.

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    problem::Problem,
    store::inbox::{self, InboxRow},
    web::response::Response,
};

const MOST: i64 = 200;

async fn rows(cx: &Cx<'_>) -> Result<Vec<InboxRow>, Problem> {
    let to = cx.request.query_value("to").map(|to| to.trim().to_lowercase()).filter(|to| !to.is_empty());
    Ok(cx.read_one(inbox::list(to.as_deref(), MOST)).await?.all()?)
}

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let views: Vec<Value> = rows(cx).await?.iter().map(view).collect();
    Ok(Response::json(200, &views))
}

fn view(row: &InboxRow) -> Value {
    let links: Value = serde_json::from_str(&row.links).unwrap_or_default();
    json!({"id": row.id, "to": row.recipient, "subject": row.subject, "text": row.text, "html": row.html, "links": links, "createdAt": row.created_at})
}

pub async fn page(cx: &Cx<'_>) -> Result<Response, Problem> {
    let rows = rows(cx).await?;
    let mails: String = rows.iter().map(article).collect();
    let body = if rows.is_empty() { "<p class=\"empty\">No mail yet. Sign up or ask for a link, and it shows here.</p>".to_owned() } else { mails };
    Ok(Response::html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Inbox · Portcullis development</title><link rel=\"stylesheet\" href=\"/assets/dev.css\"></head><body><main>\
         <h1>Inbox</h1><p>Every mail this development server sent, newest first. For tools: <a href=\"/dev/inbox.json\">/dev/inbox.json?to=ADDRESS</a></p>\
         <form role=\"search\"><label for=\"to\">Address</label> <input id=\"to\" name=\"to\" type=\"email\" autocomplete=\"off\"> <button>Filter</button></form>\
         {body}</main></body></html>"
    )))
}

fn article(row: &InboxRow) -> String {
    let links: Vec<String> = serde_json::from_str(&row.links).unwrap_or_default();
    let links: String = links.iter().map(|link| format!("<li><a href=\"{0}\">{0}</a></li>", escape(link))).collect();
    format!(
        "<article><h2>{}</h2><dl><dt>To</dt><dd>{}</dd><dt>Sent</dt><dd><time>{}</time></dd></dl><ul>{links}</ul><pre>{}</pre></article>",
        escape(&row.subject),
        escape(&row.recipient),
        row.created_at.iso(),
        escape(&row.text)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
