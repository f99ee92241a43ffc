//! An app's rules as they are written, stored and shown: one JSON document, replaced as a whole.

use serde_json::{Map, Value, json};

use super::{
    app::is_grant,
    path_rule::{Access, MAX_FEATURES, MAX_RULES, Pattern, Rule, Rules, is_method},
    realm::Realm,
};

/// Where a document is wrong, and how.
pub type Fault = (String, String);

const MEMBERS: [&str; 6] = ["path", "methods", "access", "features", "match", "realm"];

/// Reads a list of rules. A member that is not known is refused, so that a slip of the pen never opens a path.
pub fn parse(realm: Realm, rules: &[Value]) -> Result<Rules, Fault> {
    if rules.len() > MAX_RULES {
        return Err(("rules".into(), format!("at most {MAX_RULES} rules")));
    }
    let read = |(index, value): (usize, &Value)| rule(value).map_err(|(member, why)| (format!("rules.{index}.{member}"), why));
    Ok(Rules { realm, rules: rules.iter().enumerate().map(read).collect::<Result<_, _>>()? })
}

fn rule(value: &Value) -> Result<Rule, Fault> {
    let wrong = |member: &str, why: &str| (member.to_owned(), why.to_owned());
    let Some(members) = value.as_object() else { return Err(wrong("", "an object")) };
    if let Some(stray) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err((stray.clone(), "not a member of a rule".into()));
    }
    let path = members.get("path").and_then(Value::as_str).ok_or_else(|| wrong("path", "Required"))?;
    let pattern = Pattern::parse(path).map_err(|why| wrong("path", why))?;
    let methods = texts(members, "methods").ok_or_else(|| wrong("methods", "a list of methods"))?;
    if let Some(odd) = methods.iter().find(|method| !is_method(method)) {
        return Err(("methods".into(), format!("`{odd}` is not a method that a rule may name")));
    }
    let features = texts(members, "features").ok_or_else(|| wrong("features", "a list of features"))?;
    let fits = |feature: &String| is_grant(feature) && !feature.ends_with('*');
    if features.len() > MAX_FEATURES || !features.iter().all(fits) {
        return Err(("features".into(), format!("at most {MAX_FEATURES} features, without wildcards")));
    }
    let access = match (members.get("access").and_then(Value::as_str), members.get("match").map(Value::as_str)) {
        (Some("public"), None) if features.is_empty() => Access::Public,
        (Some("session"), None) if features.is_empty() => Access::Session,
        (Some("features"), _) if features.is_empty() => return Err(wrong("features", "Required")),
        (Some("features"), None | Some(Some("all"))) => Access::All(features),
        (Some("features"), Some(Some("any"))) => Access::Any(features),
        (Some("public" | "session"), _) => return Err(wrong("features", "only with access `features`")),
        (Some("features"), _) => return Err(wrong("match", "`all` or `any`")),
        _ => return Err(wrong("access", "`public`, `session` or `features`")),
    };
    let realm = match members.get("realm") {
        None => None,
        Some(name) => Some(Realm::ALL.into_iter().find(|realm| name == realm.name()).ok_or_else(|| wrong("realm", "`customer` or `staff`"))?),
    };
    Ok(Rule { methods, pattern, access, realm })
}

/// A list of texts; empty when it is absent, `None` when it is something else.
fn texts(members: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    match members.get(name) {
        None => Some(Vec::new()),
        Some(value) => value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
    }
}

/// A rule as [`parse`] reads it.
pub fn view(rule: &Rule) -> Value {
    let mut members = Map::new();
    members.insert("path".into(), json!(rule.pattern.to_string()));
    if !rule.methods.is_empty() {
        members.insert("methods".into(), json!(rule.methods));
    }
    let (access, matching) = match &rule.access {
        Access::Public => ("public", None),
        Access::Session => ("session", None),
        Access::All(_) => ("features", Some("all")),
        Access::Any(_) => ("features", Some("any")),
    };
    members.insert("access".into(), json!(access));
    if let Some(matching) = matching {
        members.insert("match".into(), json!(matching));
        members.insert("features".into(), json!(rule.access.features()));
    }
    if let Some(realm) = rule.realm {
        members.insert("realm".into(), json!(realm.name()));
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_it_is_shown() {
        let shown = json!([
            {"path": "/", "access": "public"},
            {"path": "/assets/**", "methods": ["GET"], "access": "public"},
            {"path": "/orders/*/pay", "methods": ["POST", "PUT"], "access": "features", "match": "all", "features": ["portal.orders.view", "portal.invoices.pay"]},
            {"path": "/back/**", "access": "features", "match": "any", "features": ["auth.users.list"], "realm": "staff"},
            {"path": "/**", "access": "session"},
        ]);
        let rules = parse(Realm::Customer, shown.as_array().unwrap()).unwrap();
        assert_eq!(Value::from(rules.rules.iter().map(view).collect::<Vec<_>>()), shown);
    }

    #[test]
    fn slips_of_the_pen_are_refused_by_name() {
        for (rule, field) in [
            (json!(7), "rules.0."),
            (json!({"access": "public"}), "rules.0.path"),
            (json!({"path": "/a"}), "rules.0.access"),
            (json!({"path": "/a", "access": "open"}), "rules.0.access"),
            (json!({"path": "/a/../b", "access": "public"}), "rules.0.path"),
            (json!({"path": "/a", "access": "session", "feature": ["x"]}), "rules.0.feature"),
            (json!({"path": "/a", "access": "session", "features": ["x"]}), "rules.0.features"),
            (json!({"path": "/a", "access": "features"}), "rules.0.features"),
            (json!({"path": "/a", "access": "features", "features": []}), "rules.0.features"),
            (json!({"path": "/a", "access": "features", "features": ["a.*"]}), "rules.0.features"),
            (json!({"path": "/a", "access": "features", "features": "a"}), "rules.0.features"),
            (json!({"path": "/a", "access": "features", "features": ["a"], "match": "some"}), "rules.0.match"),
            (json!({"path": "/a", "access": "features", "features": ["a"], "match": null}), "rules.0.match"),
            (json!({"path": "/a", "access": "public", "match": "any"}), "rules.0.features"),
            (json!({"path": "/a", "access": "public", "methods": ["get"]}), "rules.0.methods"),
            (json!({"path": "/a", "access": "public", "methods": null}), "rules.0.methods"),
            (json!({"path": "/a", "access": "public", "realm": "both"}), "rules.0.realm"),
        ] {
            assert_eq!(parse(Realm::Customer, std::slice::from_ref(&rule)).unwrap_err().0, field, "{rule}");
        }
        let many = vec![json!({"path": "/a", "access": "public"}); MAX_RULES + 1];
        assert!(parse(Realm::Customer, &many).is_err());
    }
}
