//! D2: every route as everybody, against a model that knows the row's guard and nothing of the code behind it, and
//! against `golden/authorization.txt`.

use portcullis_core::{
    domain::realm::Realm,
    routes::{Guard, ROUTES, Route},
};
use portcullis_tests::{
    Req, Res, World, cases,
    cast::{CAST, Home, Member, Standing},
    golden,
};

const TEACH: &str = "Who may do what has changed, or a route is new. Check every status of the new lines against the contract: \
a 200 for somebody who should not get one is a hole.";

/// What a handler asks for beyond its row's guard. **A route whose handler decides more than its guard says has an arm in
/// [`beyond`]**; most have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beyond {
    Nothing,
    /// The target is somebody's own: it is missing to everybody else.
    OwnedBy(&'static str),
    /// Whoever works for no company is refused.
    Company,
    /// What the request names without an id is Acme's.
    OfAcme,
    /// What it makes holds in the whole tenant, and stands above whoever looks after less.
    WholeTenant,
}

fn beyond(route: &Route) -> Beyond {
    match route.name {
        "revoke_session" | "read_notification" | "dismiss_notification" => Beyond::OwnedBy("c.buyer"),
        "revoke_own_staff_session" | "read_staff_notification" | "dismiss_staff_notification" => Beyond::OwnedBy("s.super"),
        "apply_role_pack" | "sync_staff_role_acls" => Beyond::WholeTenant,
        "mint_customer_app_token" | "mint_staff_app_token" => Beyond::OfAcme,
        "list_company_users"
        | "invite_company_user"
        | "remove_company_user"
        | "set_company_user_roles"
        | "list_assignable_roles"
        | "list_company_invitations"
        | "cancel_company_invitation" => Beyond::Company,
        _ => Beyond::Nothing,
    }
}

/// What the answer has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The guard refuses with this status.
    Refused(u16),
    /// As for whoever the case is written for.
    Succeeds,
    /// The target is not theirs: as if it were missing.
    Missing,
    /// A company is needed first.
    NoCompany,
    /// Not a matter of who asks.
    Open,
}

/// The model. `names_acme` says whether the request names a row of Acme's.
fn verdict(route: &Route, member: &Member, names_acme: bool) -> Verdict {
    let live_customer = member.realm == Some(Realm::Customer) && matches!(member.standing, Standing::Live | Standing::MustChange);
    let (realm, features): (Realm, &[&str]) = match &route.guard {
        Guard::Public if route.name == "refresh_session" => return if live_customer { Verdict::Succeeds } else { Verdict::Refused(401) },
        // Any staff session will do, even one that is over.
        Guard::Public if route.name == "staff_logout" && member.realm != Some(Realm::Staff) => return Verdict::Refused(401),
        // By the token and what is revoked: who is suspended is told what one is told whose session is over.
        Guard::Public if route.name.starts_with("check_by_") => {
            return match (member.realm, member.standing) {
                (Some(_), Standing::Live) => Verdict::Succeeds,
                (Some(_), Standing::Outside) => Verdict::Refused(403),
                _ => Verdict::Refused(401),
            };
        }
        // The app of the case is Acme's, for customers with a session.
        Guard::Public if route.name.starts_with("forward_auth_") => {
            let acmes = member.home != Home::Foreign && member.standing == Standing::Live;
            return match member.realm {
                Some(Realm::Customer) if acmes => Verdict::Succeeds,
                Some(Realm::Customer) if matches!(member.standing, Standing::Live | Standing::MustChange) => Verdict::Refused(403),
                _ => Verdict::Refused(401),
            };
        }
        Guard::Public | Guard::Development => return Verdict::Open,
        Guard::Session(realm) | Guard::AnySession(realm) => (*realm, &[]),
        Guard::Can(realm, feature) => (*realm, &[*feature]),
        Guard::CanEither(realm, one, other) => (*realm, &[*one, *other]),
        Guard::Operator(_) if member.realm == Some(Realm::Staff) && member.standing == Standing::Live && member.priority() < 800 => {
            return Verdict::Refused(403);
        }
        Guard::Operator(feature) => (Realm::Staff, &[*feature]),
        Guard::AnyPlace => return from_anywhere(route, member),
    };
    if member.realm != Some(realm) || member.standing == Standing::Ended {
        return Verdict::Refused(401);
    }
    match member.standing {
        Standing::Suspended | Standing::Outside => return Verdict::Refused(403),
        Standing::MustChange if !matches!(route.guard, Guard::AnySession(_)) => return Verdict::Refused(403),
        _ => {}
    }
    if !features.is_empty() && !features.iter().any(|feature| member.holds(feature)) {
        return Verdict::Refused(403);
    }
    match beyond(route) {
        Beyond::OwnedBy(owner) if member.name != owner => Verdict::Missing,
        Beyond::WholeTenant if member.priority() < 700 => Verdict::Refused(403),
        Beyond::OfAcme if member.home == Home::Foreign => Verdict::Missing,
        Beyond::Company if member.home != Home::Acme => Verdict::NoCompany,
        _ if names_acme && member.home != Home::Acme => Verdict::Missing,
        _ => Verdict::Succeeds,
    }
}

