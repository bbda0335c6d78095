//! What one file of an image tells of what it needs, or of which package owns what.
//!
//! In: the bytes of a file. Out: [`Told`]. Of an ELF file its program headers and dynamic section
//! (<https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html>) and names of libraries that stand in it as text, which are
//! how programs name what they load when they run; of a script its first line and its words; of dpkg and apk their lists of files
//! (<https://manpages.debian.org/dpkg-query.1>, <https://wiki.alpinelinux.org/wiki/Apk_spec>); of linkers where they search.

use crate::catalog::os::{dpkg, rpm};
use crate::in_use::pypi;
use object::Endianness;
use object::elf::{
    DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_STRSZ, DT_STRTAB, FileHeader32, FileHeader64,
};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Most program headers, entries of a dynamic section, and names of one kind that are read.
const MOST: usize = 4096;
/// Most names of libraries that are taken from the text of a program.
const MOST_MENTIONED: usize = 256;
/// Where a Python package lists its files.
const RECORD: &str = ".dist-info/RECORD";
/// Longest name or path, in bytes.
const LONGEST: usize = 4096;
/// Most words of a script.
const MOST_WORDS: usize = 4096;
/// How much of a script is read, in bytes.
pub(super) const SCRIPT: usize = 64 << 10;

/// What a file tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    /// It is a program or library.
    Elf(Elf),
    /// It is a script.
    Script(Script),
    /// It lists what packages own.
    Owners(Vec<Owner>),
    /// It says without which packages a package manager counts the system as broken.
    Essential(Vec<(String, String)>),
    /// It lists directories in which libraries are searched.
    Search(Vec<String>),
    /// It is a database of packages that does not tell which files they own in a way that is read here.
    Opaque(String),
}

/// A program or library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Elf {
    /// Class and machine: libraries of another kind do not serve.
    pub(super) kind: (bool, u16),
    /// The program that loads it.
    pub(super) interpreter: Option<String>,
    /// Libraries without which it does not start.
    pub(super) needed: Vec<String>,
    /// Where they are searched; `RUNPATH` where there is one, as it wins.
    pub(super) search: Vec<String>,
    /// Libraries whose names stand in it as text.
    pub(super) mentioned: BTreeSet<String>,
}

/// A script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Script {
    /// What stands behind `#!`.
    pub(super) interpreter: Vec<String>,
    /// Words that may be commands.
    pub(super) words: BTreeSet<String>,
    /// Whether there is more of it than was read.
    pub(super) is_cut: bool,
}

/// A package and its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// Type of its package URL, and its name.
    pub(crate) package: (String, String),
    /// Files, links and directories, without `/` before them.
    pub(crate) paths: Vec<String>,
}

/// What kind of list a path names, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Dpkg,
    DpkgSums,
    DpkgStatus,
    Record,
    Apk,
    Rpm,
    Search,
    Opaque,
}

/// The list that stands at a path of an image.
pub(super) fn list_at(path: &str) -> Option<List> {
    if let Some(name) = path.strip_prefix("var/lib/dpkg/info/") {
        return name.ends_with(".list").then_some(List::Dpkg);
    }
    if let Some(name) = path.strip_prefix("var/lib/dpkg/status.d/") {
        return name.ends_with(".md5sums").then_some(List::DpkgSums);
    }
    if path.ends_with(RECORD) {
        return Some(List::Record);
    }
    // Packages that were installed last may stand in the log that SQLite has beside its file.
    let is_opaque = path.starts_with("var/lib/pacman/local/")
        || path.ends_with("/rpmdb.sqlite-wal") && rpm::is_database(path.trim_end_matches("-wal"));
    let search = path.strip_prefix("etc/");
    let is_search = search.is_some_and(|name| {
        name == "ld.so.conf"
            || (name.starts_with("ld.so.conf.d/") || name.starts_with("ld-musl-"))
                && (name.ends_with(".conf") || name.ends_with(".path"))
    });
    match path {
        "var/lib/dpkg/status" => Some(List::DpkgStatus),
        "lib/apk/db/installed" | "usr/lib/apk/db/installed" => Some(List::Apk),
        _ if is_search => Some(List::Search),
        _ if is_opaque => Some(List::Opaque),
        _ if rpm::is_database(path) => Some(List::Rpm),
        _ => None,
    }
}

