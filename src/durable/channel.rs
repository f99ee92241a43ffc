//! `ChannelObject`, binding `CHANNEL`: who listens to live events. What they hear is decided in
//! [`portcullis_core::live::channel`].
//!
//! * **Serialises:** nothing by itself. Who is seated, what they are sent and how far the channel has come change without
//!   an `await` between.
//! * **Key → object:** one for the customers of an organization, one for the staff of a tenant; see
//!   [`portcullis_core::contract::channel`]. That of the staff also knows at which organizations somebody listens.
//! * **Stores:** a row a listener, the position up to which they have been told, and those organizations. The sockets
//!   hibernate: an object that nothing happens to leaves memory, and finds all this again.
//! * **When it is down:** a stream is refused with 503; streams that are open end, and clients resume from D1's feed.
//! * **Cleans up:** a listener's row goes with their socket. An alarm looks for what nobody told of while somebody
//!   listens; when nobody does, it empties the storage, and the object ceases to exist.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    panic::AssertUnwindSafe,
    time::Duration,
};

use portcullis_core::{
    contract::channel::{ENDED, FULL, JOINING, Joining, Message, object_name},
    domain::{
        live::{Channel, LIFE, Listener},
        time::MINUTE,
    },
    live::channel::{self, Admission, POLL, REMEMBERED, Room, Seated},
    ports::{Log, StoreError},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use worker::{
    DurableObject, Env, Request, Response, Result, SqlStorageValue, State, WebSocket, WebSocketIncomingMessage, WebSocketPair, durable_object,
};

use super::{answer, ask, refuse};
use crate::{bindings, clock::now, console::Console};

const TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), channel TEXT NOT NULL, position INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS listener (socket INTEGER PRIMARY KEY AUTOINCREMENT, opened_at INTEGER NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS elsewhere (channel TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID",
];

/// Beyond this a listener's socket has nobody at its other end.
const OLDEST: i64 = LIFE + MINUTE;

const LIMIT: Duration = Duration::from_secs(3);

#[durable_object]
pub struct ChannelObject {
    state: State,
    env: Env,
    /// Whether the tables are known to be there. A cell needs asserting, because the build unwinds; it is set whole or not at all.
    ready: AssertUnwindSafe<Cell<bool>>,
    /// When the channel of the tenant's staff last heard that somebody listens here.
    said: AssertUnwindSafe<Cell<i64>>,
}

impl DurableObject for ChannelObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, ready: AssertUnwindSafe(Cell::new(false)), said: AssertUnwindSafe(Cell::new(0)) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(joining) = request.headers().get(JOINING)? {
            return match serde_json::from_str(&joining) {
                Ok(joining) => self.join(joining).await.or_else(|error| refuse(503, error)),
                Err(_) => refuse(400, "not a joining"),
            };
        }
        let body = request.text().await?;
        let done = match serde_json::from_str(&body) {
            Err(_) => return refuse(400, "not a channel message"),
            Ok(Message::Wake { everywhere }) => self.wake(everywhere).await,
            Ok(Message::Here { channel }) => self.remember(channel).await,
        };
        match done {
            Ok(()) => answer(&serde_json::json!({})),
            Err(error) => refuse(500, error),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let here = Here::new(self);
        self.exec("DELETE FROM elsewhere WHERE until < ?", [now().0.into()])?;
        let old: Vec<Socket> = self.rows("SELECT socket FROM listener WHERE opened_at < ?", [(now().0 - OLDEST).into()])?;
        let seated = here.seated().map_err(broken)?;
        old.iter().for_each(|old| here.end(old.socket));
        self.forget_the_gone(&seated)?;
        let remembered: Vec<Elsewhere> = self.rows("SELECT channel FROM elsewhere LIMIT 1", [])?;
        if seated.is_empty() && remembered.is_empty() {
            // An object without storage does not exist and costs nothing. The next listener starts it anew.
            self.ready.set(false);
            let emptied = self.state.storage().delete_all().await;
            self.ready.set(false);
            emptied?;
            return Response::empty();
        }
        self.arm().await?;
        if let Some(channel) = self.channel()? {
            self.say_here(channel).await.unwrap_or_else(log);
            let told = channel::catch_up(&bindings::database(&self.env), &here, channel).await;
            told.unwrap_or_else(|error| log(broken(error)));
        }
        Response::empty()
    }

    /// Listeners have nothing to say.
    async fn websocket_message(&self, _socket: WebSocket, _message: WebSocketIncomingMessage) -> Result<()> {
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, _code: usize, _reason: String, _clean: bool) -> Result<()> {
        self.gone(&socket)
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        self.gone(&socket)
    }
}