/// Routes for whoever may have lost the place they sit in: only what names a place asks for a membership there.
fn from_anywhere(route: &Route, member: &Member) -> Verdict {
    let acme = member.home == Home::Acme && member.standing == Standing::Live;
    match member.standing {
        _ if member.realm != Some(Realm::Staff) || member.standing == Standing::Ended => Verdict::Refused(401),
        Standing::MustChange => Verdict::Refused(403),
        _ if route.name == "leave_membership" && member.name != "s.super" => Verdict::Missing,
        _ if route.name == "switch_place" && !acme => Verdict::Refused(403),
        _ => Verdict::Succeeds,
    }
}

fn fits(verdict: Verdict, status: u16, wanted: u16) -> bool {
    match verdict {
        Verdict::Refused(refusal) => status == refusal,
        Verdict::Succeeds => status == wanted,
        Verdict::Missing => matches!(status, 400 | 404),
        Verdict::NoCompany => status == 403,
        Verdict::Open => status == wanted,
    }
}

/// A world with everybody's way in and the route's typical request.
fn scene(route: &Route, member: &Member) -> (World, Req) {
    let case = cases::of(route).unwrap_or_else(|| {
        panic!("route `{}` has no case. Add one to tests/native/src/cases/: a request that succeeds and one that does not.", route.name)
    });
    let world = World::seeded();
    let jar = member.enter(&world);
    let req = (case.good)(&world).jar(&jar);
    (world, req)
}

/// Whether a request names a row of Acme's.
fn names_acme(world: &World, req: &Req) -> bool {
    let portcullis_core::web::request::Body::Bytes(body) = &req.request.body else { return false };
    let said = format!("{} {} {}", req.request.path, req.request.query, String::from_utf8_lossy(body));
    let mut ids = said.split(|c: char| !c.is_ascii_hexdigit() && c != '-').filter(|word| word.len() == 36).peekable();
    if ids.peek().is_none() {
        return false;
    }
    let acme = world.acme();
    let [organization, tenant] = [acme.organization.to_string(), acme.tenant.to_string()];
    let rows = world.dump(|table| !table.starts_with("audit") && table != "development_inbox");
    let of_acme = |id: &str| {
        let belongs = |text: String| text.contains(&organization) || text.contains(&tenant);
        rows.values().flatten().any(|row| row["user_id"] == id || row["id"] == id && belongs(row.to_string()))
    };
    ids.any(of_acme)
}

