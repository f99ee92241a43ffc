//! Every mail in every language, as it is sent, and what strangers may not do to it.

use std::{fs, path::PathBuf};

use super::{
    links::link,
    render::{Content, Fact, moment, render},
    template::Template,
};
use crate::{
    domain::{locale::Locale, secret::RawToken, time::Millis},
    ports::Mail,
};

const TOKEN: [u8; 32] = [7; 32];

fn content(template: Template, locale: Locale) -> Content<'static> {
    let invited = matches!(template, Template::Invitation | Template::StaffInvitation | Template::MembershipInvitation);
    let facts = match template {
        Template::PasswordChanged | Template::AccountLocked | Template::NewDevice | Template::AddressChanged => vec![
            (Fact::When, moment(Millis(1_795_236_462_123))),
            (Fact::Device, "Firefox, Linux".to_owned()),
            (Fact::Address, "203.0.113.9".to_owned()),
        ],
        _ => Vec::new(),
    };
    Content {
        template,
        locale,
        to: "buyer@example.com",
        from: "Portcullis <no-reply@id.example.com>",
        id: "00000000-0000-7000-8000-000000000001",
        organization: "Müller & Söhne",
        accent: (locale == Locale::De).then_some("#ffcc00"),
        recipient_name: (!invited).then_some("Ann O'Neil"),
        inviter: (invited && locale != Locale::Es).then_some("Kim Lee"),
        link: link("https://id.example.com", "mueller", template, Some(&RawToken::from_bytes(&TOKEN))),
        facts,
    }
}

fn every_mail() -> impl Iterator<Item = (Template, Locale)> {
    Template::ALL.into_iter().flat_map(|template| Locale::ALL.into_iter().map(move |locale| (template, locale)))
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a switch for the person at the keyboard, not a setting")]
fn mails_are_as_reviewed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/mail/golden");
    let update = std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1");
    let mut known = Vec::new();
    for (template, locale) in every_mail() {
        let mail = render(&content(template, locale));
        for (kind, part) in [("txt", &mail.text), ("html", &mail.html)] {
            let file = format!("{}.{}.{kind}", template.name(), locale.code());
            if update {
                fs::write(folder.join(&file), part).unwrap();
            }
            let reviewed = fs::read_to_string(folder.join(&file)).unwrap_or_default();
            assert!(*part == reviewed, "{file} changed. If that is meant, run the test with UPDATE_GOLDEN=1 and review the diff.\n{part}");
            known.push(file);
        }
    }
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&file), "{file} belongs to no mail: delete it");
    }
}

#[test]
fn the_link_is_the_only_one_and_carries_the_token() {
    for (template, locale) in every_mail() {
        let mail = render(&content(template, locale));
        let at = format!("{} {}", template.name(), locale.code());
        let [only] = &mail.links[..] else { panic!("{at}: {:?}", mail.links) };
        assert!(mail.text.contains(&format!("\n{only}\n")), "{at}");
        assert!(mail.html.contains(&format!("<a href=\"{only}\"")), "{at}");
        assert_eq!(mail.text.matches("://").count(), 1, "{at}");
        assert_eq!(mail.html.matches("://").count(), 2, "{at}: the button and the bare link");
        assert_eq!(only.contains(RawToken::from_bytes(&TOKEN).reveal()), template.purpose().is_some(), "{at}");
        assert!(mail.html.contains(&format!("<html lang=\"{}\"", locale.code())), "{at}");
        assert!(!mail.html.contains("<img") && !mail.html.contains("url("), "{at}: nothing is fetched");
        assert!(!mail.text.contains(['{', '}']) && !mail.text.contains("  "), "{at}");
    }
}

#[test]
fn without_a_link_there_is_no_button() {
    let mail = render(&Content { link: None, ..content(Template::PasswordChanged, Locale::En) });
    assert!(mail.links.is_empty() && !mail.text.contains("://") && !mail.html.contains("://") && !mail.html.contains("<a "));
}

