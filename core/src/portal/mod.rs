//! What a signed-in customer does beyond the own account: colleagues and whom they invited, notifications, navigation.

pub mod invitations;
pub mod nav;
pub mod notifications;
pub mod roles;
pub mod users;
