//! `GET …/portal/nav`: what the portal's pages offer this caller. The routes decide anyway; this only spares dead ends.

use serde_json::{Value, json};

use crate::{cx::Cx, domain::feature::Grants, problem::Problem, web::response::Response};

/// One page of the portal.
struct Item {
    group: &'static str,
    page: &'static str,
    label: &'static str,
    icon: &'static str,
    order: u32,
    /// Any of these opens it; none needed when empty.
    features: &'static [&'static str],
}

const ITEMS: [Item; 5] = [
    Item { group: "main", page: "dashboard", label: "Dashboard", icon: "home", order: 10, features: &[] },
    Item { group: "main", page: "users", label: "Users", icon: "users", order: 20, features: &["portal.users.view"] },
    Item { group: "account", page: "profile", label: "Profile", icon: "user", order: 10, features: &[] },
    Item { group: "account", page: "security", label: "Security", icon: "lock", order: 20, features: &[] },
    Item { group: "account", page: "notifications", label: "Notifications", icon: "bell", order: 30, features: &[] },
];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let slug = &actor.organization_slug;
    let groups: Vec<Value> = ["main", "account"]
        .iter()
        .map(|group| json!({"id": group, "items": items(group, slug, &actor.grants)}))
        .filter(|group| !is_empty(group))
        .collect();
    let granted = if actor.grants.admin { vec!["*".to_owned()] } else { actor.grants.features.clone() };
    Ok(Response::json(200, &json!({"ok": true, "orgSlug": slug, "groups": groups, "grantedFeatures": granted, "isPortalAdmin": actor.grants.admin})))
}

fn items(group: &str, slug: &str, grants: &Grants) -> Vec<Value> {
    let mut items: Vec<&Item> =
        ITEMS.iter().filter(|item| item.group == group && (item.features.is_empty() || item.features.iter().any(|f| grants.allow(f)))).collect();
    items.sort_by_key(|item| (item.order, item.label));
    items
        .iter()
        .map(|item| {
            json!({
                "id": format!("portal-nav:/[orgSlug]/portal/{}", item.page), "label": item.label, "labelKey": format!("portal.nav.{}", item.page),
                "href": format!("/{slug}/portal/{}", item.page), "icon": item.icon, "order": item.order,
            })
        })
        .collect()
}

fn is_empty(group: &Value) -> bool {
    group.get("items").and_then(Value::as_array).is_none_or(Vec::is_empty)
}
