//! `POST /api/apps/{id}/rules/what-if`: what would be decided about a request, and why. Decides by the code that decides.

use serde_json::{Value, json};

use super::super::target;
use crate::{
    cx::Cx,
    domain::{
        id::{Id, User},
        path_rule::{Access, Rules},
        realm::Realm,
        request_path::RequestPath,
        rule_document,
    },
    problem::Problem,
    store::path_rules::{self, HoldingRow, RulesRow},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("method", Kind::Text { min: 1, max: 20 }), required("path", Kind::Text { min: 1, max: 4_096 }), optional("user", Kind::Uuid)],
    refusal: Refusal::Detailed("Validation failed"),
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let user = cx.body.opt_id::<User>("user");
    let (app, mut rows) = target(cx, |id| {
        let mut queries = vec![path_rules::current(id)];
        queries.extend(user.map(path_rules::customer_holding));
        queries
    })
    .await?;
    let document = rows.next().unwrap_or_default().first::<RulesRow>()?;
    let found = rows.next().unwrap_or_default().first::<HoldingRow>()?;
    let rules = match &document {
        Some(row) => row.rules()?,
        None => Rules { realm: Realm::Customer, rules: Vec::new() },
    };
    let version = document.map_or(0, |row| row.version);
    let path = match RequestPath::read(cx.body.text("path")?) {
        Ok(path) => path,
        Err(riddle) => return Ok(Response::json(200, &json!({"ok": true, "version": version, "decision": "refused", "reason": riddle.about()}))),
    };
    let decision = rules.decide(cx.body.text("method")?, &path);
    let (access, features) = match decision.access {
        Access::Public => ("public", &[][..]),
        Access::Session => ("session", &[][..]),
        Access::All(features) => ("all", features.as_slice()),
        Access::Any(features) => ("any", features.as_slice()),
    };
    let mut answer = json!({
        "ok": true, "version": version, "path": path.to_string(), "rule": decision.rule, "access": access, "features": features,
        "realm": decision.realm.name(),
        "matched": decision.rule.and_then(|index| rules.rules.get(index)).map(rule_document::view),
        "decision": if *decision.access == Access::Public { "allowed" } else { "session_needed" },
    });
    if let (Some(user), Some(members)) = (user, answer.as_object_mut()) {
        let (word, reason) = as_user(&app.app()?, decision.access, decision.realm, user, found)?;
        members.insert("decision".into(), json!(word));
        members.insert("reason".into(), json!(reason));
    }
    Ok(Response::json(200, &answer))
}

/// What a customer of the app's tenant would be told.
fn as_user(
    app: &crate::domain::app::App,
    access: &Access,
    realm: Realm,
    _user: Id<User>,
    found: Option<HoldingRow>,
) -> Result<(&'static str, Value), Problem> {
    if *access == Access::Public {
        return Ok(("allowed", json!("anybody may")));
    }
    if realm == Realm::Staff {
        return Ok(("denied", json!("a session of staff is needed; only customers can be tried here")));
    }
    // Somebody of another tenant answers like nobody.
    let Some(row) = found.filter(|row| app.admits(Realm::Customer, row.tenant_id)) else {
        return Ok(("denied", json!("nobody whom the app is for")));
    };
    let (_, grants) = row.resolve()?;
    let lacking: Vec<&String> = access.features().iter().filter(|feature| !grants.allow(feature)).collect();
    Ok(if access.is_met_by(&grants) { ("allowed", json!("holds what is needed")) } else { ("denied", json!(format!("lacks {}", list(&lacking)))) })
}

fn list(features: &[&String]) -> String {
    features.iter().map(|feature| feature.as_str()).collect::<Vec<_>>().join(", ")
}
