//! A scope as a condition: what a list's or a count's rows have to satisfy. Each takes the number of its first free
//! parameter, so that it can stand anywhere in a statement, and brings its own arguments: at most five, whatever it holds.

use crate::{
    domain::{id::Id, scope::Scope},
    ports::Value,
};

/// A condition in brackets and the arguments it adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub sql: String,
    pub args: Vec<Value>,
}

/// Any of several conditions, numbered as they come.
struct Any {
    first: usize,
    parts: Vec<String>,
    args: Vec<Value>,
}

impl Any {
    fn new(first: usize) -> Self {
        Self { first, parts: Vec::new(), args: Vec::new() }
    }

    /// One more, where there is anything to look for. `list` in it stands for the ids as rows `w`.
    fn or<T>(&mut self, ids: &[Id<T>], condition: impl Fn(&str) -> String) {
        if !ids.is_empty() {
            let list = format!("json_each(?{}) w", self.first + self.args.len());
            self.parts.push(condition(&list));
            self.args.push(serde_json::json!(ids).to_string().into());
        }
    }

    fn close(self) -> Condition {
        let sql = if self.parts.is_empty() { "0".to_owned() } else { format!("({})", self.parts.join(" OR ")) };
        Condition { sql, args: self.args }
    }
}

fn everything() -> Condition {
    Condition { sql: "1".into(), args: Vec::new() }
}

/// Under one of the listed organizations, or one of them.
fn under(list: &str, organization: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {list} CROSS JOIN organization_paths op WHERE op.ancestor_id = w.value AND op.descendant_id = {organization})")
}

/// The person's own ACL narrows whatever was found.
fn narrowed(scope: &Scope, organization: &str, first: usize, wide: Condition) -> Condition {
    let Some(only) = &scope.only else { return wide };
    let mut narrow = Any::new(first + wide.args.len());
    narrow.or(only, |list| under(list, organization));
    let Condition { sql, args } = narrow.close();
    Condition { sql: format!("({} AND {sql})", wide.sql), args: [wide.args, args].concat() }
}

fn places(scope: &Scope, tenant: &str, organization: &str, any: &mut Any) {
    any.or(&scope.tenants, |list| format!("{tenant} IN (SELECT w.value FROM {list})"));
    any.or(&scope.partners, |list| format!("EXISTS (SELECT 1 FROM {list} JOIN tenants pt ON pt.partner_id = w.value WHERE pt.id = {tenant})"));
    any.or(&scope.organizations, |list| under(list, organization));
}

/// Rows that lie at a place: customers, invitations, audit rows. `tenant` and `organization` are columns; a row without
/// an organization is the whole tenant's, and only shown to those who see the tenant.
pub fn place(scope: &Scope, tenant: &str, organization: &str, first: usize) -> Condition {
    if scope.everything {
        return narrowed(scope, organization, first, everything());
    }
    let mut any = Any::new(first);
    places(scope, tenant, organization, &mut any);
    narrowed(scope, organization, first, any.close())
}

/// Organizations `o`: those of the scope, and the ones whose merchants somebody works at.
pub fn organizations(scope: &Scope, o: &str, first: usize) -> Condition {
    let (tenant, organization) = (format!("{o}.tenant_id"), format!("{o}.id"));
    if scope.everything {
        return place(scope, &tenant, &organization, first);
    }
    let mut any = Any::new(first);
    places(scope, &tenant, &organization, &mut any);
    any.or(&scope.sites, |list| format!("{organization} IN (SELECT w.value FROM {list})"));
    narrowed(scope, &organization, first, any.close())
}

/// Merchants `m`.
pub fn merchants(scope: &Scope, m: &str, first: usize) -> Condition {
    let (tenant, organization) = (format!("{m}.tenant_id"), format!("{m}.organization_id"));
    if scope.everything {
        return place(scope, &tenant, &organization, first);
    }
    let mut any = Any::new(first);
    places(scope, &tenant, &organization, &mut any);
    any.or(&scope.merchants, |list| format!("{m}.id IN (SELECT w.value FROM {list})"));
    narrowed(scope, &organization, first, any.close())
}

/// Staff `u`: who works at a place of the scope, and who is at home in a tenant that it holds whole.
pub fn staff(scope: &Scope, u: &str, first: usize) -> Condition {
    if scope.everything && scope.only.is_none() {
        return everything();
    }
    let at = merchant_or_place(scope, first);
    let member = format!("EXISTS (SELECT 1 FROM staff_memberships sm WHERE sm.user_id = {u}.id AND sm.deleted_at IS NULL AND {})", at.sql);
    if scope.only.is_some() {
        return Condition { sql: member, args: at.args };
    }
    let mut home = Any::new(first + at.args.len());
    home.or(&scope.tenants, |list| format!("{u}.tenant_id IN (SELECT w.value FROM {list})"));
    home.or(&scope.partners, |list| format!("EXISTS (SELECT 1 FROM {list} JOIN tenants ht ON ht.partner_id = w.value WHERE ht.id = {u}.tenant_id)"));
    let Condition { sql, args } = home.close();
    Condition { sql: format!("({member} OR {sql})"), args: [at.args, args].concat() }
}

/// Memberships `sm` at a place of the scope, or at one of its merchants.
fn merchant_or_place(scope: &Scope, first: usize) -> Condition {
    let at = place(scope, "sm.tenant_id", "sm.organization_id", first);
    if scope.merchants.is_empty() {
        return at;
    }
    let mut colleague = Any::new(first + at.args.len());
    colleague.or(&scope.merchants, |list| {
        format!("EXISTS (SELECT 1 FROM {list} CROSS JOIN staff_membership_merchants cm WHERE cm.merchant_id = w.value AND cm.membership_id = sm.id)")
    });
    let Condition { sql, args } = colleague.close();
    Condition { sql: format!("({} OR {sql})", at.sql), args: [at.args, args].concat() }
}

/// Tenants `t` that the scope holds whole.
pub fn tenants(scope: &Scope, t: &str, first: usize) -> Condition {
    if scope.everything {
        return everything();
    }
    let mut any = Any::new(first);
    any.or(&scope.tenants, |list| format!("{t}.id IN (SELECT w.value FROM {list})"));
    any.or(&scope.partners, |list| format!("{t}.partner_id IN (SELECT w.value FROM {list})"));
    any.close()
}
