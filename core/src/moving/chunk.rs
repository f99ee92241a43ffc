//! `POST …/admin/imports/{id}/lines`: the next lines of a run. What they come to, the run's cursor, the report, the audit
//! row and the events commit in one batch, so that a run that was cut off anywhere goes on where it stood, and lines that
//! are sent twice get in once.
//!
//! 1. Read the lines: as many as one batch takes.
//! 2. Read the run, and whatever stands at their addresses and behind their roles and links.
//! 3. Decide, from values.
//! 4. Commit; whoever lost a race decides again.

use std::collections::HashMap;

use serde_json::json;

use super::{
    decide::{Existing, May, Place},
    line::{self, Line},
    plan::{self, Means, Plan, Read},
};
use crate::{
    admin::home,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        email::Email,
        entity::EntityKind,
        event::Event,
        id::{Id, Record, User},
        notification,
    },
    ports::{Query, Rows, Statement, StoreError},
    problem::Problem,
    store::{
        self, admin_roles,
        admin_users::Scope,
        entities,
        imports::{self, ImportRow},
        moving::{self, EntityRow, ExistingRow, RoleRow},
        notifications, password_kinds,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("from", Kind::Int { min: 1, max: 4_294_967_295 }),
        required("lines", Kind::Text { min: 1, max: 65_536 }),
        optional("last", Kind::Bool),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["customers.imported", "customers.import_checked"];

pub const MISSING: &str = "Import not found";

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let id = cx.id_param::<Record>("id", MISSING)?;
    let from = cx.body.number("from")?;
    let text = cx.body.text("lines")?;

    // 1.
    let keys = &cx.deployment.keys;
    let read = |text: &str| line::parse(text, cx.now).map(|line| (keys.lookup_hash(&line.email), line)).map(|(lookup, line)| (line, lookup));
    let (lines, next) = plan::take(text, from, read);
    let taken = usize::try_from(next - from).unwrap_or(0);
    let last = cx.body.opt_bool("last").unwrap_or(false) && taken == text.lines().count();

    for _ in 0..3 {
        // 2.
        let mut rows = cx.read(queries(scope, id, &lines)).await?.into_iter();
        let run = rows.next().unwrap_or_default().first::<ImportRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
        in_step(&run, from)?;
        let found = Found::read(cx, rows)?;

        // 3.
        let chunk = Chunk { scope, run: &run, from, next, last };
        let (plan, place) = chunk.plan(cx, &lines, &found);

        // 4.
        match cx.try_commit(chunk.change(cx, &plan, &place, &found)?).await {
            Ok(_) => return Ok(chunk.answer(cx, &plan)),
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::conflict("Somebody is changing the same accounts; send the lines again"))
}

/// Whoever sends other lines than the next ones is told which those are.
fn in_step(run: &ImportRow, from: i64) -> Result<(), Problem> {
    if run.finished_at.is_some() {
        return Err(Problem::conflict("The import is finished").member("nextLine", run.next_line));
    }
    if run.next_line != from {
        return Err(Problem::conflict(format!("The import goes on at line {}", run.next_line)).member("nextLine", run.next_line));
    }
    Ok(())
}

fn understood(lines: &[Read]) -> impl Iterator<Item = &(Line, String)> {
    lines.iter().filter_map(|read| read.line.as_ref().ok())
}

fn queries(scope: Scope, id: Id<Record>, lines: &[Read]) -> Vec<Query> {
    let lookups: Vec<String> = understood(lines).map(|(_, lookup)| lookup.clone()).collect();
    let mut slugs: Vec<String> = understood(lines).flat_map(|(line, _)| line.roles.iter().flatten().cloned()).collect();
    let mut links: Vec<(&'static str, String)> = understood(lines)
        .flat_map(|(line, _)| [(EntityKind::Company, &line.company), (EntityKind::Person, &line.person)])
        .filter_map(|(kind, wanted)| wanted.as_ref().map(|wanted| (kind.name(), wanted.external_id.clone())))
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    links.sort_unstable();
    links.dedup();
    vec![
        imports::one(scope, id),
        moving::existing(scope, &lookups),
        moving::roles(scope, &slugs),
        moving::entities(scope, &links),
        password_kinds::live(scope.tenant),
    ]
}

/// What was read, by what lines call it.
struct Found {
    accounts: HashMap<String, Existing>,
    roles: Vec<RoleRow>,
    place: Place,
}

impl Found {
    fn read(cx: &Cx<'_>, mut rows: std::vec::IntoIter<Rows>) -> Result<Self, Problem> {
        let accounts =
            rows.next().unwrap_or_default().all::<ExistingRow>()?.into_iter().map(|row| (row.email_hash.clone(), row.existing())).collect();
        let roles = rows.next().unwrap_or_default().all::<RoleRow>()?;
        let held = &cx.actor()?.grants;
        let mut place = Place {
            may: May {
                manage: held.allow("customer_accounts.manage"),
                acls: held.allow("customer_accounts.roles.manage"),
                companies: held.allow("customers.companies.manage"),
                people: held.allow("customers.people.manage"),
            },
            roles: roles.iter().map(|role| (role.slug.clone(), role.id)).collect(),
            ..Place::default()
        };
        for row in rows.next().unwrap_or_default().all::<EntityRow>()? {
            let known = if row.kind == EntityKind::Company.name() { &mut place.companies } else { &mut place.people };
            known.insert(row.wanted, row.id);
        }
        place.kinds = password_kinds::read(rows.next().unwrap_or_default())?;
        Ok(Self { accounts, roles, place })
    }
}

struct Chunk<'c> {
    scope: Scope,
    run: &'c ImportRow,
    from: i64,
    next: i64,
    last: bool,
}

impl Chunk<'_> {
    fn plan(&self, cx: &Cx<'_>, lines: &[Read], found: &Found) -> (Plan, Place) {
        let mut place = found.place.clone();
        let seal = |hash: &str| password_kinds::sealed(&cx.deployment.keys, self.scope.tenant, cx.io.random(), hash);
        let means =
            Means { new_user: &|| cx.new_id(), new_entity: &|| cx.new_id(), new_record: &|| cx.new_id(), seal: &seal, locale: cx.locale().code() };
        let mut plan = plan::plan(lines, |lookup| found.accounts.get(lookup), &mut place, &means);
        if self.run.dry_run {
            // Nobody is made, so nobody has an id.
            for line in plan.report.iter_mut().filter(|line| line["outcome"] == "created").filter_map(serde_json::Value::as_object_mut) {
                line.remove("id");
            }
        }
        (plan, place)
    }

    fn change(&self, cx: &Cx<'_>, plan: &Plan, place: &Place, found: &Found) -> Result<Change, Problem> {
        let Self { run, from, next, last, .. } = self;
        let mut writes = vec![imports::advance(run.id, *from, *next, plan.counts, *last, cx.now), store::changed_one()];
        if !plan.report.is_empty() {
            writes.push(imports::report(run.id, *from, &json!(plan.report)));
        }
        let counts = json!({
            "from": from, "to": next - 1, "created": plan.counts.created, "updated": plan.counts.updated, "unchanged": plan.counts.unchanged,
            "refused": plan.counts.refused,
        });
        let entry = |action| Entry::new(action, "import", run.id);
        if run.dry_run {
            return Ok(Change::new(writes).audit(entry("customers.import_checked").detail(counts.clone())).event(self.event(
                cx,
                "customer_accounts.import.advanced",
                &counts,
            )?));
        }
        writes.extend(self.writes(cx, plan, place, found));
        let mut detail = counts.clone();
        if let Some(object) = detail.as_object_mut() {
            // The trail has everybody by name: no other row of it does.
            object.insert("createdUsers".into(), plan.created.iter().map(|(id, _)| id.to_string()).collect());
            object.insert("updatedUsers".into(), plan.updated.iter().map(|(id, _)| id.to_string()).collect());
        }
        let change = Change::new(writes).audit(entry("customers.imported").detail(detail)).event(self.event(
            cx,
            "customer_accounts.import.advanced",
            &counts,
        )?);
        Ok(change.bulk(self.events(cx, plan, place)?))
    }

    fn writes(&self, cx: &Cx<'_>, plan: &Plan, place: &Place, found: &Found) -> Vec<Statement> {
        let Self { scope, .. } = *self;
        let mut writes = Vec::new();
        if !place.made.is_empty() {
            let hash = |email: &str| Email::parse(email).map(|email| cx.deployment.keys.lookup_hash(&email));
            writes.push(moving::insert_entities(scope, &place.made, hash, cx.now));
        }
        writes.push(entities::all_live(scope.tenant, scope.organization, &plan.links));
        if !plan.new_users.is_empty() {
            let new: Vec<Id<User>> = plan.created.iter().map(|(id, _)| *id).collect();
            writes.push(moving::insert_users(scope, &plan.new_users, cx.now));
            writes.push(moving::link_new(scope, &new));
        }
        if !plan.changed_users.is_empty() {
            writes.push(moving::update_users(scope, &plan.changed_users, cx.now));
            writes.push(store::changed_rows(plan.changed_users.len()));
            writes.extend(moving::void_pending(&plan.settled, cx.now));
        }
        if !plan.whose_roles.is_empty() {
            let mut roles: Vec<_> = plan.roles.iter().map(|(_, role)| *role).collect();
            roles.sort_unstable();
            roles.dedup();
            writes.push(admin_roles::all_live(scope, &roles));
            writes.extend(moving::replace_roles(&plan.whose_roles, &plan.roles, cx.now));
        }
        if !plan.acls.is_empty() {
            writes.push(moving::set_acls(scope, &plan.acls, cx.now));
        }
        let slug = cx.actor.as_ref().map(|actor| actor.organization_slug.clone()).unwrap_or_default();
        for (user, roles) in &plan.told {
            let mut names: Vec<String> = found.roles.iter().filter(|role| roles.contains(&role.id)).map(|role| role.name.clone()).collect();
            names.sort_unstable();
            let notice = notification::roles_changed(&slug, &names);
            writes.push(notifications::insert(cx.new_id(), scope.tenant, Some(scope.organization), *user, &notice, cx.now));
        }
        writes
    }

    fn event(&self, cx: &Cx<'_>, name: &'static str, counts: &serde_json::Value) -> Result<Event, Problem> {
        let Self { scope, run, .. } = self;
        let payload = json!({"id": run.id, "tenantId": scope.tenant, "organizationId": scope.organization, "by": cx.actor()?.user, "dryRun": run.dry_run, "lines": counts});
        Ok(Event::new(name, scope.tenant, Some(scope.organization), payload))
    }

    /// Everybody's own event, as if each had been made by hand, and with the name of the import, for whoever would rather
    /// hear of the chunk.
    fn events(&self, cx: &Cx<'_>, plan: &Plan, place: &Place) -> Result<Vec<Event>, Problem> {
        let Self { scope, run, .. } = self;
        let by = cx.actor()?.user;
        let of = |name: &'static str, payload| Event::new(name, scope.tenant, Some(scope.organization), payload);
        let mut events: Vec<Event> = Vec::new();
        for made in &place.made {
            let name = match made.kind {
                EntityKind::Company => "customers.company.created",
                EntityKind::Person => "customers.person.created",
            };
            let payload = json!({"id": made.id, "entityId": made.id, "tenantId": scope.tenant, "organizationId": scope.organization, "createdBy": by, "importId": run.id});
            events.push(of(name, payload));
        }
        for (id, email) in &plan.created {
            let payload = json!({"id": id, "email": email, "tenantId": scope.tenant, "organizationId": scope.organization, "createdBy": by, "importId": run.id});
            events.push(of("customer_accounts.user.created", payload));
        }
        for (id, email) in &plan.updated {
            let payload = json!({
                "id": id, "recipientUserId": id, "email": email, "tenantId": scope.tenant, "organizationId": scope.organization, "updatedBy": by, "importId": run.id,
            });
            events.push(of("customer_accounts.user.updated", payload));
        }
        Ok(events)
    }

    fn answer(&self, cx: &Cx<'_>, plan: &Plan) -> Response {
        let Self { run, next, last, .. } = self;
        let counts = &plan.counts;
        let moved = ImportRow {
            next_line: *next,
            created: run.created + counts.created,
            updated: run.updated + counts.updated,
            unchanged: run.unchanged + counts.unchanged,
            refused: run.refused + counts.refused,
            updated_at: cx.now,
            finished_at: last.then_some(cx.now),
            ..(*run).clone()
        };
        let refused: Vec<_> = plan
            .report
            .iter()
            .filter(|line| line["outcome"] == "refused")
            .map(|line| json!({"line": line["line"], "field": line["field"], "reason": line["reason"]}))
            .collect();
        Response::json(200, &json!({"ok": true, "import": moved.view(), "refused": refused}))
    }
}
