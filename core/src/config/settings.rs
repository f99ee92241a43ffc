//! The list of every setting, for documentation and for the test that compares it with `wrangler.toml`.

/// One setting or secret. Limits have names of their own: see `limits`.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub name: &'static str,
    /// A Worker secret, never in `[vars]`.
    pub secret: bool,
    pub about: &'static str,
}

const fn var(name: &'static str, about: &'static str) -> Setting {
    Setting { name, secret: false, about }
}

const fn secret(name: &'static str, about: &'static str) -> Setting {
    Setting { name, secret: true, about }
}

pub static SETTINGS: &[Setting] = &[
    var("ENVIRONMENT", "`production` (default) or `development`"),
    var("APP_URL", "origin of every mailed link; required in production"),
    var("ISSUER", "`iss` of every token; default APP_URL"),
    var("PLATFORM_DOMAINS", "comma list of hosts that are the platform itself, beside loopback"),
    var("CORS_ALLOWED_ORIGINS", "comma list of other origins that may call with a bearer token"),
    var("EMBED_ORIGINS", "comma list of the CRM's origins, which may frame the embedded views; empty: nobody"),
    var("COOKIE_PREFIX", "empty or `__Host-`"),
    var("COOKIE_DOMAIN", "parent domain whose hosts share the session cookies, for apps behind forward-auth; empty: the portal's host alone"),
    var("COOKIE_SAMESITE", "`lax` or `strict`"),
    var("PASSWORD_HASHER", "`worker` or `pool`: where passwords are hashed"),
    var("HASHER_POOL_SIZE", "hasher objects in the pool, 1 to 256"),
    var("LIMITER_SHARDS", "limiter objects, 1 to 4096; a change forgets running counters"),
    var("MAIL_TRANSPORT", "`http`, `email_binding`, or `inbox` in development"),
    var("MAIL_FROM", "sender of every mail"),
    var("MAIL_API_URL", "endpoint of the HTTP mail API"),
    secret("MAIL_API_KEY", "bearer key of the HTTP mail API"),
    secret("MASTER_SECRET", "32 bytes as base64url; every derived key comes from it"),
    secret("BOOTSTRAP_SECRET", "one-time secret that makes the first administrator"),
    secret("SIGNING_KEY_JWK", "private EC P-256 JWK that signs until keys rotate by themselves; may be absent"),
    var("SIGNING_KEY_ROTATE_SECONDS", "how long a key signs"),
    var("SIGNING_KEY_AHEAD_SECONDS", "how long a key is published before it signs; a day at least in production"),
    var("SIGNING_KEY_KEEP_SECONDS", "how long a key stays published after its last token; a day at least in production"),
    var("RATE_LIMIT_ENABLED", "`false` only in development"),
    var("CUSTOMER_SESSION_TTL_DAYS", "absolute life of a customer session, days"),
    var("MAX_CUSTOMER_SESSIONS_PER_USER", "live sessions a customer may have"),
    var("REMEMBER_ME_DAYS", "absolute life of a remembered staff session, days"),
    var("ACCESS_TOKEN_SECONDS", "life of an access token, 5 to 28800 seconds"),
    var("REVOCATION_BOUND_SECONDS", "within how many seconds offline verifiers and the fast check refuse what was revoked, 3 to 60"),
    var("REVOCATION_STALE_SECONDS", "how long they go on with the last revocations when these cannot be refreshed, 5 to 86400 seconds"),
    var("LIVE_HEARTBEAT_SECONDS", "after how many seconds a silent event stream says that it is alive, 1 to 40"),
    var("APP_TOKEN_SECONDS", "life of a token minted for an app, 5 to 600 seconds"),
    var("OM_OPTIMISTIC_LOCK", "`all`, `off`, or a comma list of record kinds"),
    var("LOG_EVERY_ANSWER", "`true`: what was granted from memory is logged too, a line for each request that any app makes"),
    var("WEBHOOK_TIMEOUT_MS", "how long a receiver may take to answer, 100 to 25000 milliseconds"),
    var("WEBHOOK_RETRY_SECONDS", "waits before the second try of a delivery, the third, …: a comma list of seconds"),
    var("WEBHOOK_DISABLE_AFTER_SECONDS", "how long an endpoint may fail without a success before it is turned off, seconds"),
    var("WEBHOOK_SECRET_OVERLAP_SECONDS", "how long the secret before a rotation still signs, seconds"),
    var("WEBHOOK_RUN_DELIVERIES", "deliveries made after one response or in one minute's run, 1 to 300"),
    var("WEBHOOK_ALLOW_LOOPBACK", "`true` only in development: endpoints on this machine are taken"),
];
