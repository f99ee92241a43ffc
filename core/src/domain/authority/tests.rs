//! Every standing against every other, and a model of the rule written from its sentence and not from its code.

use super::*;
use crate::domain::{feature::grant_covers, time::Millis};

fn id<T>(n: i64) -> Id<T> {
    Id::new(Millis(n), [0; 10])
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn grants(features: &[&str], denied: &[&str]) -> Grants {
    Grants { features: texts(features), denied: texts(denied), admin: false }
}

/// Every priority that is seeded, what lies between, and the ends; each with the flag and without.
fn standings() -> Vec<Standing> {
    let priorities = [0, 1, 100, 299, 300, 301, 600, 700, 701, 800, 900, 999, 1000];
    priorities.into_iter().flat_map(|priority| [false, true].map(|admin| Standing { priority, admin })).collect()
}

/// "Strictly below one's own; super admins alone manage super admins, and may manage each other."
fn model(actor: Standing, target: Standing) -> bool {
    match (actor.admin, target.admin) {
        (true, true | false) => true,
        (false, true) => false,
        (false, false) => target.priority < actor.priority,
    }
}

fn caller<'a>(standing: Standing, grants: &'a Grants, organizations: Option<&'a [Id<Organization>]>) -> Caller<'a> {
    Caller { user: id(1), standing, grants, tenant: id(10), platform: standing.admin, organizations }
}

#[test]
fn every_standing_against_every_other_and_every_operation() {
    let held = grants(&["a.*"], &[]);
    let own = texts(&["a.b"]);
    let mut compared = 0;
    for actor in standings() {
        let caller = caller(actor, &held, None);
        for target in standings() {
            let allowed = model(actor, target);
            let role = RoleAt { tenant: Some(id(10)), standing: target, features: &own, organizations: None };
            assert_eq!(caller.may_manage_role(&role).is_ok(), allowed, "{actor:?} manages the role {target:?}");
            assert_eq!(caller.may_grant_role(&role, id(10)).is_ok(), allowed, "{actor:?} grants {target:?}");
            assert_eq!(caller.may_manage_membership(id(2), target).is_ok(), allowed);
            for operation in Operation::ALL {
                assert_eq!(caller.may_act_on(id(2), target, operation).is_ok(), allowed, "{actor:?} {operation:?} {target:?}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 26 * 26 * 8);
}

#[test]
fn refusals_say_what_stands_in_the_way() {
    let held = grants(&["a.*"], &[]);
    let admin = Standing { priority: 700, admin: false };
    let (caller, low, peer, top) =
        (caller(admin, &held, None), Standing { priority: 300, admin: false }, admin, Standing { priority: 10, admin: true });
    let role = |standing, tenant| RoleAt { tenant, standing, features: &[], organizations: None };
    assert_eq!(caller.may_act_on(id(2), top, Operation::Edit), Err(Refusal::SuperAdminAccount));
    assert_eq!(caller.may_act_on(id(2), peer, Operation::Edit), Err(Refusal::PersonTooHigh));
    assert_eq!(caller.may_manage_role(&role(top, Some(id(10)))), Err(Refusal::SuperAdminRole));
    assert_eq!(caller.may_manage_role(&role(low, None)), Err(Refusal::PlatformRole));
    assert_eq!(caller.may_manage_role(&role(peer, Some(id(10)))), Err(Refusal::RoleTooHigh));
    assert_eq!(caller.may_grant_role(&role(top, None), id(10)), Err(Refusal::SuperAdminGrant));
    assert_eq!(caller.may_grant_role(&role(peer, Some(id(10))), id(10)), Err(Refusal::GrantTooHigh));
    assert_eq!(caller.may_grant_role(&role(low, Some(id(11))), id(10)), Err(Refusal::RoleOfAnotherTenant), "a role of another tenant");
    assert_eq!(caller.may_grant_role(&role(low, Some(id(11))), id(11)), Err(Refusal::RoleOfAnotherTenant), "in another tenant");
    assert_eq!(caller.may_grant_role(&role(low, None), id(10)), Err(Refusal::RoleOfAnotherTenant), "a role of the platform, by a tenant's admin");
    let staff = Caller { platform: true, ..caller };
    assert_eq!(staff.may_grant_role(&role(low, None), id(10)), Ok(()));
    assert_eq!(
        [Refusal::SuperAdminAccount, Refusal::Oneself(Operation::Delete), Refusal::LastOwner].map(|refusal| refusal.status()),
        [403, 400, 409]
    );
}

#[test]
fn nobody_takes_the_ground_from_under_themselves() {
    let held = Grants::default();
    for standing in standings() {
        let caller = caller(standing, &held, None);
        for operation in Operation::ALL {
            let allowed = matches!(operation, Operation::Edit | Operation::Support);
            assert_eq!(caller.may_act_on(id(1), standing, operation).is_ok(), allowed, "{standing:?} {operation:?}");
        }
        assert_eq!(caller.may_manage_membership(id(1), standing), Ok(()), "leaving is not managing");
    }
}

#[test]
fn roles_are_made_below_their_maker() {
    let held = Grants::default();
    for standing in standings() {
        let caller = caller(standing, &held, None);
        for priority in 1..=1000 {
            assert_eq!(caller.may_create_role(priority).is_ok(), standing.admin || priority < standing.priority, "{standing:?} {priority}");
        }
        let given = caller.default_priority();
        assert!((1..=300).contains(&given));
        assert_eq!(caller.may_create_role(given).is_ok(), standing.admin || standing.priority > 1, "the default is one's own to make");
    }
}

#[test]
fn a_person_stands_as_high_as_the_highest_they_hold() {
    let of = |list: &[(i64, bool)]| Standing::of(list.iter().map(|(priority, admin)| Standing { priority: *priority, admin: *admin }));
    assert_eq!(of(&[]), Standing { priority: 0, admin: false });
    assert_eq!(of(&[(300, false), (700, false), (600, false)]), Standing { priority: 700, admin: false });
    assert_eq!(of(&[(700, false), (10, true)]), Standing { priority: 700, admin: true });
}

const WORDS: [&str; 10] = ["*", "a", "a.*", "a.b", "a.b.*", "a.b.c", "a.bc", "b", "b.*", "a.*.*"];
const FEATURES: [&str; 12] = ["a", "a.b", "a.b.c", "a.b.c.d", "a.bc", "a.x", "a.*", "b", "b.a", "c", "ab", ""];

/// What is handed on never allows anything that its giver may not do.
#[test]
fn nothing_is_handed_on_that_is_not_held() {
    let (mut given, mut refused) = (0, 0);
    for first in WORDS {
        for second in WORDS {
            for denial in [&[][..], &["a.b"], &["a.*"], &["a.b.*"], &["a.b.c"], &["*"], &["c"]] {
                let held = grants(&[first, second], denial);
                for grant in WORDS {
                    if may_hand_on(&held, grant) {
                        given += 1;
                        assert_ne!(grant, "*");
                        for feature in FEATURES.into_iter().filter(|feature| grant_covers(grant, feature)) {
                            assert!(held.allow(feature), "{held:?} hands on {grant}, which allows {feature}");
                        }
                    } else {
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(given > 500 && refused > 500, "{given} {refused}");
}

#[test]
fn ceilings_name_the_grant_that_is_too_much() {
    let held = grants(&["auth.*", "customers.people.view", "*"], &["auth.audit.view"]);
    for (grant, refusal) in [
        ("auth.users.list", None),
        ("auth.users.*", None),
        ("customers.people.view", None),
        ("customers.people.manage", Some("Cannot grant feature customers.people.manage.")),
        ("customers.*", Some("Cannot grant feature wildcard customers.*.")),
        ("auth.audit.view", Some("Cannot grant feature auth.audit.view.")),
        ("auth.*", Some("Cannot grant feature wildcard auth.*.")),
        ("*", Some("Only super administrators can grant global wildcard access.")),
    ] {
        let caller = caller(Standing { priority: 700, admin: false }, &held, None);
        let after = Access { features: texts(&[grant]), ..Access::default() };
        let said = caller.may_change_access(&Access::default(), &after).err().map(|refusal| refusal.text());
        assert_eq!(said.as_deref(), refusal, "{grant}");
        let by_role =
            RoleAt { tenant: Some(id(10)), standing: Standing { priority: 1, admin: false }, features: &after.features, organizations: None };
        assert_eq!(caller.may_grant_role(&by_role, id(10)).err().map(|refusal| refusal.text()).as_deref(), refusal);
        assert_eq!(caller.may_change_access(&after, &after), Ok(()), "what was there may stay");
        assert_eq!(caller.may_change_access(&after, &Access::default()), Ok(()), "and may go");
        let denied = Access { denied: texts(&[grant]), ..Access::default() };
        assert_eq!(caller.may_change_access(&Access::default(), &denied), Ok(()));
        assert_eq!(caller.may_change_access(&denied, &Access::default()).is_err(), refusal.is_some(), "lifting a denial is granting");
    }
}

#[test]
fn the_flag_is_for_those_who_have_it_to_give() {
    let (held, all) = (grants(&["*"], &[]), Access { admin: true, features: texts(&["*"]), denied: Vec::new(), organizations: None });
    for standing in standings() {
        let caller = caller(standing, &held, None);
        let expected = if standing.admin { Ok(()) } else { Err(Refusal::SuperAdminGrant) };
        assert_eq!(caller.may_change_access(&Access::default(), &all), expected);
    }
}

#[test]
fn reach_is_not_widened_beyond_ones_own() {
    let held = Grants::default();
    let own = [id(1), id(2)];
    let owner = caller(Standing { priority: 600, admin: false }, &held, Some(&own));
    let on = |list: Option<&[i64]>| Access { organizations: list.map(|list| list.iter().map(|n| id(*n)).collect()), ..Access::default() };
    for (before, after, expected) in [
        (Some(&[][..]), Some(&[1, 2][..]), Ok(())),
        (Some(&[1]), None, Err(Refusal::UnrestrictedOrganizations)),
        (Some(&[1]), Some(&[1, 3]), Err(Refusal::ForeignOrganization)),
        (Some(&[3]), Some(&[3, 1]), Ok(())),
        (None, Some(&[3]), Ok(())),
        (None, None, Ok(())),
        (Some(&[1, 2]), Some(&[]), Ok(())),
    ] {
        assert_eq!(owner.may_change_access(&on(before), &on(after)), expected, "{before:?} {after:?}");
        let whole = Caller { organizations: None, ..owner };
        assert_eq!(whole.may_change_access(&on(before), &on(after)), Ok(()));
    }
    let low = Standing { priority: 1, admin: false };
    let role = |organizations| RoleAt { tenant: Some(id(10)), standing: low, features: &[], organizations };
    assert_eq!(owner.may_manage_role(&role(None)), Err(Refusal::UnrestrictedOrganizations), "a role of the whole tenant");
    let (inside, across) = ([id(1)], [id(1), id(3)]);
    assert_eq!(owner.may_manage_role(&role(Some(&inside))), Ok(()));
    assert_eq!(owner.may_manage_role(&role(Some(&across))), Err(Refusal::ForeignOrganization));
    assert_eq!(owner.may_grant_role(&role(None), id(10)), Ok(()), "where it will hold is the membership's business");
}
