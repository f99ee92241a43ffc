//! Staff: signing in and out of the back office, one's own account there, and the people of the realm.

pub mod bootstrap;
pub mod effective;
pub mod feature_check;
pub mod login;
pub mod logout;
pub mod memberships;
pub mod new_password;
pub mod password_reset;
pub mod people;
pub mod places;
pub mod profile;
pub mod refresh;
pub mod roles;
pub mod sessions;
pub mod sign_in;
pub mod user_acl;
