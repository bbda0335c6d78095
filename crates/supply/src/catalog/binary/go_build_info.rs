//! The build information that Go writes into binaries: the version of Go, the main module, and the modules that were
//! linked.
//!
//! <https://pkg.go.dev/debug/buildinfo>, and for the layout <https://github.com/golang/go/blob/master/src/debug/buildinfo/buildinfo.go>:
//! a header of 32 bytes, aligned to 16, in a section of its own or at the start of the data. Since Go 1.18 both texts follow
//! it, each with its length; before, it has the addresses of two Go strings.

use super::image::Image;
use super::may_be_binary;
use crate::catalog::bytes::{Order, slice};
use crate::catalog::{Cataloger, Inventory, Package, Unreadable};
use bartizan_engine::Input;
use bartizan_model::{PackageUrlParts, Scope};

/// Reads the modules of Go binaries.
pub struct GoBuildInfo;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGNED: usize = 16;
const HEADER: usize = 32;
/// Largest text that is read, in bytes.
const LARGEST_TEXT: u64 = 16 << 20;
/// The list of modules stands between two marks of this many bytes.
const MARK: usize = 16;

impl Cataloger for GoBuildInfo {
    fn id(&self) -> &'static str {
        "binary-go-build-info"
    }

    fn title(&self) -> &'static str {
        "Modules of Go binaries"
    }

    fn tells_installed(&self, _path: &str) -> bool {
        true
    }

    fn reads(&self, path: &str) -> bool {
        may_be_binary(path)
    }

    fn least_size(&self) -> u64 {
        super::LEAST_SIZE
    }

    fn recognises(&self, head: &[u8]) -> bool {
        super::begins_as_binary(head)
    }

    fn read(&self, input: &Input<'_>, out: &mut Inventory<'_>) -> Result<(), Unreadable> {
        let Some(image) = Image::parse(input.bytes) else {
            return Ok(());
        };
        let Some(header) = header(&image) else {
            return Ok(());
        };
        let texts = texts(&image, header).filter(|(go, _)| go.starts_with(b"go") || go.starts_with(b"devel"));
        let Some((go, modules)) = texts else {
            return Err(Unreadable("its build information of Go is damaged".to_owned()));
        };
        let go = String::from_utf8_lossy(go);
        // `go1.21.3 X:nocoverageredesign` names experiments; `devel go1.22-0123abc` is no release.
        let release = go.split(' ').next().and_then(|first| first.strip_prefix("go"));
        out.add(module("stdlib", release));
        let modules = String::from_utf8_lossy(unmarked(modules));
        add(&modules, out);
        Ok(())
    }
}

fn header<'a>(image: &Image<'a>) -> Option<&'a [u8]> {
    let own = image.section(&[".go.buildinfo", "__go_buildinfo"]);
    match own {
        Some(section) => find(section),
        // Windows binaries have it in their data.
        None => image.writable_segments().find_map(find),
    }
}

/// From the header on to the end of the part.
fn find(part: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while let Some(found) = part
        .get(at..)?
        .windows(MAGIC.len())
        .position(|window| window == MAGIC)
    {
        let start = at + found;
        // The magic also stands, not aligned, in programs that look for it.
        if start.is_multiple_of(ALIGNED) {
            return part.get(start..);
        }
        at = start + 1;
    }
    None
}

/// The version of Go and the list of modules.
fn texts<'a>(image: &Image<'a>, header: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (pointer_size, flags) = (*header.get(14)?, *header.get(15)?);
    if flags & 2 != 0 {
        let (go, used) = counted(header, HEADER)?;
        let (modules, _) = counted(header, HEADER + used)?;
        return Some((go, modules));
    }
    let order = if flags & 1 == 0 { Order::Little } else { Order::Big };
    let pointer = |bytes: &[u8], at: usize| match pointer_size {
        4 => order.u32(bytes, at).map(u64::from),
        8 => order.u64(bytes, at),
        _ => None,
    };
    let size = usize::from(pointer_size);
    let text = |address: u64| {
        let string = image.at(address, 2 * u64::from(pointer_size))?;
        let length = pointer(string, size)?;
        if length == 0 {
            return Some(&[][..]);
        }
        image
            .at(pointer(string, 0)?, length)
            .filter(|_| length <= LARGEST_TEXT)
    };
    let go = text(pointer(header, 16)?)?;
    let modules = match pointer(header, 16 + size)? {
        0 => &[],
        address => text(address)?,
    };
    Some((go, modules))
}

