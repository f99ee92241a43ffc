//! Companies and people of the registry that accounts are linked to.

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    Company,
    Person,
}

impl EntityKind {
    /// As stored, and as events and the trail call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
        }
    }

    /// What a caller is told about an id that names none in their organization.
    pub const fn not_found(self) -> &'static str {
        match self {
            Self::Company => "Company not found",
            Self::Person => "Person not found",
        }
    }
}
