//! What a new tenant and a new organization start with: the roles of a pack.

use crate::{
    cx::Cx,
    domain::{
        id::{Id, Organization, Role, Tenant},
        realm::Realm,
        registry,
    },
    pack::{Pack, Scope},
    ports::Statement,
    store::{
        roles::{self, NewRole},
        staff_roles::{self, NewStaffRole},
    },
};

/// The staff roles of one tenant. Those of the platform are there already.
pub fn tenant_roles(cx: &Cx<'_>, pack: &Pack, tenant: Id<Tenant>) -> Vec<Statement> {
    let own = pack.staff.iter().filter(|role| role.scope == Scope::Tenant);
    own.flat_map(|role| {
        let new =
            NewStaffRole { id: cx.new_id(), tenant: Some(tenant), slug: &role.slug, name: &role.slug, priority: role.priority, is_system: true };
        let features = registry::default_grants(Realm::Staff, &role.slug, &role.features);
        staff_roles::insert(&new, cx.new_id(), &features, role.is_super_admin, cx.now)
    })
    .collect()
}

/// The customer roles of one organization, by slug, with the statements that make them.
pub fn organization_roles(cx: &Cx<'_>, pack: &Pack, tenant: Id<Tenant>, organization: Id<Organization>) -> (Vec<(String, Id<Role>)>, Vec<Statement>) {
    let (mut made, mut writes) = (Vec::new(), Vec::new());
    for role in &pack.customer {
        let new = NewRole {
            id: cx.new_id(),
            tenant,
            organization,
            name: &role.name,
            slug: &role.slug,
            description: None,
            is_default: role.is_default,
            is_system: true,
            customer_assignable: role.customer_assignable,
        };
        let features = registry::default_grants(Realm::Customer, &role.slug, &role.features);
        writes.extend(roles::insert(&new, cx.new_id(), &features, role.is_portal_admin, cx.now));
        made.push((role.slug.clone(), new.id));
    }
    (made, writes)
}
