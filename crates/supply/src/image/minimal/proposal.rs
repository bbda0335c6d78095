//! How to make the image without what it does not need.
//!
//! In: [`Minimal`] and the configuration of the image. Out: a Dockerfile that copies what stays into an empty image, and how to look
//! into a container of that. <https://docs.docker.com/build/building/multi-stage/>,
//! <https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#ephemeral-container>

use super::Minimal;
use bartizan_source::image::{Image, NodeKind, Runtime};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Most lines of a list of what is copied. Where there are more, directories are copied whole though not all in them is needed.
const MOST_LINES: usize = 400;

/// What is copied.
#[derive(Debug, Default, PartialEq, Eq)]
struct Copied {
    /// Files, links, and directories with all that is in them.
    whole: BTreeSet<String>,
    /// Directories alone, with mode and owner.
    alone: BTreeMap<String, (u32, u64, u64)>,
    /// Number of names that no list can hold.
    unlisted: usize,
}

impl Minimal {
    /// A Dockerfile that makes the image without what is not needed, and how to look into a container of it. The command is
    /// written out where it is known to hold no credential.
    #[must_use]
    pub fn proposal(&self, image: &Image, is_harmless: bool) -> String {
        let copied = self.copied(image, MOST_LINES);
        let name = image.identity.names.first().map_or("YOUR-IMAGE", String::as_str);
        let name: String = name.chars().filter(|c| c.is_ascii_graphic()).take(200).collect();
        let mut text = format!(
            "copy what is needed into an empty image, and test that:\n\nFROM {name} AS full\nUSER 0\nRUN <<'END'\nset -e\n\
             mkdir /minimal\ncat > /whole.list <<'LIST'\n"
        );
        for path in &copied.whole {
            let _ = writeln!(text, "{path}");
        }
        text.push_str(
            "LIST\ntar -C / -c -T /whole.list | tar -C /minimal -x -p\nwhile read -r mode owner path; do\n",
        );
        text.push_str("mkdir -p \"/minimal/$path\"; chown \"$owner\" \"/minimal/$path\"; chmod \"$mode\" \"/minimal/$path\"\n");
        text.push_str("done <<'LIST'\n");
        for (path, (mode, owner, group)) in &copied.alone {
            let _ = writeln!(text, "{mode:04o} {owner}:{group} {path}");
        }
        text.push_str("LIST\nEND\n\nFROM scratch\nCOPY --from=full /minimal/ /\n");
        settings(&image.config.config, is_harmless, &mut text);
        if copied.unlisted > 0 {
            let _ = writeln!(
                text,
                "\nNames that cannot stand in a list, because of a line break or backslash: {}. Copy what they name yourself.",
                copied.unlisted
            );
        }
        let _ = write!(
            text,
            "\nThere is no shell in it then. To look into a container, bring one along:\n\
             kubectl debug -it POD --image={name} --target=CONTAINER -- sh\n\
             The list of packages stays behind: make the bill of materials of the full image (`bartizan sbom`), and keep that."
        );
        text
    }

    fn copied(&self, image: &Image, most: usize) -> Copied {
        let depths = (2..8).rev();
        let exact = self.to_depth(image, usize::MAX);
        if exact.whole.len() + exact.alone.len() <= most {
            return exact;
        }
        let mut last = exact;
        for depth in depths {
            last = self.to_depth(image, depth);
            if last.whole.len() + last.alone.len() <= most {
                break;
            }
        }
        last
    }

