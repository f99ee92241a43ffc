//! What a handler may touch. Writing happens through [`Cx::commit`] alone, which puts the audit and outbox rows into
//! the batch of the change.

use std::cell::{Cell, RefCell};

use http::Method;

use crate::{
    actor::Actor,
    app::{Deployment, Later},
    change::Change,
    domain::{
        id::{Id, Organization, Record, Tenant},
        locale::Locale,
        policy::TenantPolicy,
        realm::Realm,
        secret::RawToken,
        time::Millis,
    },
    io::Io,
    live::announce,
    pipeline::host::Host,
    ports::{Query, Rows, Statement, StoreError, Written},
    problem::Problem,
    routes::{Audit, Route},
    store,
    web::{body::Valid, cookies, request::Request},
};

/// One request on its way through a handler.
pub struct Cx<'a> {
    pub now: Millis,
    pub request: &'a Request,
    pub request_id: &'a str,
    /// The client as limits count it.
    pub client: String,
    pub client_ip: String,
    pub route: &'static Route,
    pub deployment: &'a Deployment,
    pub params: Vec<(String, String)>,
    pub body: Valid,
    pub actor: Option<Actor>,
    /// Where a public request belongs, once resolved.
    pub place: Option<Place>,
    pub host: &'a Host,
    /// The limiter key of the address layer, for the success that resets it.
    pub subject_key: Option<String>,
    pub io: Io<'a>,
    pub later: RefCell<Vec<Later>>,
    /// The policy of the tenant the answer is about, once that is known; see [`Cx::obey`].
    pub policy: Cell<TenantPolicy>,
}

/// The tenant, and the organization where the request named one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
}

impl Place {
    /// The tenant, unless the request left it open.
    pub fn named_tenant(&self) -> Option<Id<Tenant>> {
        Some(self.tenant).filter(|tenant| *tenant != crate::pipeline::place::nowhere())
    }
}

