//! The rows behind the revocation feed. Triggers write them (see the migration); here they are read, and thinned out.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Record, Tenant},
        realm::Realm,
        revocation::{Floor, Kind, LIFE, Mark},
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// Rows of one read. A book that is further behind is read in several.
pub const PAGE: usize = 5_000;

/// Newest rows that a tenant keeps one by one, and all tenants together.
const TENANT_CAP: i64 = 1_000;
const CAP: i64 = 5_000;

#[derive(Clone, Debug, Deserialize)]
pub struct MarkRow {
    seq: i64,
    kind: String,
    subject: Id<Record>,
    realm: Option<String>,
    tenant_id: Option<Id<Tenant>>,
    not_before: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct FloorRow {
    seq: i64,
    covers: i64,
    tenant_id: Id<Tenant>,
    not_before: i64,
}

/// How far the source has come.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Position {
    pub seq: i64,
}

impl MarkRow {
    pub fn mark(self) -> Result<Mark, StoreError> {
        let kind = Kind::parse(&self.kind).ok_or_else(|| StoreError::Broken(format!("revocation of kind {}", self.kind)))?;
        let realm = self.realm.as_deref().and_then(|name| Realm::ALL.into_iter().find(|realm| realm.name() == name));
        Ok(Mark { seq: self.seq, kind, subject: self.subject, realm, tenant: self.tenant_id, not_before: self.not_before })
    }
}

impl FloorRow {
    pub fn floor(self) -> Floor {
        Floor { seq: self.seq, covers: self.covers, tenant: self.tenant_id, not_before: self.not_before }
    }
}

/// What came after a sequence number (a floor may be written when the sequence stands still) and concerns living tokens, the floors, and how far the source has come. The rows
/// are read in one transaction.
pub fn since(seq: i64, now: Millis) -> [Query; 3] {
    let alive = now.seconds() - LIFE;
    [
        Query::new(
            "SELECT seq, kind, subject, realm, tenant_id, not_before FROM revocations WHERE seq > ?1 AND not_before > ?2 ORDER BY seq LIMIT ?3",
            args![seq, alive, i64::try_from(PAGE).unwrap_or(i64::MAX)],
        ),
        Query::new("SELECT tenant_id, not_before, covers, seq FROM revocation_floors WHERE seq >= ?1 AND not_before > ?2", args![seq, alive]),
        Query::new("SELECT COALESCE((SELECT max(seq) FROM revocations), 0) AS seq", args![]),
    ]
}

/// Of a tenant's rows all but the newest; of all tenants' rows together likewise. Accounts of staff keep theirs: there is
/// one row each at most.
const TOO_MANY: &str = "SELECT seq FROM (SELECT seq, row_number() OVER (PARTITION BY tenant_id ORDER BY seq DESC) AS of_tenant, \
     row_number() OVER (ORDER BY seq DESC) AS of_all FROM revocations WHERE tenant_id IS NOT NULL) WHERE of_tenant > ?1 OR of_all > ?2";

/// Rows that are too many become their tenant's floor; rows and floors whose tokens have expired go. The newest row stays,
/// so that the sequence never goes back. One batch.
pub fn thin_out(now: Millis) -> Vec<Statement> {
    let dead = now.seconds() - LIFE;
    vec![
        Statement::new("DELETE FROM revocations WHERE not_before <= ?1 AND seq < (SELECT max(seq) FROM revocations)", args![dead]),
        Statement::new("DELETE FROM revocation_floors WHERE not_before <= ?1", args![dead]),
        Statement::new(
            format!(
                "INSERT INTO revocation_floors (tenant_id, not_before, covers, seq) SELECT tenant_id, max(not_before), max(seq), \
                 (SELECT max(seq) FROM revocations) FROM revocations WHERE seq IN ({TOO_MANY}) GROUP BY tenant_id \
                 ON CONFLICT (tenant_id) DO UPDATE SET not_before = max(not_before, excluded.not_before), covers = max(covers, excluded.covers), \
                 seq = excluded.seq"
            ),
            args![TENANT_CAP, CAP],
        ),
        Statement::new(format!("DELETE FROM revocations WHERE seq IN ({TOO_MANY})"), args![TENANT_CAP, CAP]),
    ]
}