/// A text with its length before it (base 128, least significant first), and how many bytes both take.
fn counted(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let mut length = 0_u64;
    for used in 0..5 {
        let byte = *bytes.get(at + used)?;
        length |= u64::from(byte & 0x7f) << (7 * used);
        if byte & 0x80 == 0 {
            let length = usize::try_from(length).ok()?;
            let text = slice(bytes, at + used + 1, length)?;
            return (length as u64 <= LARGEST_TEXT).then_some((text, used + 1 + length));
        }
    }
    None
}

fn unmarked(modules: &[u8]) -> &[u8] {
    let inner = modules.len().checked_sub(2 * MARK);
    let inner = inner.and_then(|len| slice(modules, MARK, len));
    inner.filter(|inner| inner.ends_with(b"\n")).unwrap_or_default()
}

/// Lines of words parted by tabs: `mod PATH VERSION SUM`, `dep PATH VERSION SUM`, and `=> PATH VERSION SUM` for what stands
/// in the place of the one before.
fn add(modules: &str, out: &mut Inventory<'_>) {
    let linked = linked_version(modules);
    let mut lines = modules.lines().peekable();
    while let Some(line) = lines.next() {
        let mut words = line.split('\t');
        let kind = words.next().unwrap_or_default();
        if !matches!(kind, "mod" | "dep") {
            continue;
        }
        let replaced = lines.next_if(|next| next.starts_with("=>\t"));
        if let Some(replaced) = replaced {
            words = replaced.split('\t');
            words.next();
        }
        let (Some(path), version) = (words.next(), words.next()) else {
            continue;
        };
        // A replacement by a directory is the project's own.
        if path.is_empty() || path.starts_with(['.', '/']) {
            continue;
        }
        let version = version.filter(|version| *version != "(devel)" && !version.is_empty());
        // A program that was built from a list of files has no main module: its own is a dependency.
        let linked = linked
            .as_ref()
            .filter(|(variable, _)| kind == "mod" || variable.starts_with(path));
        let version = version.or(linked.map(|(_, version)| version.as_str()));
        out.add(module(path, version));
    }
}

/// The version that the linker was told to put into the program, as in `-ldflags="-X main.version=1.2.3"`: that of the main module,
/// which Go itself marks `(devel)` where it was built from its source. A commit that stands there instead orders before every release
/// and would make every advisory seem to hold, so it is no version here.
fn linked_version(modules: &str) -> Option<(&str, String)> {
    let flags = modules
        .lines()
        .find_map(|line| line.strip_prefix("build\t-ldflags="))?;
    let words = flags.split([' ', '"', '\'', '\\']);
    let mut versions = words.filter_map(|word| {
        // `-X=path.name=value` and `-X path.name=value` mean the same.
        let (variable, value) = word.strip_prefix("-X=").unwrap_or(word).split_once('=')?;
        let (_, name) = variable.rsplit_once('.')?;
        let named = ["version", "ver", "buildversion", "gitversion", "appversion"];
        let number = value.strip_prefix('v').unwrap_or(value);
        let mut parts = number.splitn(3, '.');
        let digits = |part: Option<&str>| {
            part.is_some_and(|one| !one.is_empty() && one.bytes().all(|b| b.is_ascii_digit()))
        };
        let whole = digits(parts.next())
            && digits(parts.next())
            && parts
                .next()
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        (named.contains(&name.to_ascii_lowercase().as_str()) && whole)
            .then(|| (variable, format!("v{number}")))
    });
    versions.next()
}

fn module(path: &str, version: Option<&str>) -> Package {
    let (namespace, name) = match path.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name),
        None => (None, path),
    };
    Package {
        purl: PackageUrlParts {
            kind: "golang".to_owned(),
            namespace,
            name: name.to_owned(),
            version: version.map(str::to_owned),
            ..PackageUrlParts::default()
        },
        ecosystem: Some("Go"),
        scope: Scope::Runtime,
        ..Package::default()
    }
}
