//! A channel: who listens, and how far they have heard. The object in the shell has the sockets and keeps what must
//! survive it; what happens is decided here, and in [`crate::domain::live`].
//!
//! Nothing is lost and nothing comes twice, because
//! * positions grow in the order of commits, so whoever has read up to one has read all before it;
//! * the channel's own position moves only once everybody has been sent what lies before it, with no `await` between
//!   reading who listens, sending, and moving on;
//! * a new listener starts at the position that was read last before they were written down, and whoever came back is
//!   first sent what lies between their last position and that.

use crate::{
    contract::channel::Joining,
    domain::{
        live::{Channel, Item, Kind, Listener, PER_USER, REPLAY, RESET, Verdict, WINDOW, frame, judge, position},
        time::{MINUTE, Millis, SECOND},
    },
    ports::{Database, StoreError},
    store::live::{self, FeedRow, Head, PAGE},
};

/// How often a channel looks for what nobody told it of, while somebody listens.
pub const POLL: i64 = 15 * SECOND;

/// How long the channel of a tenant's staff remembers that somebody listens at an organization, who says so again with
/// every look.
pub const REMEMBERED: i64 = MINUTE;

/// A listener as the room has it: a position, and a socket by its number.
pub struct Seated {
    pub socket: i64,
    /// What they are not told, because it was before they came.
    pub from: i64,
    pub listener: Listener,
}

/// What a channel's object has.
pub trait Room {
    /// Up to where everybody here has been told.
    fn position(&self) -> Result<i64, StoreError>;
    fn move_to(&self, position: i64) -> Result<(), StoreError>;
    fn seated(&self) -> Result<Vec<Seated>, StoreError>;
    /// One that cannot be sent to is gone, or will be told so by the platform.
    fn send(&self, socket: i64, text: &str);
    /// Closes a socket and forgets the listener.
    fn end(&self, socket: i64);
    /// Whether a broken twin runs; see [`crate::twin`].
    fn twin(&self, name: &str) -> bool;
}

/// What became of somebody who wants to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nothing was awaited since it was decided. `first` is what the new socket is sent: the position comes last, so that
    /// a replay that breaks off is begun again.
    Admitted {
        from: i64,
        first: String,
    },
    Full,
}

/// Tells everybody what is new.
pub async fn catch_up(database: &dyn Database, room: &dyn Room, channel: Channel) -> Result<(), StoreError> {
    loop {
        if room.seated()?.is_empty() {
            return Ok(());
        }
        let asked = room.position()?;
        let mut answers = database.read(vec![live::after(channel, asked), live::head(asked)]).await?.into_iter();
        let items = items(answers.next().unwrap_or_default().all()?)?;
        let head = answers.next().unwrap_or_default().first::<Head>()?.ok_or_else(|| StoreError::Broken("the feed has no head".into()))?;
        // From here on nothing is awaited until everybody has been told.
        let (seated, told) = (room.seated()?, room.position()?);
        if head.reaches_back == 0 {
            // Away for longer than the feed is kept: whoever listens comes back and is told that something was missed.
            seated.iter().for_each(|one| room.end(one.socket));
            return room.move_to(head.seq);
        }
        tell(room, &seated, &items, told);
        let full = items.len() >= PAGE;
        let reached = if full { items.last().map_or(told, |item| item.seq) } else { head.seq };
        if reached > told {
            room.move_to(reached)?;
        }
        if !full {
            return Ok(());
        }
    }
}

/// Another look may have told some of it while this one waited for its answer.
fn tell(room: &dyn Room, seated: &[Seated], items: &[Item], told: i64) {
    let mut ended = Vec::new();
    for item in items.iter().filter(|item| item.seq > told) {
        // Written once, whoever hears of it.
        let mut text = None;
        for one in seated.iter().filter(|one| item.seq > one.from) {
            if ended.contains(&one.socket) {
                continue;
            }
            let verdict = judge(&one.listener, item);
            // The twin that tells everybody everything.
            #[cfg(feature = "twins")]
            let verdict = if verdict == Verdict::Nothing && matches!(item.kind, Kind::Event | Kind::Notice) && room.twin("live-for-everybody") {
                Verdict::Tell
            } else {
                verdict
            };
            match verdict {
                Verdict::Nothing => {}
                Verdict::End => {
                    room.end(one.socket);
                    ended.push(one.socket);
                }
                Verdict::Tell => {
                    if let Some(text) = text.get_or_insert_with(|| frame(item)) {
                        room.send(one.socket, text);
                    }
                }
            }
        }
    }
}

/// Decides about somebody who wants to listen.
pub async fn admit(database: &dyn Database, room: &dyn Room, joining: &Joining, now: Millis) -> Result<Admission, StoreError> {
    let Joining { channel, listener, last } = joining;
    let oldest = now.0 - WINDOW;
    // A look that overtakes this one has told others what this one has not read: then it is read again.
    for _ in 0..5 {
        let asked = last.unwrap_or(0);
        let mut queries = vec![live::head(asked)];
        queries.extend(last.map(|last| live::missed(*channel, listener, last)));
        let mut answers = database.read(queries).await?.into_iter();
        let head = answers.next().unwrap_or_default().first::<Head>()?.ok_or_else(|| StoreError::Broken("the feed has no head".into()))?;
        let missed = items(answers.next().unwrap_or_default().all()?)?;
        let (seated, told) = (room.seated()?, room.position()?);
        if !seated.is_empty() && told > head.seq {
            continue;
        }
        if seated.iter().filter(|one| one.listener.user == listener.user).count() >= PER_USER {
            return Ok(Admission::Full);
        }
        if seated.is_empty() {
            room.move_to(head.seq)?;
        }
        let first = match last {
            None => String::new(),
            Some(last) => {
                let whole = head.reaches_back != 0 && *last <= head.seq && missed.len() < PAGE;
                replay(listener, missed, oldest, whole)
            }
        };
        return Ok(Admission::Admitted { from: head.seq, first: first + &position(head.seq) });
    }
    Err(StoreError::Unavailable("the channel moves on faster than anybody can be seated".into()))
}

/// What somebody who came back has missed, oldest first; before it the word that there was more, where there was.
fn replay(listener: &Listener, newest_first: Vec<Item>, oldest: i64, whole: bool) -> String {
    let theirs: Vec<Item> =
        newest_first.into_iter().filter(|item| matches!(item.kind, Kind::Event | Kind::Notice) && judge(listener, item) == Verdict::Tell).collect();
    let kept = theirs.iter().take(REPLAY).filter(|item| item.seq > oldest).count();
    let reset = if whole && kept == theirs.len() { "" } else { RESET };
    let frames: String = theirs.get(..kept).unwrap_or_default().iter().rev().filter_map(frame).collect();
    format!("{reset}{frames}")
}

fn items(rows: Vec<FeedRow>) -> Result<Vec<Item>, StoreError> {
    rows.into_iter().map(FeedRow::item).collect()
}
