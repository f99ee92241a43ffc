//! Values and decisions. Pure and synchronous: nothing here knows a port, a table or HTTP.

pub mod attempt;
pub mod audit;
pub mod audit_chain;
pub mod authority;
pub mod device;
pub mod email;
pub mod entity;
pub mod event;
pub mod feature;
pub mod id;
pub mod keys;
pub mod limit;
pub mod locale;
pub mod lockout;
pub mod membership;
pub mod notification;
pub mod one_time;
pub mod password;
pub mod realm;
pub mod redirect;
pub mod registry;
pub mod role;
pub mod search;
pub mod secret;
pub mod session;
pub mod time;
