//! Which app a host belongs to, and its rules, as one isolate knows them: as old as the revocations may be, and no older.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::{
    domain::{
        app::App,
        path_rule::Rules,
        realm::Realm,
        time::{Millis, SECOND},
    },
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::{
        apps::{self, AppRow},
        path_rules::{self, RulesRow},
    },
};

/// Hosts an isolate keeps; above it, it starts over.
const MAX_HOSTS: usize = 256;
/// Milliseconds between two look-ups of hosts that are none of ours: anybody may ask about any.
const STRANGERS: i64 = 100;

/// An app as its proxies ask about it.
#[derive(Debug)]
pub struct Policy {
    pub app: App,
    pub rules: Rules,
    /// The organization whose portal customers sign in at.
    pub login_slug: Option<String>,
}

#[derive(Clone)]
struct Known {
    policy: Option<Rc<Policy>>,
    read: Millis,
    tried: Millis,
}

#[derive(Default)]
pub struct Policies(RefCell<Hosts>);

#[derive(Default)]
struct Hosts {
    known: HashMap<String, Known>,
    stranger: Option<Millis>,
}

impl Policies {
    /// The policy of a host, at most `life` old; at most `stale` while the database is out of reach. `None`: no app has it.
    pub async fn of(&self, io: &Io<'_>, host: &str, now: Millis, life: i64, stale: i64) -> Result<Option<Rc<Policy>>, Problem> {
        let known = self.0.borrow().known.get(host).cloned();
        if let Some(known) = &known {
            let age = now.0 - known.read.0;
            let tried = known.tried.plus(SECOND) > now;
            if age < life - life / 4 || (tried && age < life) || (tried && known.tried > known.read && age < stale) {
                return Ok(known.policy.clone());
            }
        }
        let stranger = known.as_ref().is_none_or(|known| known.policy.is_none());
        if stranger && self.0.borrow().stranger.is_some_and(|at| at.plus(STRANGERS) > now) {
            return Err(Problem::unavailable("too many look-ups of hosts that nobody registered"));
        }
        if let Some(known) = self.0.borrow_mut().known.get_mut(host) {
            known.tried = now;
        }
        match load(io, host).await {
            Ok(policy) => {
                let mut hosts = self.0.borrow_mut();
                if hosts.known.len() >= MAX_HOSTS {
                    hosts.known.clear();
                }
                if policy.is_none() {
                    hosts.stranger = Some(now);
                }
                hosts.known.insert(host.to_owned(), Known { policy: policy.clone(), read: now, tried: now });
                Ok(policy)
            }
            Err(error) => match known {
                Some(known) if now.0 - known.read.0 < stale => Ok(known.policy),
                _ => Err(error.into()),
            },
        }
    }
}

async fn load(io: &Io<'_>, host: &str) -> Result<Option<Rc<Policy>>, StoreError> {
    let mut rows = io.read(vec![apps::by_host(host), path_rules::of_host(host)]).await?.into_iter();
    let Some(row) = rows.next().unwrap_or_default().first::<AppRow>()? else { return Ok(None) };
    let app = row.app()?;
    Ok(Some(Rc::new(match rows.next().unwrap_or_default().first::<RulesRow>()? {
        Some(row) => Policy { rules: row.rules()?, login_slug: row.login_slug, app },
        // Until somebody writes rules, everything wants a session: a customer's, unless the app is for staff alone.
        None => {
            let realm = if app.customers { Realm::Customer } else { Realm::Staff };
            Policy { rules: Rules { realm, rules: Vec::new() }, login_slug: None, app }
        }
    })))
}
