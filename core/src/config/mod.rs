//! Settings, parsed once into typed values. Every problem is reported together, so that a deployment is mended in one go.

mod limits;
mod read;
mod secrets;
mod settings;
mod webhooks;

pub use limits::{LIMITS, LimitName, LimitRow, Limits};
pub use settings::{SETTINGS, Setting};
pub use webhooks::Webhooks;

use crate::{
    domain::{
        key_cycle::Intervals,
        password,
        realm::Realm,
        session::{self, Idle, Lifetime},
        time::{DAY, SECOND},
    },
    jose::jwk::PrivateJwk,
    web::cookies::SameSite,
};
use read::Reader;

/// Where the Worker runs. Seeds, the inbox and other conveniences exist in development only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Development,
    Production,
}

/// Where passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HasherPlace {
    /// In the Worker's own isolate.
    Worker,
    /// In a pool of Durable Objects, for plans whose Workers have too little CPU time.
    Pool,
}

/// How mails leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    Inbox,
    EmailBinding,
    Http,
}

/// Everything a deployment decides. No Debug: it holds secrets.
#[derive(Clone)]
pub struct Config {
    pub environment: Environment,
    /// Origin of every mailed link, without a trailing slash.
    pub app_url: String,
    /// The `iss` of every token.
    pub issuer: String,
    pub platform_domains: Vec<String>,
    pub cors_allowed_origins: Vec<String>,
    /// Origins of the CRM whose pages may frame the embedded views.
    pub embed_origins: Vec<String>,
    pub cookie_host_prefix: bool,
    /// The parent domain that session cookies are shared under, in lower case.
    pub cookie_domain: Option<String>,
    pub cookie_same_site: SameSite,
    pub hasher: HasherPlace,
    pub hasher_pool_size: u32,
    pub limiter_shards: u32,
    pub mail: MailKind,
    pub mail_from: String,
    pub mail_api_url: String,
    pub mail_api_key: String,
    pub master_secret: [u8; 32],
    pub bootstrap_secret: Option<String>,
    /// The first key, until keys rotate by themselves.
    pub signing_key: Option<PrivateJwk>,
    pub key_intervals: Intervals,
    pub limits: Limits,
    pub customer_session: Lifetime,
    pub customer_session_cap: u32,
    pub staff_session: Lifetime,
    pub staff_remember: Lifetime,
    pub access_token_seconds: i64,
    /// Milliseconds within which a revocation is in force for those who do not ask the database.
    pub revocation_bound: i64,
    /// Milliseconds for which they go on with what they know when it cannot be brought up to date.
    pub revocation_stale: i64,
    pub app_token_seconds: i64,
    /// Milliseconds after which a silent stream says that it is alive.
    pub live_heartbeat: i64,
    pub optimistic_lock: OptimisticLock,
    pub webhooks: Webhooks,
    /// Whether answers that took no operation are logged too.
    pub log_every_answer: bool,
    /// Which broken twin runs; read in twin builds only.
    pub twin: String,
}

/// For which kinds of record stale writes are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptimisticLock {
    All,
    Off,
    Only(Vec<String>),
}

impl OptimisticLock {
    pub fn covers(&self, kind: &str) -> bool {
        match self {
            Self::All => true,
            Self::Off => false,
            Self::Only(kinds) => kinds.iter().any(|k| k == kind),
        }
    }

    fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "all" => Self::All,
            "off" | "false" | "0" | "no" | "disabled" | "none" => Self::Off,
            list => Self::Only(list.split(',').map(|k| k.trim().to_owned()).collect()),
        }
    }
}

/// How long keys sign, and how long they are published before and after. In production a verifier's copy may be a day old.
fn key_intervals(r: &mut Reader, production: bool, token: i64) -> Intervals {
    const A_DAY: u32 = 24 * 60 * 60;
    let least = if production { A_DAY } else { 0 };
    let mut seconds = |name: &str, default: u32, least: u32| i64::from(r.number(name, default, least, 400 * A_DAY)) * SECOND;
    Intervals {
        rotate: seconds("SIGNING_KEY_ROTATE_SECONDS", 90 * A_DAY, least.max(1)),
        ahead: seconds("SIGNING_KEY_AHEAD_SECONDS", A_DAY, least),
        keep: seconds("SIGNING_KEY_KEEP_SECONDS", A_DAY, least),
        token,
    }
}

