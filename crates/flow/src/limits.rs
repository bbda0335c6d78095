//! Bounds of the analysis: counts, never times, so that two runs agree.

use std::fmt;

/// How much is looked at before the analysis of a function is cut short.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instructions of one function
    pub instructions: usize,
    /// Nesting of the tree within one function
    pub depth: usize,
    /// Visits of one block in one round
    pub visits: u32,
    /// Rounds over one function, as its callees become known
    pub rounds: u32,
    /// Instructions that are worked off for one function in all, each weighed by how much the state holds and what it takes to join it
    pub work: u64,
    /// The same for all functions of a program together
    pub total: u64,
    /// Versions of one function, for what its callers decide by their arguments
    pub versions: usize,
    /// Objects in one state
    pub objects: usize,
    /// Objects that one function leaves to its callers
    pub left: usize,
    /// How deep such objects lie in one another
    pub left_depth: u32,
    /// Steps of one path
    pub steps: usize,
    /// Implementations that one call of a method may mean
    pub implementations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            instructions: 50_000,
            depth: 300,
            visits: 24,
            rounds: 20,
            work: 6_000,
            total: 4_500_000,
            versions: 24,
            objects: 500,
            left: 64,
            left_depth: 4,
            steps: 200,
            implementations: 12,
        }
    }
}

/// Which bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Limit {
    /// The function has more instructions than are looked at; what follows was not followed
    Instructions,
    /// The tree is nested deeper than is looked at; what lies deeper was not followed
    Depth,
    /// A block did not settle
    Visits,
    /// The function did not settle
    Rounds,
    /// The function takes more work than is given to one
    Work,
    /// What came before it took all the work that is given to a program
    Total,
    /// Further versions were judged as the function in general
    Versions,
    /// Further objects were not told apart
    Objects,
    /// Further objects that it leaves to its callers are told by what data is in them only
    Left,
    /// A call may mean more implementations than are looked at
    Implementations,
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Instructions => "the function is longer than is looked at",
            Self::Depth => "the code is nested deeper than is looked at",
            Self::Visits => "a loop did not settle within its bound",
            Self::Rounds => "functions that call each other did not settle within their bound",
            Self::Work => "the function takes more work than is given to it",
            Self::Total => "what came before it took all the work that is given to a program",
            Self::Versions => "the function is called in more ways than are told apart",
            Self::Objects => "more objects are made than are told apart",
            Self::Left => "it leaves more objects to its callers than are told apart",
            Self::Implementations => "a call may mean more implementations than are looked at",
        })
    }
}
