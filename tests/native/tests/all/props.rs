//! Decisions against models written another way, and parsers against anything at all.

use portcullis_core::{
    domain::{
        device, feature,
        id::{Id, Tenant},
        keys::Keys,
        limit::{self, Policy, State},
        lockout::{Counter, LOCK_MILLIS},
        realm::Realm,
        time::Millis,
    },
    jose::jwt::Unverified,
    ports::Database,
    routes::ROUTES,
    store::users,
    web::{cookies, json, request},
};
use portcullis_tests::{World, block_on, people::BUYER};
use proptest::prelude::*;

/// Whether a grant covers a feature, segment by segment.
fn covers(grant: &str, feature: &str) -> bool {
    let (grant, feature): (Vec<_>, Vec<_>) = (grant.split('.').collect(), feature.split('.').collect());
    match grant.split_last() {
        Some((&"*", [])) => true,
        Some((&"*", stem)) => feature.len() >= stem.len() && feature[..stem.len()] == *stem,
        _ => grant == feature,
    }
}

fn dotted() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof!["a", "b", "ab", "\\*", ""], 1..5).prop_map(|parts| parts.join("."))
}

/// Hits let through by a fixed window, told as a story and not as a state.
fn fixed_model(policy: Policy, times: &[i64]) -> Vec<bool> {
    let (mut window_ends, mut used, mut blocked_until) = (i64::MIN, 0, i64::MIN);
    times
        .iter()
        .map(|now| {
            if *now < blocked_until {
                return false;
            }
            if *now >= window_ends {
                window_ends = now + i64::from(policy.duration) * 1_000;
                used = 0;
            }
            if used < policy.points {
                used += 1;
                return true;
            }
            let wait = if policy.block > 0 { now + i64::from(policy.block) * 1_000 } else { window_ends };
            (blocked_until, window_ends) = (wait, wait);
            false
        })
        .collect()
}

/// Hits let through by a sliding window: fewer than `points` were let through in the length before.
fn sliding_model(policy: Policy, times: &[i64]) -> Vec<bool> {
    let mut allowed: Vec<i64> = Vec::new();
    times
        .iter()
        .map(|now| {
            let recent = allowed.iter().filter(|at| now - **at < i64::from(policy.duration) * 1_000).count();
            let fits = recent < policy.points as usize;
            if fits {
                allowed.push(*now);
            }
            fits
        })
        .collect()
}

fn times() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0..9_000i64, 1..60).prop_map(|steps| {
        steps
            .into_iter()
            .scan(0, |now, step| {
                *now += step;
                Some(*now)
            })
            .collect()
    })
}

fn run(policy: Policy, times: &[i64]) -> Vec<limit::Decision> {
    let mut state: Option<State> = None;
    times
        .iter()
        .map(|now| {
            // What is stored is what comes back, and what may be forgotten may be forgotten.
            let text = serde_json::to_string(&state).unwrap();
            let (next, decision, forget) = limit::take(policy, serde_json::from_str(&text).unwrap(), Millis(*now));
            assert!(forget.0 > *now);
            state = Some(next);
            decision
        })
        .collect()
}

