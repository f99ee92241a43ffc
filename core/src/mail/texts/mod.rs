//! What mails say. One file per language; every text is a struct field, so that a missing one does not compile.
//!
//! Placeholders: `{organization}`, `{name}` (the recipient), `{inviter}`, `{validity}`, `{lock}` (how long a lock lasts).

mod de;
mod en;
mod es;
mod pl;

use super::template::{Template, Validity};
use crate::domain::locale::Locale;

/// One language.
pub struct Texts {
    pub greeting: &'static str,
    /// For recipients whose name we do not know.
    pub greeting_unnamed: &'static str,
    /// Stands where the inviter's name would.
    pub unnamed_inviter: &'static str,
    /// Before the bare link, for programs that show no button.
    pub bare_link: &'static str,
    pub valid: &'static str,
    /// Each language knows its own plurals and cases: this is what fits after the words before `{validity}` and `{lock}`.
    pub duration: fn(Validity) -> String,
    pub when: &'static str,
    pub device: &'static str,
    pub address: &'static str,
    pub verify_email: Words,
    pub existing_account: Words,
    pub magic_link: Words,
    pub password_reset: Words,
    pub invitation: Words,
    pub staff_password_reset: Words,
    pub staff_invitation: Words,
    pub membership_invitation: Words,
    pub password_changed: Words,
    pub account_locked: Words,
    pub new_device: Words,
    pub address_changed: Words,
}

/// One mail in one language.
pub struct Words {
    pub subject: &'static str,
    pub body: &'static [&'static str],
    pub button: &'static str,
    /// Why this mail came, and what to do if it was not asked for.
    pub why: &'static str,
}

impl Texts {
    pub const fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &en::TEXTS,
            Locale::De => &de::TEXTS,
            Locale::Es => &es::TEXTS,
            Locale::Pl => &pl::TEXTS,
        }
    }

    pub const fn words(&self, template: Template) -> &Words {
        match template {
            Template::VerifyEmail => &self.verify_email,
            Template::ExistingAccount => &self.existing_account,
            Template::MagicLink => &self.magic_link,
            Template::PasswordReset => &self.password_reset,
            Template::Invitation => &self.invitation,
            Template::StaffPasswordReset => &self.staff_password_reset,
            Template::StaffInvitation => &self.staff_invitation,
            Template::MembershipInvitation => &self.membership_invitation,
            Template::PasswordChanged => &self.password_changed,
            Template::AccountLocked => &self.account_locked,
            Template::NewDevice => &self.new_device,
            Template::AddressChanged => &self.address_changed,
        }
    }
}

/// Replaces placeholders in one pass: what a value contains is never looked at again, so that a person called
/// `{inviter}` stays just that.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else { break };
        out.push_str(before);
        out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
    }

    fn of_mail(words: &Words) -> Vec<&str> {
        let texts = [&[words.subject, words.button, words.why], words.body].concat();
        let mut found: Vec<&str> = texts.into_iter().flat_map(placeholders).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn english_subjects_are_contractual() {
        let subject = |template| Texts::of(Locale::En).words(template).subject;
        assert_eq!(subject(Template::VerifyEmail), "Verify your portal account");
        assert_eq!(subject(Template::ExistingAccount), "You already have a portal account");
        assert_eq!(subject(Template::StaffPasswordReset), "Reset your password");
        assert_eq!(subject(Template::StaffInvitation), "You have been invited");
    }

    #[test]
    fn every_language_tells_the_same_things() {
        let english = Texts::of(Locale::En);
        for locale in Locale::ALL {
            let texts = Texts::of(locale);
            for text in [texts.greeting_unnamed, texts.unnamed_inviter, texts.bare_link, texts.when, texts.device, texts.address] {
                assert!(!text.is_empty() && placeholders(text).is_empty(), "{}: {text}", locale.code());
            }
            assert_eq!(placeholders(texts.greeting), ["name"], "{}", locale.code());
            assert_eq!(placeholders(texts.valid), ["validity"], "{}", locale.code());
            for template in Template::ALL {
                let (words, at) = (texts.words(template), format!("{} {}", template.name(), locale.code()));
                assert_eq!(of_mail(words), of_mail(english.words(template)), "{at}");
                assert_eq!(words.body.len(), english.words(template).body.len(), "{at}");
                for text in [&[words.subject, words.button, words.why], words.body].concat() {
                    assert!(!text.trim().is_empty() && text.trim() == text && !text.contains(['\n', '<', '&']), "{at}: {text}");
                    assert!(placeholders(text).iter().all(|name| ["organization", "inviter", "lock"].contains(name)), "{at}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_value_is_not_searched_for_placeholders() {
        assert_eq!(fill("{a} and {b}{c}.", &[("a", "{b}"), ("b", "2")]), "{b} and 2.");
        assert_eq!(fill("open { brace", &[]), "open { brace");
    }

    #[test]
    fn durations() {
        let all = |locale| [Validity::Hours(1), Validity::Hours(24), Validity::Hours(48), Validity::Minutes(15)].map(Texts::of(locale).duration);
        assert_eq!(all(Locale::En), ["1 hour", "24 hours", "48 hours", "15 minutes"]);
        assert_eq!(all(Locale::De), ["1 Stunde", "24 Stunden", "48 Stunden", "15 Minuten"]);
        assert_eq!(all(Locale::Es), ["1 hora", "24 horas", "48 horas", "15 minutos"]);
        assert_eq!(all(Locale::Pl), ["1 godzinę", "24 godziny", "48 godzin", "15 minut"]);
        let polish = [2, 4, 5, 12, 14, 21, 22, 112, 122].map(|n| (Texts::of(Locale::Pl).duration)(Validity::Minutes(n)));
        let want = ["minuty", "minuty", "minut", "minut", "minut", "minut", "minuty", "minut", "minuty"];
        assert!(polish.iter().zip(want).all(|(got, want)| got.ends_with(&format!(" {want}"))), "{polish:?}");
    }
}
