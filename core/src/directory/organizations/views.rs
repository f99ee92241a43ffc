//! The three shapes organizations are listed in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::nodes;
use crate::{
    domain::{
        id::{Id, Organization},
        tree::{self, Place},
    },
    store::organizations::OrganizationRow,
};

/// Rows with their places, in the order of the tree.
pub struct Forest {
    placed: Vec<(OrganizationRow, Place)>,
    names: BTreeMap<Id<Organization>, String>,
}

impl Forest {
    /// Tenant after tenant, as the rows come.
    pub fn grow(rows: Vec<OrganizationRow>) -> Self {
        let places = tree::grow(&nodes(&rows));
        let names = rows.iter().map(|row| (row.id, row.name.clone())).collect();
        let mut order: Vec<_> = Vec::new();
        for row in &rows {
            if !order.contains(&row.tenant_id) {
                order.push(row.tenant_id);
            }
        }
        let mut by_id: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let mut placed: Vec<_> = places.into_iter().filter_map(|place| by_id.remove(&place.id).map(|row| (row, place))).collect();
        let rank: BTreeMap<_, _> = order.into_iter().enumerate().map(|(n, tenant)| (tenant, n)).collect();
        placed.sort_by_cached_key(|(row, place)| (rank.get(&row.tenant_id).copied(), place.label.to_lowercase(), row.id));
        Self { placed, names }
    }

    /// Keeps what a search and a list of ids ask for; places stay what they were.
    pub fn keep(&mut self, search: Option<&str>, ids: Option<&[Id<Organization>]>) {
        let search = search.map(str::to_lowercase);
        let found = |row: &OrganizationRow, place: &Place| {
            let named = search.as_deref().is_none_or(|text| row.name.to_lowercase().contains(text) || place.label.to_lowercase().contains(text));
            named && ids.is_none_or(|ids| ids.contains(&row.id))
        };
        self.placed.retain(|(row, place)| found(row, place));
    }

    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// For a select: by name.
    pub fn options(mut self) -> Vec<Value> {
        self.placed.sort_by_cached_key(|(row, _)| (row.name.to_lowercase(), row.id));
        self.placed.iter().map(|(row, place)| option(row, place)).collect()
    }

    /// Roots with what lies under them.
    pub fn tree(&self) -> Vec<Value> {
        let by_id: BTreeMap<_, _> = self.placed.iter().map(|pair| (pair.0.id, pair)).collect();
        let is_root = |place: &Place| !place.ancestors.iter().any(|id| by_id.contains_key(id));
        self.placed.iter().filter(|(_, place)| is_root(place)).map(|(row, place)| node(row, place, &by_id)).collect()
    }

    /// A page of rows with everything about them.
    pub fn manage(&self, offset: usize, size: usize) -> Vec<Value> {
        self.placed.iter().skip(offset).take(size).map(|(row, place)| managed(row, place, &self.names)).collect()
    }
}

fn parent(place: &Place) -> Option<Id<Organization>> {
    place.ancestors.last().copied()
}

fn option(row: &OrganizationRow, place: &Place) -> Value {
    json!({
        "id": row.id, "name": row.name, "logoUrl": row.logo_url, "parentId": parent(place), "tenantId": row.tenant_id, "isActive": row.is_active,
        "depth": place.ancestors.len(), "treePath": place.path(),
    })
}

fn node(row: &OrganizationRow, place: &Place, all: &BTreeMap<Id<Organization>, &(OrganizationRow, Place)>) -> Value {
    let children: Vec<Value> = place.children.iter().filter_map(|id| all.get(id)).map(|(row, place)| node(row, place, all)).collect();
    json!({
        "id": row.id, "name": row.name, "parentId": parent(place), "tenantId": row.tenant_id, "depth": place.ancestors.len(),
        "ancestorIds": place.ancestors, "childIds": place.children, "descendantIds": place.descendants, "isActive": row.is_active,
        "treePath": place.path(), "pathLabel": place.label, "children": children,
    })
}

fn managed(row: &OrganizationRow, place: &Place, names: &BTreeMap<Id<Organization>, String>) -> Value {
    let parent = parent(place);
    json!({
        "id": row.id, "name": row.name, "slug": row.slug, "logoUrl": row.logo_url, "accent": row.accent, "mailAccent": row.mail_accent,
        "createdAt": row.created_at, "updatedAt": row.updated_at, "tenantId": row.tenant_id, "tenantName": row.tenant_name, "parentId": parent,
        "parentName": parent.and_then(|id| names.get(&id)), "depth": place.ancestors.len(), "rootId": place.root(), "treePath": place.path(),
        "pathLabel": place.label, "ancestorIds": place.ancestors, "childIds": place.children, "descendantIds": place.descendants,
        "childrenCount": place.children.len(), "descendantsCount": place.descendants.len(), "isActive": row.is_active,
        "usersCount": row.users, "merchantsCount": row.merchants,
    })
}
