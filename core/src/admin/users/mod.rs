//! `…/admin/users`: the customers of the caller's organization. An id of another organization answers like one that
//! does not exist.

pub mod acl;
pub mod create;
pub mod delete;
pub mod invite;
pub mod list;
pub mod one_time_password;
pub mod read;
pub mod reset_link;
pub mod reset_password;
pub mod sessions;
pub mod unlock;
pub mod update;
pub mod verify_email;

use serde_json::{Value, json};

use super::scope_or;
use crate::{
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Role, User},
    },
    ports::{Query, Rows},
    problem::Problem,
    store::{
        admin_users::{self, AdminUserRow, Scope},
        roles::GrantableRow,
    },
};

pub const MISSING: &str = "User not found";

/// The account an administrator acts on.
pub struct Target {
    pub scope: Scope,
    pub user: AdminUserRow,
}

/// The account the path names, or 404.
pub async fn target(cx: &Cx<'_>) -> Result<Target, Problem> {
    Ok(target_and(cx, |_, _| Vec::new()).await?.0)
}

/// The same with further reads in the same round trip.
pub async fn target_and(cx: &Cx<'_>, more: impl FnOnce(Scope, Id<User>) -> Vec<Query>) -> Result<(Target, std::vec::IntoIter<Rows>), Problem> {
    let scope = scope_or(cx, MISSING)?;
    let id = cx.id_param::<User>("id", MISSING)?;
    let mut queries = vec![admin_users::one(scope, id)];
    queries.extend(more(scope, id));
    let mut rows = cx.read(queries).await?.into_iter();
    let user = rows.next().unwrap_or_default().first::<AdminUserRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((Target { scope, user }, rows))
}

impl Target {
    /// An event about the account, addressed to it. `by` names the member that holds the administrator.
    pub fn event(&self, cx: &Cx<'_>, name: &'static str, by: &'static str) -> Result<Event, Problem> {
        let mut payload = self.payload();
        if let (Ok(actor), Some(object)) = (cx.actor(), payload.as_object_mut()) {
            object.insert("recipientUserId".into(), json!(self.user.id));
            object.insert(by.into(), json!(actor.user));
        }
        Ok(Event::new(name, self.scope.tenant, Some(self.scope.organization), payload))
    }

    pub fn payload(&self) -> Value {
        json!({"id": self.user.id, "email": self.user.email, "tenantId": self.scope.tenant, "organizationId": self.scope.organization})
    }
}

/// Every wanted role is a live one of the organization, or the first that is not is named.
pub fn check_roles(wanted: &[Id<Role>], known: &[GrantableRow]) -> Result<(), Problem> {
    match wanted.iter().find(|id| !known.iter().any(|role| role.id == **id)) {
        None => Ok(()),
        Some(id) => Err(Problem::invalid(format!("Role {id} not found"))),
    }
}
