//! The two identity systems. They share this code and never a row, a cookie, a token or a cache key.

use serde::{Deserialize, Serialize};

/// `Customer` signs in at the portal, `Staff` at the back office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realm {
    Customer,
    Staff,
}

impl Realm {
    pub const ALL: [Self; 2] = [Self::Customer, Self::Staff];

    /// The table prefix, the `type` and `aud` claim, and the first part of every key.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
        }
    }

    pub const fn auth_cookie(self) -> &'static str {
        match self {
            Self::Customer => "customer_auth_token",
            Self::Staff => "auth_token",
        }
    }

    pub const fn session_cookie(self) -> &'static str {
        match self {
            Self::Customer => "customer_session_token",
            Self::Staff => "session_token",
        }
    }

    pub const fn device_cookie(self) -> &'static str {
        match self {
            Self::Customer => "customer_device",
            Self::Staff => "staff_device",
        }
    }

    /// Writes `{realm}` in a statement out as this realm's table prefix.
    pub fn sql(self, template: &str) -> String {
        template.replace("{realm}", self.name())
    }
}
