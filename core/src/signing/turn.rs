//! Carrying out a turn of the key set: one batch over the version it was decided on, with its trail and its event. Of
//! two who turn at once one wins, and the other leaves nothing.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::json;

use super::key_set::belongs_to;
use crate::{
    app::Deployment,
    change::Change,
    domain::{
        audit::{self, Entry},
        event::Event,
        id::{Id, Tenant},
        key_cycle::{self, Key, Refusal, State, Turn},
        realm::Realm,
        time::Millis,
        wrapping,
    },
    io::Io,
    jose::jwk::PrivateJwk,
    pipeline::place::nowhere,
    ports::{Rows, Statement, StoreError},
    problem::Problem,
    store::{
        self,
        signing_keys::{self, KeyRow, Stored},
    },
};

/// The keys as they are, the key of the configuration standing in while there are none.
pub async fn stored(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<Stored, StoreError> {
    read(deployment, io.read_one(signing_keys::all()).await?, now)
}

/// The same, of rows that were read already.
pub fn read(deployment: &Deployment, rows: Rows, now: Millis) -> Result<Stored, StoreError> {
    let mut stored = Stored::of(rows.all::<KeyRow>()?)?;
    if let (0, Some(key)) = (stored.version, deployment.key_set.imported()) {
        stored.created.push((key.public.kid.clone(), now));
        stored.keys.push(Key { kid: key.public.kid.clone(), state: State::Current, since: now, leaves: None });
    }
    Ok(stored)
}

/// What a turn comes to: its statements, and the keys afterwards.
pub struct Prepared {
    pub writes: Vec<Statement>,
    pub after: Vec<Key>,
}

impl Prepared {
    pub fn kid(&self, state: State) -> &str {
        self.after.iter().find(|key| key.state == state).map_or("", |key| key.kid.as_str())
    }
}

pub async fn prepare(deployment: &Deployment, io: &Io<'_>, stored: &Stored, turn: &Turn, now: Millis) -> Result<Prepared, Problem> {
    let mut writes = vec![signing_keys::advance(stored.version), store::changed_one()];
    // Before the first turn the table is empty: what stays of the configuration's key becomes its first row.
    let first = stored.version == 0;
    let mut certain = |statement: Statement| writes.extend([statement, store::changed_one()]);
    for kid in turn.drop.iter().filter(|_| !first) {
        certain(signing_keys::delete(kid));
    }
    if let Some((kid, leaves)) = &turn.retire {
        certain(signing_keys::retire(kid, *leaves, now));
    }
    if let Some(kid) = &turn.promote {
        certain(signing_keys::promote(kid, now));
    }
    let mut made = Vec::new();
    for (wanted, state) in [(turn.make_current, State::Current), (turn.make_next, State::Next)] {
        if wanted {
            let key = io.generate_key().await?;
            certain(insert(deployment, io, &key, state, now)?);
            made.push(key.public.kid.clone());
        }
    }
    if let (true, Some(key)) = (first && !turn.make_current, deployment.key_set.imported()) {
        certain(insert(deployment, io, key, State::Current, now)?);
    }
    let names: Vec<&str> = made.iter().map(String::as_str).collect();
    let after = key_cycle::turned(&stored.keys, turn, &names, now).map_err(|refusal| Problem::internal(refusal.to_string()))?;
    Ok(Prepared { writes, after })
}

fn insert(deployment: &Deployment, io: &Io<'_>, key: &PrivateJwk, state: State, now: Millis) -> Result<Statement, Problem> {
    let kid = &key.public.kid;
    let scalar = Base64UrlUnpadded::decode_vec(key.reveal_scalar()).map(zeroize::Zeroizing::new);
    let wrapped = scalar.ok().and_then(|scalar| wrapping::wrap(deployment.keys.wrapping_key(), io.random(), &belongs_to(kid), &scalar));
    Ok(signing_keys::insert(&key.public, state, &wrapped.ok_or_else(|| Problem::internal("a key could not be wrapped"))?, now))
}

/// The change of a turn that somebody asked for.
pub fn change(action: &'static str, kid: &str, prepared: Prepared, tenant: Id<Tenant>, reason: Option<&str>) -> Change {
    let (current, next) = (prepared.kid(State::Current).to_owned(), prepared.kid(State::Next).to_owned());
    let detail = json!({"current": current, "next": next, "reason": reason});
    Change::new(prepared.writes).audit(Entry::new(action, "key", kid).detail(detail)).event(Event::new(
        "platform.keys.changed",
        tenant,
        None,
        json!({"current": current, "next": next}),
    ))
}

/// Cron's part: first keys, rotation on schedule, and dropping what nobody needs. Says what it did.
pub async fn turn_due(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<&'static str, Problem> {
    let stored = stored(deployment, io, now).await?;
    let turn = key_cycle::due(&stored.keys, deployment.config.key_intervals, now);
    if turn.is_nothing() {
        return Ok("unchanged");
    }
    let prepared = prepare(deployment, io, &stored, &turn, now).await?;
    let (action, kid) =
        if turn.promote.is_some() { ("key.rotated", prepared.kid(State::Current)) } else { ("key.turned", prepared.kid(State::Next)) };
    let entry = Entry::new(action, "key", kid).detail(json!({"dropped": turn.drop, "retired": turn.retire.as_ref().map(|(kid, _)| kid)}));
    let row = audit::Row {
        id: Id::new(now, io.random()),
        at: now,
        realm: Realm::Staff,
        entry,
        actor_kind: "system",
        ip: String::new(),
        user_agent: String::new(),
        request_id: "cron".into(),
    };
    let payload = json!({"current": prepared.kid(State::Current), "next": prepared.kid(State::Next)});
    let event = Event::new("platform.keys.changed", nowhere(), None, payload);
    let mut writes = prepared.writes;
    writes.push(store::audit::append(&row, true, &deployment.keys));
    writes.push(store::outbox::event(Id::new(now, io.random()), &event, now, true));
    match io.write(writes).await {
        Ok(_) => Ok("turned"),
        Err(StoreError::Precondition | StoreError::Unique(_)) => Ok("turned by another"),
        Err(other) => Err(other.into()),
    }
}

/// What the caller hears of a turn that is refused.
pub fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NoSuchKey => Problem::not_found("Key not found"),
        Refusal::NotReady { at } => {
            Problem::conflict("The next key was published too recently: verifiers may not know it yet.").member("readyAt", at.iso())
        }
        Refusal::NoNext => Problem::conflict("There is no next key yet; cron makes one within a minute."),
        Refusal::Transition { .. } => Problem::internal(refusal.to_string()),
    }
}
