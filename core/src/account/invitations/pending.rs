//! Invitations on their way: listing them, and taking one back, for portal users and staff alike; the callers say whose.

use serde_json::{Value, json};

use crate::{
    change::Change,
    cx::{Cx, RowId},
    domain::{audit::Entry, email::Email, event::Event, realm::Realm},
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        listing::Page,
        pending_invitations::{self, COUNTED, Of, PendingInvitationRow},
        users::Count,
    },
    web::response::Response,
};

const MISSING: &str = "Invitation not found";

pub const CANCEL_AUDIT: &[&str] = &["invitation.cancelled"];

fn wanted(cx: &Cx<'_>) -> Page {
    Page { number: cx.request.query_number("page", 1, 1..=1_000_000), size: cx.request.query_number("pageSize", 25, 1..=100) }
}

pub async fn list(cx: &Cx<'_>, of: Of) -> Result<Response, Problem> {
    let page = wanted(cx);
    let mut rows = cx.read(pending_invitations::page(of, page, cx.now).to_vec()).await?.into_iter();
    let items: Vec<Value> = rows.next().unwrap_or_default().all::<PendingInvitationRow>()?.iter().map(PendingInvitationRow::view).collect();
    let counted = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    Ok(answer(page, &items, counted))
}

/// The list of somebody who works nowhere in particular.
pub fn nothing(cx: &Cx<'_>) -> Response {
    answer(wanted(cx), &[], 0)
}

fn answer(page: Page, items: &[Value], counted: i64) -> Response {
    let total = counted.min(COUNTED);
    let pages = ((total + i64::from(page.size) - 1) / i64::from(page.size)).max(1);
    let mut body = json!({"ok": true, "items": items, "total": total, "totalPages": pages, "page": page.number, "pageSize": page.size});
    if let (true, Some(object)) = (counted > COUNTED, body.as_object_mut()) {
        object.insert("totalIsExact".into(), json!(false));
    }
    Response::json(200, &body)
}

/// Takes an invitation back: its link is void. One that would make a portal admin is taken back by those only who
/// could remove that admin, which `over_admins` says.
pub async fn cancel(cx: &Cx<'_>, of: Of, over_admins: bool) -> Result<Response, Problem> {
    let missing = || Problem::not_found(MISSING);
    let id: RowId = cx.id_param("id", MISSING)?;
    let row = cx.read_one(pending_invitations::one(of, id, cx.now)).await?.first::<PendingInvitationRow>()?.ok_or_else(missing)?;
    if row.grants_admin && !over_admins {
        return Err(Problem::forbidden("Insufficient permissions"));
    }
    let actor = cx.actor()?;
    let by = match actor.realm {
        Realm::Customer => "portal",
        Realm::Staff => "staff",
    };
    let payload = json!({
        "invitationId": id, "email": row.email, "customerEntityId": row.customer_entity_id, "cancelledByType": by,
        "tenantId": actor.tenant, "organizationId": row.organization_id,
    });
    let change = Change::new(vec![pending_invitations::cancel(of, id, cx.now), store::changed_one()])
        .audit(
            Entry::new("invitation.cancelled", "invitation", id)
                .within(actor.tenant, Some(row.organization_id))
                .detail(json!({"email": Email::as_typed(&row.email).masked()})),
        )
        .event(Event::new("customer_accounts.invitation.cancelled", actor.tenant, Some(row.organization_id), payload));
    match cx.try_commit(change).await {
        // Accepted, or taken back by somebody else, meanwhile.
        Err(StoreError::Precondition) => Err(missing()),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
