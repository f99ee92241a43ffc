//! `GET /api/audit/logs.csv`: the same rows as a table for a spreadsheet (RFC 4180), as many as there are. The body
//! leaves in pieces of at most [`PIECE`] rows, each read when the one before has been taken: that is all that is ever in
//! memory, however long the trail is. What the caller may see was decided before the first piece.

use super::asked::Asked;
use crate::{
    cx::Cx,
    io::Io,
    ports::StoreError,
    problem::Problem,
    store::audit_log::AuditRow,
    stream::{Piece, Rest},
    web::response::Response,
};

/// Rows of one piece.
pub const PIECE: i64 = 500;

const HEAD: &str =
    "seq,at,realm,tenantId,organizationId,actorKind,actorId,action,outcome,targetKind,targetId,detail,ipAddress,userAgent,requestId,id\r\n";

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let Piece { bytes, rest } = next(&cx.io, Asked::read(cx)?).await?;
    let body = [HEAD.as_bytes(), &bytes].concat();
    Ok(Response { body, rest, ..Response::empty(200) }
        .header(http::header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(http::header::CONTENT_DISPOSITION, "attachment; filename=\"audit-log.csv\""))
}

/// One piece, and what is left after it.
pub async fn next(io: &Io<'_>, asked: Asked) -> Result<Piece, StoreError> {
    let (rows, next) = asked.page(io, PIECE).await?;
    let bytes = rows.iter().map(line).collect::<String>().into_bytes();
    Ok(Piece { bytes, rest: next.map(|below| Rest::AuditLog(Box::new(Asked { below, ..asked }))) })
}

fn line(row: &AuditRow) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let cells = [
        row.seq.to_string(),
        row.at.iso(),
        row.realm.clone(),
        text(&row.tenant_id),
        text(&row.organization_id),
        row.actor_kind.clone(),
        text(&row.actor_id),
        row.action.clone(),
        row.outcome.clone(),
        row.target_kind.clone(),
        text(&row.target_id),
        row.detail.clone(),
        row.ip_address.clone(),
        row.user_agent.clone(),
        row.request_id.clone(),
        row.id.clone(),
    ];
    cells.map(|text| cell(&text)).join(",") + "\r\n"
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it (OWASP, "CSV
/// Injection"), and whatever could end a cell stands in quotes.
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || text.starts_with(['\t', '\r', '\n']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n', ';', '\t', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_never_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert!(cell(formula).trim_start_matches('"').starts_with('\''), "{formula:?}");
        }
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
    }

    #[test]
    fn what_could_end_a_cell_is_quoted_and_nothing_else_is() {
        assert_eq!(cell("login.success"), "login.success");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("a\"b"), "\"a\"\"b\"");
        assert_eq!(cell("a\r\nb"), "\"a\r\nb\"");
    }
}
