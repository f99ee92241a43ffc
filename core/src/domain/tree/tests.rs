use super::*;
use crate::domain::time::Millis;

fn id(n: i64) -> Id<Organization> {
    Id::new(Millis(n), [0; 10])
}

/// 1 ─ 2 ─ 3, 1 ─ 4, and 5 by itself.
fn nodes() -> Vec<Node> {
    let node = |n: i64, parent: Option<i64>, name: &str| Node { id: id(n), parent: parent.map(id), name: name.into() };
    vec![node(3, Some(2), "Three"), node(1, None, "One"), node(4, Some(1), "four"), node(2, Some(1), "Two"), node(5, None, "Five")]
}

fn wanted(n: Option<i64>, parent: Option<Option<i64>>, children: Option<&[i64]>) -> Wanted {
    Wanted { id: n.map(id), parent: parent.map(|parent| parent.map(id)), children: children.map(|list| list.iter().copied().map(id).collect()) }
}

#[test]
fn each_lies_under_its_parent_and_siblings_go_by_name() {
    let places = grow(&nodes());
    assert_eq!(places.iter().map(|place| place.label.as_str()).collect::<Vec<_>>(), ["Five", "One", "One / four", "One / Two", "One / Two / Three"]);
    let one = places.iter().find(|place| place.id == id(1)).unwrap();
    assert_eq!((&one.children, &one.descendants), (&vec![id(4), id(2)], &vec![id(4), id(2), id(3)]));
    let three = places.iter().find(|place| place.id == id(3)).unwrap();
    assert_eq!((&three.ancestors, three.root(), three.path()), (&vec![id(1), id(2)], id(1), format!("{}/{}/{}", id(1), id(2), id(3))));
}

#[test]
fn a_parent_out_of_sight_makes_a_root() {
    let seen: Vec<Node> = nodes().into_iter().filter(|node| node.id != id(1)).collect();
    let places = grow(&seen);
    assert!(places.iter().filter(|place| place.ancestors.is_empty()).map(|place| place.id).eq([id(5), id(4), id(2)]));
    assert_eq!(plan(&seen, &wanted(Some(2), Some(None), None)), Err(Refusal::OutOfReach));
    assert_eq!(plan(&seen, &wanted(Some(2), None, None)).map(|moves| moves.parent), Ok(Some(id(1))), "it stays where it is");
}

#[test]
fn what_is_absent_stays() {
    for n in 1..=5 {
        let moves = plan(&nodes(), &wanted(Some(n), None, None)).unwrap();
        assert!(moves.released.is_empty() && moves.adopted.is_empty());
        assert_eq!(moves.parent, nodes().iter().find(|node| node.id == id(n)).unwrap().parent);
    }
}

#[test]
fn children_are_released_and_adopted() {
    let moves = plan(&nodes(), &wanted(Some(1), None, Some(&[2, 5]))).unwrap();
    assert_eq!(moves, Moves { parent: None, released: vec![id(4)], adopted: vec![id(5)] });
    let moves = plan(&nodes(), &wanted(None, Some(Some(4)), Some(&[5]))).unwrap();
    assert_eq!(moves, Moves { parent: Some(id(4)), released: vec![], adopted: vec![id(5)] });
    let moves = plan(&nodes(), &wanted(Some(2), Some(Some(5)), Some(&[4]))).unwrap();
    assert_eq!(moves, Moves { parent: Some(id(5)), released: vec![id(3)], adopted: vec![id(4)] });
}

#[test]
fn what_would_be_no_tree_is_refused() {
    for (asked, why) in [
        (wanted(Some(1), Some(Some(1)), None), Refusal::OwnParent),
        (wanted(Some(1), Some(Some(9)), None), Refusal::ParentMissing),
        (wanted(None, Some(Some(9)), None), Refusal::ParentMissing),
        (wanted(Some(1), Some(Some(3)), None), Refusal::DescendantAsParent),
        (wanted(Some(1), None, Some(&[1])), Refusal::InvalidChild),
        (wanted(Some(1), None, Some(&[9])), Refusal::InvalidChild),
        (wanted(Some(5), Some(Some(4)), Some(&[4])), Refusal::ChildIsParent),
        (wanted(Some(1), Some(Some(5)), Some(&[5])), Refusal::ChildIsParent),
        (wanted(None, Some(Some(4)), Some(&[4])), Refusal::ChildIsParent),
        (wanted(Some(3), None, Some(&[1])), Refusal::AncestorAsChild),
        (wanted(Some(3), None, Some(&[2])), Refusal::ChildIsParent),
        (wanted(Some(5), Some(Some(3)), Some(&[1])), Refusal::DescendantCycle),
        (wanted(None, Some(Some(3)), Some(&[1])), Refusal::InvalidChild),
    ] {
        assert_eq!(plan(&nodes(), &asked), Err(why), "{asked:?}");
    }
}

#[test]
fn a_tree_has_twelve_levels() {
    let chain: Vec<Node> = (1..=12).map(|n| Node { id: id(n), parent: (n > 1).then(|| id(n - 1)), name: n.to_string() }).collect();
    assert_eq!(plan(&chain, &wanted(None, Some(Some(12)), None)), Err(Refusal::TooDeep));
    assert!(plan(&chain, &wanted(None, Some(Some(11)), None)).is_ok());
    assert_eq!(plan(&chain, &wanted(None, None, Some(&[1]))), Err(Refusal::TooDeep));
    assert!(plan(&chain, &wanted(None, None, Some(&[2]))).is_ok());
}
