//! What the kernel is asked to tell at all: which calls, and of those that open files, which paths.
//!
//! What is selected is never less than what was asked for; it may be more where a name is long or a path deep.

use std::collections::{BTreeMap, BTreeSet};

use crate::call::Call;
use crate::error::{Error, Result};

/// Steps of paths at most
pub(crate) const STEPS_MAX: usize = 16_384;
/// Slots of the smallest and of the largest table of steps
const SLOTS: std::ops::RangeInclusive<usize> = 64..=1 << 20;
/// Slots that are looked at for a step (`SLOTS_FOR_STEP`)
const SLOTS_FOR_STEP: usize = 4;
/// Of `digest_of_name`, one for each eight bytes of a name that count
const FACTORS: [u64; 3] = [
    0x9e37_79b9_7f4a_7c15,
    0xc2b2_ae3d_27d4_eb4f,
    0x1656_67b1_9e37_79f9,
];
/// The node from which names lead that are selected in whichever directory (`NODE_OF_NAMES`)
const NODE_OF_NAMES: u32 = u32::MAX;
/// Bit of calls that send signals where any is wanted (`WANT_END`)
const WANT_END: u16 = 1024;
const SELECT_HERE: u32 = 1;
const SELECT_BELOW: u32 = 2;

/// Which files matter where they are opened in one way, the fewest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Files {
    /// None
    #[default]
    None,
    /// Those whose paths were selected, and what is said beside
    Selected,
    /// Any
    Any,
}

/// When a call is told. What is said of files matters to calls that open one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// It succeeded
    pub success: bool,
    /// It failed
    pub failure: bool,
    /// It opened a file for reading
    pub reading: Files,
    /// It opened a file for writing, or made one
    pub writing: Files,
    /// Of calls that open so, beside what was selected, those that were asked for with `..` in their path
    pub upward: Uses,
    /// Of calls that open so, beside what was selected, those of files whose names were selected
    pub named: Uses,
}

/// Ways in which a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// For reading
    pub reading: bool,
    /// For writing, or by making it
    pub writing: bool,
}

impl Uses {
    /// In none
    pub const NONE: Self = Self {
        reading: false,
        writing: false,
    };

    fn or(self, other: Self) -> Self {
        Self {
            reading: self.reading || other.reading,
            writing: self.writing || other.writing,
        }
    }
}

impl Wanted {
    /// Always
    pub const ALL: Self = Self {
        success: true,
        failure: true,
        reading: Files::Any,
        writing: Files::Any,
        upward: Uses::NONE,
        named: Uses::NONE,
    };

    /// As bits of `WANT_…`
    fn bits(self) -> u16 {
        let by_path = |files: Files| files == Files::Selected;
        [
            self.success,
            self.failure,
            self.reading != Files::None,
            self.writing != Files::None,
            by_path(self.reading),
            by_path(self.writing),
            self.named.reading,
            self.named.writing,
            self.upward.reading,
            self.upward.writing,
        ]
        .into_iter()
        .rev()
        .fold(0, |bits, bit| bits << 1 | u16::from(bit))
    }

    /// What either asks for
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            success: self.success || other.success,
            failure: self.failure || other.failure,
            reading: self.reading.max(other.reading),
            writing: self.writing.max(other.writing),
            upward: self.upward.or(other.upward),
            named: self.named.or(other.named),
        }
    }
}

/// A name of a path below the place that the names before it lead to.
#[derive(Debug, Default)]
struct Place {
    node: u32,
    select: u32,
    below: BTreeMap<Box<[u8]>, Place>,
}

/// What the kernel is asked to tell. Programs that start, fork and end are always told, of the processes that are told of.
#[derive(Debug, Default)]
pub struct Selection {
    wanted: BTreeMap<Call, Wanted>,
    root: Place,
    places: u32,
    names: BTreeSet<Box<[u8]>>,
    most_a_second: Option<u64>,
    only_followed: bool,
}

