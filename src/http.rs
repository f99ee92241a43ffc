//! The platform's requests and responses as the core has them, and back.
//!
//! Every call between Wasm and JavaScript costs about as much as parsing a small document, so headers cross as one JSON
//! text in either direction, not one by one.

use std::{rc::Rc, str::FromStr};

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use futures_util::{
    StreamExt,
    stream::{self, Stream},
};
use js_sys::{Array, IteratorNext, JSON, Uint8Array, futures::JsFuture};
use portcullis_core::{
    app::{self, Deployment, Incoming},
    domain::{secret::hex, time::Millis},
    ports::Log,
    stream::Rest,
    web::{
        request::{Body, MAX_BODY, Request},
        response::Response,
    },
};
use serde::{Serialize, Serializer};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStreamDefaultReader;
use worker::{Env, Fetcher};

use crate::{
    bindings::{self, Platform},
    console::Console,
    entropy,
};

/// On a 404 of the core's: no route has this path; the value is the file that may.
const UNROUTED: HeaderName = HeaderName::from_static("x-portcullis-unrouted");

/// What came in; `None` when it broke off.
pub async fn receive(request: &web_sys::Request, now: Millis) -> Option<Incoming> {
    let headers = headers(&request.headers());
    let request_id = request_id(&headers);
    // The platform's word for who is calling; whatever else claims to say so was written by the caller.
    let client_ip = headers.get("cf-connecting-ip").and_then(|ip| ip.to_str().ok()).map(str::to_owned);
    let method = Method::from_bytes(request.method().as_bytes()).ok()?;
    let (scheme, authority, path, query) = parts(&request.url());
    let body = body(request, &headers).await.ok()?;
    Some(Incoming { now, request_id, client_ip, request: Request { method, scheme, authority, path, query, headers, body } })
}

/// Cloudflare's ray, by which an operator finds the request in other logs, and random digits, since a client can choose
/// its ray where no Cloudflare is in front.
fn request_id(headers: &HeaderMap) -> String {
    let random = hex(&entropy::bytes::<8>());
    match headers.get("cf-ray").and_then(|ray| ray.to_str().ok()) {
        Some(ray) if ray.len() <= 32 && ray.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => format!("{ray}-{random}"),
        _ => random,
    }
}

/// The answer to a request that broke off, which hardly anybody will read.
pub fn unreadable() -> Response {
    Response::empty(400).header(header::CACHE_CONTROL, "no-store")
}

/// Scheme, authority, path and query, cut apart by hand: a URL parser would resolve dot segments and escape anew, and
/// then the core would decide about another path than the one that was asked for.
fn parts(url: &str) -> (String, String, String, String) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = before.split_at(before.find('/').unwrap_or(before.len()));
    let path = if path.is_empty() { "/" } else { path };
    (scheme.to_owned(), authority.to_owned(), path.to_owned(), query.to_owned())
}

/// All headers but those no HTTP library takes.
fn headers(from: &web_sys::Headers) -> HeaderMap {
    let text = JSON::stringify(&Array::from(from)).map(String::from).unwrap_or_default();
    let pairs = serde_json::from_str(&text).unwrap_or_else(|_| worker::Headers(from.clone()).entries().collect::<Vec<(String, String)>>());
    let mut headers = HeaderMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::from_str(&name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

/// The body, of which never more than [`MAX_BODY`] is held.
async fn body(request: &web_sys::Request, headers: &HeaderMap) -> Result<Body, JsValue> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY as u64) {
        return Ok(Body::TooLarge);
    }
    let Some(stream) = request.body() else { return Ok(Body::Bytes(Vec::new())) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let read: IteratorNext = JsFuture::from(reader.read()).await?.unchecked_into();
        if read.done() {
            return Ok(Body::Bytes(bytes));
        }
        let chunk: Uint8Array = read.value().unchecked_into();
        if bytes.len() + chunk.length() as usize > MAX_BODY {
            // The rest is left where it is: cancelling would reset the connection before the sender reads the answer.
            return Ok(Body::TooLarge);
        }
        bytes.extend(chunk.to_vec());
    }
}

