//! The organizations of a tenant as a tree: where each one lies, and which moves leave it a tree.

use std::collections::BTreeMap;

use super::id::{Id, Organization};

/// Levels a tree may have.
pub const LEVELS: usize = 12;

/// Live organizations a tenant may have.
pub const MOST: i64 = 1_000;

/// One organization. A parent that is not among the nodes is out of sight: the node counts as a root.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: Id<Organization>,
    pub parent: Option<Id<Organization>>,
    pub name: String,
}

/// Where one organization lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: Id<Organization>,
    /// From the root down, without itself.
    pub ancestors: Vec<Id<Organization>>,
    pub children: Vec<Id<Organization>>,
    /// Everything under it, each child before what is under the child.
    pub descendants: Vec<Id<Organization>>,
    /// Names from the root down to itself.
    pub label: String,
}

impl Place {
    /// Ids from the root down to itself, between slashes.
    pub fn path(&self) -> String {
        self.ancestors.iter().chain([&self.id]).map(ToString::to_string).collect::<Vec<_>>().join("/")
    }

    pub fn root(&self) -> Id<Organization> {
        self.ancestors.first().copied().unwrap_or(self.id)
    }
}

type Children<'a> = BTreeMap<Option<Id<Organization>>, Vec<&'a Node>>;

/// Every node's place: parents before their children, siblings by name.
pub fn grow(nodes: &[Node]) -> Vec<Place> {
    let mut children = Children::new();
    let known: std::collections::BTreeSet<_> = nodes.iter().map(|node| node.id).collect();
    for node in nodes {
        children.entry(node.parent.filter(|parent| known.contains(parent))).or_default().push(node);
    }
    children.values_mut().for_each(|siblings| siblings.sort_by_cached_key(|node| (node.name.to_lowercase(), node.id)));
    let mut places = Vec::new();
    for root in children.get(&None).into_iter().flatten() {
        visit(&children, root, &[], "", &mut places);
    }
    places
}

fn visit(children: &Children<'_>, node: &Node, above: &[Id<Organization>], label: &str, places: &mut Vec<Place>) -> Vec<Id<Organization>> {
    let label = if label.is_empty() { node.name.clone() } else { format!("{label} / {}", node.name) };
    let own = children.get(&Some(node.id)).map_or(&[][..], Vec::as_slice);
    let at = places.len();
    places.push(Place {
        id: node.id,
        ancestors: above.to_vec(),
        children: own.iter().map(|child| child.id).collect(),
        descendants: Vec::new(),
        label: label.clone(),
    });
    let path: Vec<_> = above.iter().copied().chain([node.id]).collect();
    let mut descendants = Vec::new();
    for child in own {
        descendants.push(child.id);
        descendants.extend(visit(children, child, &path, &label, places));
    }
    if let Some(place) = places.get_mut(at) {
        place.descendants.clone_from(&descendants);
    }
    descendants
}

/// What somebody wants of one organization's place. `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `None` for one that is still to be made.
    pub id: Option<Id<Organization>>,
    pub parent: Option<Option<Id<Organization>>>,
    pub children: Option<Vec<Id<Organization>>>,
}

/// What has to be moved for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// The organization's parent from now on.
    pub parent: Option<Id<Organization>>,
    /// Children that become roots.
    pub released: Vec<Id<Organization>>,
    /// Organizations that become children.
    pub adopted: Vec<Id<Organization>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    ParentMissing,
    OwnParent,
    DescendantAsParent,
    ChildIsParent,
    InvalidChild,
    AncestorAsChild,
    DescendantCycle,
    OutOfReach,
    TooDeep,
}

impl Refusal {
    pub const fn text(self) -> &'static str {
        match self {
            Self::ParentMissing => "Parent not found",
            Self::OwnParent => "Organization cannot be its own parent",
            Self::DescendantAsParent => "Cannot assign descendant as parent",
            Self::ChildIsParent => "Child cannot equal parent",
            Self::InvalidChild => "Invalid child assignment",
            Self::AncestorAsChild => "Cannot assign ancestor as child",
            Self::DescendantCycle => "Cannot assign descendant cycle",
            Self::OutOfReach => "The place of this organization is not yours to change",
            Self::TooDeep => "Organizations can be nested 12 levels at most",
        }
    }
}

