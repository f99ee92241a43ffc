//! Which static file a page's address shows. The files are the same for every organization; what they show comes from
//! the same public API that everyone uses.

/// The pages under `/{slug}/portal/`.
const PORTAL: [&str; 14] = [
    "login",
    "signup",
    "verify",
    "magic-link",
    "forgot-password",
    "reset-password",
    "invitation",
    "dashboard",
    "profile",
    "security",
    "notifications",
    "users",
    "session-expired",
    "no-access",
];

/// The pages under `/embed/`, the only ones that others may frame.
const EMBEDDED: [&str; 2] = ["account-status", "portal-users"];

/// Whether a file is one of the pages that the CRM may frame. By its whole name, so that no other path can look like one.
pub fn is_embedded(file: &str) -> bool {
    EMBEDDED.iter().any(|view| file.strip_prefix("/embed/").and_then(|name| name.strip_suffix(".html")) == Some(view))
}

/// The file behind a path that no route wanted. Files under their own names need no entry here.
pub fn asset(path: &str) -> String {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    match segments.as_slice() {
        [""] => "/index.html".into(),
        [_, "portal"] => "/portal/index.html".into(),
        [_, "portal", page] if PORTAL.contains(page) => format!("/portal/{page}.html"),
        ["embed", view] if EMBEDDED.contains(view) => format!("/embed/{view}.html"),
        ["docs"] => "/docs/index.html".into(),
        ["login"] => "/backend/login.html".into(),
        ["reset"] | ["reset", _] => "/backend/reset.html".into(),
        ["backend", "join", _] => "/backend/join.html".into(),
        ["backend"] => "/backend/index.html".into(),
        ["backend", ..] if !path.contains('.') => "/backend/index.html".into(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mailed_link_leads_to_a_file() {
        for (path, file) in [
            ("/", "/index.html"),
            ("/acme/portal", "/portal/index.html"),
            ("/acme/portal/verify", "/portal/verify.html"),
            ("/acme/portal/", "/portal/index.html"),
            ("/reset/abc", "/backend/reset.html"),
            ("/docs/", "/docs/index.html"),
            ("/embed/account-status", "/embed/account-status.html"),
            ("/embed/nonsense", "/embed/nonsense"),
            ("/backend/join/abc", "/backend/join.html"),
            ("/backend/customer_accounts", "/backend/index.html"),
            ("/assets/dev.css", "/assets/dev.css"),
            ("/acme/portal/nonsense", "/acme/portal/nonsense"),
        ] {
            assert_eq!(asset(path), file);
        }
    }

    #[test]
    fn only_the_embedded_pages_are_embedded() {
        for (file, embedded) in [
            ("/embed/account-status.html", true),
            ("/embed/portal-users.html", true),
            ("/embed/account-status", false),
            ("/embed/../portal/login.html", false),
            ("/embed/nonsense.html", false),
            ("/portal/login.html", false),
            ("/backend/embed/account-status.html", false),
        ] {
            assert_eq!(is_embedded(file), embedded, "{file}");
        }
    }
}
