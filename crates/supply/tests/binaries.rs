//! Executables made with the compiler and linker of this machine, carrying what Go and cargo-auditable put into theirs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test fails by panicking, runs the real tools, and says aloud what it skips"
)]
#![allow(dead_code, reason = "the helpers are shared with other tests")]

mod common;

use common::{damage, output, read};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

const MODULES: &str = "path\tgithub.com/acme/shop/cmd/shop\nmod\tgithub.com/acme/shop\t(devel)\t\ndep\tgolang.org/x/net\tv0.17.0\th1:abc=\n\
    dep\tgithub.com/old/fork\tv1.0.0\n=>\tgithub.com/new/fork\tv1.1.0\th1:def=\ndep\texample.org/local\tv0.0.0\n=>\t../local\t\n\
    build\t-compiler=gc\nbuild\t-ldflags=\"-s -w -X=github.com/acme/shop/internal.Version=2.3.0 -X main.commit=1.2.3\"\n";

const FOUND: [&str; 4] = [
    "pkg:golang/stdlib@1.21.3",
    "pkg:golang/github.com/acme/shop@v2.3.0",
    "pkg:golang/github.com/new/fork@v1.1.0",
    "pkg:golang/golang.org/x/net@v0.17.0",
];

fn marked() -> Vec<u8> {
    [&[0x30; 16], MODULES.as_bytes(), &[0xf9; 16]].concat()
}

fn purls(id: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (components, problems) = read(id, "usr/bin/shop", bytes);
    (
        components.iter().map(|one| one.purl.to_string()).collect(),
        problems,
    )
}

/// A small program with one more section.
fn with_section(directory: &Path, name: &str, content: &[u8]) -> Option<Vec<u8>> {
    let program = compiled(directory, "int main(void) { return 0; }")?;
    let section = directory.join("section");
    std::fs::write(&section, content).unwrap();
    let made = directory.join("made");
    let argument = format!("{name}={}", section.display());
    output(
        Command::new("objcopy")
            .args(["--add-section", &argument])
            .args([&program, &made]),
    )?;
    Some(std::fs::read(made).unwrap())
}

fn compiled(directory: &Path, source: &str) -> Option<std::path::PathBuf> {
    let file = directory.join("shop.c");
    std::fs::write(&file, source).unwrap();
    let program = directory.join("shop");
    let flags = ["-nostdlib", "-static", "-no-pie", "-Wl,-e,main", "-o"];
    output(Command::new("cc").args(flags).args([&program, &file]))?;
    Some(program)
}

/// The header and the two texts behind it.
fn go_since_1_18() -> Vec<u8> {
    let mut section = b"\xff Go buildinf:\x08\x02".to_vec();
    section.resize(32, 0);
    for text in [b"go1.21.3 X:experiment".to_vec(), marked()] {
        let mut length = text.len();
        while length >= 0x80 {
            section.push(length as u8 | 0x80);
            length >>= 7;
        }
        section.push(length as u8);
        section.extend(text);
    }
    section
}

/// The bytes of numbers of two, four and eight bytes, least significant first.
fn numbers(widths: &[(u64, usize)]) -> Vec<u8> {
    let bytes = widths
        .iter()
        .flat_map(|(value, width)| value.to_le_bytes()[..*width].to_vec());
    bytes.collect()
}

fn name(text: &str, length: usize) -> Vec<u8> {
    let mut name = text.as_bytes().to_vec();
    name.resize(length, 0);
    name
}

/// A program of Windows with one writable section: <https://learn.microsoft.com/windows/win32/debug/pe-format>.
fn pe(section: &str, content: &[u8]) -> Vec<u8> {
    let raw = 0x200_u64;
    let mut file = name("MZ", 60);
    file.extend(numbers(&[(64, 4)]));
    file.extend(b"PE\0\0");
    // Machine, sections, time, symbols, size of the optional header, characteristics.
    file.extend(numbers(&[
        (0x8664, 2),
        (1, 2),
        (0, 4),
        (0, 4),
        (0, 4),
        (240, 2),
        (0x22, 2),
    ]));
    // Magic and linker, sizes of code and data, entry, base of code; then the image's base, alignments and versions.
    file.extend(numbers(&[
        (0x20b, 2),
        (0, 2),
        (0, 4),
        (0, 4),
        (0, 4),
        (0, 4),
        (0, 4),
        (0x1_4000_0000, 8),
    ]));
    file.extend(numbers(&[
        (0x1000, 4),
        (0x200, 4),
        (6, 8),
        (6, 4),
        (0, 4),
        (0x10_0000, 4),
        (raw, 4),
        (0, 4),
        (3, 4),
    ]));
    // Reserves of stack and heap, loader flags, and sixteen empty directories.
    file.extend(numbers(&[(0, 8), (0, 8), (0, 8), (0, 8), (0, 4), (16, 4)]));
    file.extend([0; 128]);
    file.extend(name(section, 8));
    let size = content.len() as u64;
    file.extend(numbers(&[
        (size, 4),
        (0x1000, 4),
        (size, 4),
        (raw, 4),
        (0, 8),
        (0, 4),
        (0xc000_0040, 4),
    ]));
    file.resize(raw as usize, 0);
    file.extend(content);
    file
}