impl ChannelObject {
    async fn join(&self, joining: Joining) -> Result<Response> {
        self.say_here(joining.channel).await?;
        let here = Here::new(self);
        self.exec("INSERT OR IGNORE INTO state (id, channel, position) VALUES (1, ?, 0)", [serde_json::to_string(&joining.channel)?.into()])?;
        let admission = channel::admit(&bindings::database(&self.env), &here, &joining, now()).await.map_err(broken)?;
        let Admission::Admitted { from, first } = admission else { return refuse(FULL, "too many streams") };
        // 1. No `await` from the decision to here, and none until the listener is seated.
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        let body = serde_json::to_string(&joining.listener)?;
        let seat: Vec<Socket> = self
            .rows("INSERT INTO listener (opened_at, position, body) VALUES (?, ?, ?) RETURNING socket", [now().0.into(), from.into(), body.into()])?;
        let socket = seat.first().ok_or("no row for the listener")?.socket;
        pair.server.serialize_attachment(socket)?;
        pair.server.send_with_str(&first)?;
        // 2. From now on they are told. What nobody announces, the alarm finds; without it there is no stream.
        if let Err(error) = self.arm().await {
            here.seated().map_err(broken)?;
            here.end(socket);
            return Err(error);
        }
        Response::from_websocket(pair.client)
    }

    async fn wake(&self, everywhere: bool) -> Result<()> {
        let told = async {
            // Nobody listens: nothing is read, and nothing comes to be that would have to be cleared away.
            if self.state.get_websockets().is_empty() {
                return Ok(());
            }
            match self.channel()? {
                Some(channel) => channel::catch_up(&bindings::database(&self.env), &Here::new(self), channel).await.map_err(broken),
                None => Ok(()),
            }
        };
        let others = async { if everywhere { self.wake_others().await } else { Ok(()) } };
        let (told, others) = futures_util::join!(told, others);
        told.and(others)
    }

    async fn wake_others(&self) -> Result<()> {
        self.prepare()?;
        let others: Vec<Elsewhere> = self.rows("SELECT channel FROM elsewhere WHERE until >= ?", [now().0.into()])?;
        let calls = others.iter().map(|other| async {
            let channel: Channel = serde_json::from_str(&other.channel)?;
            self.tell(channel, &Message::Wake { everywhere: false }).await
        });
        futures_util::future::join_all(calls).await.into_iter().collect()
    }

    async fn remember(&self, channel: Channel) -> Result<()> {
        let text = serde_json::to_string(&channel)?;
        self.exec("INSERT OR REPLACE INTO elsewhere (channel, until) VALUES (?, ?)", [text.into(), (now().0 + REMEMBERED).into()])?;
        self.arm().await
    }

    /// Tells the channel of the tenant's staff that somebody listens here, now and then.
    async fn say_here(&self, channel: Channel) -> Result<()> {
        if !matches!(channel, Channel::Portal { .. }) || now().0 - self.said.get() < REMEMBERED / 3 {
            return Ok(());
        }
        self.tell(Channel::Staff { tenant: channel.tenant() }, &Message::Here { channel }).await?;
        self.said.set(now().0);
        Ok(())
    }

    async fn tell(&self, channel: Channel, message: &Message) -> Result<()> {
        let namespace = bindings::channels(&self.env);
        let told = ask::<IgnoredAny>(namespace.get(), &object_name(channel), "https://channel/", message, LIMIT).await;
        told.map(drop).map_err(|refusal| worker::Error::RustError(refusal.text))
    }

    fn channel(&self) -> Result<Option<Channel>> {
        let found: Vec<Elsewhere> = self.rows("SELECT channel FROM state", [])?;
        Ok(found.first().map(|row| serde_json::from_str(&row.channel)).transpose()?)
    }

    fn gone(&self, socket: &WebSocket) -> Result<()> {
        if let Some(number) = number(socket) {
            self.exec("DELETE FROM listener WHERE socket = ?", [number.into()])?;
        }
        // One that is closed already says so.
        let _ = socket.close(Some(1000), Some("gone"));
        Ok(())
    }

