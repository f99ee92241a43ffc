//! One line of an import: what it may hold, and why it is refused.

use serde_json::Value;

use crate::{
    domain::{email::Email, time::Millis},
    hashing::{
        foreign::{Foreign, Kind as Scheme},
        is_todays,
    },
    web::{
        body::{Kind, Refusal as Sentence, Schema, Valid, optional, required},
        json,
    },
};

/// Bytes of one line.
pub const MAX_LINE: usize = 16 * 1_024;

pub const SCHEMA: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        optional("displayName", Kind::Text { min: 1, max: 255 }),
        optional("locale", Kind::Word(&["en", "de", "es", "pl"])),
        optional("isActive", Kind::Bool),
        optional("emailVerified", Kind::Bool),
        optional("emailVerifiedAt", Kind::DateTimeOrNull),
        optional("passwordHash", Kind::Text { min: 1, max: 1_024 }),
        optional("mustChangePassword", Kind::Bool),
        optional("roles", Kind::Texts { min: 0, max: 50, each: 100 }),
        optional("companyExternalId", Kind::Text { min: 1, max: 255 }),
        optional("companyName", Kind::Text { min: 1, max: 255 }),
        optional("personExternalId", Kind::Text { min: 1, max: 255 }),
        optional("personName", Kind::Text { min: 1, max: 255 }),
        optional("features", Kind::Texts { min: 0, max: 200, each: 100 }),
        optional("isPortalAdmin", Kind::Bool),
        // Exports say these for whoever reads them; nobody can be given a past here.
        optional("createdAt", Kind::DateTimeOrNull),
        optional("lastLoginAt", Kind::DateTimeOrNull),
    ],
    refusal: Sentence::Detailed("Validation failed"),
};

/// Why a line is refused, and for which of its members; empty where it is the line as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub field: String,
    pub reason: String,
}

impl Refusal {
    pub fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }
}

/// A hash in the form it is stored in; no kind is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub hash: String,
    pub kind: Option<Scheme>,
}

/// The company or the person an account is linked to, by its name in the CRM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub external_id: String,
    /// What it is called, should it have to be made.
    pub name: Option<String>,
}

/// An ACL of the account's own, in place of what its roles grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl {
    pub features: Vec<String>,
    pub is_portal_admin: bool,
}

/// A line that can be understood. What it does not say stays as it is, or as new accounts have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub email: Email,
    pub display_name: Option<String>,
    pub locale: Option<String>,
    pub is_active: bool,
    pub verified_at: Option<Millis>,
    pub password: Option<Stored>,
    pub must_change_password: bool,
    pub roles: Option<Vec<String>>,
    pub company: Option<Reference>,
    pub person: Option<Reference>,
    pub acl: Option<Acl>,
}

/// Reads a line. `now` is when an address was verified of which only that it was is known.
pub fn parse(text: &str, now: Millis) -> Result<Line, Refusal> {
    if text.len() > MAX_LINE {
        return Err(Refusal::new("", format!("A line holds at most {MAX_LINE} bytes")));
    }
    let mut value = json::parse(text.as_bytes()).map_err(|place| Refusal::new("", format!("Not JSON: {place}")))?;
    let Value::Object(object) = &mut value else { return Err(Refusal::new("", "Expected a JSON object")) };
    // Other systems write null for what they do not have.
    object.retain(|_, member| !member.is_null());
    // A misspelt member would otherwise be lost on a hundred thousand people before anybody notices.
    if let Some(unknown) = object.keys().find(|name| !SCHEMA.fields.iter().any(|field| field.name == name.as_str())) {
        return Err(Refusal::new(&unknown.chars().take(100).collect::<String>(), "No member of this name is known"));
    }
    let body = SCHEMA.check(&value).map_err(|problem| {
        let first = problem.details.and_then(|details| details.into_iter().next());
        first.map_or_else(|| Refusal::new("", "Validation failed"), |(field, reasons)| Refusal::new(&field, reasons.join(", ")))
    })?;
    read(&body, now)
}