/// A program of macOS with one section:
/// <https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h>.
fn mach_o(section: &str, content: &[u8]) -> Vec<u8> {
    let (raw, size) = (0x200_u64, content.len() as u64);
    // Magic, processor, kind (executable), commands and their size, flags.
    let mut file = numbers(&[
        (0xfeed_facf, 4),
        (0x0100_0007, 4),
        (3, 4),
        (2, 4),
        (1, 4),
        (152, 4),
        (0, 8),
    ]);
    file.extend(numbers(&[(0x19, 4), (152, 4)]));
    file.extend(name("__DATA", 16));
    file.extend(numbers(&[
        (0x1_0000_0000, 8),
        (size, 8),
        (raw, 8),
        (size, 8),
        (3, 4),
        (3, 4),
        (1, 4),
        (0, 4),
    ]));
    file.extend(name(section, 16));
    file.extend(name("__DATA", 16));
    file.extend(numbers(&[
        (0x1_0000_0000, 8),
        (size, 8),
        (raw, 4),
        (4, 4),
        (0, 8),
        (0, 4),
        (0, 4),
        (0, 8),
    ]));
    file.resize(raw as usize, 0);
    file.extend(content);
    file
}

/// The same within a universal binary, whose own numbers have the most significant byte first.
fn universal(program: &[u8]) -> Vec<u8> {
    let size = u32::try_from(program.len()).unwrap();
    let numbers = [0xcafe_babe_u32, 1, 0x0100_0007, 3, 0x1000, size, 12];
    let mut file: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    file.resize(0x1000, 0);
    file.extend(program);
    file
}

#[test]
fn programs_of_windows_and_macos_tell_their_go_modules() {
    let information = go_since_1_18();
    // The linker of Go puts it into the data of programs of Windows, aligned but not at the start.
    let data = [&[0x41; 48], information.as_slice()].concat();
    let mac = mach_o("__go_buildinfo", &information);
    for program in [pe(".data", &data), mac.clone(), universal(&mac)] {
        let (mut found, problems) = purls("binary-go-build-info", &program);
        let mut expected = FOUND.map(str::to_owned).to_vec();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(problems, Vec::<String>::new());
        damage("binary-go-build-info", "shop.exe", &program);
    }
}

#[test]
fn programs_of_windows_and_macos_tell_their_crates() {
    let list = packed(r#"{"packages":[{"name":"serde","version":"1.0.190","source":"crates.io"}]}"#);
    let mac = mach_o(".dep-v0", &list);
    for program in [pe(".dep-v0", &list), mac.clone(), universal(&mac)] {
        let (found, problems) = purls("binary-cargo-auditable", &program);
        assert_eq!(found, ["pkg:cargo/serde@1.0.190"]);
        assert_eq!(problems, Vec::<String>::new());
        damage("binary-cargo-auditable", "shop.exe", &program);
    }
}

#[test]
fn the_build_information_of_go_since_1_18_is_read_from_its_section() {
    let directory = tempfile::tempdir().unwrap();
    let section = go_since_1_18();
    let Some(bytes) = with_section(directory.path(), ".go.buildinfo", &section) else {
        return;
    };
    let (mut found, problems) = purls("binary-go-build-info", &bytes);
    let mut expected = FOUND.map(str::to_owned).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(problems, Vec::<String>::new());
    damage("binary-go-build-info", "usr/bin/shop", &bytes);
}

#[test]
fn the_build_information_of_older_go_is_found_behind_its_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let modules: String = marked().iter().map(|byte| format!("\\{byte:03o}")).collect();
    let source = format!(
        r#"
        struct text {{ const char *at; long length; }};
        static const char modules[] = "{modules}";
        static const struct text go = {{ "go1.21.3", 8 }};
        static const struct text list = {{ modules, sizeof modules - 1 }};
        struct {{ char magic[14]; char size; char flags; const struct text *go, *list; }} header
            __attribute__((section(".go.buildinfo"), aligned(16), used))
            = {{ "\377 Go buildinf:", sizeof(void *), 0, &go, &list }};
        int main(void) {{ return 0; }}
        "#
    );
    let Some(program) = compiled(directory.path(), &source) else {
        return;
    };
    let bytes = std::fs::read(program).unwrap();
    let (mut found, problems) = purls("binary-go-build-info", &bytes);
    let mut expected = FOUND.map(str::to_owned).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(problems, Vec::<String>::new());
    damage("binary-go-build-info", "usr/bin/shop", &bytes);
}

