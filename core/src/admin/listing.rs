//! What every administrators' list takes and answers.

use serde_json::{Value, json};

use crate::{
    domain::id::Id,
    problem::Problem,
    store::listing::{Listed, Page},
    web::{request::Request, response::Response},
};

/// `page` and `pageSize`, clamped.
pub fn page(request: &Request, default_size: u32) -> Page {
    Page { number: request.query_number("page", 1, 1..=1_000_000), size: request.query_number("pageSize", default_size, 1..=100) }
}

/// An id to filter by; what is no id cannot be meant.
pub fn id_filter<T>(request: &Request, name: &'static str) -> Result<Option<Id<T>>, Problem> {
    match request.query_value(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => {
            Id::parse(&text).map(Some).ok_or_else(|| Problem::validation("Validation failed", vec![(name.into(), vec!["Invalid UUID".into()])]))
        }
    }
}

/// A filter that says something.
pub fn text_filter(request: &Request, name: &str) -> Option<String> {
    request.query_value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `totalIsExact` is there, and false, only when there are more than were counted.
pub fn respond<T>(listed: &Listed<T>, page: Page, view: impl Fn(&T) -> Value) -> Response {
    let items: Vec<Value> = listed.items.iter().map(view).collect();
    let mut body = json!({"ok": true, "items": items, "total": listed.total, "totalPages": pages(listed.total, page.size), "page": page.number});
    if let (false, Some(object)) = (listed.exact, body.as_object_mut()) {
        object.insert("totalIsExact".into(), json!(false));
    }
    Response::json(200, &body)
}

/// At least one: an empty list is a page too.
pub fn pages(total: i64, size: u32) -> i64 {
    let size = i64::from(size.max(1));
    ((total + size - 1) / size).max(1)
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn the_last_page_may_be_short_and_the_first_empty() {
        assert_eq!([pages(0, 25), pages(25, 25), pages(26, 25), pages(1, 100)], [1, 1, 2, 1]);
    }
}