fn read(body: &Valid, now: Millis) -> Result<Line, Refusal> {
    let owned = |name: &str| body.opt_text(name).map(str::to_owned);
    let reference = |id: &str, name: &str| owned(id).map(|external_id| Reference { external_id, name: owned(name) });
    let email = body.email("email").map_err(|_| Refusal::new("email", "Invalid email address"))?;
    let verified_at = match (body.opt_bool("emailVerified"), body.opt_time("emailVerifiedAt")) {
        (Some(false), Some(_)) => return Err(Refusal::new("emailVerified", "Contradicts emailVerifiedAt")),
        (_, Some(at)) if at > now => return Err(Refusal::new("emailVerifiedAt", "Lies in the future")),
        (_, Some(at)) => Some(at),
        (verified, None) => verified.filter(|verified| *verified).map(|_| now),
    };
    let acl = match (body.has("features"), body.opt_bool("isPortalAdmin")) {
        (false, None) => None,
        (false, Some(_)) => return Err(Refusal::new("isPortalAdmin", "Stands beside features, or not at all")),
        (true, admin) => Some(Acl { features: body.texts("features"), is_portal_admin: admin.unwrap_or(false) }),
    };
    Ok(Line {
        email,
        display_name: owned("displayName"),
        locale: owned("locale"),
        is_active: body.opt_bool("isActive").unwrap_or(true),
        verified_at,
        password: body.opt_text("passwordHash").map(stored).transpose()?,
        must_change_password: body.opt_bool("mustChangePassword").unwrap_or(false),
        roles: body.has("roles").then(|| body.texts("roles")),
        company: reference("companyExternalId", "companyName"),
        person: reference("personExternalId", "personName"),
        acl,
    })
}

/// A hash that could be verified here, or why not. It is the only thing about a password that is asked: which passwords
/// people may choose is a matter of when they choose one.
fn stored(text: &str) -> Result<Stored, Refusal> {
    let parsed = Foreign::parse(text).map_err(|why| Refusal::new("passwordHash", why))?;
    let hash = parsed.canonical();
    let kind = (!is_todays(&hash)).then(|| parsed.kind());
    Ok(Stored { hash, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_000);
    const HASH: &str = "$2b$05$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K";

    fn refused(text: &str) -> (String, String) {
        let Refusal { field, reason } = parse(text, NOW).unwrap_err();
        (field, reason)
    }

    #[test]
    fn a_line_says_as_little_or_as_much_as_it_likes() {
        let line = parse(r#"{"email":"Ann@X.example","displayName":null}"#, NOW).unwrap();
        assert_eq!((line.email.as_str(), line.display_name, line.is_active, line.verified_at), ("ann@x.example", None, true, None));
        assert!(line.roles.is_none() && line.acl.is_none() && line.company.is_none() && line.password.is_none());
        let full = format!(
            r#"{{"email":"a@x.example","emailVerified":true,"passwordHash":"{HASH}","roles":[],"companyExternalId":"7","companyName":"Seven","features":[],"createdAt":"2020-01-01T00:00:00Z"}}"#
        );
        let line = parse(&full, NOW).unwrap();
        assert_eq!((line.verified_at, line.roles), (Some(NOW), Some(vec![])));
        assert_eq!(line.password.unwrap().kind.unwrap().name(), "bcrypt:5");
        assert_eq!(line.acl, Some(Acl { features: vec![], is_portal_admin: false }), "present and empty means nothing");
    }

    #[test]
    fn every_refusal_names_the_member() {
        for (text, field) in [
            ("", ""),
            ("[]", ""),
            ("{", ""),
            (r#"{"email":"a@x.example","email":"b@x.example"}"#, ""),
            ("{}", "email"),
            (r#"{"email":"nobody"}"#, "email"),
            (r#"{"email":"a@x.example","role":"buyer"}"#, "role"),
            (r#"{"email":"a@x.example","locale":"fr"}"#, "locale"),
            (r#"{"email":"a@x.example","isActive":"yes"}"#, "isActive"),
            (r#"{"email":"a@x.example","emailVerifiedAt":"2999-01-01T00:00:00Z"}"#, "emailVerifiedAt"),
            (r#"{"email":"a@x.example","emailVerified":false,"emailVerifiedAt":"1970-01-01T00:00:00Z"}"#, "emailVerified"),
            (r#"{"email":"a@x.example","isPortalAdmin":true}"#, "isPortalAdmin"),
            (r#"{"email":"a@x.example","passwordHash":"secret"}"#, "passwordHash"),
            (r#"{"email":"a@x.example","passwordHash":"$2b$13$jZySffCaxZFxELTktyVjJudxPRJpvZBfIKleTj1AEZmxepufdim1K"}"#, "passwordHash"),
        ] {
            assert_eq!(refused(text).0, field, "{text}");
        }
        assert_eq!(refused(&format!(r#"{{"email":"{}"}}"#, "x".repeat(MAX_LINE))).1, "A line holds at most 16384 bytes");
        let (_, reason) = refused(r#"{"email":"a@x.example","passwordHash":"hunter2"}"#);
        assert!(!reason.contains("hunter2"), "a password that stands where its hash should is not repeated");
    }
}
