//! What both realms do alike around a session: the access token, the known device, the end.

pub mod device;
pub mod ending;
pub mod strict;
pub mod token;
