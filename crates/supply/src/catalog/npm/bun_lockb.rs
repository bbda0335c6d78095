//! `bun.lockb`, the binary lock file that bun wrote before 1.2 and still writes where `saveTextLockfile` is off: versions 2
//! (bun 0.1.7 and later) and 3 (bun 1.3 and later). <https://bun.com/docs/pm/lockfile>
//!
//! No specification is published; the layout is that of
//! <https://github.com/oven-sh/bun/tree/main/src/install/lockfile>. Integers are little-endian. After a header stand the
//! packages, column by column, then six arrays, each after the absolute places of its begin and end. What a package needs
//! is a run of the array of dependencies; what each of these was resolved to stands at the same place of another. A text of
//! up to eight bytes stands in its field, a longer one in the last array.

use super::purl;
use crate::catalog::bytes::{Budget, Order::Little, slice};
use crate::catalog::form::graph::{Graph, Node};
use crate::catalog::{Inventory, Package, Unreadable};
use bartizan_model::encoding::hex;
use bartizan_model::{Hash, Scope};

/// How every such file begins; the number in it never changed, the one after it does.
const HEADER: &[u8] = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n";
/// Longest name, tag of a pre-release or of a build, in bytes. npm allows 214 for a name.
const LONGEST_TEXT: usize = 512;

/// Places after [`HEADER`]: the version, and after a digest of 32 bytes the length of the file.
const VERSION: usize = HEADER.len();
const LENGTH: usize = VERSION + 4 + 32;
/// The number of packages, an alignment, the number of columns, and the places of the begin and the end of the columns.
const PACKAGES: usize = LENGTH + 8;

/// Widths of columns, in bytes: of names, digests of names, dependencies, resolutions, metadata, programs and scripts.
/// That of the origin depends on the version.
const NAME: usize = 8;
const NAME_HASH: usize = 8;
const RUN: usize = 8;
const META: usize = 88;
const PROGRAMS: usize = 20;
const SCRIPTS: usize = 49;
/// Width of a dependency, and the place in it of the byte that says how it is needed.
const DEPENDENCY: usize = 26;
const NEED: usize = 16;
/// The place in it of the range of versions, after the byte that says how that is written.
const RANGE: usize = 18;

/// How a dependency is needed, bit by bit.
const OPTIONAL: u8 = 1 << 2;
const DEVELOPMENT: u8 = 1 << 3;
const PEER: u8 = 1 << 4;

/// Whether a file is one.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER)
}

pub(super) fn read(bytes: &[u8], out: &mut Inventory<'_>) -> Result<(), Unreadable> {
    let lock = Lock::parse(bytes)?;
    let mut graph = Graph::default();
    let mut nodes = Vec::new();
    let mut own = Vec::new();
    for at in 0..lock.count {
        let Some(found) = lock.package(at) else {
            out.problem(format!("package {at} of {} is damaged", lock.count));
            nodes.push(graph.package(None));
            continue;
        };
        if found.own {
            own.push(at);
        }
        let added = found.package.and_then(|package| out.add(package));
        nodes.push(graph.package(added));
    }
    let budget = Budget::of(lock.dependencies);
    for (at, from) in nodes.iter().enumerate() {
        let asks = own.binary_search(&at).is_ok();
        if lock.tell(at, asks, *from, &nodes, &budget, &mut graph).is_none() {
            out.problem(format!("what package {at} of {} needs is damaged", lock.count));
        }
    }
    graph.tell(true, out);
    Ok(())
}

struct Lock<'a> {
    count: usize,
    /// The columns of packages, and the width of the one that says the origin.
    columns: &'a [u8],
    origin: usize,
    resolutions: &'a [u8],
    dependencies: &'a [u8],
    texts: &'a [u8],
}

/// A package, or one of the project's own, which is none of the inventory.
struct Found {
    own: bool,
    package: Option<Package>,
}

