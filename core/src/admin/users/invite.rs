//! `POST …/admin/users-invite`: staff invite a person. Roles and company have to be the organization's own.

use super::{check_roles, create::check_entity};
use crate::{
    account::invitations::create::{InviteOrder, invite},
    admin::home,
    cx::Cx,
    domain::{
        entity::EntityKind,
        id::{Entity, Id, Role},
    },
    problem::Problem,
    store::{
        entities::{self, KnownRow},
        roles::{self, GrantableRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = home(cx)?;
    let wanted: Vec<Id<Role>> = cx.body.ids("roleIds");
    let company: Option<Id<Entity>> = cx.body.opt_id("customerEntityId");
    let companies: Vec<Id<Entity>> = company.into_iter().collect();
    let queries = vec![roles::grantable(scope.tenant, scope.organization, &wanted), entities::known(scope.tenant, scope.organization, &companies)];
    let mut rows = cx.read(queries).await?.into_iter();
    check_roles(&wanted, &rows.next().unwrap_or_default().all::<GrantableRow>()?)?;
    check_entity(company, EntityKind::Company, &rows.next().unwrap_or_default().all::<KnownRow>()?)?;
    let order =
        InviteOrder { email: cx.body.email("email")?, roles: wanted, company, display_name: cx.body.opt_text("displayName").map(str::to_owned) };
    invite(cx, &order).await
}
