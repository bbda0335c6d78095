//! The kernel's description of its own types (BTF), cut down to those that an object with programs asks about: all of them take more memory, read, than
//! the sensor does otherwise.
//!
//! In: what the kernel describes, and the description that the object carries of its own types. Out: the same description with the same numbers of types,
//! in which each that is not asked about is nothing any more. Source: <https://docs.kernel.org/bpf/btf.html>

use std::collections::{HashMap, HashSet};

use aya::{Btf, BtfError, EbpfLoader, Endianness};

use crate::error::{Error, Result};

const OF_KERNEL: &str = "/sys/kernel/btf/vmlinux";
/// How a description begins: magic number, version 1, no flags, a header of 24 bytes
const BEGIN: [u8; 8] = [0x9f, 0xeb, 1, 0, HEADER as u8, 0, 0, 0];
const HEADER: usize = 24;
/// What stands for a type that nobody asks about: a pointer without a name to a type without one
const NOTHING: [u32; 3] = [0, 2 << 24, 0];
/// Types that are found by more than their names: places to attach to, and what may be called
const ATTACHED: [&[u8]; 4] = [b"btf_trace_", b"bpf_lsm_", b"bpf_iter_", b"bpf_rdonly_cast"];

/// A loader that holds no types yet. A new one reads all types of the kernel: make it before those that are asked about are read, so that never
/// both are held.
pub(crate) fn loader<'l>() -> EbpfLoader<'l> {
    let mut loader = EbpfLoader::new();
    loader.btf(None);
    loader
}

/// The types of the running kernel that this object asks about.
///
/// # Errors
/// When the kernel does not describe its types.
pub(crate) fn asked_by(object: &[u8]) -> Result<Btf> {
    let all = std::fs::read(OF_KERNEL).map_err(|error| {
        Error::NoTypes(BtfError::FileError {
            path: OF_KERNEL.into(),
            error,
        })
    })?;
    // What is written in a way that is not known here is read as a whole.
    let asked = cut(&all, object).unwrap_or(all);
    Btf::parse(&asked, Endianness::default()).map_err(Error::NoTypes)
}

/// Names of types and functions of the running kernel by their numbers, as far as it describes them.
pub(crate) fn names(numbers: &HashSet<usize>) -> HashMap<usize, String> {
    let all = std::fs::read(OF_KERNEL).unwrap_or_default();
    let names = Description::of(&all).and_then(|described| described.names(numbers));
    names.unwrap_or_default()
}

fn cut(all: &[u8], object: &[u8]) -> Option<Vec<u8>> {
    Description::of(all)?.cut_to(&Description::within(object)?)
}

/// A description: its types as words, and its strings.
struct Description<'d> {
    header: &'d [u8],
    types: Vec<u32>,
    strings: &'d [u8],
}

impl<'d> Description<'d> {
    fn of(bytes: &'d [u8]) -> Option<Self> {
        let header = bytes.get(..HEADER).filter(|header| header.starts_with(&BEGIN))?;
        let field = |at: usize| word(header.get(at..at + 4)?);
        let part = |at: usize, length: usize| {
            let from = HEADER + field(at)?;
            bytes.get(from..from.checked_add(field(length)?)?)
        };
        let (types, _) = part(8, 12)?.as_chunks();
        Some(Self {
            header,
            types: types.iter().copied().map(u32::from_ne_bytes).collect(),
            strings: part(16, 20)?,
        })
    }

    /// The one that an object carries, at a multiple of four bytes
    fn within(object: &'d [u8]) -> Option<Self> {
        let mut places = (0..object.len()).step_by(4).filter_map(|at| object.get(at..));
        Self::of(places.find(|rest| rest.starts_with(&BEGIN))?)
    }

    fn name(&self, offset: u32) -> &'d [u8] {
        let from = self.strings.get(offset as usize..).unwrap_or_default();
        from.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// Names of types that have one, by their numbers
    fn names(&self, numbers: &HashSet<usize>) -> Option<HashMap<usize, String>> {
        let mut found = HashMap::new();
        let (mut at, mut number) = (0, 1);
        while at < self.types.len() {
            let name = self.name(*self.types.get(at)?);
            if numbers.contains(&number) && !name.is_empty() {
                found.insert(number, String::from_utf8_lossy(name).into_owned());
            }
            at += size(*self.types.get(at + 1)?)?;
            number += 1;
        }
        Some(found)
    }

    /// This description with what another one names, and with what that is made of.
    fn cut_to(&self, other: &Self) -> Option<Vec<u8>> {
        let names: HashSet<&[u8]> = other
            .strings
            .split(|byte| *byte == 0)
            .map(flavorless)
            .filter(|name| !name.is_empty())
            .collect();
        // That of the type with the number 1 is the first.
        let mut places = Vec::new();
        let mut wanted = Vec::new();
        let mut at = 0;
        while at < self.types.len() {
            let size = size(*self.types.get(at + 1)?)?;
            let name = self.name(*self.types.get(at)?);
            if ATTACHED.iter().any(|begin| name.starts_with(begin)) || names.contains(flavorless(name)) {
                wanted.push(places.len() + 1);
            }
            places.push(u32::try_from(at).ok()?);
            at += size;
        }
        let mut kept = vec![false; places.len()];
        // Number 0 is no type.
        while let Some(number) = wanted.pop() {
            let Some((place, kept)) = number
                .checked_sub(1)
                .and_then(|at| Some((places.get(at)?, kept.get_mut(at)?)))
            else {
                continue;
            };
            if !std::mem::replace(kept, true) {
                wanted.extend(made_of(self.at(*place)?));
            }
        }
        self.with(|| {
            let types = places.iter().zip(&kept);
            types.map(|(place, kept)| {
                if *kept {
                    self.at(*place)
                } else {
                    Some(&NOTHING[..])
                }
            })
        })
    }