/// What programs know a name by: a digest of its length and of its first bytes (`digest_of_name`)
fn digest(name: &[u8]) -> u64 {
    let word = |index: usize| {
        let mut bytes = [0; 8];
        for (to, from) in bytes.iter_mut().zip(name.get(8 * index..).unwrap_or_default()) {
            *to = *from;
        }
        u64::from_le_bytes(bytes)
    };
    // Words that the name does not reach do not count, but for the first.
    let words = name.len().div_ceil(8).max(1);
    let mut digest = name.len() as u64;
    for (index, factor) in FACTORS.into_iter().enumerate().take(words) {
        digest = (digest ^ word(index)).wrapping_mul(factor);
    }
    digest ^ digest >> 32
}

/// The step from a node by a name, never 0 (`step_from`)
fn step(node: u32, name: &[u8]) -> u64 {
    let [first, ..] = FACTORS;
    digest(name).wrapping_add(u64::from(node).wrapping_mul(first)) | 1 << 63
}

impl Selection {
    /// Nothing but programs that start and end.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        let mut selection = Self::default();
        for &call in Call::ALL {
            selection.want(call, Wanted::ALL);
        }
        selection
    }

    /// Asks for a call; what was asked for before stays. Programs that start are told anyway: of calls that start one, only those that fail are asked for.
    pub fn want(&mut self, call: Call, mut wanted: Wanted) {
        wanted.success &= !matches!(call, Call::Execve | Call::Execveat);
        let entry = self.wanted.entry(call).or_default();
        *entry = entry.or(wanted);
    }

    /// Asks for calls that open the file of this path, in any mount namespace.
    pub fn path(&mut self, path: &[u8]) {
        self.select(path, SELECT_HERE);
    }

    /// Asks for calls that open a file whose path begins so. The last name, which may be a part of one, does not count.
    pub fn below(&mut self, prefix: &[u8]) {
        let end = prefix.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        self.select(prefix.get(..end).unwrap_or_default(), SELECT_BELOW);
    }

    /// Asks for calls that open a file of this name, in whichever directory, in the ways that [`Wanted::named`] says.
    pub fn name(&mut self, name: &[u8]) {
        self.names.insert(name.into());
    }

    /// Of one cgroup, on one processor, no more than so many events are told within a second, beside programs that start and end. One that floods
    /// loses its own events instead of everybody's.
    pub fn at_most(&mut self, a_second: u64) {
        self.most_a_second = Some(a_second.max(1));
    }

    /// Nothing is told but what processes do that a [`Learner`](crate::learn::Learner) follows, from the first program of the workload on:
    /// also of programs that start, fork and end.
    pub fn only_followed(&mut self) {
        self.only_followed = true;
    }

    /// The constant `only_followed`
    pub(crate) const fn follows(&self) -> bool {
        self.only_followed
    }

    /// The constant `most_a_second`
    pub(crate) fn most_a_second(&self) -> u64 {
        self.most_a_second.unwrap_or(0)
    }

    fn select(&mut self, path: &[u8], select: u32) {
        let mut names = path
            .split(|byte| *byte == b'/')
            .filter(|name| !name.is_empty())
            .peekable();
        if names.peek().is_none() {
            // Every path is below the root.
            self.root.select |= SELECT_BELOW;
            return;
        }
        let mut place = &mut self.root;
        for name in names {
            place = place.below.entry(name.into()).or_insert_with(|| {
                self.places += 1;
                Place {
                    node: self.places,
                    ..Place::default()
                }
            });
        }
        place.select |= select;
    }

    /// The table `wanted`, by codes of calls
    pub(crate) fn wanted(&self) -> Vec<u16> {
        let everywhere = self.root.select & SELECT_BELOW != 0;
        let widened = |files: Files| {
            if everywhere && files == Files::Selected {
                Files::Any
            } else {
                files
            }
        };
        let mut table = vec![0; Call::ALL.len() + 1];
        for (call, wanted) in &self.wanted {
            let wanted = Wanted {
                reading: widened(wanted.reading),
                writing: widened(wanted.writing),
                ..*wanted
            };
            if let Some(entry) = table.get_mut(usize::from(call.code())) {
                *entry = wanted.bits();
            }
        }
        if self.wanted.keys().any(|call| call.signals()) {
            for call in Call::ALL.iter().filter(|call| call.signals()) {
                if let Some(entry) = table.get_mut(usize::from(call.code())) {
                    *entry |= WANT_END;
                }
            }
        }
        table
    }

    /// The table `paths`: of a power of two of slots, each a step and where it leads ([`Slot`]).
    pub(crate) fn table(&self) -> Result<Vec<Slot>> {
        let steps = self.steps();
        if steps.len() > STEPS_MAX {
            return Err(Error::TooManyPaths(steps.len()));
        }
        let mut slots = (4 * steps.len()).next_power_of_two().max(*SLOTS.start());
        loop {
            match filled(&steps, slots) {
                Some(table) => return Ok(table),
                None if slots >= *SLOTS.end() => return Err(Error::TooManyPaths(steps.len())),
                None => slots *= 2,
            }
        }
    }

    /// Steps, each with the node it leads to and what is selected there
    fn steps(&self) -> BTreeMap<u64, [u32; 2]> {
        let mut steps = BTreeMap::new();
        lay(&self.root, self.root.node, &mut steps);
        for name in &self.names {
            steps.insert(step(NODE_OF_NAMES, name), [0, SELECT_HERE]);
        }
        steps
    }
}