/// What the file at `path` tells; `size` is that of the whole file, of which `bytes` may be the beginning.
pub(crate) fn read(path: &str, bytes: &[u8], size: u64) -> Option<Told> {
    let text = || String::from_utf8_lossy(bytes);
    match list_at(path) {
        Some(List::Dpkg) => Some(Told::Owners(vec![listed(path, &text())?])),
        Some(List::DpkgSums) => Some(Told::Owners(vec![sums(path, &text())?])),
        Some(List::DpkgStatus) => Some(Told::Essential(dpkg::essential(&text()).map(of_deb).collect())),
        Some(List::Record) => Some(Told::Owners(vec![record(path, &text())?])),
        Some(List::Apk) => Some(Told::Owners(apk(&text()))),
        Some(List::Search) => Some(Told::Search(search(&text()))),
        Some(List::Rpm) => Some(match rpm::with_files(bytes) {
            Some(packages) => Told::Owners(packages.into_iter().map(of_rpm).collect()),
            None => Told::Opaque("rpm".to_owned()),
        }),
        Some(List::Opaque) if size == 0 => None,
        Some(List::Opaque) => {
            let manager = if path.contains("pacman") { "pacman" } else { "rpm" };
            Some(Told::Opaque(manager.to_owned()))
        }
        None if bytes.starts_with(b"#!") => Some(Told::Script(script(bytes, size))),
        None if bytes.starts_with(b"\x7fELF") => elf(bytes).map(Told::Elf),
        None => None,
    }
}

fn elf(bytes: &[u8]) -> Option<Elf> {
    let read = match bytes.get(4)? {
        1 => dynamic::<FileHeader32<Endianness>>(bytes),
        2 => dynamic::<FileHeader64<Endianness>>(bytes),
        _ => None,
    };
    let mut read = read?;
    read.mentioned = mentioned(bytes);
    Some(read)
}

fn dynamic<E: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Elf> {
    let header = E::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let segments = segments.get(..segments.len().min(MOST))?;
    let mut found = Elf {
        kind: (header.is_class_64(), header.e_machine(endian).0),
        ..Elf::default()
    };
    let mut entries: Vec<(i64, u64)> = Vec::new();
    for segment in segments {
        if let Ok(Some(path)) = segment.interpreter(endian, bytes) {
            found.interpreter = name(path);
        }
        if let Ok(Some(table)) = segment.dynamic(endian, bytes) {
            let table = table.iter().take(MOST);
            let pairs = table.map(|entry| (entry.tag(endian).0, entry.val(endian)));
            entries.extend(pairs.take_while(|(tag, _)| *tag != DT_NULL.0));
        }
    }
    let of = |tag: i64| {
        let entries = entries.iter().filter(move |entry| entry.0 == tag);
        entries.map(|entry| entry.1)
    };
    let strings = of(DT_STRTAB.0).next().and_then(|address| {
        let len = of(DT_STRSZ.0).next()?;
        let mut found = segments
            .iter()
            .filter_map(|segment| segment.data_range(endian, bytes, address, len).ok().flatten());
        found.next()
    });
    let string = |at: u64| {
        let rest = strings?.get(usize::try_from(at).ok()?..)?;
        name(rest.split(|byte| *byte == 0).next()?)
    };
    found.needed = of(DT_NEEDED.0).filter_map(string).collect();
    let path = of(DT_RUNPATH.0).chain(of(DT_RPATH.0)).find_map(string);
    found.search = path
        .iter()
        .flat_map(|path| path.split(':'))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    Some(found)
}

fn name(bytes: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(bytes).ok()?;
    (!name.is_empty() && name.len() <= LONGEST && !name.contains(char::is_control)).then(|| name.to_owned())
}

/// Names such as `libfoo.so.1` that stand in a program as whole texts.
fn mentioned(bytes: &[u8]) -> BTreeSet<String> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._+-".contains(byte);
    let mut found = BTreeSet::new();
    let mut at = 0;
    while let Some(next) = bytes.get(at..).and_then(|rest| position(rest, b".so")) {
        let dot = at + next;
        at = dot + 3;
        let head = bytes.get(..dot).unwrap_or_default();
        let start = head
            .iter()
            .rev()
            .take(64)
            .take_while(|byte| is_part(byte))
            .count();
        let start = dot - start;
        let tail = bytes.get(at..).unwrap_or_default();
        let end = at + tail.iter().take(32).take_while(|byte| is_part(byte)).count();
        let is_whole = bytes.get(end) == Some(&0) && start < dot;
        let Some(text) = bytes
            .get(start..end)
            .filter(|text| is_whole && text.starts_with(b"lib"))
        else {
            continue;
        };
        found.extend(name(text));
        if found.len() >= MOST_MENTIONED {
            break;
        }
    }
    found
}

