//! How high a role stands. Priority exists in the staff realm; the two others are there to be compared with.

/// The flag, whatever the role behind it says.
pub const SUPER_ADMIN: i64 = 1000;
/// From here on a role looks after a whole tenant; below, after its organizations.
pub const WHOLE_TENANT: i64 = 700;
/// Who works for an organization and administers nothing. Up to here a role works at the merchants it is assigned to,
/// and nowhere beside them.
pub const EMPLOYEE: i64 = 300;
/// Any account of the customer realm.
pub const CUSTOMER: i64 = 100;
/// Nobody signed in.
pub const GUEST: i64 = 0;