/// How a setting or secret is looked up by name; absent and empty are the same.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Config {
    /// Parses everything, or lists everything that is wrong.
    pub fn parse(lookup: &Lookup) -> Result<Self, Vec<String>> {
        let mut r = Reader::new(lookup);
        let environment = r.one_of("ENVIRONMENT", ("production", Environment::Production), [("development", Environment::Development)]);
        let production = environment == Environment::Production;
        let app_url = r.origin("APP_URL", if production { None } else { Some("http://127.0.0.1:8787") });
        let (http, inbox) = (("http", MailKind::Http), ("inbox", MailKind::Inbox));
        let (default, other) = if production { (http, inbox) } else { (inbox, http) };
        let mail = r.one_of("MAIL_TRANSPORT", default, [other, ("email_binding", MailKind::EmailBinding)]);
        let access_token_seconds = i64::from(r.number("ACCESS_TOKEN_SECONDS", 8 * 60 * 60, 5, 8 * 60 * 60));
        let config = Self {
            environment,
            issuer: r.text("ISSUER", &app_url),
            app_url,
            platform_domains: r.list("PLATFORM_DOMAINS"),
            cors_allowed_origins: r.list("CORS_ALLOWED_ORIGINS"),
            embed_origins: r.origins("EMBED_ORIGINS", production),
            cookie_host_prefix: r.one_of("COOKIE_PREFIX", ("", false), [("__Host-", true)]),
            cookie_domain: r.optional("COOKIE_DOMAIN").map(|domain| domain.trim_start_matches('.').to_ascii_lowercase()),
            cookie_same_site: r.one_of("COOKIE_SAMESITE", ("lax", SameSite::Lax), [("strict", SameSite::Strict)]),
            hasher: r.one_of("PASSWORD_HASHER", ("worker", HasherPlace::Worker), [("pool", HasherPlace::Pool)]),
            hasher_pool_size: r.number("HASHER_POOL_SIZE", 8, 1, 256),
            limiter_shards: r.number("LIMITER_SHARDS", 64, 1, 4096),
            mail,
            mail_from: r.text("MAIL_FROM", "Portcullis <no-reply@localhost>"),
            mail_api_url: r.text("MAIL_API_URL", "https://api.resend.com/emails"),
            mail_api_key: r.text("MAIL_API_KEY", ""),
            master_secret: r.secret_bytes("MASTER_SECRET"),
            bootstrap_secret: r.optional("BOOTSTRAP_SECRET"),
            signing_key: r.signing_key("SIGNING_KEY_JWK"),
            key_intervals: key_intervals(&mut r, production, access_token_seconds * SECOND),
            limits: Limits::read(&mut r, production),
            customer_session: Lifetime {
                absolute: i64::from(r.number("CUSTOMER_SESSION_TTL_DAYS", 30, 1, 365)) * DAY,
                ..Lifetime::default_for(Realm::Customer)
            },
            customer_session_cap: r.number("MAX_CUSTOMER_SESSIONS_PER_USER", session::CAP, 1, 100),
            staff_session: Lifetime::default_for(Realm::Staff),
            staff_remember: {
                let ttl = i64::from(r.number("REMEMBER_ME_DAYS", 30, 1, 365)) * DAY;
                Lifetime { absolute: ttl, idle: ttl }
            },
            access_token_seconds,
            revocation_bound: i64::from(r.number("REVOCATION_BOUND_SECONDS", 5, 3, 60)) * SECOND,
            revocation_stale: i64::from(r.number("REVOCATION_STALE_SECONDS", 600, 5, 86_400)) * SECOND,
            live_heartbeat: i64::from(r.number("LIVE_HEARTBEAT_SECONDS", 30, 1, 40)) * SECOND,
            app_token_seconds: i64::from(r.number("APP_TOKEN_SECONDS", 10 * 60, 5, 10 * 60)),
            optimistic_lock: OptimisticLock::parse(&r.text("OM_OPTIMISTIC_LOCK", "")),
            webhooks: Webhooks::read(&mut r, production),
            log_every_answer: r.flag("LOG_EVERY_ANSWER", false),
            twin: r.text("TWIN", ""),
        };
        if config.cookie_domain.is_some() && config.cookie_host_prefix {
            r.problem("COOKIE_PREFIX=__Host- keeps cookies to one host: COOKIE_DOMAIN must be empty then");
        }
        if config.cookie_domain.as_ref().is_some_and(|domain| !domain.contains('.') || domain.contains([':', '/', ' ', ';', ','])) {
            r.problem("COOKIE_DOMAIN must be a host name such as example.com");
        }
        if production {
            config.refuse_unsafe(&mut r);
        }
        r.finish(config)
    }

    /// What is fine on a laptop and a hole in production.
    fn refuse_unsafe(&self, r: &mut Reader) {
        if !self.app_url.starts_with("https://") && !self.app_url.is_empty() {
            r.problem("APP_URL must be https in production");
        }
        if self.mail == MailKind::Inbox {
            r.problem("MAIL_TRANSPORT=inbox shows every mail to everyone: it is for development only");
        }
        if self.mail == MailKind::Http && self.mail_api_key.is_empty() {
            r.problem("MAIL_API_KEY is required when MAIL_TRANSPORT is http");
        }
        secrets::refuse_samples(self, r);
    }

    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    pub fn session_lifetime(&self, realm: Realm) -> Lifetime {
        match realm {
            Realm::Customer => self.customer_session,
            Realm::Staff => self.staff_session,
        }
    }

    pub fn staff_idle(&self) -> Idle {
        Idle { usual: self.staff_session.idle, remembered: self.staff_remember.idle }
    }

    /// Seconds between two looks at the feed: what is left of the bound after a second each for our copy and one on the way.
    pub fn revocation_poll_seconds(&self) -> i64 {
        self.revocation_bound / SECOND - 2
    }

    /// Milliseconds an isolate may go by what it knows: what is left of the bound after a second for its query.
    pub fn revocation_copy_life(&self) -> i64 {
        self.revocation_bound - SECOND
    }

    pub fn password_policy(&self, realm: Realm, tenant_policy: &str) -> password::Policy {
        let policy = password::Policy::default_for(realm);
        if tenant_policy == "strict" { policy.strict() } else { policy }
    }
}
