//! Import and export of customers.

use super::super::{Answer::Media, Link, Reads::*, Section, created, doc, ok, param};
use crate::problem::Code::*;

pub const SHAPES: &[(&str, &str)] = &[
    (
        "Import",
        "{id: uuid, source: text, dryRun: bool, nextLine: int, created: int, updated: int, unchanged: int, refused: int, createdBy: uuid, createdAt: time, \
         updatedAt: time, finishedAt: time|null}",
    ),
    ("RefusedLine", "{line: int, field: text, reason: text}"),
];

const JSON_LINES: &str = "application/jsonl";

pub const MOVING: Section = Section {
    tag: "Staff: moving customers in and out",
    about: "Customers as JSON lines, one person a line. What is exported is what is imported. `scripts/import.mjs` and `scripts/export.mjs` are clients.",
    docs: &[
        doc("export_customers", "Every customer of the organization, as JSON lines", Media(200, JSON_LINES))
            .about(
                "In pieces of 250 people; a file that breaks off, breaks off the connection. `passwordHashes` wants `customer_accounts.export.passwords` \
                 and leaves a row in the trail, as the export does without.",
            )
            .errors(&[Forbidden, InvalidRequest]),
        doc("list_imports", "The newest runs of imports", ok("{ok: true, items: Import[]}")),
        doc("start_import", "Begin a run of an import", created("{ok: true, import: Import}"))
            .about("A dry run comes to the same report and changes nobody. Runs and their reports are kept for 30 days.")
            .links(&[
                Link("read_import", "id", "$response.body#/import/id"),
                Link("import_customers", "id", "$response.body#/import/id"),
                Link("read_import_report", "id", "$response.body#/import/id"),
            ])
            .errors(&[InvalidRequest]),
        doc("read_import", "How far a run has come", ok("{ok: true, import: Import}")),
        doc("import_customers", "Send the next lines of a run", ok("{ok: true, import: Import, refused: RefusedLine[]}"))
            .about(
                "`lines` holds whole JSON lines, of which the first is line `from` of the file. At most 250 are taken, and none after an address that was \
                 there before: go on at `nextLine`. Any other `from` is a 409 that says `nextLine`, so that sending lines again gets them in once. \
                 `last` says that the file ends here. Nobody gets anything that the caller could not give by hand.",
            )
            .errors(&[Conflict, InvalidRequest]),
        doc("read_import_report", "What became of each line, as JSON lines", Media(200, JSON_LINES))
            .about("`{\"line\", \"outcome\": \"created\"|\"updated\"|\"unchanged\"|\"refused\", \"id\"?, \"field\"?, \"reason\"?}`")
            .query(&[param("outcome", Only(&["created", "updated", "unchanged", "refused"]), "Only lines that came to this.")])
            .errors(&[ValidationError]),
    ],
};
