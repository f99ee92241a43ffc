use super::*;
use crate::domain::time::Millis;

fn id<T>(n: i64) -> Id<T> {
    Id::new(Millis(n), [0; 10])
}

fn membership(tenant: i64, organization: Option<i64>, priority: i64, features: &[&str]) -> Membership {
    Membership {
        tenant: id(tenant),
        organization: organization.map(id),
        role: id(priority),
        slug: format!("role-{priority}"),
        name: format!("role-{priority}"),
        priority,
        platform: 0,
        features: Some(features.iter().map(|f| (*f).to_owned()).collect()),
        admin: Some(0),
        organizations: None,
        merchants: Vec::new(),
        partner: None,
        changed: None,
    }
}

fn acl(tenant: i64, features: &[&str], denied: &[&str]) -> OwnAcl {
    let texts = |list: &[&str]| list.iter().map(|f| (*f).to_owned()).collect();
    OwnAcl { tenant: id(tenant), features: texts(features), denied: texts(denied), admin: 0, organizations: None }
}

const SEAT: fn() -> Seat = || Seat { tenant: id(1), organization: Some(id(2)) };

#[test]
fn a_membership_reaches_its_own_place_and_nothing_beside_it() {
    for (tenant, organization, reaches) in [(1, None, true), (1, Some(2), true), (1, Some(3), false), (4, None, false), (4, Some(2), false)] {
        let held = holding(vec![membership(tenant, organization, 300, &["a"])], &[], &SEAT().into());
        assert_eq!((held.is_member(), held.grants.allow("a")), (reaches, reaches), "{tenant} {organization:?}");
    }
    let tenant_wide = Seat { organization: None, ..SEAT() };
    assert!(!holding(vec![membership(1, Some(2), 300, &["a"])], &[], &tenant_wide.into()).is_member());
}

#[test]
fn a_role_of_the_platform_reaches_everywhere() {
    let platform = Membership { platform: 1, ..membership(9, None, 800, &["a"]) };
    let held = holding(vec![platform], &[], &SEAT().into());
    assert!(held.grants.allow("a") && held.platform && held.priority == 800);
}

#[test]
fn the_flag_passes_everything_from_wherever_it_comes() {
    let role = Membership { admin: Some(1), ..membership(1, None, 10, &[]) };
    let own = OwnAcl { admin: 1, ..acl(7, &[], &["x"]) };
    for held in [holding(vec![role], &[], &SEAT().into()), holding(Vec::new(), &[own], &SEAT().into())] {
        assert!(held.is_member() && held.grants.allow("x") && held.priority == role::SUPER_ADMIN);
    }
}

#[test]
fn the_own_acl_adds_and_denies_in_its_tenant_only() {
    let roles = vec![membership(1, None, 300, &["a.*"])];
    let held = holding(roles.clone(), &[acl(1, &["b"], &["a.x"])], &SEAT().into());
    assert!(held.grants.allow("b") && held.grants.allow("a.y") && !held.grants.allow("a.x"));
    let elsewhere = holding(roles, &[acl(4, &["b"], &["a.x"])], &SEAT().into());
    assert!(!elsewhere.grants.allow("b") && elsewhere.grants.allow("a.x"));
}

#[test]
fn lists_of_organizations_restrict() {
    let other = Some(vec![id::<Organization>(3).to_string()]);
    let here = Some(vec![id::<Organization>(2).to_string()]);
    for (list, allowed) in [(other, false), (here, true), (Some(Vec::new()), false), (None, true)] {
        let role = Membership { organizations: list.clone(), ..membership(1, None, 300, &["a"]) };
        assert_eq!(holding(vec![role], &[], &SEAT().into()).grants.allow("a"), allowed);
        let own = OwnAcl { organizations: list, ..acl(1, &["b"], &[]) };
        let held = holding(vec![membership(1, None, 300, &["a"])], &[own], &SEAT().into());
        assert_eq!((held.grants.allow("a"), held.grants.allow("b")), (allowed, allowed));
    }
}

fn offer(membership: Membership, open: i64) -> Offer {
    Offer { membership, open, first: Some(id(90)), above: Vec::new(), tenant_partner: None }
}

#[test]
fn a_session_starts_at_home_in_the_highest_role() {
    let home = Seat { tenant: id(1), organization: Some(id(80)) };
    let (here, there) = (Seat { tenant: id(1), organization: Some(id(2)) }, Seat { tenant: id(4), organization: Some(id(5)) });
    let employee = || membership(1, Some(2), 300, &[]);
    let elsewhere = || membership(4, Some(5), 700, &[]);
    let whole_tenant = || membership(1, None, 700, &[]);
    for (offers, wanted) in [
        (vec![offer(elsewhere(), 1), offer(employee(), 1)], Some(here)),
        (vec![offer(elsewhere(), 1), offer(employee(), 0)], Some(there)),
        (vec![offer(employee(), 1), offer(whole_tenant(), 1)], Some(Seat { organization: Some(id(90)), ..here })),
        (vec![offer(membership(1, Some(3), 300, &[]), 1), offer(employee(), 1)], Some(here)),
        (vec![offer(employee(), 0)], None),
        (vec![offer(Membership { platform: 1, ..employee() }, 0)], Some(here)),
        (vec![], None),
    ] {
        assert_eq!(first_seat(home, &offers, &[]).map(|at| at.seat), wanted, "{offers:?}");
    }
    assert_eq!(first_seat(home, &[], &[OwnAcl { admin: 1, ..acl(7, &[], &[]) }]).map(|at| at.seat), Some(home));
    assert_eq!(first_seat(home, &[], &[acl(1, &["a"], &[])]).map(|at| at.seat), None);
}

#[test]
fn priority_is_the_highest_held_and_nobody_has_none() {
    let held = holding(vec![membership(1, None, 300, &[]), membership(1, Some(2), 600, &[])], &[], &SEAT().into());
    assert_eq!((held.priority, held.roles.first().map(|m| m.priority)), (600, Some(600)));
    assert_eq!(holding(Vec::new(), &[], &SEAT().into()).priority, role::GUEST);
}
