//! Making an invitation, for a portal user and for staff alike; the callers check what each may hand out.

use serde_json::{Value, json};

use crate::{
    account::signup::MAILS_PER_HOUR,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Entity, Id, Role},
        keys::Purpose,
        locale::Locale,
        realm::Realm,
    },
    mail::template::Template,
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        invitations::{self, Invitation, PendingRow},
        users::{self, Count},
    },
    web::response::Response,
};

/// Who is invited to what. Roles and company have been checked.
pub struct InviteOrder {
    pub email: Email,
    pub roles: Vec<Id<Role>>,
    pub company: Option<Id<Entity>>,
    pub display_name: Option<String>,
}

/// Creates or renews the invitation, mails it, and answers 201. An address that got too many mails this hour gets no
/// further one, silently: its link of before keeps working.
pub async fn invite(cx: &Cx<'_>, order: &InviteOrder) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let lookup = cx.deployment.keys.lookup_hash(&order.email);
    for _ in 0..3 {
        let queries = vec![invitations::pending(actor.tenant, actor.organization()?, &lookup), users::recent_mails(actor.tenant, &lookup, cx.now)];
        let mut rows = cx.read(queries).await?.into_iter();
        let pending = rows.next().unwrap_or_default().first::<PendingRow>()?;
        let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
        let id = pending.map_or_else(|| cx.new_id(), |row| row.id);
        let expires = cx.now.plus(invitations::LIFE);
        let answer = Response::json(201, &json!({"ok": true, "invitation": {"id": id, "email": order.email.as_str(), "expiresAt": expires}}));
        let quiet = mails >= MAILS_PER_HOUR && pending.is_some();
        match cx.try_commit(change(cx, order, &lookup, id, quiet)?).await {
            Ok(_) => return Ok(answer),
            // Two people invited the same address at once: the second renews the first's.
            Err(StoreError::Unique(_) | StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::unavailable("three lost races at one invitation"))
}

fn change(cx: &Cx<'_>, order: &InviteOrder, lookup: &str, id: RowId, quiet: bool) -> Result<Change, Problem> {
    let actor = cx.actor()?;
    let token_row = cx.new_id();
    let token = cx.deployment.keys.mailed_token(Purpose::Invitation, token_row).hash();
    let (by_staff, by_customer) = match actor.realm {
        Realm::Staff => (Some(actor.user), None),
        Realm::Customer => (None, Some(actor.user)),
    };
    let locale = cx.locale();
    let invitation = Invitation {
        id,
        tenant: actor.tenant,
        organization: actor.organization()?,
        email: &order.email,
        lookup_hash: lookup,
        token_row,
        token: &token,
        company: order.company,
        roles: &order.roles,
        by_staff,
        by_customer,
        display_name: order.display_name.as_deref(),
        locale: locale.code(),
    };
    let entry = Entry::new("user.invited", "invitation", id).detail(json!({"email": order.email.masked(), "roles": order.roles}));
    if quiet {
        return Ok(Change::new(vec![invitations::amend(&invitation, cx.now), store::changed_one()]).audit(entry).event(event(cx, order, id)?));
    }
    Ok(Change::new(vec![invitations::upsert(&invitation, cx.now), store::changed_one()])
        .audit(entry)
        .event(event(cx, order, id)?)
        .mail(mail(cx, order, token_row, locale)?))
}

fn event(cx: &Cx<'_>, order: &InviteOrder, id: RowId) -> Result<Event, Problem> {
    let actor = cx.actor()?;
    let by: Value = match actor.realm {
        Realm::Customer => "portal".into(),
        Realm::Staff => "staff".into(),
    };
    let payload = json!({
        "invitationId": id, "email": order.email.as_str(), "customerEntityId": order.company, "invitedByType": by,
        "tenantId": actor.tenant, "organizationId": actor.organization,
    });
    Ok(Event::new("customer_accounts.user.invited", actor.tenant, actor.organization, payload))
}

fn mail(cx: &Cx<'_>, order: &InviteOrder, token_row: RowId, locale: Locale) -> Result<MailOrder, Problem> {
    let actor = cx.actor()?;
    Ok(MailOrder {
        template: Template::Invitation,
        to: order.email.clone(),
        locale,
        tenant: actor.tenant,
        organization: actor.organization,
        token_row: Some(token_row),
        recipient_name: order.display_name.clone(),
        inviter: Some(actor.display_name.clone()),
        facts: Vec::new(),
    })
}