fn position(bytes: &[u8], what: &[u8; 3]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let next = rest.iter().position(|byte| *byte == what[0])?;
        if rest.get(next..next + what.len())? == what {
            return Some(at + next);
        }
        at += next + 1;
    }
}

fn script(bytes: &[u8], size: u64) -> Script {
    let read = bytes.get(..SCRIPT).unwrap_or(bytes);
    let text = String::from_utf8_lossy(read);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let interpreter = first.get(2..).unwrap_or_default().split_whitespace();
    Script {
        interpreter: interpreter.take(16).map(str::to_owned).collect(),
        words: words(rest),
        is_cut: size > read.len() as u64,
    }
}

/// Words of a text that may be names or paths of programs; what stands in a comment is none.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let parts = line.split(|c: char| !(c.is_alphanumeric() || "/._+-[".contains(c)));
        let named = parts.filter(|part| !part.is_empty() && part.len() <= 256 && !part.starts_with('-'));
        found.extend(named.map(str::to_owned));
        if found.len() >= MOST_WORDS {
            break;
        }
    }
    found
}

fn listed(path: &str, text: &str) -> Option<Owner> {
    let name = path.rsplit('/').next()?.strip_suffix(".list")?;
    let paths = text.lines().filter_map(|line| line.strip_prefix('/'));
    Some(Owner {
        package: of_deb(name.split(':').next()?),
        paths: paths.filter(|path| *path != ".").map(str::to_owned).collect(),
    })
}

fn sums(path: &str, text: &str) -> Option<Owner> {
    let name = path.rsplit('/').next()?.strip_suffix(".md5sums")?;
    let paths = text.lines().filter_map(|line| line.split_once("  "));
    Some(Owner {
        package: of_deb(name),
        paths: paths
            .map(|(_, path)| path.trim_start_matches(['.', '/']).to_owned())
            .collect(),
    })
}

/// The files of a Python package (<https://packaging.python.org/en/latest/specifications/recording-installed-packages/>), by its `RECORD`.
fn record(path: &str, text: &str) -> Option<Owner> {
    let place = path.strip_suffix(RECORD)?;
    let (directory, name) = place.rsplit_once('/').unwrap_or(("", place));
    let (name, _) = name.rsplit_once('-')?;
    let paths = text
        .lines()
        .filter_map(|line| line.rsplitn(3, ',').nth(2))
        .map(|path| path.trim_matches('"'))
        .filter(|path| !path.contains(".dist-info/"))
        .filter_map(|path| joined(directory, path));
    Some(Owner {
        package: ("pypi".to_owned(), pypi(name)),
        paths: paths.collect(),
    })
}

/// A path below a directory, with `..` followed; None where that leads out of the root.
fn joined(directory: &str, path: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { directory };
    for name in from.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()?),
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

fn apk(text: &str) -> Vec<Owner> {
    let mut found: Vec<Owner> = Vec::new();
    let mut directory = "";
    for line in text.lines() {
        let Some((letter, value)) = line.split_once(':') else {
            continue;
        };
        match (letter, found.last_mut()) {
            ("P", _) => found.push(Owner {
                package: ("apk".to_owned(), value.to_owned()),
                paths: Vec::new(),
            }),
            ("F", Some(owner)) => {
                directory = value;
                owner.paths.push(value.to_owned());
            }
            ("R", Some(owner)) if directory.is_empty() => owner.paths.push(value.to_owned()),
            ("R", Some(owner)) => owner.paths.push(format!("{directory}/{value}")),
            _ => {}
        }
    }
    found
}

fn of_deb(name: &str) -> (String, String) {
    ("deb".to_owned(), name.to_owned())
}

fn of_rpm(package: rpm::WithFiles) -> Owner {
    Owner {
        package: ("rpm".to_owned(), package.name),
        paths: package.files.into_iter().map(|file| file.path).collect(),
    }
}

