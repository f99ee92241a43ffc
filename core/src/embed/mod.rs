//! Views that a CRM shows in frames of its own pages: the account of a person, the accounts of a company.
//!
//! Whoever holds an address sees one view of one person or company for five minutes, and can change nothing. The address
//! is signed whole, and worth no more than who made it: their session, their membership and their feature are looked at
//! again whenever it is used, in the round trip that reads the data. Cookies are not looked at.

pub mod account_status;
pub mod create;
pub mod portal_users;

use http::header;

use crate::{
    cx::Cx,
    domain::embed::{Address, View},
    pipeline::authenticate,
    ports::{Query, Rows},
    problem::{Code, Problem},
    store::{
        entities::{self, EntityRow},
        sessions::NotAlive,
        staff_sessions::{self, IdentityRow},
    },
};

/// What one has to hold to make an address, and to have made it.
pub const FEATURE: &str = "customer_accounts.view";

/// An address as its link carries it.
fn sign(cx: &Cx<'_>, address: &Address) -> String {
    let content = address.content();
    let signed = content.as_str();
    #[cfg(feature = "twins")]
    let signed = if cx.twin("embed-unbound") { the_end_alone(signed) } else { signed };
    let mac = cx.deployment.keys.embed_mac(signed);
    format!("{content}.{mac}")
}

/// What the twin signs: its addresses open whatever they are changed to, for as long as they last.
#[cfg(feature = "twins")]
fn the_end_alone(content: &str) -> &str {
    content.rsplit('.').next().unwrap_or_default()
}

/// The address of a request, as a bearer token (RFC 6750): it never stands in a URL that a server or a log sees.
fn presented(cx: &Cx<'_>, view: View) -> Result<Address, Problem> {
    let text = authenticate::bearer(cx.request).ok_or_else(|| refused("invalid"))?;
    let (content, mac) = text.rsplit_once('.').ok_or_else(|| refused("invalid"))?;
    let signed = content;
    #[cfg(feature = "twins")]
    let signed = if cx.twin("embed-unbound") { the_end_alone(signed) } else { signed };
    if !cx.deployment.keys.embed_mac_matches(signed, mac) {
        return Err(refused("invalid").note("the signature does not hold"));
    }
    let address = Address::parse(content).filter(|address| address.view == view && cx.host.admits(address.tenant));
    let address = address.ok_or_else(|| refused("invalid").note("an address of something else"))?;
    if address.is_over(cx.now) { Err(refused("expired")) } else { Ok(address) }
}

/// Reads whom the view is of and what else it needs, and lets nothing out unless the address still holds.
async fn read(cx: &Cx<'_>, view: View, queries: impl FnOnce(&Address) -> Vec<Query>) -> Result<(EntityRow, impl Iterator<Item = Rows>), Problem> {
    // 1. The address.
    let address = presented(cx, view)?;
    // 2. Who made it, whom it is of, and the data: one round trip.
    let mut wanted = vec![
        staff_sessions::identity_in(address.session, address.user, address.organization),
        entities::one(address.tenant, address.organization, view.of(), address.entity),
    ];
    wanted.extend(queries(&address));
    let mut rows = cx.read(wanted).await?.into_iter();
    // 3. Whether they may still see it.
    let maker = rows.next().unwrap_or_default().first::<IdentityRow>()?;
    authorize(cx, &address, maker)?;
    // 4. Whether it is still there.
    let entity = rows.next().unwrap_or_default().first::<EntityRow>()?.ok_or_else(|| Problem::not_found(view.of().not_found()))?;
    Ok((entity, rows))
}

fn authorize(cx: &Cx<'_>, address: &Address, maker: Option<IdentityRow>) -> Result<(), Problem> {
    let found = maker.map_or(Err(NotAlive::Session), |row| row.judge(cx.deployment.config.staff_idle(), None, cx.now));
    let maker = found.map_err(|why| match why {
        NotAlive::Suspended => Problem::tenant_suspended(),
        NotAlive::Outside => Problem::forbidden("Forbidden"),
        NotAlive::Session | NotAlive::Account | NotAlive::Moved => refused("expired").note("the session that made it is over"),
    })?;
    let here = maker.tenant == address.tenant && maker.organization == Some(address.organization);
    if here && maker.grants.allow(FEATURE) && !maker.must_change_password { Ok(()) } else { Err(Problem::forbidden("Forbidden")) }
}

/// `reason` is `expired` or `invalid`: only what was signed here can have expired.
fn refused(reason: &'static str) -> Problem {
    Problem::new(Code::Unauthenticated, "This address does not open anything, or not any more")
        .member("reason", reason)
        .header(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
}
