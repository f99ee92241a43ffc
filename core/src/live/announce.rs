//! After a commit: which channels have something to look for. What is lost here is found a little later by the channels
//! themselves, which look every [`super::channel::POLL`].

use crate::{
    domain::{
        live::{self, Channel, Kind},
        realm::Realm,
    },
    io::Io,
    ports::Rows,
    store::live::{FreshRow, Mark},
};

/// A channel to wake; of a tenant's staff also for all its organizations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    pub channel: Channel,
    pub everywhere: bool,
}

/// Channels that one change wakes at most. The others look for themselves.
const MOST: usize = 20;

/// Whom the rows concern that a batch wrote: those after its mark. Rows that cannot be read wake nobody: the change they
/// belong to has been made.
pub fn concerned(mark: Rows, fresh: Rows) -> Vec<Wake> {
    let Ok(Some(Mark { seq })) = mark.first::<Mark>() else { return Vec::new() };
    let mut wakes: Vec<Wake> = Vec::new();
    for row in fresh.all::<FreshRow>().unwrap_or_default().iter().filter(|row| row.seq > seq) {
        for wake in of(row) {
            if let Some(known) = wakes.iter_mut().find(|known| known.channel == wake.channel) {
                known.everywhere |= wake.everywhere;
            } else if wakes.len() < MOST {
                wakes.push(wake);
            }
        }
    }
    wakes
}

fn of(row: &FreshRow) -> Vec<Wake> {
    let concerns = |realm: Realm| match row.kind {
        Kind::Event => live::concerns(realm, row.name.as_deref().unwrap_or_default()),
        _ => row.realm().is_none_or(|only| only == realm),
    };
    let staff = Channel::Staff { tenant: row.tenant_id };
    let mut wakes = Vec::new();
    // Nobody says at which organization: wherever somebody listens.
    let everywhere = row.organization_id.is_none() && row.kind != Kind::Event && concerns(Realm::Customer);
    if concerns(Realm::Staff) || everywhere {
        wakes.push(Wake { channel: staff, everywhere });
    }
    if let (Some(organization), true) = (row.organization_id, concerns(Realm::Customer)) {
        wakes.push(Wake { channel: Channel::Portal { tenant: row.tenant_id, organization }, everywhere: false });
    }
    wakes
}

pub async fn wake(io: &Io<'_>, wakes: &[Wake]) -> Result<(), String> {
    let calls = wakes.iter().map(|wake| io.wake(wake.channel, wake.everywhere));
    let failed = futures_util::future::join_all(calls).await.into_iter().filter_map(Result::err).map(|error| error.to_string());
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}
