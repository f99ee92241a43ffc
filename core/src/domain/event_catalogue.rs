//! Every event there is: its name, what it says, and the members of its `data`. Rendered into docs/EVENTS.md and offered
//! where webhooks are set up; tests hold it to what the routes write. **A new event needs a row here.**

/// One event.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    pub name: &'static str,
    pub about: &'static str,
    /// Members of `data`; a `?` marks those that are not always there.
    pub fields: &'static [&'static str],
}

const fn event(name: &'static str, about: &'static str, fields: &'static [&'static str]) -> Described {
    Described { name, about, fields }
}

/// In the order of their names.
pub const EVENTS: &[Described] = &[
    event("auth.invitation.accepted", "A member of staff has accepted an invitation.", &["invitationId", "organizationId", "tenantId", "userId"]),
    event("auth.invitation.cancelled", "An invitation of staff was taken back.", &["invitationId", "organizationId", "tenantId"]),
    event("auth.login.failed", "A sign-in of a member of staff was refused.", &["email", "reason"]),
    event("auth.login.success", "A member of staff has signed in.", &["email", "id", "organizationId", "tenantId"]),
    event(
        "auth.membership.created",
        "Somebody works at a place now, with a role.",
        &["id", "organizationId", "roleId", "snapshot", "tenantId", "userId"],
    ),
    event("auth.membership.deleted", "Somebody works at a place no more.", &["id", "organizationId", "roleId", "snapshot", "tenantId", "userId"]),
    event(
        "auth.membership.updated",
        "The role, or the merchants, of a membership are others.",
        &["id", "organizationId", "roleId", "snapshot", "tenantId", "userId"],
    ),
    event(
        "auth.password.change_failed",
        "The current password was wrong when a member of staff wanted a new one.",
        &["at", "sessionId", "tenantId", "userId"],
    ),
    event("auth.password.changed", "A member of staff has a new password.", &["at", "changedBy", "changedById", "tenantId", "userId"]),
    event("auth.password_reset.completed", "A member of staff has chosen a new password by a mailed link.", &["tenantId", "userId"]),
    event(
        "auth.password_reset.link_sent",
        "Somebody had a link to a new password mailed to a member of staff.",
        &["id", "organizationId", "sentBy", "tenantId"],
    ),
    event("auth.password_reset.requested", "A member of staff asked for a link to a new password.", &["tenantId", "userId"]),
    event("auth.platform.bootstrapped", "The first administrator of the deployment was made.", &["id", "organizationId", "tenantId"]),
    event("auth.role.created", "A role of staff was made.", &["id", "name", "organizationId", "tenantId"]),
    event("auth.role.deleted", "A role of staff was deleted.", &["id", "name", "organizationId", "tenantId"]),
    event("auth.role.updated", "A role of staff, or what it grants in an organization, was changed.", &["id", "name", "organizationId", "tenantId"]),
    event("auth.role_acl.updated", "What a role of staff grants was changed.", &["id", "name", "organizationId", "tenantId"]),
    event("auth.session.ended", "Sessions of a member of staff were ended.", &["by", "tenantId", "userId", "all?", "allBut?", "sessionId?"]),
    event("auth.session.switched", "A member of staff moved to another place.", &["organizationId", "sessionId", "tenantId", "userId"]),
    event("auth.user.created", "There is a new account of staff.", &["id", "organizationId", "snapshot", "tenantId", "createdBy?"]),
    event(
        "auth.user.deleted",
        "An account of staff was deleted: nothing of it may stay in force.",
        &["deletedBy", "id", "organizationId", "snapshot", "tenantId"],
    ),
    event(
        "auth.user.invited",
        "Somebody was invited to work at a place.",
        &["invitedBy", "organizationId", "tenantId", "email?", "id?", "invitationId?"],
    ),
    event("auth.user.locked", "An account of staff is locked for a while.", &["id", "tenantId", "email?", "lockedBy?", "organizationId?"]),
    event("auth.user.unlocked", "An account of staff is locked no more.", &["id", "organizationId", "tenantId", "unlockedBy"]),
    event(
        "auth.user.updated",
        "An account of staff was changed: name, address, standing or roles.",
        &["id", "organizationId", "snapshot", "tenantId", "updatedBy?"],
    ),
    event(
        "auth.user_acl.updated",
        "What one member of staff is granted or denied was changed.",
        &["id", "organizationId", "recipientUserId", "tenantId"],
    ),
    event(
        "customer_accounts.email.verified",
        "A customer's address is proven.",
        &["recipientUserId", "tenantId", "email?", "id?", "organizationId?", "userId?", "verifiedBy?"],
    ),
    event(
        "customer_accounts.import.advanced",
        "Lines of an import are in, or were looked at in a dry run: `lines` has the first and the last, and how many came to what.",
        &["by", "dryRun", "id", "lines", "organizationId", "tenantId"],
    ),
    event("customer_accounts.import.started", "An import of customers has begun.", &["dryRun", "id", "organizationId", "startedBy", "tenantId"]),
    event("customer_accounts.invitation.accepted", "A customer has accepted an invitation.", &["invitationId", "tenantId", "userId"]),
    event(
        "customer_accounts.invitation.cancelled",
        "An invitation of a customer was taken back.",
        &["cancelledByType", "customerEntityId", "email", "invitationId", "organizationId", "tenantId"],
    ),
    event("customer_accounts.login.failed", "A sign-in of a customer was refused.", &["email", "reason", "tenantId"]),
    event("customer_accounts.login.success", "A customer has signed in.", &["email", "id", "organizationId", "tenantId"]),
    event("customer_accounts.magic_link.requested", "A customer asked for a link to sign in.", &["organizationId", "tenantId", "userId"]),
    event(
        "customer_accounts.password.change_failed",
        "The current password was wrong when a customer wanted a new one.",
        &["at", "organizationId", "sessionId", "tenantId", "userId"],
    ),
    event(
        "customer_accounts.password.changed",
        "A customer has a new password.",
        &["at", "changedBy", "changedById", "organizationId", "tenantId", "userId"],
    ),
    event(
        "customer_accounts.password.reset",
        "Staff have set a customer's password, or had a link to a new one mailed.",
        &["email", "id", "organizationId", "recipientUserId", "resetBy", "tenantId"],
    ),
    event("customer_accounts.password_reset.requested", "A customer asked for a link to a new password.", &["tenantId", "userId"]),
    event("customer_accounts.role.created", "A role of customers was made.", &["id", "name", "organizationId", "slug", "tenantId"]),
    event("customer_accounts.role.deleted", "A role of customers was deleted.", &["id", "name", "organizationId", "slug", "tenantId"]),
    event("customer_accounts.role.updated", "A role of customers, or what it grants, was changed.", &["id", "name", "organizationId", "tenantId"]),
    event("customer_accounts.session.ended", "Sessions of a customer were ended.", &["by", "tenantId", "userId", "all?", "except?", "sessionId?"]),
    event(
        "customer_accounts.user.created",
        "There is a new customer account. Its address is proven with the event email.verified, or already is, where staff made it or an invitation was accepted.",
        &["email", "id", "organizationId", "snapshot", "tenantId", "createdBy?", "importId?", "invitationId?"],
    ),
    event(
        "customer_accounts.user.deleted",
        "A customer account was deleted: nothing of it may stay in force.",
        &["email", "id", "organizationId", "snapshot", "tenantId", "deletedBy?"],
    ),
    event(
        "customer_accounts.user.invited",
        "Somebody was invited to an organization.",
        &["customerEntityId", "email", "invitationId", "invitedByType", "organizationId", "tenantId"],
    ),
    event(
        "customer_accounts.user.locked",
        "A customer account is locked for a while.",
        &["email", "id", "organizationId", "recipientUserId", "tenantId"],
    ),
    event(
        "customer_accounts.user.unlocked",
        "A customer account is locked no more.",
        &["email", "id", "organizationId", "recipientUserId", "tenantId", "unlockedBy"],
    ),
    event(
        "customer_accounts.user.updated",
        "A customer account was changed: name, standing, roles, links or grants.",
        &["email", "id", "organizationId", "recipientUserId", "snapshot", "tenantId", "updatedBy", "importId?"],
    ),
    event(
        "customer_accounts.users.exported",
        "Somebody has taken a file of every customer of an organization, with password hashes or without.",
        &["exportedBy", "organizationId", "passwordHashes", "tenantId"],
    ),
    event(
        "customers.company.created",
        "A company was added to the registry.",
        &["createdBy", "entityId", "id", "organizationId", "tenantId", "importId?"],
    ),
    event("customers.company.deleted", "A company was removed from the registry.", &["deletedBy", "entityId", "id", "organizationId", "tenantId"]),
    event("customers.company.updated", "A company of the registry was changed.", &["entityId", "id", "organizationId", "tenantId", "updatedBy"]),
    event(
        "customers.person.created",
        "A person was added to the registry.",
        &["createdBy", "entityId", "id", "organizationId", "tenantId", "importId?"],
    ),
    event("customers.person.deleted", "A person was removed from the registry.", &["deletedBy", "entityId", "id", "organizationId", "tenantId"]),
    event("customers.person.updated", "A person of the registry was changed.", &["entityId", "id", "organizationId", "tenantId", "updatedBy"]),
    event("directory.merchant.created", "A merchant was opened.", &["createdBy", "id", "merchantId", "organizationId", "snapshot", "tenantId"]),
    event(
        "directory.merchant.deleted",
        "A merchant was closed for good.",
        &["deletedBy", "id", "merchantId", "organizationId", "snapshot", "tenantId"],
    ),
    event(
        "directory.merchant.updated",
        "A merchant was changed, or is open or closed now.",
        &["id", "merchantId", "organizationId", "snapshot", "tenantId", "updatedBy"],
    ),
    event("directory.organization.created", "There is a new organization.", &["createdBy", "id", "organizationId", "snapshot", "tenantId"]),
    event("directory.organization.deleted", "An organization was closed for good.", &["deletedBy", "id", "organizationId", "snapshot", "tenantId"]),
    event("directory.organization.resumed", "An organization works again.", &["id", "organizationId", "snapshot", "tenantId", "updatedBy"]),
    event(
        "directory.organization.suspended",
        "An organization is suspended: nobody of it gets in.",
        &["id", "organizationId", "snapshot", "tenantId", "updatedBy"],
    ),
    event(
        "directory.organization.updated",
        "An organization was changed: name, slug, branding or its place in the tree.",
        &["id", "organizationId", "snapshot", "tenantId", "updatedBy"],
    ),
    event("directory.partner.created", "A partner was added.", &["createdBy", "id", "partnerId"]),
    event("directory.partner.deleted", "A partner was removed.", &["deletedBy", "id", "partnerId"]),
    event("directory.partner.updated", "A partner, or who works for it, was changed.", &["id", "partnerId", "updatedBy"]),
    event("directory.tenant.created", "There is a new tenant.", &["createdBy", "id", "snapshot", "tenantId"]),
    event("directory.tenant.deleted", "A tenant was closed for good.", &["deletedBy", "id", "snapshot", "tenantId"]),
    event("directory.tenant.resumed", "A tenant works again.", &["id", "snapshot", "tenantId", "updatedBy"]),
    event("directory.tenant.suspended", "A tenant is suspended: nobody of it gets in.", &["id", "snapshot", "tenantId", "updatedBy"]),
    event("directory.tenant.updated", "A tenant was changed: name, policy or partner.", &["id", "snapshot", "tenantId", "updatedBy"]),
    event("platform.app.created", "An origin app was registered.", &["audience", "id", "tenantId"]),
    event("platform.app.credential_created", "An origin app got another secret.", &["credentialId", "id", "tenantId"]),
    event("platform.app.credential_revoked", "A secret of an origin app was revoked.", &["credentialId", "id", "tenantId"]),
    event("platform.app.deleted", "An origin app was deleted.", &["audience", "id", "tenantId"]),
    event("platform.app.rules_replaced", "The path rules of an origin app are others.", &["id", "tenantId", "version"]),
    event("platform.app.updated", "An origin app was changed.", &["audience", "id", "tenantId"]),
    event("platform.keys.changed", "Another key signs from now on, or one was removed.", &["current", "next"]),
    event("platform.mail.abandoned", "An operator has given a mail up.", &["id", "template", "updatedBy"]),
    event("platform.mail.retried", "An operator has a mail sent once more.", &["id", "template", "updatedBy"]),
    event("platform.webhook.created", "A webhook was set up.", &["createdBy", "id", "organizationId", "tenantId", "url"]),
    event("platform.webhook.deleted", "A webhook was deleted.", &["deletedBy", "id", "organizationId", "tenantId", "url"]),
    event(
        "platform.webhook.disabled",
        "A webhook was turned off by itself: its receiver is gone, or failed for days.",
        &["id", "organizationId", "reason", "tenantId", "url"],
    ),
    event(
        "platform.webhook.replayed",
        "Somebody had deliveries of a webhook sent again.",
        &["id", "organizationId", "replayedBy", "tenantId", "url", "what"],
    ),
    event("platform.webhook.secret_rotated", "A webhook has a new secret.", &["id", "organizationId", "rotatedBy", "tenantId", "url"]),
    event(
        "platform.webhook.updated",
        "A webhook was changed, turned on or off.",
        &["enabled", "id", "organizationId", "tenantId", "updatedBy", "url"],
    ),
    event("webhook.test", "A test that somebody asked for; for its own webhook alone.", &["requestedBy", "webhookId"]),
];

#[cfg(test)]
mod tests {
    use super::EVENTS;

    #[test]
    fn events_stand_in_order_and_once() {
        assert!(EVENTS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
