//! A customer's own account: signing up and in, proving an address, sessions, profile, password.

pub mod audience;
pub mod feature_check;
pub mod invitations;
pub mod link_info;
pub mod login;
pub mod logout;
pub mod magic_link;
pub mod new_password;
pub mod password_change;
pub mod password_reset;
pub mod profile;
pub mod refresh;
pub mod sessions;
pub mod sign_in;
pub mod signup;
pub mod verify_email;
