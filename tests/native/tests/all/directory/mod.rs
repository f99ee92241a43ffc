//! The directory: tenants, partners, organizations and their tree, merchants.

mod paths;