impl<'a> Lock<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let unreadable = |problem: &str| Unreadable(problem.to_owned());
        if !is(bytes) {
            return Err(unreadable("it is no binary lock file of bun"));
        }
        let cut = || unreadable("the binary lock file of bun is cut off or damaged");
        let version = Little.u32(bytes, VERSION).ok_or_else(cut)?;
        let origin = match version {
            2 => 64,
            3 => 72,
            _ => {
                return Err(Unreadable(format!(
                    "version {version} of the binary lock file of bun is not known; 2 and 3 are. `bun install \
                     --save-text-lockfile` writes a lock file that is"
                )));
            }
        };
        let place = |at: usize| {
            let value = Little.u64(bytes, PACKAGES + at * 8).ok_or_else(cut)?;
            usize::try_from(value).map_err(|_| cut())
        };
        let (count, fields) = (place(0)?, place(2)?);
        let (begin, end) = (place(3)?, place(4)?);
        let columns = bytes.get(begin..end).ok_or_else(cut)?;
        let before_scripts = NAME + NAME_HASH + origin + 2 * RUN + META + PROGRAMS;
        let width = match fields {
            7 => before_scripts,
            8 => before_scripts + SCRIPTS,
            _ => 0,
        };
        if width == 0 || count.checked_mul(width) != Some(columns.len()) {
            return Err(Unreadable(format!(
                "{fields} columns of {} bytes for {count} packages are not known in version {version} of the binary lock \
                 file of bun",
                columns.len()
            )));
        }
        let length = Little
            .u64(bytes, LENGTH)
            .and_then(|length| usize::try_from(length).ok());
        if length.is_none_or(|length| length > bytes.len()) {
            return Err(cut());
        }
        let mut at = end;
        let mut array = || array(bytes, &mut at).ok_or_else(cut);
        let (_trees, _hoisted) = (array()?, array()?);
        let (resolutions, dependencies) = (array()?, array()?);
        let (_commands, texts) = (array()?, array()?);
        Ok(Self {
            count,
            columns,
            origin,
            resolutions,
            dependencies,
            texts,
        })
    }

    /// A field of a package: of the column that begins after columns of so many bytes together.
    fn field(&self, package: usize, before: usize, width: usize) -> Option<&'a [u8]> {
        let column = self.count.checked_mul(before)?;
        slice(
            self.columns,
            column.checked_add(package.checked_mul(width)?)?,
            width,
        )
    }

    fn package(&self, at: usize) -> Option<Found> {
        const ROOT: u8 = 1;
        const REGISTRY: u8 = 2;
        const WORKSPACE: u8 = 72;
        let name = self.text(self.field(at, 0, NAME)?, 0)?;
        let origin = self.field(at, NAME + NAME_HASH, self.origin)?;
        let kind = *origin.first()?;
        if matches!(kind, ROOT | WORKSPACE) {
            return Some(Found {
                own: true,
                package: None,
            });
        }
        let registry = kind == REGISTRY;
        let version = if registry {
            Some(self.version(origin)?)
        } else {
            None
        };
        let meta = self.field(at, NAME + NAME_HASH + self.origin + 2 * RUN, META)?;
        let package = Package {
            purl: purl(&name, version.as_deref()),
            ecosystem: registry.then_some("npm"),
            hashes: digest(meta).into_iter().collect(),
            ..Package::default()
        };
        Some(Found {
            own: false,
            package: Some(package),
        })
    }

    /// The version of a package of a registry, after its address: three numbers, and two tags, each with a digest.
    fn version(&self, origin: &[u8]) -> Option<String> {
        let numbers = 16;
        let wide = origin.len() == 72;
        let number = |at: usize| {
            if wide {
                Little.u64(origin, numbers + at * 8)
            } else {
                Little.u32(origin, numbers + at * 4).map(u64::from)
            }
        };
        let mut version = format!("{}.{}.{}", number(0)?, number(1)?, number(2)?);
        let tags = if wide { numbers + 24 } else { numbers + 16 };
        for (mark, at) in [('-', tags), ('+', tags + 16)] {
            let tag = self.text(origin, at)?;
            if !tag.is_empty() {
                version.push(mark);
                version.push_str(&tag);
            }
        }
        Some(version)
    }

    /// The text of the eight bytes at a place.
    fn text(&self, bytes: &[u8], at: usize) -> Option<String> {
        let field = slice(bytes, at, 8)?;
        let text = if field.last()? & 0x80 == 0 {
            field.split(|byte| *byte == 0).next().unwrap_or_default()
        } else {
            let length = Little.u32(field, 4)? & !(1 << 31);
            let length = usize::try_from(length)
                .ok()
                .filter(|length| *length <= LONGEST_TEXT)?;
            slice(self.texts, Little.size(field, 0)?, length)?
        };
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    /// Tells the graph what a package needs.
    fn tell(
        &self,
        at: usize,
        asks: bool,
        from: Node,
        nodes: &[Node],
        budget: &Budget,
        graph: &mut Graph,
    ) -> Option<()> {
        let run = self.field(at, NAME + NAME_HASH + self.origin, RUN)?;
        let (first, length) = (Little.size(run, 0)?, Little.size(run, 4)?);
        budget.take(length.checked_mul(DEPENDENCY)?)?;
        for one in first..first.checked_add(length)? {
            let need = *self
                .dependencies
                .get(one.checked_mul(DEPENDENCY)?.checked_add(NEED)?)?;
            // An optional peer is used where something else brings it.
            if need & (OPTIONAL | PEER) == OPTIONAL | PEER {
                continue;
            }
            // What is not installed (a peer, a package for another platform) leads to no package.
            let Some(to) = nodes.get(Little.size(self.resolutions, one.checked_mul(4)?)?) else {
                continue;
            };
            let range = self.text(
                self.dependencies,
                one.checked_mul(DEPENDENCY)?.checked_add(RANGE)?,
            );
            graph.needs_in(from, *to, need & OPTIONAL != 0, range.as_deref());
            // What the project wants of those that use it, it does not ask for itself.
            if asks && need & PEER == 0 {
                let scope = if need & DEVELOPMENT != 0 {
                    Scope::Development
                } else if need & OPTIONAL != 0 {
                    Scope::Optional
                } else {
                    Scope::Runtime
                };
                graph.asks(*to, scope);
            }
        }
        Some(())
    }
}

/// The array whose places stand at `at`, which moves behind it.
fn array<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let begin = usize::try_from(Little.u64(bytes, *at)?).ok()?;
    let end = usize::try_from(Little.u64(bytes, at.checked_add(8)?)?).ok()?;
    let array = bytes.get(begin..end).filter(|_| begin >= *at)?;
    *at = end;
    Some(array)
}

/// The digest of the distributed file, from the metadata of a package.
fn digest(meta: &[u8]) -> Option<Hash> {
    const AT: usize = 20;
    let (algorithm, length) = match meta.get(AT)? {
        1 => ("SHA-1", 20),
        2 => ("SHA-256", 32),
        3 => ("SHA-384", 48),
        4 => ("SHA-512", 64),
        _ => return None,
    };
    Some(Hash {
        algorithm: algorithm.to_owned(),
        value: hex(slice(meta, AT + 1, length)?),
    })
}
