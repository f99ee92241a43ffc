//! Settings: what the code reads, what the files say, and what production refuses.

use portcullis_core::{
    config::{LIMITS, SETTINGS},
    store::maintenance::LATEST_MIGRATION,
};
use portcullis_tests::{
    sources,
    world::{self, MASTER_SECRET, SIGNING_KEY},
};

/// The keys of `[vars]` in wrangler.toml.
fn vars() -> Vec<String> {
    let text = sources::read("wrangler.toml");
    let section = text.split("\n[vars]\n").nth(1).expect("wrangler.toml has [vars]");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect()
}

/// The names in .dev.vars.example, commented ones too.
fn examples() -> Vec<String> {
    let text = sources::read(".dev.vars.example");
    let names = text.lines().filter_map(|line| Some(line.trim_start_matches("# ").split_once("='")?.0.to_owned()));
    names.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')).collect()
}

#[test]
fn wrangler_toml_lists_every_setting_and_no_secret() {
    let vars = vars();
    for setting in SETTINGS {
        assert_eq!(vars.contains(&setting.name.to_owned()), !setting.secret, "{} in [vars] of wrangler.toml", setting.name);
    }
    for name in &vars {
        let limit = name.starts_with("RATE_LIMIT_");
        assert!(limit || SETTINGS.iter().any(|setting| setting.name == name), "[vars] of wrangler.toml names {name}, which nothing reads");
    }
}

#[test]
fn the_example_of_dev_vars_names_every_secret() {
    let examples = examples();
    for setting in SETTINGS.iter().filter(|setting| setting.secret) {
        assert!(examples.contains(&setting.name.to_owned()), "{} is missing from .dev.vars.example", setting.name);
    }
    for name in &examples {
        assert!(SETTINGS.iter().any(|setting| setting.name == name), ".dev.vars.example names {name}, which nothing reads");
    }
}

#[test]
fn a_setting_never_shares_its_name_with_a_binding() {
    let text = sources::read("wrangler.toml");
    let bindings: Vec<&str> =
        text.lines().filter_map(|line| line.trim_start_matches("# ").strip_prefix("binding = \"").or(line.strip_prefix("name = \""))).collect();
    for setting in SETTINGS {
        assert!(
            !bindings.iter().any(|b| b.trim_end_matches('"') == setting.name),
            "{} is a binding as well: the platform keeps both in one place",
            setting.name
        );
    }
}

#[test]
fn every_setting_says_what_it_is_about() {
    for setting in SETTINGS {
        assert!(setting.about.len() > 10, "{}", setting.name);
    }
    let mut names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

/// Every name the parser asks for is listed: a setting nobody can find does not exist.
#[test]
fn the_parser_asks_for_listed_names_only() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let settings = world::settings();
    portcullis_core::config::Config::parse(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        settings.get(name).cloned()
    })
    .map_err(|e| format!("{e:?}"))
    .map(drop)
    .unwrap();
    let asked = asked.into_inner();
    for setting in SETTINGS {
        assert!(asked.contains(setting.name), "{} is listed and never read", setting.name);
    }
    let limits = limit_names();
    for name in asked.iter().filter(|name| *name != "TWIN") {
        assert!(limits.contains(name) || SETTINGS.iter().any(|setting| setting.name == name), "{name} is read and not listed");
    }
    for name in &limits {
        assert!(asked.contains(name), "{name} is not read");
    }
}

/// Both spellings of every limit's settings.
fn limit_names() -> Vec<String> {
    let mut names = Vec::new();
    for row in LIMITS {
        let layers = [row.subject.map(|_| row.name.to_owned()), row.ip.map(|_| format!("{}_IP", row.name))];
        for layer in layers.into_iter().flatten() {
            for part in ["POINTS", "DURATION", "BLOCK_DURATION"] {
                names.extend([format!("{layer}_{part}"), format!("RATE_LIMIT_{layer}_{part}")]);
            }
        }
    }
    names
}

