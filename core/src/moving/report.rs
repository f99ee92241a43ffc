//! `GET …/admin/imports/{id}/report.jsonl`: what became of each line, as JSON lines, in pieces of a few chunks.

use super::imports::named;
use crate::{
    cx::Cx,
    domain::id::{Id, Record},
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::imports::{self, ReportRow},
    stream::{Piece, Rest},
    web::response::Response,
};

/// Chunks of one piece: a thousand lines at most.
const PIECE: i64 = 4;

pub const MEDIA: &str = "application/jsonl; charset=utf-8";

/// What a reader asks for, and from which line on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    run: Id<Record>,
    outcome: Option<&'static str>,
    from: i64,
}

const OUTCOMES: [&str; 4] = ["created", "updated", "unchanged", "refused"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let outcome = match cx.request.query_value("outcome").filter(|outcome| !outcome.is_empty()) {
        None => None,
        Some(outcome) => {
            let wrong = || {
                Problem::validation("Invalid query parameters", vec![("outcome".into(), vec![format!("Expected one of {}", OUTCOMES.join(", "))])])
            };
            Some(OUTCOMES.into_iter().find(|known| *known == outcome).ok_or_else(wrong)?)
        }
    };
    let run = named(cx).await?;
    let Piece { bytes, rest } = next(&cx.io, Asked { run: run.id, outcome, from: 1 }).await?;
    Ok(Response { body: bytes, rest, ..Response::empty(200) }
        .header(http::header::CONTENT_TYPE, MEDIA)
        .header(http::header::CONTENT_DISPOSITION, format!("attachment; filename=\"import-{}.jsonl\"", run.id)))
}

pub async fn next(io: &Io<'_>, asked: Asked) -> Result<Piece, StoreError> {
    let rows = io.read_one(imports::reports(asked.run, asked.from, PIECE)).await?.all::<ReportRow>()?;
    let wanted = |line: &serde_json::Value| asked.outcome.is_none_or(|outcome| line["outcome"] == outcome);
    let bytes = rows.iter().flat_map(ReportRow::lines).filter(wanted).map(|line| format!("{line}\n")).collect::<String>().into_bytes();
    let more = i64::try_from(rows.len()).is_ok_and(|read| read == PIECE);
    let rest = rows.last().filter(|_| more).map(|row| Rest::ImportReport(Box::new(Asked { from: row.first_line + 1, ..asked })));
    Ok(Piece { bytes, rest })
}
