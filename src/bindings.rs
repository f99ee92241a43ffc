//! Every binding by name, once; from them the ports of a request and, once per isolate, its settings.
//!
//! What is kept for the isolate's life is plain data. Handles to D1, KV and objects belong to the request that got them.

use std::{cell::OnceCell, rc::Rc};

use js_sys::Reflect;
use portcullis_core::{
    app::Deployment,
    config::{Config, HasherPlace, MailKind},
    ports::Ports,
};
use worker::{Env, Fetcher};

use crate::{cache::Kv, clock, console::Console, d1::D1, entropy, hasher::Hasher, limiter::Shards, mail::Transport, signer::WebCrypto};

const DB: &str = "DB";
const KV: &str = "KV";
const LIMITER: &str = "LIMITER";
/// Needed when passwords are hashed in the pool.
const HASHER: &str = "HASHER";
/// Needed when mail leaves through Cloudflare.
const EMAIL: &str = "EMAIL";
/// Without it there are no pages, only the API.
const ASSETS: &str = "ASSETS";

/// Why nothing can be served: every problem at once.
pub struct Misconfigured(pub Rc<[String]>);

impl Misconfigured {
    fn missing(binding: &str) -> Self {
        Self(Rc::new([format!("binding {binding} is missing or of another kind")]))
    }
}

thread_local! {
    static DEPLOYMENT: OnceCell<Result<Rc<Deployment>, Rc<[String]>>> = const { OnceCell::new() };
}

/// The settings of this isolate, parsed by the first request that comes.
pub fn deployment(env: &Env) -> Result<Rc<Deployment>, Misconfigured> {
    DEPLOYMENT.with(|cell| {
        let parse = || Config::parse(&|name| setting(env, name)).map(|config| Rc::new(Deployment::new(config))).map_err(Rc::from);
        cell.get_or_init(parse).clone().map_err(Misconfigured)
    })
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

/// The ports' Workers halves, owned, so that work after the response can keep them.
pub struct Platform {
    database: Rc<D1>,
    limiter: Shards,
    hasher: Hasher,
    signer: WebCrypto,
    cache: Kv,
    mail: Transport,
}

impl Platform {
    pub fn new(env: &Env, config: &Config) -> Result<Self, Misconfigured> {
        let database = Rc::new(D1::new(env.d1(DB).map_err(|_| Misconfigured::missing(DB))?));
        let hasher = match config.hasher {
            HasherPlace::Worker => Hasher::Here,
            HasherPlace::Pool => {
                let namespace = env.durable_object(HASHER).map_err(|_| Misconfigured::missing(HASHER))?;
                Hasher::Pool { namespace, size: config.hasher_pool_size }
            }
        };
        let mail = match config.mail {
            MailKind::Inbox => Transport::Inbox(Rc::clone(&database)),
            MailKind::EmailBinding => Transport::Binding(env.send_email(EMAIL).map_err(|_| Misconfigured::missing(EMAIL))?),
            MailKind::Http => Transport::Http { url: config.mail_api_url.clone(), key: config.mail_api_key.clone() },
        };
        Ok(Self {
            limiter: Shards::new(env.durable_object(LIMITER).map_err(|_| Misconfigured::missing(LIMITER))?, config.limiter_shards),
            cache: Kv::new(env.kv(KV).map_err(|_| Misconfigured::missing(KV))?),
            signer: WebCrypto::new(config.signing_key.clone()),
            database,
            hasher,
            mail,
        })
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
            log: &Console,
            clock: &clock::System,
        }
    }
}
