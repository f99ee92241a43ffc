//! What a signed-in customer does beyond the own account: colleagues, notifications, navigation.

pub mod nav;
pub mod notifications;
pub mod users;
