//! What the route table does not say of a route. **A new route needs a row here**: a sentence, its success body in the
//! notation of [`super::shape`], and its query. Tests compare every row with real answers.

mod administration;
mod apps;
mod customer;
mod directory;
mod gate;
mod keys;
mod live;
mod moving;
mod operations;
mod roles;
mod seats;
mod staff;
mod staff_people;
mod webhooks;

use super::Section;

pub const INTRODUCTION: &str = "Every route with who may call it, its limits, what it leaves in the audit trail, and what it costs in storage operations. \
Rendered from the route table the Worker itself runs on; examples are recorded from actual requests.\n\n\
Errors are RFC 9457 problem details with a stable `code`. Limits are the product's numbers; a deployment may have set others. \
A row of somebody else's answers exactly like one that does not exist. Answers to the public never tell whether an address has an account. \
Every path answers `OPTIONS`, and `HEAD` wherever it answers `GET`; any other method is 405 with `Allow`.";

pub const SECTIONS: &[Section] = &[
    apps::APPS,
    keys::KEYS,
    customer::PUBLIC,
    customer::ACCOUNT,
    customer::COMPANY,
    administration::CUSTOMERS,
    moving::MOVING,
    administration::REGISTRY,
    administration::EMBEDS,
    staff::SIGN_IN,
    staff_people::OWN_ACCOUNT,
    staff_people::PEOPLE,
    roles::ROLES,
    seats::SEATS,
    gate::GATE,
    operations::DIRECTORY,
    directory::ORGANIZATIONS,
    directory::TENANTS,
    webhooks::WEBHOOKS,
    live::LIVE,
    operations::AUDIT,
    operations::OPERATIONS,
    operations::DEPLOYMENT,
    operations::DEVELOPMENT,
];

/// Shapes by name, of all sections.
pub fn shapes() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        apps::SHAPES,
        gate::SHAPES,
        keys::SHAPES,
        customer::SHAPES,
        administration::SHAPES,
        moving::SHAPES,
        staff::SHAPES,
        staff_people::SHAPES,
        roles::SHAPES,
        seats::SHAPES,
        directory::SHAPES,
        operations::SHAPES,
        webhooks::SHAPES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
