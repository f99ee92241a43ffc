use serde_json::json;

use super::*;

fn id<T>(n: u8) -> Id<T> {
    Id::new(Millis(1), [n; 10])
}

const TENANT: u8 = 1;
const HERE: u8 = 2;
const USER: u8 = 3;
const SESSION: u8 = 4;
const ELSEWHERE: u8 = 9;

fn customer() -> Listener {
    Listener { realm: Realm::Customer, tenant: id(TENANT), organization: Some(id(HERE)), user: id(USER), session: id(SESSION), watches: Vec::new() }
}

fn staff(feature: &str, scope: Scope) -> Listener {
    Listener { realm: Realm::Staff, watches: vec![Watch { feature: feature.into(), scope }], ..customer() }
}

fn item(kind: Kind, subject: u8) -> Item {
    Item {
        seq: 7,
        kind,
        realm: None,
        tenant: id(TENANT),
        organization: Some(id(HERE)),
        above: vec![id(HERE), id(5)],
        partner: None,
        subject: id(subject),
        recipient: None,
        name: String::new(),
        payload: Value::Null,
        at: Millis(42),
    }
}

/// An event of the listener's tenant and organization, with further members in its payload.
fn event(name: &str, members: &Value) -> Item {
    let mut payload = json!({"tenantId": id::<Tenant>(TENANT)});
    payload.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    Item { name: name.into(), payload, ..item(Kind::Event, 8) }
}

const UPDATED: &str = "customer_accounts.user.updated";

#[test]
fn a_payload_narrows_its_audience_and_never_widens_it() {
    let (me, here, other) = (id::<User>(USER).to_string(), id::<Organization>(HERE).to_string(), id::<User>(ELSEWHERE).to_string());
    let cases = [
        (json!({}), Verdict::Tell),
        (json!({"recipientUserId": me}), Verdict::Tell),
        (json!({"recipientUserId": other}), Verdict::Nothing),
        (json!({"recipientUserIds": [other, me]}), Verdict::Tell),
        (json!({"recipientUserIds": []}), Verdict::Nothing),
        (json!({"recipientUserIds": other}), Verdict::Nothing),
        (json!({"recipientUserId": 7}), Verdict::Nothing),
        (json!({"organizationId": here}), Verdict::Tell),
        (json!({"organizationId": other}), Verdict::Nothing),
        (json!({"organizationIds": [other]}), Verdict::Nothing),
        (json!({"organizationIds": [other, here], "recipientUserId": me}), Verdict::Tell),
        (json!({"tenantId": other}), Verdict::Nothing),
        (json!({"tenantId": null}), Verdict::Nothing),
    ];
    for (members, expected) in cases {
        assert_eq!(judge(&customer(), &event(UPDATED, &members)), expected, "{members}");
    }
}

#[test]
fn another_organization_or_tenant_hears_nothing_whatever_the_payload_says() {
    let me = json!({"recipientUserId": id::<User>(USER), "organizationId": id::<Organization>(HERE)});
    assert_eq!(judge(&customer(), &Item { organization: Some(id(ELSEWHERE)), ..event(UPDATED, &me) }), Verdict::Nothing);
    assert_eq!(judge(&customer(), &Item { organization: None, ..event(UPDATED, &me) }), Verdict::Nothing);
    assert_eq!(judge(&customer(), &Item { tenant: id(ELSEWHERE), ..event(UPDATED, &me) }), Verdict::Nothing);
    assert_eq!(judge(&Listener { organization: None, ..customer() }, &event(UPDATED, &json!({}))), Verdict::Nothing);
}

#[test]
fn only_declared_events_go_out() {
    for name in ["customer_accounts.login.failed", "customer_accounts.user.created", "auth.user.updated", ""] {
        assert_eq!(judge(&customer(), &event(name, &json!({}))), Verdict::Nothing, "{name}");
    }
    let all = staff("customer_accounts.view", Scope { everything: true, ..Scope::default() });
    for name in ["customer_accounts.login.failed", "auth.login.success", "platform.keys.changed"] {
        assert_eq!(judge(&all, &event(name, &json!({}))), Verdict::Nothing, "{name}");
    }
}

