//! Every binding by name, once; from them the ports of a request and, once per isolate, its settings.
//!
//! What is kept for the isolate's life is plain data. Handles to D1, KV and objects belong to the request that got them,
//! which takes up those it uses when it first does: every look at `env` is a call out of Wasm.

use std::{cell::OnceCell, rc::Rc};

use js_sys::Reflect;
use portcullis_core::{
    app::Deployment,
    config::{Config, HasherPlace, MailKind},
    ports::Ports,
};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Env, Fetcher, worker_sys::DurableObjectNamespace};

use crate::{
    cache::Kv, channels::Streams, clock, console::Console, d1::D1, entropy, hasher::Hasher, limiter::Shards, mail::Transport, signer::WebCrypto,
    webhooks::Outward,
};

const DB: &str = "DB";
const KV: &str = "KV";
const LIMITER: &str = "LIMITER";
const CHANNEL: &str = "CHANNEL";
/// Needed when passwords are hashed in the pool.
const HASHER: &str = "HASHER";
/// Needed when mail leaves through Cloudflare.
const EMAIL: &str = "EMAIL";
/// Without it there are no pages, only the API.
const ASSETS: &str = "ASSETS";

/// Why nothing can be served: every problem at once.
pub struct Misconfigured(pub Rc<[String]>);

thread_local! {
    static DEPLOYMENT: OnceCell<Result<Rc<Deployment>, Rc<[String]>>> = const { OnceCell::new() };
}

/// The settings of this isolate, parsed by the first request that comes.
pub fn deployment(env: &Env) -> Result<Rc<Deployment>, Misconfigured> {
    DEPLOYMENT.with(|cell| {
        let parse = || {
            let config = Config::parse(&|name| setting(env, name))?;
            let missing = missing(env, &config);
            if missing.is_empty() { Ok(Rc::new(Deployment::new(config))) } else { Err(missing) }
        };
        cell.get_or_init(|| parse().map_err(Rc::from)).clone().map_err(Misconfigured)
    })
}

/// The bindings that are not there, or not what they should be. An isolate's bindings never change.
fn missing(env: &Env, config: &Config) -> Vec<String> {
    let wanted = [
        (DB, env.d1(DB).is_ok()),
        (KV, env.kv(KV).is_ok()),
        (LIMITER, env.durable_object(LIMITER).is_ok()),
        (CHANNEL, env.durable_object(CHANNEL).is_ok()),
        (HASHER, config.hasher != HasherPlace::Pool || env.durable_object(HASHER).is_ok()),
        (EMAIL, config.mail != MailKind::EmailBinding || env.send_email(EMAIL).is_ok()),
    ];
    wanted.into_iter().filter(|(_, there)| !there).map(|(name, _)| format!("binding {name} is missing or of another kind")).collect()
}

/// Read apart from [`Config`], because it is asked when there is none.
pub fn is_development(env: &Env) -> bool {
    setting(env, "ENVIRONMENT").as_deref() == Some("development")
}

/// A setting or secret; the platform keeps both in one place. Numbers and booleans of `[vars]` count as their text.
fn setting(env: &Env, name: &str) -> Option<String> {
    let value = Reflect::get(env, &name.into()).ok()?;
    let number = || value.as_f64().map(|number| number.to_string());
    let flag = || value.as_bool().map(|flag| flag.to_string());
    value.as_string().or_else(number).or_else(flag)
}

pub fn assets(env: &Env) -> Option<Fetcher> {
    env.assets(ASSETS).ok()
}

/// A binding of this request's, taken up when it is first used. [`deployment`] has made sure of its kind.
pub struct Binding<T> {
    env: Env,
    name: &'static str,
    handle: OnceCell<T>,
}

impl<T: JsCast> Binding<T> {
    fn new(env: &Env, name: &'static str) -> Self {
        Self { env: env.clone(), name, handle: OnceCell::new() }
    }

    pub fn get(&self) -> &T {
        self.handle.get_or_init(|| Reflect::get(&self.env, &self.name.into()).unwrap_or(JsValue::UNDEFINED).unchecked_into())
    }
}

/// For objects, which have no request.
pub fn database(env: &Env) -> D1 {
    D1::new(Binding::new(env, DB))
}

pub fn channels(env: &Env) -> Binding<DurableObjectNamespace> {
    Binding::new(env, CHANNEL)
}

/// The ports' Workers halves, owned, so that work after the response can keep them.
pub struct Platform {
    database: Rc<D1>,
    limiter: Shards,
    hasher: Hasher,
    signer: WebCrypto,
    cache: Kv,
    mail: Transport,
    channels: Streams,
}

impl Platform {
    pub fn new(env: &Env, config: &Config) -> Result<Self, Misconfigured> {
        let database = Rc::new(database(env));
        let hasher = match config.hasher {
            HasherPlace::Worker => Hasher::Here,
            HasherPlace::Pool => Hasher::Pool { namespace: Binding::new(env, HASHER), size: config.hasher_pool_size },
        };
        let mail = match config.mail {
            MailKind::Inbox => Transport::Inbox(Rc::clone(&database)),
            MailKind::EmailBinding => {
                Transport::Binding(env.send_email(EMAIL).map_err(|_| Misconfigured(Rc::new([format!("binding {EMAIL} is missing")])))?)
            }
            MailKind::Http => Transport::Http { url: config.mail_api_url.clone(), key: config.mail_api_key.clone() },
        };
        Ok(Self {
            limiter: Shards::new(Binding::new(env, LIMITER), config.limiter_shards),
            cache: Kv::new(env, KV),
            channels: Streams::new(channels(env)),
            signer: WebCrypto,
            database,
            hasher,
            mail,
        })
    }

    /// Streams of this request end when its signal says that its client is gone.
    pub fn heed(&self, request: &web_sys::Request) {
        self.channels.heed(request);
    }

    pub fn ports(&self) -> Ports<'_> {
        Ports {
            database: &*self.database,
            limiter: &self.limiter,
            hasher: &self.hasher,
            signer: &self.signer,
            entropy: &entropy::System,
            cache: &self.cache,
            mail: &self.mail,
            webhooks: &Outward,
            channels: &self.channels,
            log: &Console,
            clock: &clock::System,
        }
    }
}
