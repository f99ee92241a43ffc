//! The closure table says what the parents say, whatever moves where.

use portcullis_tests::World;
use proptest::prelude::*;

const TENANT: &str = "0190f5fe-7c00-7a00-8000-0000000000a0";

fn id(n: usize) -> String {
    format!("0190f5fe-7c00-7a00-8000-{n:012x}")
}

fn parent(n: Option<usize>) -> String {
    n.map_or("NULL".into(), |n| format!("'{}'", id(n)))
}

/// Ancestors by walking the parents, itself first.
fn chain(parents: &[Option<usize>], mut n: usize) -> Vec<usize> {
    let mut chain = vec![n];
    while let Some(next) = parents[n] {
        chain.push(next);
        n = next;
    }
    chain
}

fn expected(parents: &[Option<usize>]) -> Vec<(String, String, i64)> {
    let rows = (0..parents.len()).flat_map(|n| chain(parents, n).into_iter().enumerate().map(move |(depth, above)| (id(above), id(n), depth as i64)));
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

fn stored(world: &World) -> Vec<(String, String, i64)> {
    let rows = world.rows("SELECT ancestor_id, descendant_id, depth FROM organization_paths ORDER BY 1, 2, 3");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(&row["ancestor_id"]), text(&row["descendant_id"]), row["depth"].as_i64().unwrap())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_paths_follow_every_insert_and_every_move(
        born in prop::collection::vec(prop::option::of(any::<prop::sample::Index>()), 1..9),
        moves in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(any::<prop::sample::Index>())), 0..12),
    ) {
        let world = World::new();
        world.arrange(&format!("INSERT INTO tenants (id, name, created_at) VALUES ('{TENANT}', 'T', 1)"));
        let mut parents: Vec<Option<usize>> = Vec::new();
        for under in &born {
            let under = under.filter(|_| !parents.is_empty()).map(|index| index.index(parents.len()));
            let n = parents.len();
            world.arrange(&format!(
                "INSERT INTO organizations (id, tenant_id, name, slug, parent_id, created_at) VALUES ('{}', '{TENANT}', 'O', 'o{n}', {}, 1)",
                id(n), parent(under)
            ));
            parents.push(under);
        }
        prop_assert_eq!(stored(&world), expected(&parents));
        for (who, under) in moves {
            let who = who.index(parents.len());
            let under = under.map(|index| index.index(parents.len()));
            let makes_a_cycle = under.is_some_and(|under| chain(&parents, under).contains(&who));
            let moved = world.database.connection().execute_batch(&format!("UPDATE organizations SET parent_id = {} WHERE id = '{}'", parent(under), id(who)));
            prop_assert_eq!(moved.is_err(), makes_a_cycle, "{:?}: {} under {:?}", parents, who, under);
            if !makes_a_cycle {
                parents[who] = under;
            }
            prop_assert_eq!(stored(&world), expected(&parents));
        }
    }
}

/// The migration finds a tree that is there already.
#[test]
fn the_paths_of_what_was_there_before_are_filled_in() {
    let world = World::new();
    world.arrange(&format!("INSERT INTO tenants (id, name, created_at) VALUES ('{TENANT}', 'T', 1)"));
    for (n, under) in [(0, None), (1, Some(0)), (2, Some(1)), (3, Some(0)), (4, None)] {
        world.arrange(&format!(
            "INSERT INTO organizations (id, tenant_id, name, slug, parent_id, created_at) VALUES ('{}', '{TENANT}', 'O', 'o{n}', {}, 1)",
            id(n),
            parent(under)
        ));
    }
    let kept = stored(&world);
    let migration = portcullis_tests::sources::migrations().into_iter().find(|(name, _)| name == "0060_organization_paths.sql").unwrap().1;
    world.arrange(
        "DROP TRIGGER organization_paths_after_insert; DROP TRIGGER organization_paths_after_move; DROP TRIGGER organization_paths_after_delete; \
         DROP TABLE organization_paths;",
    );
    world.arrange(&migration);
    assert_eq!(stored(&world), kept);
    assert_eq!(kept, expected(&[None, Some(0), Some(1), Some(0), None]));
}

/// A slug stays with who had it first, after a rename and after a deletion.
#[test]
fn a_slug_never_changes_hands() {
    let world = World::seeded();
    let insert = |n: usize, slug: &str| {
        let tenant = world.acme().tenant;
        world.database.connection().execute_batch(&format!(
            "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('{}', '{tenant}', 'O', '{slug}', 1)",
            id(n)
        ))
    };
    insert(1, "one").unwrap();
    world.arrange("UPDATE organizations SET slug = 'uno' WHERE slug = 'one'");
    assert!(insert(2, "one").is_err() && insert(2, "uno").is_err());
    world.arrange("UPDATE organizations SET slug = 'one' WHERE slug = 'uno'; UPDATE organizations SET deleted_at = 2 WHERE slug = 'one'");
    assert!(insert(2, "one").is_err() && insert(2, "uno").is_err());
    insert(2, "two").unwrap();
}
