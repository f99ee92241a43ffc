//! From method and path to a row of the table.

use http::Method;

use crate::{
    routes::{ROUTES, Route, canonical},
    web::request::percent_decode,
};

/// The table, indexed by path. Built once an isolate.
pub struct Router {
    paths: matchit::Router<Vec<&'static Route>>,
}

/// What a request line leads to.
pub enum Found {
    Route(&'static Route, Vec<(String, String)>),
    /// `OPTIONS` on a path that exists, with what it allows.
    Options(String),
    MethodNotAllowed(String),
    Nothing,
}

impl Router {
    pub fn new() -> Self {
        let mut paths: matchit::Router<Vec<&'static Route>> = matchit::Router::new();
        for route in ROUTES {
            match paths.at_mut(route.path) {
                // A pattern matches itself literally, which tells a second method of the same path from a new path.
                Ok(known) if known.value.first().is_some_and(|first| first.path == route.path) => known.value.push(route),
                // A test walks every route and finds each, so a pattern that could not be inserted cannot go unseen.
                _ => drop(paths.insert(route.path, vec![route])),
            }
        }
        Self { paths }
    }

    pub fn find(&self, method: &Method, path: &str) -> Found {
        let path = canonical(path);
        // Static segments match in any case; parameters keep theirs only when the path was spelled exactly.
        let lower = path.to_ascii_lowercase();
        let Some(matched) = self.paths.at(&path).ok().or_else(|| self.paths.at(&lower).ok()) else { return Found::Nothing };
        let wanted = if *method == Method::HEAD { &Method::GET } else { method };
        if let Some(route) = matched.value.iter().find(|route| route.method == wanted) {
            return Found::Route(route, matched.params.iter().map(|(name, value)| (name.to_owned(), percent_decode(value))).collect());
        }
        let allow = allow(matched.value);
        if *method == Method::OPTIONS { Found::Options(allow) } else { Found::MethodNotAllowed(allow) }
    }
}

impl Default for Router {
    fn default() -> Self {
        Self::new()
    }
}

fn allow(routes: &[&'static Route]) -> String {
    let mut methods: Vec<&str> = routes.iter().map(|route| route.method.as_str()).filter(|method| *method != "OPTIONS").collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_reachable_by_its_own_path_and_method() {
        let router = Router::new();
        for row in ROUTES {
            let path = row.path.replace("{id}", "0190f5fe-7c00-7a00-8000-000000000001");
            let Found::Route(found, _) = router.find(&row.method, &path) else { panic!("{} {} is not routed", row.method, row.path) };
            assert_eq!(found.name, row.name);
        }
    }

    #[test]
    fn names_are_unique_because_documents_and_matrices_go_by_them() {
        let mut names: Vec<_> = ROUTES.iter().map(|route| route.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn short_spellings_and_any_case_lead_to_the_same_row() {
        let router = Router::new();
        for path in ["/api/login", "/api/customer_accounts/login", "/API/Customer_Accounts/LOGIN"] {
            assert!(matches!(router.find(&Method::POST, path), Found::Route(route, _) if route.name == "login"), "{path}");
        }
        assert!(matches!(router.find(&Method::GET, "/api/loginx"), Found::Nothing));
        assert!(matches!(router.find(&Method::TRACE, "/api/login"), Found::MethodNotAllowed(allow) if allow == "POST, OPTIONS"));
    }
}