/// A slot of the table `paths` (`struct place`): a step in two halves, the lower first, the node that it leads to, and what is selected there.
pub(crate) type Slot = [u32; 4];

/// A table of so many slots, or None where a step would lie too far from its place.
fn filled(steps: &BTreeMap<u64, [u32; 2]>, slots: usize) -> Option<Vec<Slot>> {
    let mut table = vec![[0; 4]; slots];
    for (step, [node, select]) in steps {
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
        let (low, high) = (*step as u32, (step >> 32) as u32);
        let first = low as usize;
        let free = (first..first + SLOTS_FOR_STEP).map(|slot| slot & (slots - 1));
        let free = free
            .into_iter()
            .find(|slot| table.get(*slot).is_some_and(|slot| *slot == [0; 4]))?;
        *table.get_mut(free)? = [low, high, *node, *select];
    }
    Some(table)
}

/// Lays what is below a place from `node` on. Two names that programs do not tell apart lead to one node, which selects what either does.
fn lay(place: &Place, node: u32, steps: &mut BTreeMap<u64, [u32; 2]>) {
    for (name, next) in &place.below {
        let [joined, select] = steps.entry(step(node, name)).or_insert([next.node, 0]);
        *select |= next.select;
        let joined = *joined;
        lay(next, joined, steps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_told_apart_select_what_either_does() {
        let mut selection = Selection::none();
        let long = |last: &str| format!("/a-directory-with-a-long-{last}/x");
        selection.path(long("name").as_bytes());
        selection.below(format!("{}/", long("fame")).as_bytes());
        let steps = selection.steps();
        assert_eq!(steps.len(), 2, "both go the same way");
        let mut selects: Vec<_> = steps.values().map(|[_, select]| *select).collect();
        selects.sort_unstable();
        assert_eq!(selects, [0, 3], "the last is selected here and below");
    }

    #[test]
    fn a_prefix_within_a_name_selects_all_of_the_directory() {
        let mut part = Selection::none();
        part.below(b"/etc/ssh");
        let mut directory = Selection::none();
        directory.below(b"/etc/");
        assert_eq!(part.steps(), directory.steps());
    }

    #[test]
    fn each_step_lies_where_it_is_looked_for() {
        let mut selection = Selection::none();
        for number in 0..5000 {
            selection.path(format!("/some/{}/place{number}", number % 7).as_bytes());
        }
        let steps = selection.steps();
        let table = selection.table().unwrap();
        for (step, [node, select]) in &steps {
            let found = (0..SLOTS_FOR_STEP as u64).find_map(|more| {
                let slot = table[(step + more) as usize & (table.len() - 1)];
                (u64::from(slot[1]) << 32 | u64::from(slot[0]) == *step).then_some(slot)
            });
            let [.., leads, selects] = found.expect("it is there");
            assert_eq!((leads, selects), (*node, *select));
        }
        let filled = table.iter().filter(|slot| **slot != [0; 4]).count();
        assert_eq!(filled, steps.len());
    }

    #[test]
    fn a_prefix_of_everything_asks_for_any_path() {
        let mut selection = Selection::none();
        selection.want(
            Call::Openat,
            Wanted {
                success: true,
                reading: Files::Selected,
                ..Wanted::default()
            },
        );
        selection.below(b"/e");
        let wanted = selection.wanted();
        assert_eq!(wanted[usize::from(Call::Openat.code())] & 16, 0, "not by path");
    }
}
