//! The shell: Portcullis on Cloudflare Workers. The only crate that names `worker`; it translates, and decides nothing.
//!
//! A request comes in through [`http`], is answered by [`app::handle`] with the ports of [`bindings`], and goes out
//! through [`http`] again. Whatever the answer leaves for later runs after the response is on its way. A panic is one
//! request's 500 and nobody else's business, because the build unwinds.

mod bindings;
mod cache;
mod channels;
mod clock;
mod console;
mod d1;
mod deadline;
mod durable;
mod entropy;
mod hasher;
mod http;
mod limiter;
mod mail;
mod signer;
mod turn;
mod webhooks;

use std::{panic::AssertUnwindSafe, rc::Rc};

use futures_util::FutureExt;
use portcullis_core::{
    app::{self, Deployment},
    ports::Log,
};
use serde_json::json;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{Context, Env, ScheduleContext, ScheduledEvent, event, worker_sys};

use crate::{
    bindings::{Misconfigured, Platform},
    console::Console,
};

/// A panic leaves its message and stack in the log.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// What `#[event(fetch)]` would make, but for the promise.
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env, ctx: worker_sys::Context) -> Result<JsValue, JsValue> {
    turn::now_or_later(Box::pin(async move {
        let answer = answer(request, env, Context::new(ctx)).await.or_else(|error| {
            Console.line(&json!({ "level": "error", "event": "respond", "note": error.to_string() }));
            worker::Response::error("Internal Server Error", 500).map(web_sys::Response::from)
        });
        Ok(answer?.into())
    }))
}

async fn answer(request: web_sys::Request, env: Env, ctx: Context) -> worker::Result<web_sys::Response> {
    let now = clock::now();
    let (deployment, platform) = match configured(&env) {
        Ok(configured) => configured,
        Err(response) => return http::respond(&request, None, response).await,
    };
    platform.heed(&request);
    let Some(incoming) = http::receive(&request, now).await else {
        return http::respond(&request, None, http::unreadable()).await;
    };
    let id = incoming.request_id.clone();
    // What is caught is dropped whole; what outlives it are settings and keys, which nothing changes half.
    let handled = AssertUnwindSafe(app::handle(&deployment, platform.ports(), incoming)).catch_unwind().await;
    let Ok(answer) = handled else {
        Console.line(&json!({ "level": "error", "event": "panic", "requestId": id }));
        return http::respond(&request, None, app::panicked(&id)).await;
    };
    let mut response = answer.response;
    let rest = response.rest.take().map(|rest| http::pieces(deployment.clone(), platform.clone(), rest));
    if !answer.later.is_empty() {
        let deployment = deployment.clone();
        ctx.wait_until(async move { app::after(&deployment, platform.ports(), now, answer.later).await });
    }
    if let Some(rest) = rest {
        return http::stream(response, rest);
    }
    http::respond(&request, Some((&env, &deployment)), response).await
}

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    if let Ok((deployment, platform)) = configured(&env) {
        app::scheduled(&deployment, platform.ports(), clock::now()).await;
    }
}

type Configured = (Rc<Deployment>, Rc<Platform>);

/// The deployment and this request's platform, or what to answer while either cannot be had. Always says why in the log.
fn configured(env: &Env) -> Result<Configured, portcullis_core::web::response::Response> {
    let found = bindings::deployment(env).and_then(|deployment| {
        let platform = Platform::new(env, &deployment.config)?;
        Ok((deployment, Rc::new(platform)))
    });
    found.map_err(|Misconfigured(problems)| {
        Console.line(&json!({ "level": "error", "event": "misconfigured", "problems": &*problems }));
        app::misconfigured(&problems, bindings::is_development(env))
    })
}