/// Decides on the tree as it was read; the batch makes sure that it still is that tree.
pub fn plan(nodes: &[Node], wanted: &Wanted) -> Result<Moves, Refusal> {
    let places: BTreeMap<_, _> = grow(nodes).into_iter().map(|place| (place.id, place)).collect();
    let stored = wanted.id.and_then(|id| nodes.iter().find(|node| node.id == id)).and_then(|node| node.parent);
    let parent = wanted.parent.unwrap_or(stored);
    if let (Some(id), true) = (wanted.id, parent != stored) {
        check_parent(&places, id, stored, parent)?;
    }
    if wanted.id.is_none() && parent.is_some_and(|parent| !places.contains_key(&parent)) {
        return Err(Refusal::ParentMissing);
    }
    let own = wanted.id.and_then(|id| places.get(&id)).map(|place| place.children.clone()).unwrap_or_default();
    let children = wanted.children.clone().unwrap_or_else(|| own.clone());
    for child in children.iter().filter(|child| !own.contains(child)) {
        check_child(&places, wanted.id, parent, *child)?;
    }
    if parent.is_some_and(|parent| children.contains(&parent)) {
        return Err(Refusal::ChildIsParent);
    }
    let above = parent.and_then(|parent| places.get(&parent)).map_or(0, |place| place.ancestors.len() + 1);
    let below = children.iter().filter_map(|child| places.get(child)).map(|child| 1 + height(&places, child)).max().unwrap_or(0);
    if above + 1 + below > LEVELS {
        return Err(Refusal::TooDeep);
    }
    Ok(Moves {
        parent,
        released: own.iter().filter(|child| !children.contains(child)).copied().collect(),
        adopted: children.into_iter().filter(|child| !own.contains(child)).collect(),
    })
}

fn check_parent(
    places: &BTreeMap<Id<Organization>, Place>,
    id: Id<Organization>,
    stored: Option<Id<Organization>>,
    parent: Option<Id<Organization>>,
) -> Result<(), Refusal> {
    if stored.is_some_and(|stored| !places.contains_key(&stored)) {
        return Err(Refusal::OutOfReach);
    }
    match parent {
        None => Ok(()),
        Some(parent) if parent == id => Err(Refusal::OwnParent),
        Some(parent) if !places.contains_key(&parent) => Err(Refusal::ParentMissing),
        Some(parent) if places.get(&id).is_some_and(|place| place.descendants.contains(&parent)) => Err(Refusal::DescendantAsParent),
        Some(_) => Ok(()),
    }
}

fn check_child(
    places: &BTreeMap<Id<Organization>, Place>,
    id: Option<Id<Organization>>,
    parent: Option<Id<Organization>>,
    child: Id<Organization>,
) -> Result<(), Refusal> {
    let Some(place) = places.get(&child).filter(|_| Some(child) != id) else { return Err(Refusal::InvalidChild) };
    if parent == Some(child) {
        return Err(Refusal::ChildIsParent);
    }
    if id.is_some_and(|id| place.descendants.contains(&id)) {
        return Err(Refusal::AncestorAsChild);
    }
    if parent.is_some_and(|parent| place.descendants.contains(&parent)) {
        return Err(if id.is_some() { Refusal::DescendantCycle } else { Refusal::InvalidChild });
    }
    Ok(())
}

/// Levels under a place.
fn height(places: &BTreeMap<Id<Organization>, Place>, place: &Place) -> usize {
    let depths = place.descendants.iter().filter_map(|id| places.get(id)).map(|below| below.ancestors.len());
    depths.max().map_or(0, |deepest| deepest - place.ancestors.len())
}

#[cfg(test)]
mod tests;