/// Sends what the core answered, or the page it left to the assets, which are there when the deployment is.
pub async fn respond(request: &web_sys::Request, deployed: Option<(&Env, &Deployment)>, mut response: Response) -> worker::Result<web_sys::Response> {
    let unrouted = response.headers.iter().find(|(name, _)| *name == UNROUTED).map(|(_, file)| file.clone());
    response.headers.retain(|(name, _)| *name != UNROUTED);
    let method = request.method();
    let head = method == "HEAD";
    if let Some(file) = unrouted
        && response.status == StatusCode::NOT_FOUND
        && (head || method == "GET")
        && let Some((env, deployment)) = deployed
        && let Some(assets) = bindings::assets(env)
    {
        match page(request, &file, &assets, deployment).await {
            Ok(Some(page)) => return Ok(page),
            Ok(None) => {}
            Err(error) => Console.line(&serde_json::json!({ "level": "error", "event": "assets", "note": error.to_string() })),
        }
    }
    // The platform refuses an empty body with these, and drops that of an answer to HEAD noisily.
    let bodiless = head || matches!(response.status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
    let body = (!bodiless).then(|| Uint8Array::from(response.body.as_slice()));
    let init = serde_json::to_string(&Init { status: response.status.as_u16(), headers: Headers(&response.headers) })?;
    let init: web_sys::ResponseInit = JSON::parse(&init)?.unchecked_into();
    Ok(web_sys::Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)?)
}

/// The pieces of a body after its first, each made when the one before has been taken.
pub fn pieces(deployment: Rc<Deployment>, platform: Rc<Platform>, rest: Rest) -> impl Stream<Item = Result<Vec<u8>, worker::Error>> + 'static {
    stream::try_unfold(Some(rest), move |rest| {
        let (deployment, platform) = (deployment.clone(), platform.clone());
        async move {
            let Some(rest) = rest else { return Ok(None) };
            let piece = portcullis_core::stream::next(&deployment, platform.ports(), rest).await;
            // An error breaks the connection off, which is how a reader knows that there is no whole.
            piece.map(|piece| Some((piece.bytes, piece.rest))).map_err(|_| worker::Error::RustError("the body broke off".into()))
        }
    })
}

/// Sends an answer whose body comes in pieces.
pub fn stream(response: Response, rest: impl Stream<Item = Result<Vec<u8>, worker::Error>> + 'static) -> worker::Result<web_sys::Response> {
    let first = stream::once(async move { Ok(response.body) });
    let body = web_sys::Response::from(worker::Response::from_stream(first.chain(rest))?).body();
    let headers = web_sys::Headers::new()?;
    for (name, value) in &response.headers {
        headers.append(name.as_str(), value)?;
    }
    Ok(web_sys::Response::new_with_opt_readable_stream_and_init(body.as_ref(), &init(response.status.as_u16(), &headers))?)
}

/// `ResponseInit`, as JavaScript reads it.
#[derive(Serialize)]
struct Init<'a> {
    status: u16,
    headers: Headers<'a>,
}

/// As a record, which workerd takes in half the time it needs for pairs (14 µs instead of 29 for thirteen of them, body
/// included); as pairs where a name comes twice, as cookies do.
struct Headers<'a>(&'a [(HeaderName, String)]);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = || self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let twice = self.0.iter().enumerate().any(|(at, (name, _))| self.0.iter().skip(at + 1).any(|(other, _)| other == name));
        if twice { serializer.collect_seq(pairs()) } else { serializer.collect_map(pairs()) }
    }
}

/// A file under our own headers; `None` if there is none.
async fn page(request: &web_sys::Request, file: &str, assets: &Fetcher, deployment: &Deployment) -> worker::Result<Option<web_sys::Response>> {
    let wanted = web_sys::RequestInit::new();
    wanted.set_method(&request.method());
    wanted.set_headers(&request.headers());
    let (scheme, authority, ..) = parts(&request.url());
    let wanted = web_sys::Request::new_with_str_and_init(&format!("{scheme}://{authority}{file}"), &wanted)?;
    let found = web_sys::Response::from(assets.fetch_request(worker::Request::from(wanted)).await?);
    if found.status() == 404 {
        return Ok(None);
    }
    let headers = web_sys::Headers::new_with_headers(&found.headers())?;
    for (name, value) in app::asset_headers(deployment, file) {
        headers.set(name.as_str(), &value)?;
    }
    let page = web_sys::Response::new_with_opt_readable_stream_and_init(found.body().as_ref(), &init(found.status(), &headers))?;
    Ok(Some(page))
}

fn init(status: u16, headers: &web_sys::Headers) -> web_sys::ResponseInit {
    let init = web_sys::ResponseInit::new();
    init.set_status(status);
    init.set_headers(headers);
    init
}