/// The vectors that the SDK is held to as well, so that an app decides what the server decides.
#[test]
fn the_matcher_gives_the_answers_of_the_shared_vectors() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../contract/features.json")).unwrap();
    let texts = |value: &serde_json::Value| -> Vec<String> { serde_json::from_value(value.clone()).unwrap() };
    for case in vectors["cases"].as_array().unwrap() {
        let grant = case["grant"].as_str().unwrap();
        for feature in texts(&case["covers"]) {
            assert!(feature::grant_covers(grant, &feature), "{grant} covers {feature}");
        }
        for feature in texts(&case["not"]) {
            assert!(!feature::grant_covers(grant, &feature), "{grant} does not cover {feature}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// D6.
    #[test]
    fn features_match_as_the_model_says(grant in dotted(), feature in "[ab]{1,2}(\\.[ab]{1,2}){0,3}") {
        prop_assert_eq!(feature::grant_covers(&grant, &feature), covers(&grant, &feature));
    }

    #[test]
    fn a_denial_wins_over_any_grant(grants in prop::collection::vec(dotted(), 0..4), denied in prop::collection::vec(dotted(), 0..3), feature in "[ab]{1,2}(\\.[ab]{1,2}){0,3}") {
        let allowed = grants.iter().any(|g| covers(g, &feature)) && !denied.iter().any(|d| covers(d, &feature));
        let held = feature::Grants { features: grants, denied, admin: false };
        prop_assert_eq!(held.allow(&feature), allowed);
        let admin = feature::Grants { admin: true, ..held };
        prop_assert!(admin.allow(&feature));
    }

    #[test]
    fn a_fixed_window_is_the_model(points in 0..6u32, duration in 1..20u32, block in 0..30u32, times in times()) {
        let policy = Policy::fixed(points, duration, block);
        let decisions = run(policy, &times);
        prop_assert_eq!(decisions.iter().map(|d| d.allowed).collect::<Vec<_>>(), fixed_model(policy, &times));
        for d in decisions {
            prop_assert!(d.reset >= 1 && d.limit == points && d.remaining <= points && (d.allowed || d.remaining == 0));
        }
    }

    #[test]
    fn a_sliding_window_is_the_model(points in 0..6u32, duration in 1..20u32, times in times()) {
        let policy = Policy::sliding(points, duration);
        let decisions = run(policy, &times);
        prop_assert_eq!(decisions.iter().map(|d| d.allowed).collect::<Vec<_>>(), sliding_model(policy, &times));
        // Who waits for as long as was said is let in.
        for (n, d) in decisions.iter().enumerate().filter(|(_, d)| !d.allowed && points > 0) {
            let mut until: Vec<i64> = times[..=n].to_vec();
            until.push(times[n] + i64::from(d.reset) * 1_000);
            prop_assert!(run(policy, &until).last().unwrap().allowed);
        }
    }

    #[test]
    fn json_never_panics_and_agrees_with_serde_where_it_accepts(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\",:a0-9.eE+\\- \\\\u]{0,60}") {
        let _ = json::parse(&bytes);
        if let Ok(value) = json::parse(text.as_bytes()) {
            prop_assert_eq!(value, serde_json::from_str::<serde_json::Value>(&text).unwrap());
        }
    }

    #[test]
    fn bodies_of_any_shape_are_judged_and_never_panic(pick in any::<prop::sample::Index>(), body in json_value()) {
        let with_body: Vec<_> = ROUTES.iter().filter_map(|route| route.body).collect();
        if with_body[pick.index(with_body.len())].check(&body).is_ok() {
            prop_assert!(body.is_object());
        }
    }

    #[test]
    fn tokens_of_any_text_are_judged_and_never_panic(text in "\\PC{0,300}", a in "[A-Za-z0-9_-]{0,80}", b in "[A-Za-z0-9_-]{0,80}", c in "[A-Za-z0-9_-]{0,90}") {
        prop_assert!(Unverified::parse(&text).is_err());
        let dotted = format!("{a}.{b}.{c}");
        prop_assert!(Unverified::parse(&dotted).is_err());
    }

    #[test]
    fn device_cookies_of_any_text_are_nobodys(text in "\\PC{0,200}", parts in prop::collection::vec("[a-z0-9.~-]{0,20}", 0..8)) {
        let keys = Keys::derive(&[1; 32]);
        let tenant: Id<Tenant> = Id::new(Millis(1), [0; 10]);
        for cookie in [text, parts.join("~")] {
            prop_assert_eq!(device::find(&keys, &cookie, Realm::Customer, tenant, "v2:x"), None);
            let kept = device::remember(&keys, Some(&cookie), Realm::Customer, tenant, "v2:x", "nonce", 3);
            prop_assert_eq!(device::find(&keys, &kept, Realm::Customer, tenant, "v2:x").map(|e| e.epoch), Some(3));
        }
    }

    #[test]
    fn cookies_are_found_whole_or_not_at_all(name in "[a-z_]{1,8}", value in "[A-Za-z0-9~.-]{1,20}", noise in "\\PC{0,60}") {
        let _ = cookies::find(&noise, &name);
        prop_assume!(!noise.contains(&name));
        let noise = noise.replace([';', ','], "");
        for header in [format!("{name}={value}"), format!("x{name}=1; {name}={value}"), format!("{name}={value}; {noise}")] {
            prop_assert_eq!(cookies::find(&header, &name), Some(value.clone()), "{}", header);
        }
        prop_assert_eq!(cookies::find(&format!("{name}={value}; {name}={value}x"), &name), None);
    }

    #[test]
    fn percent_encoding_goes_there_and_back(text in "\\PC{0,80}") {
        prop_assert_eq!(request::percent_decode(&request::percent_encode(&text)), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The counter lives in SQL, so that parallel attempts all count; the decision lives in the domain. They are one.
    #[test]
    fn the_lock_in_sql_is_the_lock_in_the_domain(steps in prop::collection::vec(prop_oneof![Just(1), Just(1_000), Just(LOCK_MILLIS / 2), Just(LOCK_MILLIS)], 1..25), device in any::<bool>()) {
        let world = World::new();
        let place = world.found("acme");
        let user = world.add_user(&place, BUYER, "buyer");
        let (mut counter, mut now) = (Counter::default(), 0);
        for step in steps {
            now += step;
            counter = counter.after_failure(Millis(now));
            let statement = if device { users::count_device_failure(Realm::Customer, user, "d", Millis(now)) } else { users::count_failure(Realm::Customer, user, Millis(now)) };
            block_on(world.database.write(vec![statement])).unwrap();
            let table = if device { "customer_device_failures" } else { "customer_users" };
            let row = &world.rows(&format!("SELECT failed_login_attempts AS n, locked_until AS l FROM {table}"))[0];
            prop_assert_eq!((row["n"].as_i64().unwrap(), row["l"].as_i64()), (counter.failures, counter.locked_until.map(|at| at.0)));
        }
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let key = prop_oneof!["email", "password", "token", "displayName", "features", "roleIds", "tenantId", "organizationId", "[a-z]{0,4}"];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(|n| serde_json::json!(n)),
        "\\PC{0,40}".prop_map(Into::into),
        Just("a@b.co".into()),
        Just("0190f5fe-7c00-7a00-8000-000000000001".into()),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}
