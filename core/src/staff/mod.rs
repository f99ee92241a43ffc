//! Staff: signing in and out of the back office, and one's own account there.

pub mod feature_check;
pub mod login;
pub mod logout;
pub mod profile;
pub mod refresh;
pub mod sign_in;