#[test]
fn every_route_as_everybody() {
    let width = ROUTES.iter().map(|route| route.name.len()).max().unwrap();
    let mut table = format!("{:width$}", "route");
    for member in &CAST {
        table.push_str(&format!(" {:>8}", member.name));
    }
    table.push('\n');
    let mut wrong = Vec::new();
    for route in ROUTES {
        table.push_str(&format!("{:width$}", route.name));
        // The status of whoever the case is written for, who may.
        let case = cases::of(route).unwrap();
        let world = World::seeded();
        let by = world.persona(case.by);
        let wanted = world.send((case.good)(&world).jar(&by.jar)).status;
        for member in &CAST {
            let (world, req) = scene(route, member);
            let expected = verdict(route, member, member.home != Home::Acme && names_acme(&world, &req));
            let res = world.send(req);
            table.push_str(&format!(" {:>8}", res.status));
            if !fits(expected, res.status, wanted) {
                wrong.push(format!(
                    "{} as {}: {} where {expected:?} was due: {}",
                    route.name,
                    member.name,
                    res.status,
                    String::from_utf8_lossy(&res.body)
                ));
            }
        }
        table.push('\n');
    }
    assert!(
        wrong.is_empty(),
        "{} wrong cells. The model is in this file, from the guards and the product's table of roles:\n{wrong:#?}",
        wrong.len()
    );
    golden::check("authorization.txt", &table, TEACH);
}

/// The body without what differs between any two answers.
fn masked(res: &Res) -> String {
    let mut body: serde_json::Value = serde_json::from_slice(&res.body).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.remove("requestId");
    }
    body.to_string()
}

/// D3: what belongs to somebody else answers like what does not exist, in status, body and names of headers.
#[test]
fn a_foreign_row_answers_like_a_missing_one() {
    let mut compared = 0;
    for route in ROUTES.iter().filter(|route| cases::wants_somebody(route)) {
        for member in CAST.iter().filter(|member| member.standing == Standing::Live && member.home != Home::Acme) {
            let (world, req) = scene(route, member);
            let named = uuids(&format!("{}?{}", req.request.path, req.request.query));
            if named.is_empty() || verdict(route, member, true) != Verdict::Missing {
                continue;
            }
            let missing = named.iter().fold(format!("{}?{}", req.request.path, req.request.query), |path, id| path.replace(id.as_str(), NOBODY));
            let mut other = req.clone();
            (other.request.path, other.request.query) = missing.split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).unwrap();
            let (theirs, nobodys) = (world.send(req), world.send(other));
            let said = |res: &Res, ids: &[String]| ids.iter().fold(masked(res), |text, id| text.replace(id.as_str(), NOBODY));
            assert_eq!((theirs.status, said(&theirs, &named)), (nobodys.status, said(&nobodys, &[])), "{} as {}", route.name, member.name);
            let names = |res: &Res| res.headers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            assert_eq!(names(&theirs), names(&nobodys), "{} as {}", route.name, member.name);
            compared += 1;
        }
    }
    assert!(compared > 40, "only {compared} pairs compared");
}

/// Rule 4: whatever a stranger asks, right or wrong, no row of Acme's changes and no answer shows one.
#[test]
fn nobody_elsewhere_sees_or_changes_a_row() {
    for route in ROUTES.iter().filter(|route| cases::wants_somebody(route)) {
        for member in CAST.iter().filter(|member| member.standing == Standing::Live && member.home == Home::Foreign) {
            let (world, req) = scene(route, member);
            let acme = world.acme();
            let [organization, tenant] = [acme.organization.to_string(), acme.tenant.to_string()];
            let of_ours = |text: String| text.contains(&tenant) || text.contains(&organization);
            let ours = || {
                let mut rows = world.dump(|table| table != "audit_log");
                for rows in rows.values_mut() {
                    rows.retain(|row| of_ours(row.to_string()));
                }
                rows
            };
            let before = ours();
            let res = world.send(req);
            assert_eq!(ours(), before, "{} as {} changed a row of Acme's", route.name, member.name);
            let body = String::from_utf8_lossy(&res.body);
            for secret in ["acme.com", &tenant, &organization] {
                assert!(!body.contains(secret), "{} shows {} something of Acme's: {body}", route.name, member.name);
            }
        }
    }
}

const NOBODY: &str = "0190f5fe-7c00-7a00-8000-00000000dead";

fn uuids(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.filter(|word| word.len() == 36).map(str::to_owned).collect()
}