/// Directories of `ld.so.conf` and `ld-musl-*.path`. What `include` names is read for itself.
fn search(text: &str) -> Vec<String> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    lines
        .flat_map(|line| line.split([':', ' ', '\t', ',']))
        .filter(|part| part.starts_with('/'))
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_packages_and_linkers_are_read() {
        let told = read(
            "var/lib/dpkg/info/libc6:amd64.list",
            b"/.\n/lib\n/lib/libc.so.6\n",
            0,
        );
        let Some(Told::Owners(owners)) = told else {
            panic!()
        };
        assert_eq!(owners[0].package, ("deb".to_owned(), "libc6".to_owned()));
        assert_eq!(owners[0].paths, ["lib", "lib/libc.so.6"]);
        let told = read(
            "var/lib/dpkg/status.d/base.md5sums",
            b"00  ./etc/passwd\n11  usr/x\n",
            0,
        );
        let Some(Told::Owners(owners)) = told else {
            panic!()
        };
        assert_eq!(owners[0].paths, ["etc/passwd", "usr/x"]);
        let told = read(
            "lib/apk/db/installed",
            b"P:a\nF:bin\nR:a\n\nP:b\nF:\nR:c\nF:etc\nR:d\n",
            0,
        );
        let Some(Told::Owners(owners)) = told else {
            panic!()
        };
        assert_eq!(owners[0].paths, ["bin", "bin/a"]);
        assert_eq!(owners[1].paths, ["", "c", "etc", "etc/d"]);
        let told = read(
            "etc/ld.so.conf.d/a.conf",
            b"# x\n/usr/local/lib # y\ninclude z\n",
            0,
        );
        assert_eq!(told, Some(Told::Search(vec!["/usr/local/lib".to_owned()])));
        for damaged in ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db"] {
            assert_eq!(read(damaged, b"", 0), Some(Told::Opaque("rpm".to_owned())));
        }
        let log = "var/lib/rpm/rpmdb.sqlite-wal";
        assert_eq!(read(log, b"", 0), None);
        assert_eq!(read(log, b"w", 9), Some(Told::Opaque("rpm".to_owned())));
        assert_eq!(read("var/lib/rpm/Name", b"", 0), None);
    }

    #[test]
    fn what_leads_out_of_the_root_belongs_to_no_package_of_python() {
        assert_eq!(joined("a/b", "../../../c"), None);
        assert_eq!(joined("a/b", "../c/./d"), Some("a/c/d".to_owned()));
        assert_eq!(joined("a/b", "/c"), Some("c".to_owned()));
    }

    #[test]
    fn a_script_tells_its_interpreter_and_its_words() {
        let text = b"#!/usr/bin/env -S bash -e\n# awk\nset -e; exec su-exec \"$USER\" /srv/app --x=$(date)\n";
        let Some(Told::Script(script)) = read("entry.sh", text, text.len() as u64) else {
            panic!()
        };
        assert_eq!(script.interpreter, ["/usr/bin/env", "-S", "bash", "-e"]);
        for word in ["exec", "su-exec", "/srv/app", "date"] {
            assert!(script.words.contains(word), "{word}");
        }
        assert!(!script.words.contains("awk") && !script.is_cut);
    }

    #[test]
    fn the_test_itself_tells_what_it_is_linked_with_and_is_cut_anywhere_without_harm() {
        let program = std::env::current_exe().unwrap();
        #[allow(clippy::disallowed_methods, reason = "the test reads its own program")]
        let bytes = std::fs::read(program).unwrap();
        let Some(Told::Elf(elf)) = read("a", &bytes, 0) else {
            panic!()
        };
        assert!(elf.needed.iter().any(|name| name.starts_with("libc.")), "{elf:?}");
        assert!(elf.interpreter.is_some_and(|path| path.contains("ld-")));
        for len in (0..bytes.len().min(4096)).chain([bytes.len() / 2, bytes.len() - 1]) {
            read("a", &bytes[..len], 0);
        }
    }

    #[test]
    fn names_of_libraries_in_text_are_found_when_they_stand_alone() {
        let found = mentioned(b"\0libssl.so.3\0 see libx.so now\0plugins/libz.so\0lib.so\0.so");
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["lib.so", "libssl.so.3", "libz.so"]
        );
    }
}
