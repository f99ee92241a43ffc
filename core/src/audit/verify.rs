//! `GET /api/audit/verify`: whether the trail of the caller's tenant is whole. Names changed rows, gaps, seals that do
//! not hold, and how much is not sealed yet. A long trail is checked in parts: `nextAfter` of one is `?after=` of the next.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;

use super::asked::{trail, wrong};
use crate::{
    cx::Cx,
    domain::audit_chain::{self, Link, Seal, Start},
    problem::Problem,
    store::audit_log::{self, AuditRow, SealRow},
    web::response::Response,
};

/// Rows and seals read per round trip, and round trips of one request: 20,000 rows, which fit an isolate with room to spare.
const BITE: i64 = 2_000;
const BITES: usize = 10;

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let tenant = trail(cx)?;
    let start = start(cx, &tenant).await?;
    let (mut links, mut seals): (Vec<Link>, Vec<Seal>) = (Vec::new(), Vec::new());
    let (mut row, mut seal, mut complete) = (start.seq, start.seq, false);
    for _ in 0..BITES {
        let mut answers = cx.read(vec![audit_log::after(&tenant, row, BITE), audit_log::seals_after(&tenant, seal, BITE)]).await?.into_iter();
        let rows = answers.next().unwrap_or_default().all::<AuditRow>()?;
        let sealed = answers.next().unwrap_or_default().all::<SealRow>()?;
        complete = (rows.len() as i64) < BITE && (sealed.len() as i64) < BITE;
        row = rows.last().map_or(row, |last| last.seq);
        seal = sealed.last().map_or(seal, |last| last.last_seq);
        links.extend(rows.iter().map(|row| row.link(&cx.deployment.keys)));
        for row in sealed {
            seals.push(checked(cx, &tenant, row).await?);
        }
        if complete {
            break;
        }
    }
    // A part ends with a seal all of whose rows were read; the next part begins there.
    if !complete {
        seals.retain(|seal| seal.last <= row);
        let end = seals.last().map_or(row, |seal| seal.last);
        links.retain(|link| link.seq <= end);
    }
    let next = seals.last().filter(|_| !complete).map(|seal| seal.last);
    // Who keeps the head of one run finds out by the next whether the trail was cut back together with its seals.
    let head = seals.last().map(|seal| json!({"seq": seal.last, "hash": seal.hash}));
    let report = audit_chain::verify(&start, &links, &seals);
    Ok(Response::json(
        200,
        &json!({"ok": true, "sound": report.is_sound(), "complete": next.is_none(), "nextAfter": next, "from": {"seq": start.seq, "hash": start.hash}, "head": head, "report": report}),
    ))
}

/// From the beginning, or after the seal that the part before ended with (`?after=`).
async fn start(cx: &Cx<'_>, tenant: &str) -> Result<Start, Problem> {
    let after = i64::from(cx.request.query_number("after", 0, 0..=u32::MAX));
    if after == 0 {
        return Ok(Start { seq: 0, hash: audit_chain::genesis(tenant) });
    }
    let seal = cx.read_one(audit_log::seals_after(tenant, after - 1, 1)).await?.first::<SealRow>()?.filter(|seal| seal.last_seq == after);
    let seal = seal.ok_or_else(|| wrong("after", "No seal ends here"))?;
    Ok(Start { seq: after, hash: seal.hash })
}

/// A seal with the word on its signature.
async fn checked(cx: &Cx<'_>, tenant: &str, row: SealRow) -> Result<Seal, Problem> {
    let text = audit_chain::sealed_text(tenant, row.first_seq, row.last_seq, &row.previous_hash, &row.hash, row.sealed_at);
    let signature = Base64UrlUnpadded::decode_vec(&row.signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let ours = cx.deployment.keys.audit_mac(&text) == row.mac;
    let key = cx.deployment.key_set.find(&cx.io, &row.kid, cx.now).await?;
    let signed = match (key, signature) {
        (Some(key), Some(signature)) => cx.io.verify(&key, text.into_bytes(), signature).await?,
        // A key that was retired long ago: the MAC stands for it.
        (None, Some(_)) => true,
        (_, None) => false,
    };
    Ok(Seal { first: row.first_seq, last: row.last_seq, previous: row.previous_hash, hash: row.hash, signed: ours && signed })
}
