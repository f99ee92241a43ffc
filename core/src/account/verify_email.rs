//! `POST …/email/verify`: the sign-up's own link proves the address and makes its password live.

use serde_json::json;

use crate::{
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event, keys::Purpose, notification},
    ports::StoreError,
    problem::{Code, Problem},
    store::{
        self,
        staff_notices::{self, Concern},
        tokens::{self, UsableToken},
        users,
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[required("token", Kind::Text { min: 1, max: 512 })], refusal: Refusal::Plain("Invalid token") };

pub const AUDIT: &[&str] = &["email.verified"];

fn refused() -> Problem {
    Problem::new(Code::InvalidRequest, "Invalid or expired token")
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let found = cx.read(vec![tokens::usable_verification(&hash, Purpose::EmailVerification, cx.now), users::by_verification(&hash)]).await?;
    let mut found = found.into_iter();
    let token = found.next().unwrap_or_default().first::<UsableToken>()?.ok_or_else(refused)?;
    let user = found.next().unwrap_or_default().first::<users::VerifyingRow>()?.filter(|user| cx.host.admits(user.tenant_id)).ok_or_else(refused)?;

    let consume = tokens::consume_verification(token.id, cx.now);
    #[cfg(feature = "twins")]
    let consume = if cx.twin("consume-unchecked") { tokens::consume_verification_unchecked(token.id, cx.now) } else { consume };
    let mut writes = vec![consume, store::changed_one()];
    writes.push(users::verified_by_signup(user.id, token.password_hash.as_deref(), token.display_name.as_deref(), cx.now));
    // A sign-up is news to staff once somebody stands behind it.
    let concern =
        Concern { id: cx.new_id(), tenant: user.tenant_id, organization: Some(user.organization_id), feature: staff_notices::SEES_CUSTOMERS };
    writes.push(staff_notices::to_those_concerned_if_changed(&concern, &notification::customer_signed_up(user.id.to_string()), cx.now));
    // Whoever verified may have asked for links before; none of them is needed any more.
    writes.push(tokens::void_verifications(user.id, Purpose::EmailVerification, cx.now));
    let payload = json!({"userId": user.id, "recipientUserId": user.id, "tenantId": user.tenant_id});
    let change = Change::new(writes)
        .audit(Entry::new("email.verified", "user", user.id).within(user.tenant_id, Some(user.organization_id)).by(user.id))
        .event(Event::new("customer_accounts.email.verified", user.tenant_id, Some(user.organization_id), payload));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(refused()),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
