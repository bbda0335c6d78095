//! The files that the service of an image reaches, as far as files tell it.
//!
//! In: the image, what was noted of its files, and who owns them. Out: [`Reached`]. Followed are the command to start and links,
//! interpreters and commands of scripts, libraries in the order in which the loader searches
//! (<https://man7.org/linux/man-pages/man8/ld.so.8.html>, <https://www.musl-libc.org/doc/1.1.24/manual.html>), and libraries whose
//! names stand in programs as text. What is put together when a program runs cannot be followed.

use super::check::Notes;
use super::packages::{Packages, told};
use super::read::{Elf, Script, Told, words};
use bartizan_source::image::{Image, NodeKind};
use std::collections::BTreeSet;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Where loaders search at last.
const LIBRARIES: [&str; 5] = ["lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib"];
const EXECUTE: u32 = 0o111;
/// State of package managers and documents: they belong to no service.
pub(super) const NO_SERVICE: [&str; 16] = [
    "var/lib/dpkg/",
    "var/lib/apt/",
    "var/lib/rpm/",
    "var/cache/",
    "var/log/",
    "lib/apk/",
    "usr/lib/apk/",
    "usr/lib/sysimage/rpm/",
    "etc/apk/",
    "etc/apt/",
    "tmp/",
    "var/tmp/",
    "usr/share/doc/",
    "usr/share/man/",
    "usr/share/info/",
    "usr/share/lintian/",
];

/// What is reached.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Files and links, without any link on the way.
    pub(super) files: BTreeSet<String>,
    /// Programs among them that are started.
    pub(super) programs: BTreeSet<String>,
    /// What could not be followed, one sentence each.
    pub(super) lost: BTreeSet<String>,
}

pub(super) struct Closure<'a> {
    image: &'a Image,
    notes: &'a Notes,
    search: Vec<String>,
    path: Vec<String>,
    reached: Reached,
    todo: Vec<(String, bool)>,
}

/// Whether a path is of a kind that no service needs.
pub(super) fn serves_nobody(path: &str) -> bool {
    NO_SERVICE.iter().any(|place| path.starts_with(place))
}

/// Whether a link at this path switches a part of a service on, as `sites-enabled` and `modules-enabled` do. Links that choose among
/// packages, or start services with a machine, do not.
fn is_setting(path: &str) -> bool {
    let others = ["etc/alternatives/", "etc/systemd/", "etc/rc"];
    path.starts_with("etc/") && !others.iter().any(|place| path.starts_with(place))
}