fn packed(list: &str) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(list.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_crates_of_an_auditable_binary_are_read_with_their_dependencies() {
    let list = r#"{"packages":[
        {"name":"cc","version":"1.0.83","source":"crates.io","kind":"build"},
        {"name":"serde","version":"1.0.190","source":"crates.io"},
        {"name":"fork","version":"0.1.0","source":"git","dependencies":[1]},
        {"name":"shop","version":"0.3.0","source":"local","dependencies":[0,2],"root":true}]}"#;
    let directory = tempfile::tempdir().unwrap();
    let Some(bytes) = with_section(directory.path(), ".dep-v0", &packed(list)) else {
        return;
    };
    let (components, problems) = read("binary-cargo-auditable", "usr/bin/shop", &bytes);
    assert_eq!(problems, Vec::<String>::new());
    let shown: Vec<String> = components
        .iter()
        .map(|one| {
            let on: Vec<String> = one.depends_on.iter().map(ToString::to_string).collect();
            let ecosystem = one.ecosystem.as_deref().unwrap_or("-");
            format!(
                "{} {ecosystem} {:?} {:?} {}",
                one.purl,
                one.scope,
                one.direct,
                on.join(" ")
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "pkg:cargo/cc@1.0.83 crates.io Development Some(true) ",
            "pkg:cargo/fork@0.1.0 - Runtime Some(true) pkg:cargo/serde@1.0.190",
            "pkg:cargo/serde@1.0.190 crates.io Runtime Some(false) ",
            "pkg:cargo/shop@0.3.0 - Runtime None pkg:cargo/cc@1.0.83 pkg:cargo/fork@0.1.0",
        ]
    );
    damage("binary-cargo-auditable", "usr/bin/shop", &bytes);
}

#[test]
fn a_section_that_unpacks_to_something_else_is_said() {
    let directory = tempfile::tempdir().unwrap();
    for (content, expected) in [
        (b"no zlib".to_vec(), "does not unpack"),
        (packed("[]"), "is no list of crates"),
    ] {
        let Some(bytes) = with_section(directory.path(), ".dep-v0", &content) else {
            return;
        };
        let (components, problems) = read("binary-cargo-auditable", "usr/bin/shop", &bytes);
        assert!(components.is_empty());
        assert!(
            problems.len() == 1 && problems[0].contains(expected),
            "{problems:?}"
        );
    }
}

#[test]
fn a_program_without_either_has_no_components_and_no_problem() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    for id in ["binary-go-build-info", "binary-cargo-auditable"] {
        let (components, problems) = read(id, "usr/bin/shop", &own);
        assert!(components.is_empty() && problems.is_empty(), "{id}: {problems:?}");
        let (components, problems) = read(id, "usr/bin/shop", b"#!/bin/sh\n");
        assert!(components.is_empty() && problems.is_empty(), "{id}: {problems:?}");
    }
}

/// What stands in real programs, and is no version.
#[test]
fn a_program_tells_its_version_between_the_texts_that_its_rule_names() {
    for (path, text, expected) in [
        (
            "usr/local/bin/python3.12",
            "\0Python 3.99\x003.11\x003.12.4+x\x003.12.4\0",
            "pkg:generic/python@3.12.4",
        ),
        (
            "opt/node/bin/node",
            "node.js/vX node.js/v20.20.2\0",
            "pkg:generic/node@20.20.2",
        ),
        (
            "bin/busybox",
            "BusyBox v1.35.0 (Debian)",
            "pkg:generic/busybox@1.35.0",
        ),
        (
            "opt/libcrypto.so.3",
            "\0OpenSSL 3.0.22 25 Aug 2026",
            "pkg:generic/openssl@3.0.22",
        ),
        (
            "opt/mariadbd",
            "\x0010.11.19-MariaDB\0",
            "pkg:generic/mariadb@10.11.19",
        ),
        (
            "opt/httpd",
            "Apache/2 Apache/2.4 Apache/2.4.71\0",
            "pkg:generic/httpd@2.4.71",
        ),
    ] {
        let bytes = pe(".data", text.as_bytes());
        let (components, problems) = read("binary-programs", path, &bytes);
        let found: Vec<String> = components.iter().map(|one| one.purl.to_string()).collect();
        assert_eq!(
            (found, problems),
            (vec![expected.to_owned()], Vec::new()),
            "{path}"
        );
    }
    let (components, problems) = read(
        "binary-programs",
        "opt/nginx",
        &pe(".data", b"nginx version: nginx/next"),
    );
    assert!(components.is_empty() && problems.is_empty());
}

#[test]
fn programs_that_a_distribution_installed_are_not_listed_twice() {
    let bytes = pe(".data", b"nginx version: nginx/1.22.1\0");
    let database = "Package: nginx\nVersion: 1.22.1-9\nArchitecture: all\n";
    let shown = |path: &str| {
        let mut components = read("binary-programs", path, &bytes).0;
        components.extend(read("os-dpkg", "root/var/lib/dpkg/status", database.as_bytes()).0);
        let finished = bartizan_supply::inventory::finish(components);
        finished.components.iter().any(|one| one.purl.kind() == "generic")
    };
    assert!(!shown("root/usr/sbin/nginx"));
    assert!(shown("root/usr/local/sbin/nginx"));
    assert!(shown("elsewhere/usr/sbin/nginx"));
}
