//! Tenants and their partners, organizations, merchants.

pub mod branding;
pub mod founding;
pub mod logo;
pub mod lookup;
pub mod merchants;
pub mod organizations;
pub mod partners;
mod query;
pub mod switcher;
pub mod tenants;

use serde_json::{Map, Value, json};

use crate::{
    cx::Cx,
    domain::id::Id,
    problem::Problem,
    store::listing::{Listed, Page},
    web::{json, request::Body, response::Response},
};

/// The id a deletion names, in the query or in a JSON body. What is no id names nothing.
fn named<T>(cx: &Cx<'_>, unnamed: &'static str, missing: &'static str) -> Result<Id<T>, Problem> {
    let in_body = || match &cx.request.body {
        Body::Bytes(bytes) => json::parse(bytes).ok()?.get("id")?.as_str().map(str::to_owned),
        Body::TooLarge => None,
    };
    let text = cx.request.query_value("id").filter(|text| !text.is_empty()).or_else(in_body).ok_or_else(|| Problem::invalid(unnamed))?;
    Id::parse(&text).ok_or_else(|| Problem::not_found(missing))
}

/// A page of a list, as the directory's lists show it.
fn paged<T>(listed: &Listed<T>, page: Page, view: impl Fn(&T) -> Value) -> Response {
    let items: Vec<Value> = listed.items.iter().map(view).collect();
    Response::json(200, &pages(items, listed.total, listed.exact, page))
}

/// `totalIsExact` is there, and false, only when there are more than were counted.
fn pages(items: Vec<Value>, total: i64, exact: bool, page: Page) -> Map<String, Value> {
    let size = i64::from(page.size.max(1));
    let mut body = Map::new();
    body.insert("items".into(), items.into());
    body.insert("total".into(), total.into());
    body.insert("page".into(), page.number.into());
    body.insert("pageSize".into(), page.size.into());
    body.insert("totalPages".into(), ((total + size - 1) / size).max(1).into());
    if !exact {
        body.insert("totalIsExact".into(), json!(false));
    }
    body
}

/// What changed, field by field, for the trail: `{field: {before, after}}`.
pub fn changes(fields: &[(&str, Value, Value)]) -> Value {
    let changed = fields.iter().filter(|(_, before, after)| before != after);
    changed.map(|(name, before, after)| ((*name).to_owned(), json!({"before": before, "after": after}))).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let told = changes(&[("name", json!("a"), json!("b")), ("slug", json!("x"), json!("x")), ("logoUrl", Value::Null, json!("y"))]);
        assert_eq!(told, json!({"name": {"before": "a", "after": "b"}, "logoUrl": {"before": null, "after": "y"}}));
    }

    #[test]
    fn an_empty_list_has_one_page() {
        let body = pages(Vec::new(), 0, true, Page { number: 1, size: 50 });
        assert_eq!(Value::from(body), json!({"items": [], "total": 0, "page": 1, "pageSize": 50, "totalPages": 1}));
        assert_eq!(pages(Vec::new(), 51, false, Page { number: 2, size: 50 }).get("totalPages"), Some(&json!(2)));
    }
}
