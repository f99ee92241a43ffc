//! Channels in memory: what the object in the shell keeps, under the same decisions.

use std::cell::{Cell, RefCell};

use portcullis_core::{
    contract::channel::Joining,
    domain::{
        live::{Channel, Listener},
        time::Millis,
    },
    live::channel::{self, Admission, Room, Seated},
    ports::{ChannelError, Fut, Signal, StoreError},
};

use crate::SqliteDatabase;

/// One stream, as its client sees it.
pub struct Stream {
    channel: Channel,
    from: i64,
    pub listener: Listener,
    pub text: String,
    pub open: bool,
    /// How much of the text the Worker has handed on.
    taken: usize,
}

#[derive(Default)]
pub struct Channels {
    pub streams: RefCell<Vec<Stream>>,
    positions: RefCell<Vec<(Channel, i64)>>,
    /// The stream of the request that is being answered.
    current: Cell<Option<usize>>,
    /// Whom later work has woken.
    pub woken: RefCell<Vec<(Channel, bool)>>,
    /// Whether announcements arrive.
    pub deaf: Cell<bool>,
    /// Whether the object can be reached.
    pub down: Cell<bool>,
    /// What somebody else does between the listener's seat and the second look.
    pub meanwhile: RefCell<Option<String>>,
}

impl Channels {
    pub fn open(&self) -> usize {
        self.streams.borrow().iter().filter(|stream| stream.open).count()
    }

    /// Everything the n-th stream was sent.
    pub fn text(&self, n: usize) -> String {
        self.streams.borrow()[n].text.clone()
    }

    pub fn is_open(&self, n: usize) -> bool {
        self.streams.borrow()[n].open
    }
}

/// The channels with the database they read.
pub struct Desk<'w> {
    pub channels: &'w Channels,
    pub database: &'w SqliteDatabase,
    pub clock: Millis,
}

struct InMemory<'w>(&'w Channels, Channel);

impl Room for InMemory<'_> {
    fn position(&self) -> Result<i64, StoreError> {
        Ok(self.0.positions.borrow().iter().find(|(channel, _)| *channel == self.1).map_or(0, |(_, position)| *position))
    }

    fn move_to(&self, position: i64) -> Result<(), StoreError> {
        let mut positions = self.0.positions.borrow_mut();
        positions.retain(|(channel, _)| *channel != self.1);
        positions.push((self.1, position));
        Ok(())
    }

    fn seated(&self) -> Result<Vec<Seated>, StoreError> {
        let streams = self.0.streams.borrow();
        let here = streams.iter().enumerate().filter(|(_, stream)| stream.open && stream.channel == self.1);
        Ok(here.map(|(n, stream)| Seated { socket: i64::try_from(n).unwrap(), from: stream.from, listener: stream.listener.clone() }).collect())
    }

    fn send(&self, socket: i64, text: &str) {
        self.0.streams.borrow_mut()[usize::try_from(socket).unwrap()].text.push_str(text);
    }

    fn end(&self, socket: i64) {
        self.0.streams.borrow_mut()[usize::try_from(socket).unwrap()].open = false;
    }

    fn twin(&self, _name: &str) -> bool {
        false
    }
}

impl Desk<'_> {
    /// What a channel's alarm does, for every channel.
    pub async fn look(&self) -> Result<(), StoreError> {
        let mut channels: Vec<Channel> = Vec::new();
        for stream in self.channels.streams.borrow().iter().filter(|stream| stream.open) {
            if !channels.contains(&stream.channel) {
                channels.push(stream.channel);
            }
        }
        for channel in channels {
            channel::catch_up(self.database, &InMemory(self.channels, channel), channel).await?;
        }
        Ok(())
    }
}

impl portcullis_core::ports::Channels for Desk<'_> {
    fn open(&self, joining: Joining) -> Fut<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            self.channels.current.set(None);
            if self.channels.down.get() {
                return Err(ChannelError::Unavailable("down".into()));
            }
            let room = InMemory(self.channels, joining.channel);
            let admission = channel::admit(self.database, &room, &joining, self.clock).await.map_err(|e| ChannelError::Unavailable(e.to_string()))?;
            let Admission::Admitted { from, first } = admission else { return Err(ChannelError::Full) };
            let stream = Stream { channel: joining.channel, from, listener: joining.listener, text: first, open: true, taken: 0 };
            self.channels.streams.borrow_mut().push(stream);
            self.channels.current.set(Some(self.channels.streams.borrow().len() - 1));
            if let Some(sql) = self.channels.meanwhile.take() {
                self.database.connection().execute_batch(&sql).unwrap();
            }
            Ok(())
        })
    }

    /// Nobody waits here: what is there is handed on, and then the request is over, though its stream stays open.
    fn next(&self, _patience: i64) -> Fut<'_, Signal> {
        Box::pin(async move {
            let Some(n) = self.channels.current.get() else { return Signal::Ended };
            let mut streams = self.channels.streams.borrow_mut();
            let stream = &mut streams[n];
            if stream.taken == stream.text.len() {
                self.channels.current.set(None);
                return Signal::Ended;
            }
            let text = stream.text[stream.taken..].to_owned();
            stream.taken = stream.text.len();
            Signal::Text(text)
        })
    }

    fn close(&self) {
        if let Some(n) = self.channels.current.take() {
            self.channels.streams.borrow_mut()[n].open = false;
        }
    }

    fn wake(&self, channel: Channel, everywhere: bool) -> Fut<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            if self.channels.deaf.get() {
                return Err(ChannelError::Unavailable("deaf".into()));
            }
            self.channels.woken.borrow_mut().push((channel, everywhere));
            if everywhere {
                self.look().await.map_err(|e| ChannelError::Unavailable(e.to_string()))?;
            }
            let room = InMemory(self.channels, channel);
            channel::catch_up(self.database, &room, channel).await.map_err(|e| ChannelError::Unavailable(e.to_string()))
        })
    }
}
