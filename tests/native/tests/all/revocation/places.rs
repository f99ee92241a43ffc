//! What staff lose by a change somewhere else than at their own account: the organization's way with a role, the partner,
//! the tree, a role that is held where the token does not say.

use portcullis_core::domain::membership::Seat;
use portcullis_tests::{
    Jar, Req, World,
    feed::Feed,
    people::{BUYER, Place},
};
use serde_json::json;

const FEATURE: &str = "customers.people.view";

/// Whether the database grants the feature where the token says, at this moment.
fn strong(world: &World, token: &str) -> bool {
    let res = world.send(Req::post("/api/auth/feature-check").bearer(token).json(json!({"features": [FEATURE]})));
    res.status == 200 && res.json()["granted"] == json!([FEATURE])
}

struct Scene {
    world: World,
    home: Place,
    branch: Place,
    other: Place,
    partner: String,
}

/// A tenant with an organization and one under it, and a second tenant of the same partner.
fn scene() -> Scene {
    let world = World::seeded();
    let home = world.acme();
    let other = world.found("globex");
    let branch = world.organization(home.tenant, "branch", Some(home.organization));
    let partner = world.partner("Reseller", &[home.tenant, other.tenant]).to_string();
    Scene { world, home, branch, other, partner }
}

impl Scene {
    /// Somebody with a role in a seat; signed in, perhaps elsewhere.
    fn person(&self, name: &str, seat: Seat, platform: bool, sits: Seat) -> (String, String) {
        let tenant = (!platform).then_some(self.home.tenant);
        let role = self.world.staff_role(tenant, name, 600, &[FEATURE]);
        let user = self.world.colleague(self.home.tenant, &format!("{name}@acme.com"));
        self.world.join(user, seat, role);
        if seat.organization.is_none() {
            let partner = &self.partner;
            self.world.arrange(&format!("INSERT INTO partner_staff (user_id, partner_id, created_at) VALUES ('{user}', '{partner}', 1)"));
        }
        self.world.advance_seconds(2);
        let jar: Jar = self.world.staff_session(user, sits);
        (jar.get("auth_token").to_owned(), role.to_string())
    }
}

/// Each loss: who, the change, and whether the feed tells of it. The bystander keeps everything.
fn losses(sabotage: &str) -> Vec<(&'static str, bool)> {
    type Change = fn(&Scene, &str) -> String;
    let everywhere = |place: &Place| place.whole_tenant();
    let cases: [(&'static str, Change); 11] = [
        ("an override takes a grant", |s, role| {
            let organization = s.home.organization;
            format!(
                "INSERT INTO staff_role_overrides (role_id, organization_id, removed_json, updated_at) VALUES ('{role}', '{organization}', '[\"customers.*\"]', 1)"
            )
        }),
        ("an override takes one more", |_, _| "UPDATE staff_role_overrides SET removed_json = '[\"customers.*\"]'".into()),
        ("an override that added goes", |_, _| "DELETE FROM staff_role_overrides".into()),
        ("an organization moves away", |s, _| format!("UPDATE organizations SET parent_id = NULL WHERE id = '{}'", s.branch.organization)),
        ("a partner lets somebody go", |_, _| "DELETE FROM partner_staff".into()),
        ("a partner is suspended", |_, _| "UPDATE partners SET is_active = 0".into()),
        ("a partner is deleted", |_, _| "UPDATE partners SET deleted_at = 1".into()),
        ("a tenant changes partners", |s, _| format!("UPDATE tenants SET partner_id = NULL WHERE id = '{}'", s.other.tenant)),
        ("the role of a partner's staff grants less", |_, role| format!("UPDATE staff_role_acls SET features_json = '[]' WHERE role_id = '{role}'")),
        ("a role of the platform grants less", |_, role| format!("UPDATE staff_role_acls SET features_json = '[]' WHERE role_id = '{role}'")),
        ("a role of the platform goes", |_, role| format!("UPDATE staff_roles SET deleted_at = 1 WHERE id = '{role}'")),
    ];
    cases
        .into_iter()
        .map(|(name, change)| {
            let scene = scene();
            let world = &scene.world;
            let (token, role) = match name {
                _ if name.contains("override") => scene.person("here", scene.home.seat(), false, scene.home.seat()),
                "an organization moves away" => scene.person("above", scene.home.seat(), false, scene.branch.seat()),
                _ if name.contains("platform") => scene.person("operator-like", everywhere(&scene.home), true, scene.other.seat()),
                _ => scene.person("reseller", everywhere(&scene.home), false, scene.other.seat()),
            };
            if name.contains("one more") || name.contains("added") {
                let organization = scene.home.organization;
                let added = if name.contains("added") { format!("[\"{FEATURE}\"]") } else { "[]".into() };
                world.arrange(&format!("INSERT INTO staff_role_overrides (role_id, organization_id, added_json, updated_at) VALUES ('{role}', '{organization}', '{added}', 1)"));
                if name.contains("added") {
                    world.arrange(&format!("UPDATE staff_role_acls SET features_json = '[]' WHERE role_id = '{role}'"));
                }
                world.arrange("DELETE FROM revocations");
            }
            let bystander = world.login(BUYER);
            assert!(strong(world, &token), "{name}: holds it before");
            assert!(!Feed::of(world).refuses(&token), "{name}: good before");
            world.arrange(sabotage);
            world.arrange(&change(&scene, &role));
            assert!(!strong(world, &token), "{name}: lost");
            let feed = Feed::of(world);
            assert!(!feed.refuses(bystander.get("customer_auth_token")), "{name}: a customer's token");
            (name, feed.refuses(&token))
        })
        .collect()
}

#[test]
fn what_is_lost_by_a_change_elsewhere_is_in_the_feed() {
    for (name, told) in losses("") {
        assert!(told, "{name}: an offline verifier would not hear of it");
    }
}

/// An account of staff that has another address is not known by the old one for long.
#[test]
fn a_token_with_an_address_of_before_is_refused() {
    let scene = scene();
    let (token, _) = scene.person("renamed", scene.home.seat(), false, scene.home.seat());
    scene.world.advance_seconds(1);
    scene.world.arrange("UPDATE staff_users SET email = 'new@acme.com', email_hash = 'new' WHERE email = 'renamed@acme.com'");
    assert!(Feed::of(&scene.world).refuses(&token));
}

/// The checks above, with triggers taken away.
#[test]
fn a_change_elsewhere_that_does_not_reach_the_feed_is_noticed() {
    for (trigger, missed) in [
        ("staff_role_overrides_revoked_after_delete", vec!["an override that added goes"]),
        ("organizations_revoked_after_move", vec!["an organization moves away"]),
        ("partners_revoked", vec!["a partner is suspended", "a partner is deleted"]),
        ("staff_role_acls_revoked_elsewhere_after_update", vec!["the role of a partner's staff grants less", "a role of the platform grants less"]),
    ] {
        let silent: Vec<_> = losses(&format!("DROP TRIGGER {trigger}")).into_iter().filter(|(_, told)| !told).map(|(name, _)| name).collect();
        assert_eq!(silent, missed, "{trigger}");
    }
}