impl<'a> Closure<'a> {
    pub(super) fn new(image: &'a Image, notes: &'a Notes) -> Self {
        let env = |name: &str| {
            let mut env = image.config.config.env.iter();
            env.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let split = |text: &str| -> Vec<String> {
            text.split(':')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let mut search = split(env("LD_LIBRARY_PATH").unwrap_or_default());
        for (_, node) in image.tree.iter().filter(|(_, node)| node.kind == NodeKind::File) {
            if let Some(Told::Search(places)) = told(image, notes, node) {
                search.extend(places.iter().cloned());
            }
        }
        for place in LIBRARIES {
            search.push(place.to_owned());
            let names = image.tree.names(place).filter(|name| name.contains("-linux-"));
            search.extend(names.map(|name| format!("{place}/{name}")));
        }
        Self {
            image,
            notes,
            search,
            path: split(env("PATH").filter(|path| !path.is_empty()).unwrap_or(PATH)),
            reached: Reached::default(),
            todo: Vec::new(),
        }
    }

    /// Starts at the command of the image.
    ///
    /// # Errors
    /// Why there is nothing to start at.
    pub(super) fn start(&mut self) -> Result<(), String> {
        let config = &self.image.config.config;
        let command: Vec<&String> = config.entrypoint.iter().chain(&config.cmd).collect();
        let Some(first) = command.first() else {
            return Err(
                "the image names no command to start, so what its service needs is not known".to_owned(),
            );
        };
        if !self.command(first) {
            let first: String = first.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(format!(
                "the command to start, `{first}`, is not in the image, so what its service needs is not known"
            ));
        }
        // Arguments may be commands of an entry script, files, or a whole script behind `-c`.
        let probe = config.healthcheck.test.iter().skip(1);
        let texts: Vec<String> = command.into_iter().skip(1).chain(probe).cloned().collect();
        for text in texts {
            self.file_or_command(&text);
            for word in words(&text) {
                self.file_or_command(&word);
            }
        }
        Ok(())
    }

    /// Adds what no package owns: the application, and what settings link to. Scripts that can be started need their interpreter.
    pub(super) fn add_unowned(&mut self, packages: &Packages) {
        for (path, node) in self.image.tree.iter() {
            if node.kind == NodeKind::Link && is_setting(&path) && !packages.owners.contains_key(&path) {
                self.todo.push((path, false));
                continue;
            }
            if node.kind != NodeKind::File || packages.owners.contains_key(&path) || serves_nobody(&path) {
                continue;
            }
            match told(self.image, self.notes, node) {
                Some(Told::Elf(_)) => self.todo.push((path, false)),
                Some(Told::Script(script)) if node.mode & EXECUTE != 0 => self.interpreter(script),
                _ => {}
            }
        }
    }

    /// Adds a file.
    pub(super) fn add(&mut self, path: &str) {
        self.todo.push((path.to_owned(), false));
    }

    /// Adds a file if it is a program or library.
    pub(super) fn add_library(&mut self, path: &str) {
        let node = self.image.tree.get(path);
        if matches!(
            node.and_then(|node| told(self.image, self.notes, node)),
            Some(Told::Elf(_))
        ) {
            self.add(path);
        }
    }

    /// Follows everything that was added; may be called again after more was.
    pub(super) fn follow(&mut self) {
        while let Some((path, is_started)) = self.todo.pop() {
            let Some(place) = self.image.tree.place(&path, true) else {
                continue;
            };
            self.reached.files.extend(place.links);
            let is_new = self.reached.files.insert(place.path.clone());
            let starts_now = is_started && self.reached.programs.insert(place.path.clone());
            if !is_new && !starts_now {
                continue;
            }
            match told(self.image, self.notes, place.node) {
                Some(Told::Elf(elf)) => self.elf(&place.path, elf),
                Some(Told::Script(script)) => self.script(&place.path, script, is_started),
                None if place.node.size > crate::catalog::LARGEST_FILE => {
                    self.reached
                        .lost
                        .insert(format!("`/{}` is too large to be read", place.path));
                }
                _ => {}
            }
        }
    }

    pub(super) const fn reached(&self) -> &Reached {
        &self.reached
    }

    fn elf(&mut self, path: &str, elf: &Elf) {
        if let Some(interpreter) = &elf.interpreter {
            self.add(interpreter);
        }
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let own = elf.search.iter().map(|place| {
            place
                .replace("${ORIGIN}", "$ORIGIN")
                .replace("$ORIGIN", &format!("/{directory}"))
        });
        let own: Vec<String> = own.collect();
        for (names, is_needed) in [
            (elf.needed.iter().collect::<Vec<_>>(), true),
            (elf.mentioned.iter().collect(), false),
        ] {
            for name in names {
                let found = self.library(name, &own, elf.kind);
                match found {
                    Some(found) => self.add(&found),
                    None if is_needed => {
                        let lost =
                            format!("`{name}`, which `/{path}` needs, is not where the loader searches");
                        self.reached.lost.insert(lost);
                    }
                    None => {}
                }
            }
        }
    }

    fn library(&self, name: &str, own: &[String], kind: (bool, u16)) -> Option<String> {
        if name.contains('/') {
            return Some(name.to_owned());
        }
        let places = own.iter().chain(&self.search);
        let mut paths = places.map(|place| format!("{place}/{name}"));
        paths.find(|path| {
            let node = self.image.tree.resolve(path);
            let told = node.and_then(|node| told(self.image, self.notes, node));
            matches!(told, Some(Told::Elf(elf)) if elf.kind == kind)
        })
    }

    fn script(&mut self, path: &str, script: &Script, is_started: bool) {
        self.interpreter(script);
        if !is_started {
            return;
        }
        if script.is_cut {
            self.reached
                .lost
                .insert(format!("only the beginning of the script `/{path}` was read"));
        }
        for word in &script.words {
            self.file_or_command(word);
        }
    }

    /// Adds what a script is started by; of `env`, what that starts.
    fn interpreter(&mut self, script: &Script) {
        let mut words = script.interpreter.iter();
        let Some(first) = words.next() else { return };
        self.command(first);
        if first.ends_with("/env") {
            let mut words = words.filter(|word| !word.starts_with('-') && !word.contains('='));
            if let Some(program) = words.next() {
                self.command(program);
            }
        }
    }

    fn file_or_command(&mut self, word: &str) {
        if !self.command(word) && word.contains('/') {
            let place = self.image.tree.place(&self.absolute(word), true);
            if let Some(place) = place.filter(|place| place.node.kind == NodeKind::File) {
                let path = place.path;
                self.todo.push((path, true));
            }
        }
    }

    fn absolute(&self, word: &str) -> String {
        if word.starts_with('/') {
            return word.to_owned();
        }
        format!("{}/{word}", self.image.config.config.working_dir)
    }

    /// Adds the program of a name or path; whether there is one.
    fn command(&mut self, name: &str) -> bool {
        let candidates: Vec<String> = if name.contains('/') {
            vec![self.absolute(name)]
        } else {
            self.path.iter().map(|place| format!("{place}/{name}")).collect()
        };
        let found = candidates.into_iter().find(|path| {
            let node = self.image.tree.resolve(path);
            node.is_some_and(|node| node.kind == NodeKind::File && node.mode & EXECUTE != 0)
        });
        let is_there = found.is_some();
        self.todo.extend(found.map(|path| (path, true)));
        is_there
    }
}
