//! What life-cycle events say of the thing they are about, as it is after the change: read inside the change's own batch,
//! so that no event can disagree with what was committed. It stands in the event's `data` as `snapshot`.

/// The areas of life-cycle events and where the things are: `{id}` is the thing's id, `{tenant}` the event's tenant.
/// Colleagues elsewhere are nobody's business here, so what somebody does in other tenants is left out.
const AREAS: [(&str, &str); 6] = [
    (
        "customer_accounts.user.",
        "SELECT json_object('email', u.email, 'displayName', u.display_name, 'locale', u.locale, 'isActive', {bool u.is_active}, \
         'emailVerified', {bool u.email_verified_at IS NOT NULL}, 'companyId', u.customer_entity_id, 'personId', u.person_entity_id, \
         'roles', json((SELECT json_group_array(slug) FROM (SELECT r.slug FROM customer_user_roles ur JOIN customer_roles r ON r.id = ur.role_id \
         WHERE ur.user_id = u.id AND r.deleted_at IS NULL ORDER BY r.slug))), 'deleted', {bool u.deleted_at IS NOT NULL}) \
         FROM customer_users u WHERE u.id = {id} AND u.tenant_id = {tenant}",
    ),
    (
        "auth.user.",
        "SELECT json_object('email', u.email, 'displayName', u.display_name, 'locale', u.locale, 'isActive', {bool u.is_active}, \
         'emailVerified', {bool u.email_verified_at IS NOT NULL}, 'homeTenantId', u.tenant_id, \
         'memberships', json((SELECT json_group_array(json_object('id', m.id, 'organizationId', m.organization_id, 'roleId', m.role_id, 'role', r.slug)) \
         FROM staff_memberships m JOIN staff_roles r ON r.id = m.role_id WHERE m.user_id = u.id AND m.tenant_id = {tenant} AND m.deleted_at IS NULL)), \
         'deleted', {bool u.deleted_at IS NOT NULL}) FROM staff_users u WHERE u.id = {id}",
    ),
    (
        "auth.membership.",
        "SELECT json_object('userId', m.user_id, 'email', u.email, 'displayName', u.display_name, 'isActive', {bool u.is_active}, \
         'organizationId', m.organization_id, 'roleId', m.role_id, 'role', r.slug, \
         'merchantIds', json((SELECT json_group_array(w.merchant_id) FROM staff_membership_merchants w WHERE w.membership_id = m.id)), \
         'deleted', {bool m.deleted_at IS NOT NULL}) FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id \
         JOIN staff_roles r ON r.id = m.role_id WHERE m.id = {id} AND m.tenant_id = {tenant}",
    ),
    (
        "directory.tenant.",
        "SELECT json_object('name', t.name, 'policy', t.policy, 'isActive', {bool t.is_active}, 'partnerId', t.partner_id, \
         'deleted', {bool t.deleted_at IS NOT NULL}) FROM tenants t WHERE t.id = {id}",
    ),
    (
        "directory.organization.",
        "SELECT json_object('name', o.name, 'slug', o.slug, 'parentId', o.parent_id, 'isActive', {bool o.is_active}, \
         'deleted', {bool o.deleted_at IS NOT NULL}) FROM organizations o WHERE o.id = {id} AND o.tenant_id = {tenant}",
    ),
    (
        "directory.merchant.",
        "SELECT json_object('name', m.name, 'slug', m.slug, 'organizationId', m.organization_id, 'isActive', {bool m.is_active}, \
         'deleted', {bool m.deleted_at IS NOT NULL}) FROM merchants m WHERE m.id = {id} AND m.tenant_id = {tenant}",
    ),
];

/// The payload `?payload` of an event with its snapshot, as SQL; the payload alone for an event that is no part of a life.
pub fn payload(event: &str, payload: &str, tenant: &str) -> String {
    let is_life = ["created", "updated", "deleted", "suspended", "resumed"].iter().any(|end| event.ends_with(&format!(".{end}")));
    let found = AREAS.iter().find(|(area, _)| is_life && event.strip_prefix(area).is_some_and(|rest| !rest.contains('.')));
    let Some((_, select)) = found else { return payload.to_owned() };
    let select = select.replace("{id}", &format!("json_extract({payload}, '$.id')")).replace("{tenant}", tenant);
    let mut sql = String::new();
    for (n, part) in select.split("{bool ").enumerate() {
        match part.split_once('}').filter(|_| n > 0) {
            Some((condition, rest)) => sql.push_str(&format!("json(CASE WHEN {condition} THEN 'true' ELSE 'false' END){rest}")),
            None => sql.push_str(part),
        }
    }
    format!("json_set({payload}, '$.snapshot', json(({sql})))")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_has_a_snapshot_and_a_sign_in_has_none() {
        assert_eq!(payload("customer_accounts.login.success", "?5", "?2"), "?5");
        assert_eq!(payload("customer_accounts.user.locked", "?5", "?2"), "?5");
        let sql = payload("directory.tenant.suspended", "?5", "?2");
        assert_eq!(
            sql,
            "json_set(?5, '$.snapshot', json((SELECT json_object('name', t.name, 'policy', t.policy, 'isActive', json(CASE WHEN t.is_active THEN 'true' \
             ELSE 'false' END), 'partnerId', t.partner_id, 'deleted', json(CASE WHEN t.deleted_at IS NOT NULL THEN 'true' ELSE 'false' END)) \
             FROM tenants t WHERE t.id = json_extract(?5, '$.id'))))"
        );
    }
}
