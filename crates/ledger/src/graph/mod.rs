//! What follows from what joins things: how far trouble spreads, and how somebody gets from the outside to the data.
//!
//! In: edges between numbered things, as statements tell of them. Out: what is reached from where, by which way ([`spread`]), or how much in
//! all ([`groups`]), and the paths of an attack with the edges that are best cut ([`attack`]), laid out in layers. An edge is kept in the
//! direction in which trouble passes it, which is not always the one it is told in: what runs on a host is hit when the host is.

mod adjacency;
pub mod attack;
mod bits;
mod flow;
pub mod groups;
mod layout;
pub mod spread;

pub use adjacency::{Graph, TooLarge};

use std::str::FromStr;

/// A way in which trouble passes from one thing to the next. One edge may be passed in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Way {
    /// From what is contained to what contains it.
    Contains,
    /// From what is depended on to what depends on it.
    DependsOn,
    /// From what something is built from to what is built.
    BuiltFrom,
    /// From an artefact to the workload that it is deployed as.
    DeployedAs,
    /// From a host to what runs on it.
    RunsOn,
    /// From a workload to what it exposes.
    Exposes,
    /// From what is exposed to the workload behind it: how an attacker comes in.
    Enters,
    /// From one thing to another that it reaches over the network.
    Reaches,
    /// From whoever may take on an identity to that identity.
    Assumes,
    /// From what is loaded to what loads it.
    Loads,
    /// From an advisory to what it affects.
    Affects,
}

impl Way {
    const ALL: [Self; 11] = [
        Self::Contains,
        Self::DependsOn,
        Self::BuiltFrom,
        Self::DeployedAs,
        Self::RunsOn,
        Self::Exposes,
        Self::Enters,
        Self::Reaches,
        Self::Assumes,
        Self::Loads,
        Self::Affects,
    ];

    fn from_number(number: u32) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|at| Self::ALL.get(at).copied())
    }

    /// The kind of the edge that is passed.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::DependsOn => "depends_on",
            Self::BuiltFrom => "built_from",
            Self::DeployedAs => "deployed_as",
            Self::RunsOn => "runs_on",
            Self::Exposes | Self::Enters => "exposes",
            Self::Reaches => "reaches",
            Self::Assumes => "assumes",
            Self::Loads => "loads",
            Self::Affects => "affects",
        }
    }

    /// What passing it means, between the names of the two things: `host runs workload`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Contains => "is contained in",
            Self::DependsOn => "is needed by",
            Self::BuiltFrom => "is built into",
            Self::DeployedAs => "is deployed as",
            Self::RunsOn => "runs",
            Self::Exposes => "exposes",
            Self::Enters => "leads into",
            Self::Reaches => "reaches",
            Self::Assumes => "assumes",
            Self::Loads => "is loaded by",
            Self::Affects => "affects",
        }
    }

    /// Whether it is passed against the direction in which the edge is told.
    #[must_use]
    pub const fn is_backwards(self) -> bool {
        matches!(
            self,
            Self::Contains | Self::DependsOn | Self::BuiltFrom | Self::RunsOn | Self::Enters | Self::Loads
        )
    }
}

/// Several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ways(u16);

impl Ways {
    /// These.
    #[must_use]
    pub const fn of(ways: &[Way]) -> Self {
        let (mut bits, mut rest) = (0, ways);
        while let Some((way, after)) = rest.split_first() {
            bits |= 1 << (*way as u8);
            rest = after;
        }
        Self(bits)
    }

    /// Everything that trouble does by itself: all but the way of an attacker into what is exposed.
    pub const HARM: Self = Self::of(&[
        Way::Contains,
        Way::DependsOn,
        Way::BuiltFrom,
        Way::DeployedAs,
        Way::RunsOn,
        Way::Exposes,
        Way::Reaches,
        Way::Assumes,
        Way::Loads,
        Way::Affects,
    ]);

    /// What makes one thing a part of another.
    pub const MAKE: Self = Self::of(&[
        Way::Contains,
        Way::DependsOn,
        Way::BuiltFrom,
        Way::DeployedAs,
        Way::Loads,
    ]);

    /// How an attacker moves.
    pub const MOVE: Self = Self::of(&[Way::Enters, Way::Reaches, Way::Assumes, Way::RunsOn]);

    /// Whether a way is among them.
    #[must_use]
    pub const fn has(self, way: Way) -> bool {
        self.0 & (1 << (way as u8)) != 0
    }
}

/// A kind of edge that trouble passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(&'static [Way]);

impl FromStr for Kind {
    type Err = ();

    /// The kind with this word; none where trouble does not pass it.
    fn from_str(word: &str) -> Result<Self, ()> {
        let ways: &[Way] = match word {
            "contains" => &[Way::Contains],
            "depends_on" => &[Way::DependsOn],
            "built_from" => &[Way::BuiltFrom],
            "deployed_as" => &[Way::DeployedAs],
            "runs_on" => &[Way::RunsOn],
            "exposes" => &[Way::Exposes, Way::Enters],
            "reaches" => &[Way::Reaches],
            "assumes" => &[Way::Assumes],
            "loads" => &[Way::Loads],
            "affects" => &[Way::Affects],
            _ => return Err(()),
        };
        Ok(Self(ways))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::EDGES;

    #[test]
    fn every_kind_of_edge_but_attestations_is_passed_in_ways_of_its_own() {
        for word in EDGES {
            let Ok(kind) = word.parse::<Kind>() else {
                assert_eq!(word, "attests");
                continue;
            };
            assert!(kind.0.iter().all(|way| way.kind() == word));
        }
        assert_eq!("Contains".parse::<Kind>(), Err(()));
        for (number, way) in (0..).zip(Way::ALL) {
            assert_eq!(
                (way as u8, Way::from_number(u32::from(number))),
                (number, Some(way))
            );
        }
    }
}
