//! What state a finding is in.

use crate::StoreError;

/// State of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is there and nobody waived it.
    Open,
    /// A later scan of every place that had it no longer finds it.
    Fixed,
    /// It is there, and a waiver covers it.
    Waived,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Fixed, Self::Waived];

    /// The word for people and for the interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fixed => "fixed",
            Self::Waived => "waived",
        }
    }

    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Fixed => 1,
            Self::Waived => 2,
        }
    }

    pub(crate) fn from_number(number: i64) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|status| status.number() == number)
            .ok_or_else(|| StoreError::Corrupt(format!("{number} is no state of a finding")))
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(())
    }
}
