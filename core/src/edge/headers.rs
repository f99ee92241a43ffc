//! Identity as headers, for an origin that trusts its proxy. Every header is always there, empty where there is nothing
//! to say: a proxy that copies them overwrites whatever the client sent by that name.

use http::HeaderName;

use super::identity::Identity;
use crate::web::response::Response;

pub const USER: HeaderName = HeaderName::from_static("x-portcullis-user");
pub const EMAIL: HeaderName = HeaderName::from_static("x-portcullis-email");
pub const NAME: HeaderName = HeaderName::from_static("x-portcullis-name");
pub const REALM: HeaderName = HeaderName::from_static("x-portcullis-realm");
pub const TENANT: HeaderName = HeaderName::from_static("x-portcullis-tenant");
pub const ORGANIZATION: HeaderName = HeaderName::from_static("x-portcullis-organization");
pub const ROLES: HeaderName = HeaderName::from_static("x-portcullis-roles");
pub const FEATURES: HeaderName = HeaderName::from_static("x-portcullis-features");
pub const TOKEN: HeaderName = HeaderName::from_static("x-portcullis-token");
/// Where to sign in, for a proxy that cannot pass a redirect on.
pub const LOGIN: HeaderName = HeaderName::from_static("x-portcullis-login");
/// The client's cookies but ours: an origin has no business with session tokens.
pub const COOKIE: HeaderName = HeaderName::from_static("x-portcullis-cookie");

/// Longer lists are left out; the token says whether there are features, or whom to ask.
const MAX_LIST: usize = 1_024;
const MAX_COOKIE: usize = 4_096;

/// The identity's headers, or empty ones.
pub fn with_identity(response: Response, identity: Option<(&Identity, &str, Option<Vec<String>>)>) -> Response {
    let empty = String::new;
    let values = match identity {
        None => std::array::from_fn(|_| empty()),
        Some((identity, token, features)) => [
            identity.user.to_string(),
            plain(&identity.email),
            plain(&identity.display_name),
            identity.realm.name().to_owned(),
            identity.tenant.to_string(),
            identity.organization.map(|id| id.to_string()).unwrap_or_default(),
            identity.roles.as_deref().map(list).unwrap_or_default(),
            features.map(|features| list(&features)).unwrap_or_default(),
            token.to_owned(),
        ],
    };
    let names = [USER, EMAIL, NAME, REALM, TENANT, ORGANIZATION, ROLES, FEATURES, TOKEN];
    names.into_iter().zip(values).fold(response, |response, (name, value)| response.header(name, value))
}

/// Printable ASCII as it is; everything else, `%` and `,` included, percent-encoded as UTF-8. No line end gets through.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'%' | b',' | ..b' ' | 0x7f.. => plain.push_str(&format!("%{byte:02X}")),
            _ => plain.push(char::from(byte)),
        }
    }
    plain.trim().to_owned()
}

fn list(items: &[String]) -> String {
    let joined = items.iter().map(|item| plain(item)).collect::<Vec<_>>().join(",");
    if joined.len() <= MAX_LIST { joined } else { String::new() }
}

/// A `Cookie` header without the cookies whose names are ours, in any realm.
pub fn foreign_cookies(header: &str, ours: &[String]) -> String {
    let kept = header.split(';').map(str::trim).filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default().trim();
        !pair.is_empty() && !ours.iter().any(|own| own.eq_ignore_ascii_case(name))
    });
    let kept = kept.filter(|pair| pair.bytes().all(|b| (b' '..=b'~').contains(&b))).collect::<Vec<_>>().join("; ");
    if kept.len() <= MAX_COOKIE { kept } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_ends_its_line_or_its_item() {
        assert_eq!(plain("Zoë, Ltd.\r\nX-Portcullis-User: root"), "Zo%C3%AB%2C Ltd.%0D%0AX-Portcullis-User: root");
        assert_eq!(plain("100%"), "100%25");
        assert_eq!(plain("\0\t\u{7f}\u{2028}"), "%00%09%7F%E2%80%A8");
        assert_eq!(list(&["a".into(), "b,c".into()]), "a,b%2Cc");
        assert_eq!(list(&vec!["feature".to_owned(); 1_000]), "");
    }

    #[test]
    fn our_cookies_stay_with_the_proxy() {
        let ours = ["customer_auth_token".to_owned(), "session_token".to_owned()];
        assert_eq!(foreign_cookies("a=1; customer_auth_token=x; b=2;session_token=y", &ours), "a=1; b=2");
        assert_eq!(foreign_cookies("Session_Token=y; session_token =z", &ours), "");
        assert_eq!(foreign_cookies("", &ours), "");
    }
}
