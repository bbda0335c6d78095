//! What is started under a profile, where, as whom and with which environment.
//!
//! In: the command line, the profile, and the root, which may be that of an image with a configuration
//! (<https://github.com/opencontainers/image-spec/blob/main/config.md>). Out: a [`Launch`].

use bartizan_profile::{Command, Profile};
use bartizan_source::image::{Image, Node, NodeKind, Runtime};

use super::root::{Root, below};
use crate::error::Error;
use crate::place;

/// Where programs are looked for when an image does not say, as runtimes do
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Bytes of a list of users that is read at most
const LARGEST_LIST: u64 = 4 << 20;

/// What is started.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Launch {
    /// Program and arguments
    pub(super) command: Vec<String>,
    /// Working directory
    pub(super) directory: String,
    /// `NAME=value`
    pub(super) environment: Vec<String>,
    pub(super) user: User,
    /// It is the command that was learned
    is_learned: bool,
}

/// Who it acts as.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: u32,
    pub(super) group: u32,
    /// Further groups
    pub(super) further: Vec<u32>,
}

impl Launch {
    /// The command that was written; without one that of the image, or else the learned one. Of an image come directory, environment and user, too.
    pub(super) fn of(written: &[String], profile: &Profile, root: &Root) -> Result<Self, Error> {
        let none = |why: String| Error::usage(why, "write the command behind --");
        if let Some(image) = root.image() {
            let runtime = &image.config.config;
            let own = [runtime.entrypoint.as_slice(), &runtime.cmd].concat();
            let command = if written.is_empty() { own } else { written.to_vec() };
            if command.is_empty() {
                return Err(none("the image has no command".to_owned()));
            }
            return Ok(Self {
                command,
                directory: absolute(&runtime.working_dir),
                environment: environment(runtime),
                user: user(&runtime.user, root, image)?,
                is_learned: false,
            });
        }
        let (command, directory) = match &profile.command {
            _ if !written.is_empty() => (written.to_vec(), place::current()?.display().to_string()),
            Some(learned) => (learned.arguments.clone(), learned.directory.clone()),
            None => {
                return Err(none(format!(
                    "the command of `{}` is not known",
                    profile.workload
                )));
            }
        };
        let variables = std::env::vars_os();
        Ok(Self {
            command,
            directory,
            environment: variables
                .filter_map(|(name, value)| Some(format!("{}={}", name.to_str()?, value.to_str()?)))
                .collect(),
            user: User::default(),
            is_learned: written.is_empty(),
        })
    }

    /// How the learned command ended, where that is what is started.
    pub(super) fn learned<'p>(&self, profile: &'p Profile) -> Option<&'p Command> {
        profile.command.as_ref().filter(|_| self.is_learned)
    }
}

fn absolute(directory: &str) -> String {
    format!("/{}", directory.trim_start_matches('/'))
}

fn environment(runtime: &Runtime) -> Vec<String> {
    let mut all = runtime.env.clone();
    if !all.iter().any(|one| one.starts_with("PATH=")) {
        all.push(PATH.to_owned());
    }
    all
}

/// `USER[:GROUP]`, by name or number, as the image's own files have them.
fn user(written: &str, root: &Root, image: &Image) -> Result<User, Error> {
    let read = |path: &str| {
        // What is no plain file there is no list of users, and may never end.
        let is_list = |node: &Node| node.kind == NodeKind::File && node.size <= LARGEST_LIST;
        let node = image.tree.resolve(path).filter(|node| is_list(node));
        let file = node.and_then(|_| below(root.path(), path).ok());
        file.and_then(|file| std::fs::read_to_string(file).ok())
            .unwrap_or_default()
    };
    resolved(written, &read("etc/passwd"), &read("etc/group")).ok_or_else(|| {
        Error::usage(
            format!(
                "the image wants to run as `{}`, whom it does not know",
                written.escape_debug()
            ),
            "give it the user by number (`USER 1000:1000`), or with a line in /etc/passwd",
        )
    })
}

fn resolved(written: &str, users: &str, groups: &str) -> Option<User> {
    let (name, group) = match written.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (written, None),
    };
    let name = if name.is_empty() { "0" } else { name };
    let mut known = fields(users);
    let entry = known.find(|entry| {
        entry.first() == Some(&name) || (name.parse::<u32>().is_ok() && entry.get(2) == Some(&name))
    });
    let id = match &entry {
        Some(entry) => entry.get(2)?.parse().ok()?,
        None => name.parse().ok()?,
    };
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        let named = fields(groups).find(|entry| entry.first() == Some(&group));
        let number = named.and_then(|entry| entry.get(2).copied()).unwrap_or(group);
        return Some(User {
            id,
            group: number.parse().ok()?,
            further: Vec::new(),
        });
    }
    let Some(entry) = entry else {
        return Some(User {
            id,
            ..User::default()
        });
    };
    let own = entry.first().copied().unwrap_or_default();
    let belongs = |entry: &Vec<&str>| {
        entry
            .get(3)
            .is_some_and(|members| members.split(',').any(|member| member == own))
    };
    Some(User {
        id,
        group: entry.get(3)?.parse().ok()?,
        further: fields(groups)
            .filter(belongs)
            .filter_map(|entry| entry.get(2)?.parse().ok())
            .collect(),
    })
}

/// Lines of fields with colons between them
fn fields(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split(':').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &str = "root:x:0:0::/root:/bin/sh\nweb:x:101:102::/:/sbin/nologin\nbroken\n7:x:9:9::/:/\n";
    const GROUPS: &str = "root:x:0:\nweb:x:102:\nadm:x:4:ada,web\nlog:x:5:web\n";

    #[test]
    fn users_and_groups_are_known_by_name_and_number() {
        let found = |written: &str| {
            let user = resolved(written, USERS, GROUPS)?;
            Some((user.id, user.group, user.further))
        };
        assert_eq!(found(""), Some((0, 0, vec![])));
        assert_eq!(found("web"), Some((101, 102, vec![4, 5])));
        assert_eq!(found("101"), Some((101, 102, vec![4, 5])));
        assert_eq!(found("web:adm"), Some((101, 4, vec![])));
        assert_eq!(found("1000:1001"), Some((1000, 1001, vec![])));
        assert_eq!(found("1000"), Some((1000, 0, vec![])));
        for unknown in ["nobody", "web:none", "broken", "-1", "99999999999"] {
            assert_eq!(found(unknown), None, "{unknown}");
        }
    }
}
