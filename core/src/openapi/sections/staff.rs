//! Staff accounts.

use super::super::{Answer::Empty, Reads::*, Section, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[];

pub const SIGN_IN: Section = Section {
    tag: "Staff: signing in",
    about: "The staff realm has accounts, cookies, limits and tokens of its own.",
    docs: &[
        doc(
            "staff_login",
            "Sign in with e-mail and password",
            ok("{ok: true, token: text, redirect: text, refreshToken?: text, mustChangePassword?: true}"),
        )
        .about("Takes JSON and forms. With `remember` the session lasts longer and the answer carries its token.")
        .errors(&[Unauthenticated, Forbidden, TenantSuspended]),
        doc("staff_logout", "Sign out", Empty(307))
            .about("Ends the session at once, clears the cookies, and leads to the sign-in page.")
            .errors(&[Unauthenticated]),
        doc("bounce_staff_session", "Refresh a browser's session and go on", Empty(307))
            .about("Leads to `redirect` with a fresh access token, or to the sign-in page.")
            .query(&[param("redirect", Text, "A path of this origin.")]),
        doc("refresh_staff_session", "A fresh access token from the session token", ok("{ok: true, accessToken: text, expiresIn: int}"))
            .errors(&[Unauthenticated]),
        doc("get_staff_profile", "One's own account", ok("{email: email, name: text|null, roles: text[]}")),
        doc("check_staff_features", "Which of these features one holds", ok("{ok: bool, granted: text[], userId: uuid}"))
            .about("`ok` says whether all of them are held."),
    ],
};
