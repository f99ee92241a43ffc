//! Sealing: every minute, what came since a trail's last seal is hashed into its chain and signed.

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::{
    app::Deployment,
    domain::{
        audit_chain::{self, Link},
        id::{Id, Record},
        time::Millis,
    },
    io::Io,
    ports::StoreError,
    store::audit_log::{self, AuditRow, SealRow, UnsealedRow},
};

/// Trails a run seals, and rows it takes of each.
const TRAILS: i64 = 20;
const ROWS: i64 = 500;

/// Seals what waits, and says how many rows it covered.
pub async fn seal_due(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<usize, StoreError> {
    let waiting = io.read_one(audit_log::unsealed(TRAILS)).await?.all::<UnsealedRow>()?;
    let mut covered = 0;
    for trail in waiting {
        let rows = io.read_one(audit_log::after(&trail.tenant, trail.sealed_to, ROWS)).await?.all::<AuditRow>()?;
        let links: Vec<Link> = rows.iter().map(|row| row.link(&deployment.keys)).collect();
        let (Some(first), Some(last)) = (links.first(), links.last()) else { continue };
        let previous = trail.previous_hash.clone().unwrap_or_else(|| audit_chain::genesis(&trail.tenant));
        let hash = audit_chain::extend(&previous, &links);
        // The stretch begins where the last one ended, so that a row taken out before sealing shows as a gap.
        let (first, last) = (first.seq.min(trail.sealed_to + 1), last.seq);
        let text = audit_chain::sealed_text(&trail.tenant, first, last, &previous, &hash, now.0);
        let mac = deployment.keys.audit_mac(&text);
        let signed = deployment.key_set.sign(io, |_| text).await;
        let signed = signed.map_err(|problem| StoreError::Unavailable(problem.operator.for_log().to_owned()))?;
        let row = SealRow {
            first_seq: first,
            last_seq: last,
            previous_hash: previous,
            hash,
            kid: signed.kid,
            signature: Base64UrlUnpadded::encode_string(&signed.signature),
            mac,
            sealed_at: now.0,
        };
        match io.write(vec![audit_log::seal(Id::<Record>::new(now, io.random()), &trail.tenant, &row)]).await {
            // Another run was first: what it sealed is sealed.
            Ok(_) | Err(StoreError::Unique(_)) => covered += links.len(),
            Err(other) => return Err(other),
        }
    }
    Ok(covered)
}