impl Cx<'_> {
    // ── Reading ──────────────────────────────────────────────────────────

    /// Several queries in one round trip.
    pub async fn read(&self, queries: Vec<Query>) -> Result<Vec<Rows>, StoreError> {
        self.io.read(queries).await
    }

    pub async fn read_one(&self, query: Query) -> Result<Rows, StoreError> {
        self.io.read_one(query).await
    }

    // ── Writing ──────────────────────────────────────────────────────────

    /// The one door for writes: the change, its audit rows, events and mails, in one batch or not at all.
    pub async fn commit(&self, change: Change) -> Result<Vec<Written>, Problem> {
        Ok(self.try_commit(change).await?)
    }

    /// As [`Cx::commit`], for use-cases that answer a lost race or a taken name themselves.
    pub async fn try_commit(&self, change: Change) -> Result<Vec<Written>, StoreError> {
        self.declared(&change)?;
        let has_mail = !change.mails.is_empty();
        #[cfg_attr(not(feature = "twins"), expect(unused_mut, reason = "the twin takes them away"))]
        let mut writes = self.batch(change);
        #[cfg(feature = "twins")]
        if self.twin("commit-in-pieces") {
            // The twin that a crash cuts in two: one transaction a statement.
            for statement in std::mem::take(&mut writes) {
                self.io.write(vec![statement]).await?;
            }
        }
        let written = self.write_and_tell(writes).await?;
        if has_mail {
            self.after(Later::SendMail);
        }
        Ok(written)
    }

    /// Refuses a change whose trail is not what the route's row says.
    fn declared(&self, change: &Change) -> Result<(), StoreError> {
        let Audit::Events(declared) = self.route.audit else {
            return Err(StoreError::Broken(format!("route {} declares no audit events", self.route.name)));
        };
        if let Some(stray) = change.audit.iter().find(|entry| !declared.contains(&entry.action)) {
            return Err(StoreError::Broken(format!("route {} does not declare the audit event {}", self.route.name, stray.action)));
        }
        if change.audit.is_empty() {
            return Err(StoreError::Broken(format!("route {} commits a change without an audit row", self.route.name)));
        }
        Ok(())
    }

    /// All statements of a change: what it writes, its trail, what it tells, and what equals it to its other branches.
    fn batch(&self, change: Change) -> Vec<Statement> {
        let Change { mut writes, audit, events, bulk, mails, applies, ballast } = change;
        writes.extend(audit.into_iter().map(|entry| store::audit::append(&self.audit_row(entry), applies, &self.deployment.keys)));
        writes.extend(events.iter().map(|(event, meant)| store::outbox::event(self.new_id(), event, self.now, applies && *meant)));
        if !bulk.is_empty() && applies {
            let events: Vec<_> = bulk.iter().map(|event| (self.new_id(), event)).collect();
            writes.extend(store::outbox::events(&events, self.now));
        }
        writes.extend(mails.iter().map(|(mail, meant)| store::outbox::mail(self.new_id(), mail, self.now, applies && *meant, &self.deployment.keys)));
        if let Some(pages) = ballast {
            let [from] = self.io.random();
            writes.push(store::ballast::shift(pages, from));
            if let Some((event, _)) = events.first() {
                let happened = applies && events.iter().any(|(_, meant)| *meant);
                let tenant = Some(event.tenant).filter(|tenant| *tenant != crate::pipeline::place::nowhere());
                writes.push(store::ballast::unqueued(tenant, !happened, pages, from));
            }
        }
        writes
    }

    /// Writes, and learns in the same transaction whom it concerns: what of the live feed is new after the statements is
    /// theirs, and whether a webhook is due costs nothing where nobody listens.
    async fn write_and_tell(&self, mut writes: Vec<Statement>) -> Result<Vec<Written>, StoreError> {
        writes.insert(0, store::live::mark());
        writes.extend([store::live::fresh(), store::webhook_deliveries::waiting(self.now).into()]);
        let mut written = self.io.write(writes).await?;
        let waiting = written.pop().unwrap_or_default();
        let fresh = written.pop().unwrap_or_default();
        let mark = if written.is_empty() { Written::default() } else { written.remove(0) };
        let wakes = announce::concerned(mark.rows, fresh.rows);
        if !wakes.is_empty() {
            self.after(Later::Announce { wakes });
        }
        if !waiting.rows.is_empty() {
            self.after(Later::SendWebhooks);
        }
        Ok(written)
    }

    /// Marks that something was used, where nothing changed that anybody would audit: a session's last use.
    pub async fn touch(&self, statements: Vec<Statement>) -> Result<Vec<Written>, StoreError> {
        if self.route.audit != Audit::Touches {
            return Err(StoreError::Broken(format!("route {} may not touch rows without an audit event", self.route.name)));
        }
        self.io.write(statements).await
    }

    fn audit_row(&self, entry: crate::domain::audit::Entry) -> crate::domain::audit::Row {
        let realm = self.actor.as_ref().map_or(self.route.realm(), |actor| actor.realm);
        let mut entry = entry;
        let actor_kind = match (&self.actor, &entry.actor) {
            (Some(actor), _) => {
                entry.actor = Some(actor.user.to_string());
                entry.tenant = entry.tenant.or(Some(actor.tenant));
                entry.organization = entry.organization.or(actor.organization);
                actor.realm.name()
            }
            (None, Some(_)) => realm.name(),
            (None, None) => "anonymous",
        };
        crate::domain::audit::Row {
            id: self.new_id(),
            at: self.now,
            realm,
            entry,
            actor_kind,
            ip: self.client_ip.clone(),
            user_agent: self.user_agent(),
            request_id: self.request_id.to_owned(),
        }
    }

    /// Work for after the response.
    pub fn after(&self, later: Later) {
        let mut list = self.later.borrow_mut();
        if !list.contains(&later) {
            list.push(later);
        }
    }

    // ── The caller ───────────────────────────────────────────────────────

    /// The signed-in caller. The guard has made sure; asking on a public route is our own mistake.
    pub fn actor(&self) -> Result<&Actor, Problem> {
        self.actor.as_ref().ok_or_else(|| Problem::internal(format!("route {} has no signed-in caller", self.route.name)))
    }

    pub fn place(&self) -> Result<&Place, Problem> {
        self.place.as_ref().ok_or_else(|| Problem::internal(format!("route {} resolves no tenant", self.route.name)))
    }

    pub fn user_agent(&self) -> String {
        self.request.user_agent()
    }

    pub fn locale(&self) -> Locale {
        let cookie = self.cookie("locale").and_then(|tag| Locale::parse(&tag));
        cookie.unwrap_or_else(|| Locale::negotiate(self.request.header(&http::header::ACCEPT_LANGUAGE).unwrap_or_default()))
    }

    // ── Cookies ──────────────────────────────────────────────────────────

    pub fn cookie(&self, name: &str) -> Option<String> {
        let header = self.request.header(&http::header::COOKIE)?;
        cookies::find(header, &self.cookie_style().name(name))
    }

    /// From here on, cookies are set as the tenant's policy has it.
    pub fn obey(&self, policy: &str) {
        self.policy.set(TenantPolicy::parse(policy));
    }

    pub fn cookie_style(&self) -> cookies::Style<'_> {
        let style = cookie_style(self.deployment, self.request);
        match self.policy.get() {
            TenantPolicy::Default => style,
            TenantPolicy::Strict => cookies::Style { same_site: cookies::SameSite::Strict, ..style },
        }
    }

    pub fn set_cookie(&self, name: &str, value: &str, max_age: i64) -> String {
        let expires = http_date(self.now.plus(max_age * 1_000));
        self.cookie_style().set(name, value, max_age, &expires)
    }

    pub fn set_cookie_until(&self, name: &str, value: &str, until: Millis) -> String {
        self.cookie_style().set_until(name, value, &http_date(until))
    }

    pub fn clear_session_cookies(&self, realm: Realm) -> [String; 2] {
        [self.cookie_style().clear(realm.auth_cookie()), self.cookie_style().clear(realm.session_cookie())]
    }

    pub fn session_token(&self, realm: Realm) -> Option<RawToken> {
        self.cookie(realm.session_cookie()).map(|value| RawToken::presented(&value))
    }

    // ── New things ───────────────────────────────────────────────────────

    pub fn new_id<T>(&self) -> Id<T> {
        Id::new(self.now, self.io.random())
    }

    pub fn new_token(&self) -> RawToken {
        RawToken::from_bytes(&self.io.random())
    }

    /// An id in the path that is not a UUID names nothing.
    pub fn id_param<T>(&self, name: &str, missing: &'static str) -> Result<Id<T>, Problem> {
        self.params.iter().find(|(key, _)| key == name).and_then(|(_, value)| Id::parse(value)).ok_or_else(|| Problem::not_found(missing))
    }

    pub fn is_get(&self) -> bool {
        self.request.method == Method::GET
    }

    /// Which broken twin runs, if any: `None` in every release build.
    pub fn twin(&self, name: &str) -> bool {
        crate::twin::is(&self.deployment.config.twin, name)
    }
}

pub fn cookie_style<'d>(deployment: &'d Deployment, request: &Request) -> cookies::Style<'d> {
    let config = &deployment.config;
    let plain_loopback = request.scheme == "http" && crate::web::host::is_loopback(request.host());
    let host = request.host();
    let domain = config.cookie_domain.as_deref().filter(|domain| is_under(host, domain));
    cookies::Style { same_site: config.cookie_same_site, domain, secure: !plain_loopback, host_prefix: config.cookie_host_prefix }
}

/// Whether a host is a domain or under it.
pub fn is_under(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// IMF-fixdate (RFC 9110 §5.6.7).
pub fn http_date(at: Millis) -> String {
    chrono::DateTime::<chrono::Utc>::from_timestamp_millis(at.0).unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// For stores whose ids name rows of no typed kind.
pub type RowId = Id<Record>;