#[test]
fn staff_hear_of_what_their_lists_show() {
    let created = event("customer_accounts.user.created", &json!({"recipientUserId": id::<User>(ELSEWHERE)}));
    let at = |organization: u8| Scope { organizations: vec![id(organization)], ..Scope::default() };
    let tenant = Scope { tenants: vec![id(TENANT)], ..Scope::default() };
    assert_eq!(judge(&staff("customer_accounts.view", tenant.clone()), &created), Verdict::Tell);
    assert_eq!(judge(&staff("customer_accounts.view", at(HERE)), &created), Verdict::Tell);
    assert_eq!(judge(&staff("customer_accounts.view", at(5)), &created), Verdict::Tell, "who works above works here");
    assert_eq!(judge(&staff("customer_accounts.view", at(ELSEWHERE)), &created), Verdict::Nothing);
    assert_eq!(judge(&staff("auth.users.list", tenant.clone()), &created), Verdict::Nothing);
    let whole = Item { organization: None, above: Vec::new(), ..event("auth.user.created", &json!({})) };
    assert_eq!(judge(&staff("auth.users.list", tenant), &whole), Verdict::Tell);
    assert_eq!(judge(&staff("auth.users.list", at(HERE)), &whole), Verdict::Nothing);
}

#[test]
fn a_notification_is_its_recipients() {
    let notice = |realm, recipient| Item { realm: Some(realm), recipient: Some(id(recipient)), name: "a.b".into(), ..item(Kind::Notice, 8) };
    assert_eq!(judge(&customer(), &notice(Realm::Customer, USER)), Verdict::Tell);
    assert_eq!(judge(&customer(), &notice(Realm::Customer, ELSEWHERE)), Verdict::Nothing);
    assert_eq!(judge(&customer(), &notice(Realm::Staff, USER)), Verdict::Nothing);
    assert_eq!(judge(&customer(), &Item { recipient: None, ..notice(Realm::Customer, USER) }), Verdict::Nothing);
}

#[test]
fn what_voids_the_access_ends_the_stream_and_nobody_elses() {
    for (kind, subject) in [(Kind::Session, SESSION), (Kind::User, USER), (Kind::Organization, HERE)] {
        assert_eq!(judge(&customer(), &item(kind, subject)), Verdict::End, "{kind:?}");
        assert_eq!(judge(&customer(), &item(kind, ELSEWHERE)), Verdict::Nothing, "{kind:?}");
        assert_eq!(judge(&customer(), &Item { tenant: id(ELSEWHERE), ..item(kind, subject) }), Verdict::Nothing, "{kind:?}");
    }
    assert_eq!(judge(&customer(), &item(Kind::Tenant, TENANT)), Verdict::End);
    assert_eq!(judge(&customer(), &Item { realm: Some(Realm::Staff), ..item(Kind::Tenant, TENANT) }), Verdict::Nothing);
}

#[test]
fn a_frame_is_the_wires() {
    let event = event(UPDATED, &json!({"organizationId": "o", "text": "a\nb"}));
    let tenant = id::<Tenant>(TENANT);
    let data =
        format!(r#"{{"id":"{UPDATED}","organizationId":"o","payload":{{"organizationId":"o","tenantId":"{tenant}","text":"a\nb"}},"timestamp":42}}"#);
    assert_eq!(frame(&event).unwrap(), format!("id: 7\ndata: {data}\n\n"));
    assert_eq!(position(9), "retry: 1000\nid: 9\n\n");
}

#[test]
fn an_event_that_is_too_long_is_shortened_or_dropped() {
    let text = frame(&event(UPDATED, &json!({"id": "u", "entityId": "e", "rest": "x".repeat(4_096)}))).unwrap();
    let data: Value = serde_json::from_str(text.strip_prefix("id: 7\ndata: ").unwrap().trim_end()).unwrap();
    assert_eq!(data["payload"], json!({"truncated": true, "id": "u", "entityId": "e"}));
    assert_eq!(frame(&event(UPDATED, &json!({"id": "u".repeat(4_096)}))), None);
}
