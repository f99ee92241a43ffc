//! What others depend on, and old rows are read by: it changes on purpose or not at all.

use portcullis_core::{
    change::MailOrder,
    config::LIMITS,
    domain::{
        audit::{Entry, Outcome, Row},
        device,
        email::Email,
        id::Id,
        keys::{Keys, Purpose},
        locale::Locale,
        realm::Realm,
        secret::{Password, RawToken, hex},
        time::Millis,
    },
    hashing,
    mail::template::Template,
    ports::Value,
    problem::Code,
    routes::{Audit, Limit, ROUTES, Route},
    store::outbox,
};
use portcullis_tests::{golden, sources};
use sha2::{Digest, Sha256};

#[test]
fn problem_codes() {
    let lines: String = Code::ALL
        .iter()
        .map(|code| {
            let (name, status, title) = code.describe();
            format!("{status} {name} {title}\n")
        })
        .collect();
    golden::check("problem-codes.txt", &lines, "Pages translate by code and clients branch on it: a code never changes its meaning.");
}

#[test]
fn committed_migrations_never_change() {
    let lines: String = sources::migrations().iter().map(|(name, sql)| format!("{} {name}\n", hex(&Sha256::digest(sql)))).collect();
    golden::check(
        "migrations.txt",
        &lines,
        "A migration that may have run somewhere never changes, because it does not run again there: write the next one \
         instead. Only lines for NEW files may be added to the golden file.",
    );
}

#[test]
fn the_route_table() {
    let lines: String = ROUTES.iter().map(line).collect();
    golden::check("routes.txt", &lines, "The table is the contract: check guard, limit, audit and budget of every line that changed.");
}

fn line(route: &Route) -> String {
    let audit = match route.audit {
        Audit::Reads => "reads".to_owned(),
        Audit::Touches => "touches".to_owned(),
        Audit::Events(events) => events.join(","),
    };
    let b = route.budget;
    format!(
        "{} {} {} guard={:?} limit={} body={} audit={audit} d1={} kv={} limiter={} hash={}\n",
        route.method,
        route.path,
        route.name,
        route.guard,
        limit(route.limit),
        route.body.map_or("-".to_owned(), |body| body
            .fields
            .iter()
            .map(|f| format!("{}{}", f.name, if f.required { "" } else { "?" }))
            .collect::<Vec<_>>()
            .join(",")),
        b.d1,
        b.kv,
        b.limiter,
        b.hash
    )
}

fn limit(limit: Limit) -> String {
    let name = limit.name.map_or("-".to_owned(), |name| format!("{name:?}"));
    format!("{name}/{:?}{}", limit.subject, if limit.user { "+user" } else { "" })
}

#[test]
fn the_limit_table() {
    let lines: String = LIMITS.iter().map(|row| format!("{} {} subject={:?} ip={:?}\n", row.name, row.prefix, row.subject, row.ip)).collect();
    golden::check("limits.txt", &lines, "These numbers belong to the product, and the prefixes are part of running counters' keys.");
}

#[test]
fn stored_formats() {
    let keys = Keys::derive(&[1; 32]);
    let (tenant, row) = (Id::new(Millis(1_000), [1; 10]), Id::new(Millis(2_000), [2; 10]));
    let email = Email::parse("Buyer@Portal.Acme.com").unwrap();
    let audit = Row {
        id: row,
        at: Millis(3_000),
        realm: Realm::Customer,
        entry: Entry::new("login.failed", "user", "u").outcome(Outcome::Failure).within(tenant, None).detail(serde_json::json!({"reason": "locked"})),
        actor_kind: "anonymous",
        ip: "10.0.0.1".into(),
        user_agent: "agent \"x\"".into(),
        request_id: "r".into(),
    };
    let order = MailOrder {
        template: Template::VerifyEmail,
        to: email.clone(),
        locale: Locale::De,
        tenant,
        organization: None,
        token_row: Some(row),
        recipient_name: Some("B".into()),
        inviter: None,
        facts: vec![("when".into(), "now".into())],
    };
    let payload = match outbox::mail(row, &order, Millis(4_000), true, &keys).args.swap_remove(7) {
        Value::Text(text) => text,
        other => panic!("{other:?}"),
    };
    let phc = hashing::hash(&Password::new("Portcullis-dev-1"), &[7; 16]).unwrap();
    let lines = [
        format!("token {}", RawToken::from_bytes(&[7; 32]).reveal()),
        format!("token hash {}", RawToken::from_bytes(&[7; 32]).hash().as_str()),
        format!("password hash {phc}"),
        format!("lookup hash {}", keys.lookup_hash(&email)),
        format!("mailed token, verification {}", keys.mailed_token(Purpose::EmailVerification, row).reveal()),
        format!("mailed token, magic link {}", keys.mailed_token(Purpose::MagicLink, row).reveal()),
        format!("mailed token, reset {}", keys.mailed_token(Purpose::PasswordReset, row).reveal()),
        format!("mailed token, invitation {}", keys.mailed_token(Purpose::Invitation, row).reveal()),
        format!("device cookie {}", device::remember(&keys, None, Realm::Customer, tenant, &keys.lookup_hash(&email), "nonce", 3)),
        format!("audit input {}", audit.canonical()),
        format!("audit mac {}", keys.audit_mac(&audit.canonical())),
        format!("outbox payload {payload}"),
        format!("limiter object {}", portcullis_core::contract::limiter::object_name("customer-login|x", 64)),
        format!("id {row}"),
    ];
    golden::check(
        "stored-formats.txt",
        &(lines.join("\n") + "\n"),
        "Rows, cookies and mails written before are read by this: a change orphans them all.",
    );
}
