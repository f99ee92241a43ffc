use super::*;
use crate::domain::registry;

#[test]
fn every_feature_that_guards_a_route_is_registered() {
    for route in ROUTES {
        let wanted = match route.guard {
            Can(realm, feature) => vec![(realm, feature)],
            CanEither(realm, one, other) => vec![(realm, one), (realm, other)],
            Operator(feature) => vec![(Staff, feature)],
            _ => Vec::new(),
        };
        for (realm, feature) in wanted {
            assert!(registry::find(realm, feature).is_some(), "core/src/domain/registry.rs wants a row for {feature} of {}", route.name);
        }
    }
}