    /// What is copied when directories from a depth on are copied whole.
    fn to_depth(&self, image: &Image, depth: usize) -> Copied {
        let mut partial: BTreeSet<&str> = BTreeSet::new();
        let paths: Vec<_> = image.tree.iter().collect();
        for (path, node) in &paths {
            if node.kind != NodeKind::Directory && !self.kept.contains(path) || is_never_copied(path) {
                partial.extend(parents(path));
            }
        }
        let mut copied = Copied::default();
        let mut done: Option<String> = None;
        for (path, node) in &paths {
            let is_below = done
                .as_deref()
                .is_some_and(|done| path.strip_prefix(done).is_some_and(|rest| rest.starts_with('/')));
            if is_below || !self.kept.contains(path) || is_never_copied(path) {
                continue;
            }
            let is_directory = node.kind == NodeKind::Directory;
            let is_deep = path.matches('/').count() + 1 >= depth;
            if is_directory && partial.contains(path.as_str()) && !is_deep {
                let owner = (node.mode, node.owner, node.group);
                copied.alone.insert(path.clone(), owner);
                continue;
            }
            // What a list of `tar` cannot name comes with the directory that it is in.
            let mut named = path.as_str();
            while named.contains(|c: char| c.is_control() || c == '\\') {
                named = named.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
            if named.is_empty() {
                copied.unlisted += 1;
                continue;
            }
            copied.whole.insert(named.to_owned());
            if is_directory || named != path {
                done = Some(named.to_owned());
            }
        }
        let whole = &copied.whole;
        copied.alone.retain(|path, _| {
            let is_covered = whole.contains(path) || parents(path).any(|parent| whole.contains(parent));
            !is_covered && !path.contains(|c: char| c.is_control() || c == '\\')
        });
        copied
    }
}

/// What the runtime of containers puts there itself.
fn is_never_copied(path: &str) -> bool {
    ["dev", "proc", "sys"].iter().any(|place| {
        path.strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

fn settings(config: &Runtime, is_harmless: bool, text: &mut String) {
    let names = config.env.iter().filter_map(|pair| pair.split_once('='));
    let names: Vec<String> = names.map(|(name, _)| plain(name)).collect();
    if !names.is_empty() {
        let _ = writeln!(text, "# and the ENV of your image: {}", names.join(", "));
    }
    for (word, value) in [("WORKDIR", &config.working_dir), ("USER", &config.user)] {
        if !value.is_empty() {
            let _ = writeln!(text, "{word} {}", plain(value));
        }
    }
    for port in config.exposed_ports.keys() {
        let _ = writeln!(text, "EXPOSE {}", plain(port));
    }
    for (word, command) in [("ENTRYPOINT", &config.entrypoint), ("CMD", &config.cmd)] {
        if command.is_empty() {
            continue;
        }
        let _ = match serde_json::to_string(command) {
            Ok(list) if is_harmless => writeln!(text, "{word} {list}"),
            _ => writeln!(text, "# and the {word} of your image"),
        };
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_source::image::{ImageConfig, Planted, Tree};

    fn image(paths: &[&str]) -> Image {
        let nodes = paths.iter().map(|path| Planted {
            path,
            kind: NodeKind::File,
            mode: 0o644,
            owner: 7,
            group: 7,
            size: 1,
            link: "",
        });
        Image {
            identity: bartizan_model::ImageIdentity::default(),
            config: ImageConfig {
                config: Runtime {
                    env: vec!["TOKEN=hunter2".to_owned()],
                    cmd: vec!["/app/run".to_owned(), "--key=hunter2".to_owned()],
                    user: "7".to_owned(),
                    ..Runtime::default()
                },
                ..ImageConfig::default()
            },
            annotations: BTreeMap::new(),
            layers: Vec::new(),
            tree: Tree::planted(nodes),
            is_whole: true,
        }
    }

    fn minimal(image: &Image, unneeded: &str) -> Minimal {
        let paths = image.tree.iter().map(|(path, _)| path);
        Minimal {
            packages: 0,
            bytes: 0,
            bytes_kept: 0,
            kept: paths.filter(|path| path != unneeded).collect(),
            unneeded: Vec::new(),
            tools: Vec::new(),
            lost: Vec::new(),
            untouched: None,
        }
    }

    #[test]
    fn directories_of_which_all_stays_are_one_line_and_others_are_listed() {
        let image = image(&["app/a", "app/b", "usr/bin/run", "usr/bin/gcc", "dev/null"]);
        let copied = minimal(&image, "usr/bin/gcc").copied(&image, MOST_LINES);
        assert_eq!(
            copied.whole.into_iter().collect::<Vec<_>>(),
            ["app", "usr/bin/run"]
        );
        assert_eq!(copied.alone.into_keys().collect::<Vec<_>>(), ["usr", "usr/bin"]);
    }

    #[test]
    fn a_list_that_is_too_long_names_directories_that_hold_all_of_it() {
        let names: Vec<String> = (0..50).map(|number| format!("usr/lib/x/{number}/file")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.extend((0..50).map(|_| "usr/lib/x/1/other"));
        let image = image(&names);
        let copied = minimal(&image, "usr/lib/x/1/other").copied(&image, 10);
        assert_eq!(copied.whole.into_iter().collect::<Vec<_>>(), ["usr/lib/x"]);
    }

    #[test]
    fn what_a_list_cannot_name_comes_with_its_directory_and_no_name_ends_the_list() {
        let image = image(&["app/x\nLIST\nrm -rf", "app/y", "app/z", "b\\c/d"]);
        let copied = minimal(&image, "app/z").copied(&image, MOST_LINES);
        assert_eq!(copied.whole.into_iter().collect::<Vec<_>>(), ["app"]);
        assert_eq!(copied.unlisted, 2);
    }

    #[test]
    fn no_value_of_the_environment_is_shown_and_a_command_only_where_it_is_harmless() {
        let image = image(&["app/run"]);
        let minimal = minimal(&image, "");
        let text = minimal.proposal(&image, false);
        assert!(!text.contains("hunter2"), "{text}");
        assert!(
            text.contains("ENV of your image: TOKEN") && text.contains("USER 7\n"),
            "{text}"
        );
        assert!(minimal.proposal(&image, true).contains("CMD [\"/app/run\","));
    }
}
