use super::*;
use crate::moving::line::parse;

fn id<T>(n: u8) -> Id<T> {
    Id::new(Millis(1), [n; 10])
}

fn place() -> Place {
    Place {
        may: May { manage: true, acls: true, companies: true, people: true },
        roles: [("buyer".to_owned(), id(1)), ("viewer".to_owned(), id(2))].into(),
        companies: [("c-1".to_owned(), id(3))].into(),
        ..Place::default()
    }
}

fn standing() -> Existing {
    Existing {
        id: id(9),
        here: true,
        display_name: "Ann".into(),
        locale: "en".into(),
        verified: true,
        has_password: true,
        company: Some(id(3)),
        person: None,
        roles: vec![id(1)],
        acl: None,
        read: None,
    }
}

fn line(rest: &str) -> Line {
    parse(&format!(r#"{{"email":"ann@x.example"{rest}}}"#), Millis(50)).unwrap()
}

fn weighed(rest: &str, existing: Option<&Existing>, place: &mut Place) -> Outcome {
    decide(&line(rest), existing, place, &|| id(77))
}

fn field(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.field,
        other => panic!("{other:?}"),
    }
}

const HASH: &str = r#","passwordHash":"$2b$05$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K""#;

/// The same file again, months later: whatever happened since stays.
#[test]
fn a_standing_account_keeps_its_password_its_proof_and_its_state() {
    let all = format!(r#","displayName":"Ann","emailVerified":true,"isActive":false,"roles":["buyer"],"companyExternalId":"c-1"{HASH}"#);
    assert_eq!(weighed(&all, Some(&standing()), &mut place()), Outcome::Unchanged);
    assert_eq!(weighed(r#","emailVerified":false"#, Some(&standing()), &mut place()), Outcome::Unchanged);
}

#[test]
fn what_is_new_is_all_that_changes() {
    let none = Existing { has_password: false, verified: false, ..standing() };
    let Outcome::Updated(wanted) =
        weighed(&format!(r#","displayName":"Ann B.","emailVerified":true,"roles":["viewer","viewer"]{HASH}"#), Some(&none), &mut place())
    else {
        panic!()
    };
    assert_eq!((wanted.display_name.as_deref(), wanted.verified_at, wanted.roles), (Some("Ann B."), Some(Millis(50)), Some(vec![id(2)])));
    assert!(wanted.password.is_some() && wanted.company.is_none() && wanted.acl.is_none());
    let same = Existing { acl: Some(Acl { features: vec![], is_portal_admin: false }), ..standing() };
    assert_eq!(weighed(r#","features":[]"#, Some(&same), &mut place()), Outcome::Unchanged);
    assert!(matches!(weighed(r#","features":[]"#, Some(&standing()), &mut place()), Outcome::Updated(_)));
}

#[test]
fn an_account_of_another_organization_is_nobodys_business() {
    assert_eq!(field(weighed("", Some(&Existing { here: false, ..standing() }), &mut place())), "email");
}

/// Rule 5: nobody gives by a file what they could not give by hand.
#[test]
fn a_line_gives_no_more_than_its_sender_could() {
    let mut bare = Place { may: May::default(), ..place() };
    assert!(matches!(weighed("", None, &mut bare), Outcome::Created(_)));
    assert!(matches!(weighed(r#","roles":[]"#, None, &mut bare), Outcome::Created(_)), "no roles are none");
    for (rest, named) in [
        (r#","roles":["buyer"]"#, "roles"),
        (r#","companyExternalId":"c-1""#, "companyExternalId"),
        (r#","personExternalId":"p","personName":"P""#, "personExternalId"),
        (r#","features":["portal.orders.view"]"#, "features"),
    ] {
        assert_eq!(field(weighed(rest, None, &mut bare)), named);
    }
    assert_eq!(field(weighed(r#","displayName":"Other""#, Some(&standing()), &mut bare)), "email", "nor change who is there");
    let mut no_companies = Place { may: May { companies: false, ..place().may }, ..place() };
    assert_eq!(field(weighed(r#","companyExternalId":"new","companyName":"New""#, None, &mut no_companies)), "companyExternalId");
    assert!(matches!(weighed(r#","companyExternalId":"c-1""#, None, &mut no_companies), Outcome::Created(_)), "one that is there is linked");
    let mut no_acls = Place { may: May { acls: false, ..place().may }, ..place() };
    assert_eq!(field(weighed(r#","features":["*"],"isPortalAdmin":true"#, None, &mut no_acls)), "features");
}

#[test]
fn a_company_comes_along_once_and_with_nobody_who_is_refused() {
    let mut place = place();
    assert_eq!(field(weighed(r#","companyExternalId":"new","companyName":"New","personExternalId":"p""#, None, &mut place)), "personExternalId");
    assert!(place.made.is_empty() && !place.companies.contains_key("new"), "a refused line brings nothing along");
    for _ in 0..2 {
        assert!(matches!(weighed(r#","companyExternalId":"new","companyName":"New""#, None, &mut place), Outcome::Created(_)));
    }
    assert_eq!(place.made.len(), 1);
    assert_eq!(field(weighed(r#","companyExternalId":"unknown""#, None, &mut place)), "companyExternalId");
    assert_eq!(field(weighed(r#","roles":["king"]"#, None, &mut place)), "roles");
}

#[test]
fn a_tenant_has_an_end_of_kinds() {
    let mut place = place();
    place.kinds = ["pbkdf2-sha1:9", "pbkdf2-sha256:9", "scrypt:14,8,1"].iter().filter_map(|name| Kind::named(name)).collect();
    assert!(matches!(weighed(HASH, None, &mut place), Outcome::Created(_)), "the fourth");
    let fifth = r#","passwordHash":"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4""#;
    assert_eq!(field(weighed(fifth, None, &mut place)), "passwordHash");
    assert_eq!(place.kinds.len(), 4);
    assert!(matches!(weighed(&HASH.replace("$05$", "$12$"), None, &mut place), Outcome::Created(_)), "one family, one computation");
    assert_eq!(weighed(fifth, Some(&standing()), &mut place), Outcome::Unchanged, "a password that does not move in costs nothing");
}