/// Everything a stranger can fill in, filled in with the same text.
fn hostile(template: Template, locale: Locale, typed: &str) -> Mail {
    let facts = [Fact::When, Fact::Device, Fact::Address].map(|fact| (fact, typed.to_owned())).into();
    render(&Content {
        organization: typed,
        accent: Some(typed),
        recipient_name: Some(typed),
        inviter: Some(typed),
        facts,
        ..content(template, locale)
    })
}

#[test]
fn names_cannot_become_markup() {
    for (template, locale) in every_mail() {
        let mail = hostile(template, locale, "\"><script>x</script><a href='javascript:1'>&amp;{inviter}");
        let at = format!("{} {}", template.name(), locale.code());
        assert!(!mail.html.contains("<script") && !mail.html.contains("javascript:1"), "{at}");
        assert_eq!(mail.html.matches("<a ").count(), 1, "{at}");
        assert!(mail.html.contains("&quot;&gt;&lt;script&gt;x&lt;/script&gt;&lt;a href=&#39;"), "{at}");
        assert!(mail.html.contains("&amp;amp;{inviter}"), "{at}: a name is neither decoded nor filled in");
    }
}

#[test]
fn a_colour_cannot_carry_a_style() {
    for accent in ["#000000;background:url(x)", "red", "#12345", "\"><b>"] {
        let mail = render(&Content { accent: Some(accent), ..content(Template::MagicLink, Locale::En) });
        assert!(mail.html.contains("bgcolor=\"#1d4ed8\"") && !mail.html.contains(accent), "{accent}");
    }
    let mail = render(&Content { accent: Some("#FFCC00"), ..content(Template::MagicLink, Locale::En) });
    assert!(mail.html.contains("bgcolor=\"#ffcc00\"") && mail.html.contains("color:#000000"));
}

#[test]
fn names_cannot_open_a_header_or_a_line() {
    for (template, locale) in every_mail() {
        let at = format!("{} {}", template.name(), locale.code());
        let calm = hostile(template, locale, "Ann");
        for typed in ["Ann\r\nBcc: all@evil.example\r\n\r\nBody", "Ann\nX", "Ann\rX", "Ann\u{85}X", "Ann\u{2028}X", "Ann\u{b}X\0"] {
            let mail = hostile(template, locale, typed);
            assert!(!mail.subject.chars().any(|c| c.is_control() || "\u{2028}\u{2029}".contains(c)), "{at}: {:?}", mail.subject);
            assert_eq!(mail.text.lines().count(), calm.text.lines().count(), "{at}: {typed:?}");
            assert!(!mail.text.contains(['\r', '\0', '\u{b}', '\u{85}', '\u{2028}']), "{at}: {typed:?}");
        }
    }
}

#[test]
fn addresses_cannot_open_a_header() {
    let mail = render(&Content {
        to: "buyer@example.com\r\nBcc: all@evil.example",
        from: "Us <us@example.com>\nReply-To: x@evil.example",
        id: "row\r\nX-Other: 1",
        ..content(Template::VerifyEmail, Locale::En)
    });
    for header in [&mail.to, &mail.from, &mail.id, &mail.subject] {
        assert!(!header.chars().any(char::is_control), "{header:?}");
    }
}

#[test]
fn a_sign_up_name_puts_no_second_link_into_our_mail() {
    for (template, locale) in every_mail() {
        for typed in ["Win http://evil.example/now", "HTTPS://evil.example", "www.evil.example", "evil.example", "x@evil.example"] {
            let mail = hostile(template, locale, typed);
            let at = format!("{} {}: {typed}", template.name(), locale.code());
            for (part, links) in [(&mail.text, 1), (&mail.html, 2), (&mail.subject, 0)] {
                assert_eq!(part.matches("://").count(), links, "{at}");
                assert!(!part.contains("www.evil") && !part.contains("evil.example"), "{at}");
            }
            assert_eq!(mail.links.len(), 1, "{at}");
        }
    }
}

#[test]
fn a_long_name_is_cut() {
    let mail = hostile(Template::Invitation, Locale::En, &"x".repeat(5_000));
    assert!(mail.subject.len() < 300 && mail.text.len() < 3_000, "{} {}", mail.subject.len(), mail.text.len());
}