    /// Rows whose sockets went without a word, as they do when the machine dies.
    fn forget_the_gone(&self, seated: &[Seated]) -> Result<()> {
        let numbers: Vec<i64> = seated.iter().map(|one| one.socket).collect();
        let numbers = serde_json::to_string(&numbers)?;
        self.exec("DELETE FROM listener WHERE socket NOT IN (SELECT value FROM json_each(?))", [numbers.into()])
    }

    async fn arm(&self) -> Result<()> {
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(POLL).await?;
        }
        Ok(())
    }

    fn prepare(&self) -> Result<()> {
        if !self.ready.get() {
            for table in TABLES {
                self.state.storage().sql().exec(table, None)?;
            }
            self.ready.set(true);
        }
        Ok(())
    }

    fn exec<const N: usize>(&self, sql: &str, args: [SqlStorageValue; N]) -> Result<()> {
        self.prepare()?;
        self.state.storage().sql().exec(sql, args.to_vec()).map(drop)
    }

    fn rows<T: DeserializeOwned, const N: usize>(&self, sql: &str, args: [SqlStorageValue; N]) -> Result<Vec<T>> {
        self.prepare()?;
        self.state.storage().sql().exec(sql, args.to_vec())?.to_array()
    }
}

#[derive(serde::Deserialize)]
struct Socket {
    socket: i64,
}

#[derive(serde::Deserialize)]
struct Elsewhere {
    channel: String,
}

#[derive(serde::Deserialize)]
struct Position {
    position: i64,
}

#[derive(serde::Deserialize)]
struct ListenerRow {
    socket: i64,
    position: i64,
    body: String,
}

/// The number a socket was given.
fn number(socket: &WebSocket) -> Option<i64> {
    socket.deserialize_attachment::<i64>().ok().flatten()
}

/// The object as a room, with the sockets as they were when it was last asked who is seated.
struct Here<'a> {
    object: &'a ChannelObject,
    sockets: RefCell<HashMap<i64, WebSocket>>,
}

impl<'a> Here<'a> {
    fn new(object: &'a ChannelObject) -> Self {
        Self { object, sockets: RefCell::default() }
    }
}

impl Room for Here<'_> {
    fn position(&self) -> std::result::Result<i64, StoreError> {
        let found: Vec<Position> = self.object.rows("SELECT position FROM state", []).map_err(unavailable)?;
        Ok(found.first().map_or(0, |row| row.position))
    }

    fn move_to(&self, position: i64) -> std::result::Result<(), StoreError> {
        self.object.exec("UPDATE state SET position = ? WHERE position <> ?1", [position.into()]).map_err(unavailable)
    }

    fn seated(&self) -> std::result::Result<Vec<Seated>, StoreError> {
        let sockets: HashMap<i64, WebSocket> =
            self.object.state.get_websockets().into_iter().filter_map(|socket| Some((number(&socket)?, socket))).collect();
        let rows: Vec<ListenerRow> = self.object.rows("SELECT socket, position, body FROM listener ORDER BY socket", []).map_err(unavailable)?;
        let seated = rows.into_iter().filter(|row| sockets.contains_key(&row.socket)).map(|row| {
            let listener: Listener = serde_json::from_str(&row.body).map_err(|e| StoreError::Broken(format!("listener: {e}")))?;
            Ok(Seated { socket: row.socket, from: row.position, listener })
        });
        let seated = seated.collect();
        self.sockets.replace(sockets);
        seated
    }

    fn send(&self, socket: i64, text: &str) {
        if let Some(socket) = self.sockets.borrow().get(&socket) {
            let _ = socket.send_with_str(text);
        }
    }

    fn end(&self, number: i64) {
        if let Some(socket) = self.sockets.borrow().get(&number) {
            let _ = socket.close(Some(ENDED), Some("ended"));
        }
        self.object.exec("DELETE FROM listener WHERE socket = ?", [number.into()]).unwrap_or_else(log);
    }

    fn twin(&self, name: &str) -> bool {
        bindings::deployment(&self.object.env).is_ok_and(|deployment| portcullis_core::twin::is(&deployment.config.twin, name))
    }
}

fn broken(error: StoreError) -> worker::Error {
    worker::Error::RustError(error.to_string())
}

fn unavailable(error: worker::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn log(error: worker::Error) {
    Console.line(&serde_json::json!({ "level": "error", "event": "channel", "note": error.to_string() }));
}
