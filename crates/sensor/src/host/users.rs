//! Names of users and groups by their numbers, from the files of one root.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::inside;

/// How long names count before they are read again
const FRESH: Duration = Duration::from_secs(60);

/// Names by numbers.
#[derive(Debug)]
pub(super) struct Names {
    users: HashMap<u32, Box<str>>,
    groups: HashMap<u32, Box<str>>,
    read: Instant,
}

impl Names {
    /// Those that a process would see.
    pub(super) fn of(pid: u32) -> Self {
        let table = |path| {
            inside::read_below(pid, path)
                .map(|bytes| table(&bytes))
                .unwrap_or_default()
        };
        Self {
            users: table("/etc/passwd"),
            groups: table("/etc/group"),
            read: Instant::now(),
        }
    }

    /// Whether they are to be read again
    pub(super) fn old(&self) -> bool {
        self.read.elapsed() > FRESH
    }

    /// Name of a user; empty where there is none
    pub(super) fn user(&self, id: u32) -> Box<str> {
        self.users.get(&id).cloned().unwrap_or_default()
    }

    /// Name of a group; empty where there is none
    pub(super) fn group(&self, id: u32) -> Box<str> {
        self.groups.get(&id).cloned().unwrap_or_default()
    }
}

/// Lines of `passwd(5)` and `group(5)`: name, password, number. The first of a number counts, as in `getpwuid(3)`.
fn table(bytes: &[u8]) -> HashMap<u32, Box<str>> {
    let mut table = HashMap::new();
    for line in String::from_utf8_lossy(bytes).lines() {
        let mut fields = line.split(':');
        let (Some(name), Some(_), Some(Ok(id))) =
            (fields.next(), fields.next(), fields.next().map(str::parse))
        else {
            continue;
        };
        table.entry(id).or_insert_with(|| name.into());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_of_a_number_counts_and_broken_lines_do_not() {
        let table = table(b"root:x:0:0::/root:/bin/sh\ntoor:x:0:0\nbroken\n\xff:x:7:7\nno:x:number:1\n");
        assert_eq!(table.get(&0).map(|name| &**name), Some("root"));
        assert_eq!(table.len(), 2);
    }

    #[test]
    fn this_process_has_the_user_root() {
        let names = Names::of(std::process::id());
        assert_eq!(&*names.user(0), "root");
    }
}