    /// The words of the type that begins there
    fn at(&self, place: u32) -> Option<&[u32]> {
        let from = place as usize;
        self.types.get(from..from + size(*self.types.get(from + 1)?)?)
    }

    /// The bytes of this description with other types; they are made twice, so that no more room is taken than they need.
    fn with<'t, T: Iterator<Item = Option<&'t [u32]>>>(&self, types: impl Fn() -> T) -> Option<Vec<u8>> {
        let words = types().try_fold(0, |sum, one| Some(sum + one?.len()))?;
        let length = u32::try_from(4 * words).ok()?;
        let strings = u32::try_from(self.strings.len()).ok()?;
        let mut bytes = Vec::with_capacity(HEADER + 4 * words + self.strings.len());
        bytes.extend_from_slice(self.header.get(..BEGIN.len())?);
        let sizes = [0, length, length, strings];
        for word in sizes.into_iter().chain(types().flatten().flatten().copied()) {
            bytes.extend_from_slice(&word.to_ne_bytes());
        }
        bytes.extend_from_slice(self.strings);
        Some(bytes)
    }
}

fn word(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_ne_bytes(bytes.try_into().ok()?)).ok()
}

/// A name without what tells several descriptions of one type apart (`name___variant`)
fn flavorless(name: &[u8]) -> &[u8] {
    let end = name.windows(3).position(|three| three == b"___");
    name.get(..end.unwrap_or(name.len())).unwrap_or(name)
}

const fn kind(info: u32) -> u32 {
    info >> 24 & 0x1f
}

const fn count(info: u32) -> usize {
    (info & 0xffff) as usize
}

/// Words that a type takes; None for a kind that is not known
fn size(info: u32) -> Option<usize> {
    let behind = match kind(info) {
        2 | 7..=12 | 16 | 18 => 0,
        1 | 14 | 17 => 1,
        3 => 3,
        4 | 5 | 15 | 19 => 3 * count(info),
        6 | 13 => 2 * count(info),
        _ => return None,
    };
    Some(3 + behind)
}

/// The types that one is made of. What a pointer leads to is no part of it.
fn made_of(of: &[u32]) -> Vec<usize> {
    let [_, info, refers, behind @ ..] = of else {
        return Vec::new();
    };
    let types: Vec<u32> = match kind(*info) {
        3 => behind.iter().copied().take(2).collect(),
        4 | 5 => behind
            .chunks_exact(3)
            .filter_map(|member| member.get(1).copied())
            .collect(),
        8..=11 | 18 => vec![*refers],
        _ => Vec::new(),
    };
    types.into_iter().map(|id| id as usize).collect()
}

#[cfg(test)]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
mod tests {
    use super::*;
    use crate::object::Object;

    #[test]
    fn what_is_asked_about_keeps_its_number() {
        let Ok(all) = std::fs::read(OF_KERNEL) else {
            eprintln!("skipped: this kernel does not describe its types");
            return;
        };
        let whole = Btf::parse(&all, Endianness::default()).unwrap();
        for object in [Object::OBSERVE, Object::LEARN, Object::GUARD] {
            let asked = asked_by(object.verified().unwrap()).unwrap();
            for (name, kind) in [
                ("task_struct", aya_obj::btf::BtfKind::Struct),
                ("btf_trace_sys_exit", aya_obj::btf::BtfKind::Typedef),
            ] {
                let number = asked.id_by_type_name_kind(name, kind).unwrap();
                assert_eq!(number, whole.id_by_type_name_kind(name, kind).unwrap(), "{name}");
            }
            assert!(
                asked
                    .id_by_type_name_kind("e1000_adapter", aya_obj::btf::BtfKind::Struct)
                    .is_err()
            );
        }
        let cut = cut(&all, Object::OBSERVE.verified().unwrap()).expect("every kind of type is known");
        assert!(cut.len() < all.len());
    }

    #[test]
    fn a_number_has_the_name_of_its_type() {
        let Ok(whole) = Btf::from_sys_fs() else {
            eprintln!("skipped: this kernel does not describe its types");
            return;
        };
        let number = whole
            .id_by_type_name_kind("task_struct", aya_obj::btf::BtfKind::Struct)
            .unwrap() as usize;
        let found = names(&HashSet::from([0, number, usize::MAX]));
        assert_eq!(found, HashMap::from([(number, "task_struct".to_owned())]));
    }

    #[test]
    fn what_is_no_description_is_not_cut() {
        let object = Object::OBSERVE.verified().unwrap();
        let own = Description::within(object).expect("the object describes its types");
        let bytes = own.with(|| [Some(&own.types[..])].into_iter()).unwrap();
        for end in 0..bytes.len().min(200) {
            assert!(cut(bytes.get(..end).unwrap(), object).is_none());
        }
        let mut unknown = bytes.clone();
        unknown.get_mut(HEADER + 7).map(|kind| *kind = 0x1f).unwrap();
        assert!(cut(&unknown, object).is_none(), "a kind that nobody knows");
        assert!(cut(&bytes, object).is_some());
    }
}
