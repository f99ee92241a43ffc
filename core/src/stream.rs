//! Bodies that are too long to be held: an answer carries its first piece and, as a value, what is left. Whoever sends
//! the body asks for the next piece when the one before has been taken. Nothing of a request lives on but that value.

use crate::{
    app::Deployment,
    audit::{asked::Asked, export},
    domain::time::Millis,
    io::Io,
    live,
    moving::{self, export::Leaving, report},
    ports::{Ports, StoreError},
};

/// What is left of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    AuditLog(Box<Asked>),
    ImportReport(Box<report::Asked>),
    Customers(Box<Leaving>),
    /// What a channel sends, until this instant.
    Live {
        until: Millis,
    },
}

/// The next piece, and what is left after it.
#[derive(Clone, Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub rest: Option<Rest>,
}

/// A body that cannot go on breaks off: it must not look like one that came to its end.
pub async fn next(deployment: &Deployment, ports: Ports<'_>, rest: Rest) -> Result<Piece, StoreError> {
    let io = Io::new(ports, &deployment.key_set);
    let piece = match rest {
        Rest::AuditLog(asked) => export::next(&io, *asked).await,
        Rest::ImportReport(asked) => report::next(&io, *asked).await,
        Rest::Customers(leaving) => moving::export::next(&io, &deployment.keys, *leaving).await,
        Rest::Live { until } => Ok(live::next(deployment, &io, until).await),
    };
    if let Err(error) = &piece {
        io.log(&serde_json::json!({"stream": "failed", "note": error.to_string()}));
    }
    piece
}
