//! `GET …/admin/features` and `GET /api/auth/features`: what a role or account of a realm can be granted, for whoever
//! edits an ACL.

use serde_json::{Value, json};

use crate::{
    cx::Cx,
    domain::{
        realm::Realm,
        registry::{FEATURES, Feature, MODULES},
    },
    problem::Problem,
    web::response::Response,
};

pub async fn of_customers(_: &Cx<'_>) -> Result<Response, Problem> {
    Ok(registered(Realm::Customer))
}

pub async fn of_staff(_: &Cx<'_>) -> Result<Response, Problem> {
    Ok(registered(Realm::Staff))
}

fn registered(realm: Realm) -> Response {
    let mut features: Vec<&Feature> = FEATURES.iter().filter(|feature| feature.realm == realm).collect();
    features.sort_by_key(|feature| (feature.module, feature.id));
    let modules: Vec<Value> = MODULES
        .iter()
        .filter(|(id, _)| features.iter().any(|feature| feature.module == *id))
        .map(|(id, title)| json!({"id": id, "title": title}))
        .collect();
    Response::json(200, &json!({"items": features.into_iter().map(view).collect::<Vec<_>>(), "modules": modules}))
}

fn view(feature: &Feature) -> Value {
    let mut view = json!({"id": feature.id, "title": feature.title, "module": feature.module});
    if let (false, Some(object)) = (feature.needs.is_empty(), view.as_object_mut()) {
        object.insert("dependsOn".into(), json!(feature.needs));
    }
    view
}
