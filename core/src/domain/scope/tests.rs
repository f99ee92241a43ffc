use super::*;
use crate::domain::{
    id::Role,
    membership::{Holding, Seat, holding},
    time::Millis,
};

fn id<T>(n: i64) -> Id<T> {
    Id::new(Millis(n), [0; 10])
}

fn texts(list: &[i64]) -> Option<Vec<String>> {
    Some(list.iter().map(|n| id::<Organization>(*n).to_string()).collect())
}

/// Tenant 1 of partner 9: organization 10, under it 20, under that 30. The seat is 20.
fn seat() -> Location {
    at(&[20, 10])
}

fn at(within: &[i64]) -> Location {
    let seat = Seat { tenant: id(1), organization: within.first().map(|n| id(*n)) };
    Location::new(seat, within.iter().map(|n| id(*n)).collect(), Some(id(9)))
}

fn membership(organization: Option<i64>, features: &[&str]) -> Membership {
    Membership {
        tenant: id(1),
        organization: organization.map(id),
        role: id::<Role>(organization.unwrap_or(99)),
        slug: "role".into(),
        name: "role".into(),
        priority: 600,
        platform: 0,
        features: Some(features.iter().map(|f| (*f).to_owned()).collect()),
        admin: Some(0),
        organizations: None,
        merchants: Vec::new(),
        partner: None,
        changed: None,
    }
}

fn held(memberships: Vec<Membership>) -> Holding {
    holding(memberships, &[], &seat())
}

fn scope_of(memberships: Vec<Membership>, feature: &str) -> Scope {
    held(memberships).reach.of(feature)
}

#[test]
fn each_kind_of_membership_has_its_extent() {
    let none = Scope::default;
    let platform = Membership { platform: 1, ..membership(None, &["a"]) };
    let partner = Membership { partner: Some(id(9)), ..membership(None, &["a"]) };
    let clerk = Membership { priority: 300, merchants: vec![id(5)], ..membership(Some(20), &["a"]) };
    for (member, wanted) in [
        (platform, Scope { everything: true, ..none() }),
        (partner, Scope { partners: vec![id(9)], tenants: vec![id(1)], ..none() }),
        (membership(None, &["a"]), Scope { tenants: vec![id(1)], ..none() }),
        (membership(Some(10), &["a"]), Scope { organizations: vec![id(10)], ..none() }),
        (membership(Some(20), &["a"]), Scope { organizations: vec![id(20)], ..none() }),
        (clerk, Scope { sites: vec![id(20)], merchants: vec![id(5)], ..none() }),
        (Membership { priority: 300, ..membership(Some(20), &["a"]) }, Scope { sites: vec![id(20)], ..none() }),
        (membership(Some(30), &["a"]), none()),
    ] {
        assert_eq!(scope_of(vec![member.clone()], "a"), wanted, "{member:?}");
        assert_eq!(scope_of(vec![member], "b"), none());
    }
}

#[test]
fn a_place_without_the_feature_is_no_part_of_a_list_and_still_a_place_to_go_to() {
    let owner_here_and_employee_all_over =
        vec![membership(Some(20), &["users.list"]), membership(None, &["till.use"]), membership(Some(70), &["users.list"])];
    let reach = held(owner_here_and_employee_all_over).reach;
    assert_eq!(reach.of("users.list"), Scope { organizations: vec![id(20)], ..Scope::default() });
    assert_eq!(reach.of("till.use"), Scope { tenants: vec![id(1)], ..Scope::default() });
    let everywhere = Scope { tenants: vec![id(1)], organizations: vec![id(20), id(70)], ..Scope::default() };
    assert_eq!(reach.everywhere(), everywhere);
}

#[test]
fn ones_own_acl_adds_to_every_place_and_its_list_narrows_all_of_them() {
    let own = |organizations| OwnAcl { tenant: id(1), features: vec!["b".into()], denied: Vec::new(), admin: 0, organizations };
    let reach = holding(vec![membership(None, &["a"])], &[own(None)], &seat()).reach;
    assert_eq!(reach.of("b").tenants, [id(1)]);
    let reach = holding(vec![membership(None, &["a"])], &[own(texts(&[20]))], &seat()).reach;
    let scope = reach.of("a");
    assert_eq!((&scope.tenants, &scope.only), (&vec![id(1)], &Some(vec![id(20)])));
    for (within, included) in [(&[20, 10][..], true), (&[30, 20, 10], true), (&[10], false), (&[70], false), (&[], false)] {
        assert_eq!(scope.includes(&at(within)), included, "{within:?}");
    }
    assert!(
        holding(vec![membership(None, &["a"])], &[own(texts(&[70]))], &seat()).reach.of("a")
            == Scope { only: Some(vec![id(70)]), ..Scope::default() }
    );
}

#[test]
fn a_roles_list_and_its_place_leave_the_lower_of_the_two() {
    for (place, list, wanted) in [
        (None, vec![10, 70], vec![10, 70]),
        (Some(10), vec![20], vec![20]),
        (Some(20), vec![10], vec![20]),
        (Some(10), vec![10], vec![10]),
        (Some(10), vec![70], vec![]),
    ] {
        let role = Membership { organizations: texts(&list), ..membership(place, &["a"]) };
        assert_eq!(scope_of(vec![role], "a").organizations, wanted.into_iter().map(id).collect::<Vec<Id<Organization>>>(), "{place:?} {list:?}");
    }
}

#[test]
fn a_scope_includes_what_lies_under_it() {
    let organization = Scope { organizations: vec![id(20)], ..Scope::default() };
    let tenant = Scope { tenants: vec![id(1)], ..Scope::default() };
    let partner = Scope { partners: vec![id(9)], ..Scope::default() };
    for (within, in_organization) in [(&[20, 10][..], true), (&[30, 20, 10], true), (&[10], false), (&[], false)] {
        let place = at(within);
        assert_eq!((organization.includes(&place), tenant.includes(&place), partner.includes(&place)), (in_organization, true, true), "{within:?}");
        assert!(!Scope::default().includes(&place));
    }
    let clerk = Scope { merchants: vec![id(5)], sites: vec![id(20)], ..Scope::default() };
    assert!(clerk.includes_merchant(id(5), &seat()) && !clerk.includes_merchant(id(6), &seat()) && !clerk.includes(&seat()));
    let narrowed = Scope { only: Some(vec![id(70)]), ..clerk };
    assert!(!narrowed.includes_merchant(id(5), &seat()));
}

#[test]
fn the_flag_sees_everything_whatever_lists_say() {
    let flag = OwnAcl { tenant: id(7), features: Vec::new(), denied: Vec::new(), admin: 1, organizations: texts(&[70]) };
    assert_eq!(holding(Vec::new(), &[flag], &seat()).reach.of("x"), Scope { everything: true, ..Scope::default() });
}