#[test]
fn production_reports_everything_that_is_wrong_at_once() {
    let settings = [
        ("APP_URL", "http://id.example.com"),
        ("MAIL_TRANSPORT", "inbox"),
        ("MASTER_SECRET", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("BOOTSTRAP_SECRET", "sample"),
        ("RATE_LIMIT_ENABLED", "false"),
        ("HASHER_POOL_SIZE", "0"),
        ("COOKIE_SAMESITE", "none"),
        ("SIGNING_KEY_JWK", "{}"),
        ("SIGNING_KEY_AHEAD_SECONDS", "60"),
        ("SIGNING_KEY_KEEP_SECONDS", "60"),
    ];
    let problems = world::config(&settings.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).err().unwrap();
    for sign in [
        "APP_URL",
        "MAIL_TRANSPORT",
        "MASTER_SECRET",
        "BOOTSTRAP_SECRET",
        "RATE_LIMIT_ENABLED",
        "HASHER_POOL_SIZE",
        "COOKIE_SAMESITE",
        "SIGNING_KEY_JWK",
        "SIGNING_KEY_AHEAD_SECONDS",
        "SIGNING_KEY_KEEP_SECONDS",
    ] {
        assert!(problems.iter().any(|problem| problem.contains(sign)), "{sign} in {problems:#?}");
    }
}

#[test]
fn production_refuses_the_samples_of_this_repository() {
    let text = sources::read(".dev.vars.example");
    let mut settings: std::collections::BTreeMap<String, String> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect();
    settings.extend(
        [("ENVIRONMENT", "production"), ("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "k")].map(|(k, v)| (k.to_owned(), v.to_owned())),
    );
    let problems = world::config(&settings).err().expect("samples are refused");
    for secret in ["MASTER_SECRET", "SIGNING_KEY_JWK", "BOOTSTRAP_SECRET"] {
        assert!(problems.iter().any(|problem| problem.contains(secret)), "{secret} in {problems:#?}");
    }
}

#[test]
fn a_bootstrap_secret_that_was_typed_is_refused() {
    let with = |secret: &str| {
        let settings = [
            ("APP_URL", "https://id.example.com"),
            ("MAIL_API_KEY", "k"),
            ("MASTER_SECRET", MASTER_SECRET),
            ("SIGNING_KEY_JWK", SIGNING_KEY),
            ("BOOTSTRAP_SECRET", secret),
        ];
        world::config(&settings.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).map(drop)
    };
    assert_eq!(with(world::BOOTSTRAP_SECRET), Ok(()));
    for typed in ["x".repeat(30).as_str(), "Change-Me-Before-You-Go-Live-1", "this is only an example secret", "my-BOOTSTRAP-secret-for-prod"] {
        assert!(with(typed).is_err_and(|problems| problems.iter().any(|problem| problem.contains("BOOTSTRAP_SECRET"))), "{typed}");
    }
}

#[test]
fn production_starts_when_everything_is_right_and_problems_never_show_a_secret() {
    let mut settings: std::collections::BTreeMap<String, String> =
        [("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "k"), ("MASTER_SECRET", MASTER_SECRET), ("SIGNING_KEY_JWK", SIGNING_KEY)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
    assert!(world::config(&settings).is_ok());
    settings.insert("MASTER_SECRET".into(), "short-and-secret".into());
    settings.insert("SIGNING_KEY_JWK".into(), SIGNING_KEY.replace("\"x\":\"Od", "\"x\":\"O"));
    settings.insert("BOOTSTRAP_SECRET".into(), "too-short".into());
    let problems = world::config(&settings).err().unwrap().join("\n");
    for secret in ["short-and-secret", "G8ZrfCd1h1swGjOdZZD", "too-short"] {
        assert!(!problems.contains(secret), "{problems}");
    }
}

#[test]
fn the_build_knows_the_newest_migration() {
    let newest = sources::migrations().pop().unwrap().0;
    assert_eq!(LATEST_MIGRATION, newest, "core/src/store/maintenance.rs: LATEST_MIGRATION");
}

#[test]
fn migrations_are_numbered_and_make_strict_tables() {
    let migrations = sources::migrations();
    let numbers: Vec<&str> = migrations.iter().map(|(name, _)| name.split('_').next().unwrap()).collect();
    assert!(numbers.iter().all(|number| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit())), "{numbers:?}");
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "one migration a number: {numbers:?}");
    for (name, sql) in migrations {
        let code: String = sql.lines().filter(|line| !line.trim_start().starts_with("--")).map(|line| format!("{line}\n")).collect();
        assert_eq!(code.matches("CREATE TABLE").count(), code.matches(") STRICT").count(), "{name}: every table is STRICT");
    }
}
