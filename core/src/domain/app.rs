//! Origin apps, and what a token for one says.
//!
//! A token is for one app: `aud` is the app's audience, `type` is `app`, which our own routes refuse on both counts. Of
//! what a person may do it tells only what the app's own grants cover.

use serde_json::{Map, Value, json};

use super::{
    feature::Grants,
    id::{self, Id, Organization, Record, Session, Tenant, User},
    outward,
    realm::Realm,
    time::Millis,
};

/// The `type` of every app token.
pub const KIND: &str = "app";

/// What a token is minted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    pub id: Id<id::App>,
    /// `None`: an app of the platform, for people of every tenant.
    pub tenant: Option<Id<Tenant>>,
    pub audience: String,
    /// Grants.
    pub features: Vec<String>,
    pub customers: bool,
    pub staff: bool,
    /// Whether tokens say that somebody is portal admin or super admin.
    pub admin_claims: bool,
}

impl App {
    /// Whether people of a realm and tenant are this app's business.
    pub fn admits(&self, realm: Realm, tenant: Id<Tenant>) -> bool {
        let of_realm = match realm {
            Realm::Customer => self.customers,
            Realm::Staff => self.staff,
        };
        of_realm && self.tenant.is_none_or(|own| own == tenant)
    }
}

/// Whom a token is about: an actor of a live session, or what a fresh access token said of one.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    pub realm: Realm,
    pub user: Id<User>,
    pub session: Id<Session>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub email: &'a str,
    pub display_name: &'a str,
    /// As access tokens name them.
    pub roles: Vec<&'a str>,
    pub grants: &'a Grants,
    pub session_ends: Millis,
}

/// What makes a token of its own out of an app and a person.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    pub issuer: &'a str,
    pub jti: Id<Record>,
    pub now: Millis,
    /// Seconds.
    pub life: i64,
}

/// When a token expires, seconds: with its session at the latest.
pub fn expiry(person: &Person, stamp: Stamp) -> i64 {
    (stamp.now.seconds() + stamp.life).min(person.session_ends.seconds())
}

/// What a token has room for. What is left out, it says so of, and verifiers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    All,
    NoFeatures,
    /// Neither features nor roles.
    Least,
}

/// The claims of a token.
pub fn claims(app: &App, person: &Person, stamp: Stamp, room: Room) -> Map<String, Value> {
    let now = stamp.now.seconds();
    let mut claims = members(json!({
        "iss": stamp.issuer, "aud": app.audience, "iat": now, "exp": expiry(person, stamp), "jti": stamp.jti, "type": KIND, "realm": person.realm.name(),
    }));
    claims.extend(about(app, person));
    if room == Room::Least {
        claims.remove("roles");
        claims.insert("rolesOmitted".into(), json!(true));
    }
    match person.grants.narrowed(&app.features).as_list().filter(|_| room == Room::All) {
        Some(features) => claims.insert("resolvedFeatures".into(), json!(features)),
        None => claims.insert("featuresOmitted".into(), json!(true)),
    };
    claims
}

/// Who the person is, as far as the app may know.
pub fn about(app: &App, person: &Person) -> Map<String, Value> {
    let mut about = members(json!({
        "sub": person.user, "sid": person.session, "tenantId": person.tenant, "orgId": person.organization, "email": person.email,
        "displayName": person.display_name, "roles": person.roles,
    }));
    if app.admin_claims {
        let name = match person.realm {
            Realm::Customer => "isPortalAdmin",
            Realm::Staff => "isSuperAdmin",
        };
        about.insert(name.into(), json!(person.grants.admin));
    }
    about
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Audiences of our own, whose tokens open our routes.
const RESERVED: [&str; 5] = ["customer", "staff", "app", "portcullis", "*"];

/// An audience as it is stored, or why not: a URL, or a plain name. `ours` are the deployment's own addresses.
pub fn audience(text: &str, ours: &[&str], development: bool) -> Result<String, &'static str> {
    let taken = if text.contains("://") {
        outward::url(text, development)?
    } else {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        if !(3..=100).contains(&text.len()) || !text.bytes().all(plain) {
            return Err("an https URL, or 3 to 100 of a-z, 0-9, `.`, `_` and `-`");
        }
        text.to_owned()
    };
    let own = ours.iter().any(|own| own.trim_end_matches('/').eq_ignore_ascii_case(taken.trim_end_matches('/')));
    if own || RESERVED.contains(&taken.as_str()) { Err("reserved") } else { Ok(taken) }
}

