//! What a reader of the trail asks for: which trail, which rows of it, and from where on.

use serde::Deserialize;

use crate::{
    cx::Cx,
    domain::{
        id::{Id, Tenant},
        scope::Scope,
        time::Millis,
    },
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::audit_log::{self, AuditRow, Filter},
    web::request::Request,
};

/// The feature that every reading of the trail wants.
pub const FEATURE: &str = "auth.audit.view";
/// Above every sequence number.
const TOP: i64 = (u32::MAX as i64) << 16;

/// Rows of one trail, newest first, below a sequence number. New rows get higher numbers, so that what is being read
/// does not move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// A tenant's id; empty for the rows of no tenant.
    pub trail: String,
    pub scope: Scope,
    pub filter: Filter,
    pub below: i64,
}

#[derive(Deserialize)]
struct End {
    n: Option<i64>,
}

impl Asked {
    pub fn read(cx: &Cx<'_>) -> Result<Self, Problem> {
        let scope = cx.actor()?.scope(FEATURE);
        Ok(Self { trail: trail(cx)?, filter: filter(cx.request)?, below: cursor(cx.request)?, scope })
    }

    /// Up to `most` rows, and where to go on. A page looks at a bounded part of the trail: a rare match costs more pages,
    /// never a scan.
    pub async fn page(&self, io: &Io<'_>, most: i64) -> Result<(Vec<AuditRow>, Option<i64>), StoreError> {
        let queries = vec![audit_log::page(&self.trail, &self.scope, &self.filter, self.below, most), audit_log::window_end(&self.trail, self.below)];
        let mut answers = io.read(queries).await?.into_iter();
        let rows = answers.next().unwrap_or_default().all::<AuditRow>()?;
        let end = answers.next().unwrap_or_default().first::<End>()?.and_then(|end| end.n);
        // A full page goes on below its last row, a scanty one below the part it looked at.
        let next = if rows.len() as i64 == most { rows.last().map(|row| row.seq) } else { end };
        Ok((rows, next.filter(|seq| *seq > 1)))
    }
}

/// The active tenant's trail. Who sees everything may name another tenant's, or `platform` for what belongs to none.
pub fn trail(cx: &Cx<'_>) -> Result<String, Problem> {
    let actor = cx.actor()?;
    let own = actor.tenant;
    match cx.request.query_value("tenantId").filter(|text| !text.is_empty() && text != "undefined").as_deref() {
        None => Ok(own.to_string()),
        Some("platform") if actor.scope(FEATURE).everything => Ok(String::new()),
        Some(text) => match Id::<Tenant>::parse(text) {
            // Only the flag gets past the pipeline with another tenant's id; its scope is everything.
            Some(tenant) if tenant == own || actor.scope(FEATURE).everything => Ok(tenant.to_string()),
            Some(_) => Err(Problem::forbidden("Not authorized to target this tenant.")),
            None => Err(wrong("tenantId", "Expected a UUID")),
        },
    }
}

fn cursor(request: &Request) -> Result<i64, Problem> {
    match text(request, "cursor") {
        None => Ok(TOP),
        Some(text) => text.parse::<i64>().ok().filter(|n| (1..=TOP).contains(n)).ok_or_else(|| wrong("cursor", "Not a nextCursor that was answered")),
    }
}

fn filter(request: &Request) -> Result<Filter, Problem> {
    let time = |name: &'static str| match text(request, name) {
        None => Ok(None),
        Some(value) => Millis::parse_lenient(&value).map(Some).ok_or_else(|| wrong(name, "Expected an ISO date-time")),
    };
    let outcome = text(request, "outcome");
    if outcome.as_deref().is_some_and(|outcome| !["success", "failure", "denied"].contains(&outcome)) {
        return Err(wrong("outcome", "Expected success, failure or denied"));
    }
    Ok(Filter {
        q: text(request, "q"),
        action: text(request, "action"),
        outcome,
        actor: text(request, "actor"),
        organization: text(request, "organizationId"),
        since: time("since")?,
        before: time("before")?,
    })
}

fn text(request: &Request, name: &str) -> Option<String> {
    request.query_value(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

pub fn wrong(name: &'static str, why: &'static str) -> Problem {
    Problem::validation("Invalid query parameters", vec![(name.into(), vec![why.into()])])
}
