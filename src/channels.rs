//! [`Channels`] on the channel objects: the request's one WebSocket to the object that knows who listens.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    time::Duration,
};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use js_sys::futures::JsFuture;
use portcullis_core::{
    contract::channel::{FULL, JOINING, Joining, Message, object_name},
    domain::live::Channel,
    ports::{ChannelError, Channels, Fut, Signal},
};
use serde::de::IgnoredAny;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, convert::FromWasmAbi};
use web_sys::AbortSignal;
use worker::worker_sys::DurableObjectNamespace;

use crate::{bindings::Binding, console::sentence, deadline::within, durable};

const LIMIT: Duration = Duration::from_secs(5);

/// Messages that wait for a client who does not read. One more, and the stream ends: the client comes back for them.
const PENDING: usize = 256;

pub struct Streams {
    namespace: Binding<DurableObjectNamespace>,
    /// Whose signal says when its client is gone; asked for when a stream is opened, because making one has its price.
    request: RefCell<Option<web_sys::Request>>,
    open: RefCell<Option<Rc<Socket>>>,
}

impl Streams {
    pub fn new(namespace: Binding<DurableObjectNamespace>) -> Self {
        Self { namespace, request: RefCell::new(None), open: RefCell::new(None) }
    }

    /// A stream closes when this request's signal says that nobody reads it any more. Without it the platform closes it, later.
    pub fn heed(&self, request: &web_sys::Request) {
        // The handle; `request.clone()` would be another request.
        self.request.replace(Some(Clone::clone(request)));
    }

    async fn connect(&self, joining: &Joining) -> Result<Socket, ChannelError> {
        let unavailable = |text: String| ChannelError::Unavailable(text);
        let asked = serde_json::to_string(joining).map_err(|e| unavailable(e.to_string()))?;
        let call = async {
            let headers = web_sys::Headers::new()?;
            headers.set("upgrade", "websocket")?;
            headers.set(JOINING, &asked)?;
            let init = web_sys::RequestInit::new();
            init.set_headers(&headers);
            let request = web_sys::Request::new_with_str_and_init("https://channel/", &init)?;
            let object = self.namespace.get().get_by_name(&object_name(joining.channel))?;
            let response: web_sys::Response = JsFuture::from(object.fetch_with_request(&request)?).await?.unchecked_into();
            let status = response.status();
            match worker::Response::from(response).websocket() {
                Some(socket) => Ok(Ok(Socket::new(socket, self.request.borrow().as_ref().map(web_sys::Request::signal))?)),
                None => Ok::<_, JsValue>(Err(status)),
            }
        };
        match within(LIMIT, call).await {
            None => Err(unavailable("timed out".into())),
            Some(Err(thrown)) => Err(unavailable(sentence(&thrown))),
            Some(Ok(Err(FULL))) => Err(ChannelError::Full),
            Some(Ok(Err(status))) => Err(unavailable(format!("status {status}"))),
            Some(Ok(Ok(socket))) => Ok(socket),
        }
    }
}

impl Channels for Streams {
    fn open(&self, joining: Joining) -> Fut<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            let socket = self.connect(&joining).await?;
            self.open.replace(Some(Rc::new(socket)));
            Ok(())
        })
    }

    fn next(&self, patience: i64) -> Fut<'_, Signal> {
        Box::pin(async move {
            let Some(socket) = self.open.borrow().clone() else { return Signal::Ended };
            let patience = Duration::from_millis(u64::try_from(patience).unwrap_or(0));
            within(patience, socket.next()).await.unwrap_or(Signal::Quiet)
        })
    }

    fn close(&self) {
        self.open.take();
    }

    fn wake(&self, channel: Channel, everywhere: bool) -> Fut<'_, Result<(), ChannelError>> {
        Box::pin(async move {
            let message = Message::Wake { everywhere };
            let answer = durable::ask::<IgnoredAny>(self.namespace.get(), &object_name(channel), "https://channel/", &message, LIMIT).await;
            answer.map(drop).map_err(|refusal| ChannelError::Unavailable(refusal.text))
        })
    }
}

type Listening<T> = Closure<dyn FnMut(T)>;

/// A socket that closes when it is dropped, or when the client is gone.
struct Socket {
    socket: web_sys::WebSocket,
    client: Option<AbortSignal>,
    queue: RefCell<UnboundedReceiver<Signal>>,
    pending: Rc<Cell<usize>>,
    message: Listening<web_sys::MessageEvent>,
    over: Listening<JsValue>,
    gone: Listening<JsValue>,
}

impl Socket {
    fn new(accepted: worker::WebSocket, client: Option<AbortSignal>) -> Result<Self, JsValue> {
        let socket: web_sys::WebSocket = accepted.as_ref().clone();
        let (sender, queue) = unbounded();
        let pending = Rc::new(Cell::new(0_usize));
        let (counted, said, ended) = (Rc::clone(&pending), sender.clone(), sender.clone());
        let message = listening(move |event: web_sys::MessageEvent| {
            counted.set(counted.get() + 1);
            let signal = event.data().as_string().filter(|_| counted.get() <= PENDING).map_or(Signal::Ended, Signal::Text);
            // Nobody takes it any more when the request is over.
            let _ = said.unbounded_send(signal);
        });
        let over = listening(move |_: JsValue| {
            let _ = ended.unbounded_send(Signal::Ended);
        });
        let line = socket.clone();
        let gone = listening(move |_: JsValue| {
            hang_up(&line);
            let _ = sender.unbounded_send(Signal::Ended);
        });
        socket.add_event_listener_with_callback("message", message.as_ref().unchecked_ref())?;
        socket.add_event_listener_with_callback("close", over.as_ref().unchecked_ref())?;
        socket.add_event_listener_with_callback("error", over.as_ref().unchecked_ref())?;
        if let Some(client) = &client {
            client.add_event_listener_with_callback("abort", gone.as_ref().unchecked_ref())?;
        }
        // Only now: what comes before somebody listens is lost.
        accepted.accept().map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(Self { socket, client, queue: RefCell::new(queue), pending, message, over, gone })
    }

    async fn next(&self) -> Signal {
        let signal = poll_fn(|cx| self.queue.borrow_mut().poll_next_unpin(cx)).await.unwrap_or(Signal::Ended);
        self.pending.set(self.pending.get().saturating_sub(1));
        signal
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for (name, listener) in [("message", self.message.as_ref()), ("close", self.over.as_ref()), ("error", self.over.as_ref())] {
            let _ = self.socket.remove_event_listener_with_callback(name, listener.unchecked_ref());
        }
        if let Some(client) = &self.client {
            let _ = client.remove_event_listener_with_callback("abort", self.gone.as_ref().unchecked_ref());
        }
        hang_up(&self.socket);
    }
}

fn listening<T: FromWasmAbi + 'static>(heard: impl FnMut(T) + 'static) -> Listening<T> {
    Closure::wrap_assert_unwind_safe(Box::new(heard) as Box<dyn FnMut(T)>)
}

/// One that is closed already says so.
fn hang_up(socket: &web_sys::WebSocket) {
    let _ = socket.close_with_code_and_reason(1000, "done");
}
