//! The channel object: binding `CHANNEL`, class `ChannelObject`. `POST https://channel/`, JSON both ways; and a WebSocket
//! to `https://channel/` whose request carries a [`Joining`] in [`JOINING`].
//!
//! Down the socket come the stream's own bytes, whole events at a time, to be handed on as they are. It closes with
//! [`ENDED`] when the listener's access has ended, or is to be looked at anew.

use serde::{Deserialize, Serialize};

use crate::domain::live::{Channel, Listener};

/// The header of the opening request.
pub const JOINING: &str = "x-portcullis-joining";

/// The status of a socket that is not opened because there are [`crate::domain::live::PER_USER`] already.
pub const FULL: u16 = 429;

pub const ENDED: u16 = 4_001;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Joining {
    pub channel: Channel,
    pub listener: Listener,
    /// The last position the client has seen, if this is not its first stream.
    pub last: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Message {
    /// There may be something new. Answered by `{}` once those who listen have it. `everywhere`: at the organizations of
    /// the tenant too; said to the channel of its staff, which knows where somebody listens.
    Wake { everywhere: bool },
    /// Somebody listens at an organization's channel; said to the channel of the tenant's staff. Answered by `{}`.
    Here { channel: Channel },
}

/// The object of a channel.
pub fn object_name(channel: Channel) -> String {
    match channel {
        Channel::Portal { organization, .. } => format!("portal-{organization}"),
        Channel::Staff { tenant } => format!("staff-{tenant}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::Id, time::Millis};

    #[test]
    fn messages_and_names_are_pinned_because_objects_outlive_deployments() {
        let id = "0190f5fe-7c00-7a00-8000-000000000001";
        let (tenant, organization) = (Id::parse(id).unwrap(), Id::parse(id).unwrap());
        assert_eq!(serde_json::to_string(&Message::Wake { everywhere: true }).unwrap(), r#"{"op":"wake","everywhere":true}"#);
        assert_eq!(
            serde_json::to_string(&Message::Here { channel: Channel::Portal { tenant, organization } }).unwrap(),
            format!(r#"{{"op":"here","channel":{{"kind":"portal","tenant":"{id}","organization":"{id}"}}}}"#)
        );
        assert_eq!(object_name(Channel::Portal { tenant, organization }), format!("portal-{id}"));
        assert_eq!(object_name(Channel::Staff { tenant: Id::new(Millis(1), [0; 10]) }), "staff-00000000-0001-7000-8000-000000000000");
    }
}