/// Whether a text is a grant: `area.thing.action`, perhaps ending in `.*`, or `*`.
pub fn is_grant(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    text == "*" || (text.len() <= 100 && text.strip_suffix(".*").unwrap_or(text).split('.').all(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(features: &[&str], admin_claims: bool) -> App {
        let features = features.iter().map(|f| (*f).to_owned()).collect();
        App { id: Id::new(Millis(1), [0; 10]), tenant: None, audience: "shop".into(), features, customers: true, staff: false, admin_claims }
    }

    fn said(app: &App, grants: &Grants, realm: Realm) -> Map<String, Value> {
        let id = Millis(2);
        let person = Person {
            realm,
            user: Id::new(id, [1; 10]),
            session: Id::new(id, [2; 10]),
            tenant: Id::new(id, [3; 10]),
            organization: None,
            email: "a@b.co",
            display_name: "A",
            roles: vec!["buyer"],
            grants,
            session_ends: Millis(900_000),
        };
        claims(app, &person, Stamp { issuer: "https://id.example.com", jti: Id::new(id, [4; 10]), now: Millis(60_000), life: 600 }, Room::All)
    }

    #[test]
    fn an_app_hears_of_what_its_grants_cover_and_nothing_else() {
        let grants = Grants { features: vec!["shop.*".into(), "portal.users.view".into()], ..Grants::default() };
        let claims = said(&app(&["shop.orders.*", "shop.cart"], true), &grants, Realm::Customer);
        assert_eq!(claims["resolvedFeatures"], json!(["shop.orders.*", "shop.cart"]));
        assert_eq!((&claims["aud"], &claims["type"], &claims["realm"]), (&json!("shop"), &json!("app"), &json!("customer")));
        assert_eq!((&claims["exp"], &claims["isPortalAdmin"]), (&json!(660), &json!(false)));
        assert!(!claims.contains_key("isSuperAdmin"));
    }

    #[test]
    fn the_flag_of_an_admin_is_told_to_those_who_may_know_and_stands_for_what_the_app_may_hear() {
        let admin = Grants { admin: true, ..Grants::default() };
        let claims = said(&app(&["shop.*"], false), &admin, Realm::Staff);
        assert_eq!(claims["resolvedFeatures"], json!(["shop.*"]));
        assert!(!claims.contains_key("isSuperAdmin") && !claims.contains_key("isPortalAdmin"));
        assert_eq!(said(&app(&[], true), &admin, Realm::Staff)["isSuperAdmin"], json!(true));
    }

    #[test]
    fn a_denial_that_a_list_cannot_say_leaves_the_features_out() {
        let grants = Grants { features: vec!["shop.*".into()], denied: vec!["shop.cart".into()], admin: false };
        assert_eq!(said(&app(&["shop.*"], false), &grants, Realm::Staff)["featuresOmitted"], json!(true));
        assert_eq!(said(&app(&["shop.orders"], false), &grants, Realm::Staff)["resolvedFeatures"], json!(["shop.orders"]));
    }

    #[test]
    fn an_audience_is_never_one_of_ours() {
        let ours = ["https://id.example.com"];
        for bad in [
            "customer",
            "staff",
            "app",
            "https://id.example.com",
            "https://ID.example.com/",
            "a",
            "Shop",
            "shop app",
            "http://shop.example.com",
            "https://10.0.0.1",
        ] {
            assert!(audience(bad, &ours, false).is_err(), "{bad}");
        }
        for good in ["shop", "shop.orders-v2", "https://shop.example.com", "https://id.example.com/shop"] {
            assert_eq!(audience(good, &ours, false).as_deref(), Ok(good));
        }
    }

    #[test]
    fn grants_have_a_shape() {
        for good in ["*", "a", "a.b", "a.b.*", "portal.orders-2.view_all"] {
            assert!(is_grant(good), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a.*.b", "*.a", "A.b", "a b", "a.**", &"a".repeat(101)] {
            assert!(!is_grant(bad), "{bad}");
        }
    }
}
