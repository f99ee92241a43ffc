//! Where a mail's button leads: always under the configured origin, whatever host a request named.

use super::template::Template;
use crate::{domain::secret::RawToken, web::request::percent_encode};

/// The page of a template and whether the mailed token goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/{slug}/portal/{page}?token=…`
    PortalWithToken(&'static str),
    /// `/{slug}/portal/{page}`
    Portal(&'static str),
    /// `/{page}/{token}`: the back office has no slug.
    StaffWithToken(&'static str),
}

pub const fn page(template: Template) -> Page {
    match template {
        Template::VerifyEmail => Page::PortalWithToken("verify"),
        Template::ExistingAccount => Page::Portal("login"),
        Template::MagicLink => Page::PortalWithToken("magic-link"),
        Template::PasswordReset => Page::PortalWithToken("reset-password"),
        Template::Invitation => Page::PortalWithToken("invitation"),
        Template::StaffPasswordReset | Template::StaffInvitation => Page::StaffWithToken("reset"),
        Template::MembershipInvitation => Page::StaffWithToken("backend/join"),
        Template::PasswordChanged | Template::AccountLocked | Template::NewDevice | Template::AddressChanged => Page::Portal("security"),
    }
}

/// Path and query. `None` when a part the page needs is missing: a mail without a link is better than one to nowhere,
/// and an empty slug would give `//portal/…`.
pub fn path(template: Template, slug: &str, token: Option<&RawToken>) -> Option<String> {
    let token = || token.map(|token| percent_encode(token.reveal())).filter(|token| !token.is_empty());
    let portal = |page: &str| (!slug.is_empty()).then(|| format!("/{}/portal/{page}", percent_encode(slug)));
    match page(template) {
        Page::PortalWithToken(page) => Some(format!("{}?token={}", portal(page)?, token()?)),
        Page::Portal(page) => portal(page),
        Page::StaffWithToken(page) => Some(format!("/{page}/{}", token()?)),
    }
}

/// The absolute link of a mail. `app_url` is the configured origin.
pub fn link(app_url: &str, slug: &str, template: Template, token: Option<&RawToken>) -> Option<String> {
    Some(format!("{}{}", app_url.trim_end_matches('/'), path(template, slug, token)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page() {
        let token = RawToken::presented("a b/c");
        let links = Template::ALL.map(|template| link("https://id.example.com/", "acme", template, Some(&token)).unwrap());
        assert_eq!(
            links,
            [
                "https://id.example.com/acme/portal/verify?token=a%20b%2Fc",
                "https://id.example.com/acme/portal/login",
                "https://id.example.com/acme/portal/magic-link?token=a%20b%2Fc",
                "https://id.example.com/acme/portal/reset-password?token=a%20b%2Fc",
                "https://id.example.com/acme/portal/invitation?token=a%20b%2Fc",
                "https://id.example.com/reset/a%20b%2Fc",
                "https://id.example.com/reset/a%20b%2Fc",
                "https://id.example.com/backend/join/a%20b%2Fc",
                "https://id.example.com/acme/portal/security",
                "https://id.example.com/acme/portal/security",
                "https://id.example.com/acme/portal/security",
                "https://id.example.com/acme/portal/security",
            ]
        );
    }

    #[test]
    fn a_missing_part_gives_no_link_and_a_token_goes_only_where_it_belongs() {
        let token = RawToken::presented("t");
        for template in Template::ALL {
            let name = template.name();
            assert_eq!(link("https://x", "acme", template, None).is_some(), template.purpose().is_none(), "{name}");
            let carries = link("https://x", "acme", template, Some(&token)).unwrap().ends_with('t');
            assert!(!carries || template.purpose().is_some(), "{name}");
            let needs_slug = !matches!(page(template), Page::StaffWithToken(_));
            assert_eq!(link("https://x", "", template, Some(&token)).is_none(), needs_slug, "{name}");
        }
        assert_eq!(link("https://x", "../evil", Template::ExistingAccount, None).unwrap(), "https://x/..%2Fevil/portal/login");
    }
}
