//! A module for SELinux in its Common Intermediate Language: a block that inherits from the block `container` of container-selinux, as those of udica do,
//! and allows beyond it what was seen: files by the types that they bear, ports by theirs, sockets and capabilities.
//! <https://github.com/SELinuxProject/selinux/blob/main/secilc/docs/README.md>

mod permissions;
mod ports;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bartizan_model::runtime::{FileClass, FileLabel};

pub use ports::PortTypes;

use crate::capability;
use crate::path::{directory_of, is_of_itself};
use crate::profile::{FileUse, Profile, Transport};
use crate::render::file_name;
use permissions::{SERVER, SOCKET, class_of, class_of_transport, of_directory, of_file};

/// The type that addresses have where a policy gives them none of their own
const NODE: &str = "node_t";

/// A module, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelinuxModule {
    /// Text in CIL
    pub text: String,
    /// Sentences about what was seen and is not allowed, since its type is not known; they stand in the text, too
    pub unknown: Vec<String>,
}

/// Permissions by type and class
#[derive(Default)]
struct Rules(BTreeMap<(String, &'static str), BTreeSet<String>>);

impl Rules {
    fn allow(&mut self, kind: &str, class: &'static str, permissions: &[&str]) {
        let known = self.0.entry((kind.to_owned(), class)).or_default();
        known.extend(permissions.iter().map(|&permission| permission.to_owned()));
    }
}

/// The module of a workload, with these types of ports.
#[must_use]
pub fn selinux(profile: &Profile, ports: &PortTypes) -> SelinuxModule {
    let mut rules = Rules::default();
    let mut unknown = Vec::new();
    of_capabilities(profile, &mut rules, &mut unknown);
    of_sockets(profile, &mut rules, &mut unknown);
    of_ports(profile, ports, &mut rules, &mut unknown);
    of_files(profile, &mut rules, &mut unknown);
    let name = format!("bartizan_{}", file_name(&profile.workload).replace('-', "_"));
    let mut text = format!(
        "; What was seen of the workload, and what the block `container` of container-selinux allows to every container.\n\
         ; Load:  semodule -i {name}.cil /usr/share/udica/templates/base_container.cil\n\
         ; Use:   podman run --security-opt label=type:{name}.process\n\
         ; Whom a datagram is sent to is none of SELinux's questions.\n"
    );
    for sentence in &unknown {
        let _ = writeln!(text, "; Not known: {sentence}");
    }
    let _ = write!(text, "(block {name}\n    (blockinherit container)\n");
    for ((kind, class), permissions) in rules.0 {
        let permissions: Vec<String> = permissions.into_iter().collect();
        let _ = writeln!(
            text,
            "    (allow process {kind} ({class} ({})))",
            permissions.join(" ")
        );
    }
    text.push_str(")\n");
    SelinuxModule { text, unknown }
}

fn of_capabilities(profile: &Profile, rules: &mut Rules, unknown: &mut Vec<String>) {
    let Some(needed) = &profile.capabilities else {
        unknown.push("capabilities: the kernel that it was learned on does not tell".to_owned());
        return;
    };
    for capability in needed.keys() {
        // Numbers from 32 on have no room in the first class.
        let class = match capability::number_of(capability) {
            Some(..32) => "capability",
            Some(_) => "capability2",
            None => continue,
        };
        let name = capability.trim_start_matches("CAP_").to_ascii_lowercase();
        rules.allow("self", class, &[&name]);
    }
}

fn of_sockets(profile: &Profile, rules: &mut Rules, unknown: &mut Vec<String>) {
    for socket in &profile.sockets {
        let Some(class) = class_of(*socket) else {
            unknown.push(format!(
                "the class of sockets of family {}, kind {}, protocol {}",
                socket.family, socket.kind, socket.protocol
            ));
            continue;
        };
        rules.allow("self", class, &SOCKET);
        if class == "unix_stream_socket" {
            rules.allow("self", class, &SERVER);
        }
    }
}

fn of_ports(profile: &Profile, ports: &PortTypes, rules: &mut Rules, unknown: &mut Vec<String>) {
    let mut by_type = |transport: Transport, port: u16, permission: &'static str| {
        if let Some(kind) = ports.of(transport, port) {
            rules.allow(kind, class_of_transport(transport), &[permission]);
        } else {
            unknown.push(format!(
                "the type of {} port {port} ({permission})",
                transport.name()
            ));
        }
    };
    for (transport, listens) in &profile.listens {
        for port in listens.keys() {
            by_type(*transport, *port, "name_bind");
        }
    }
    for port in profile
        .connects
        .get(&Transport::Tcp)
        .into_iter()
        .flat_map(BTreeMap::keys)
    {
        by_type(Transport::Tcp, *port, "name_connect");
    }
    for transport in profile.listens.keys() {
        rules.allow(NODE, class_of_transport(*transport), &["node_bind"]);
    }
    if profile.listens.contains_key(&Transport::Tcp) {
        rules.allow("self", class_of_transport(Transport::Tcp), &SERVER);
    }
}

fn of_files(profile: &Profile, rules: &mut Rules, unknown: &mut Vec<String>) {
    for (path, file) in &profile.files {
        if is_of_itself(path) {
            for class in [FileClass::File, FileClass::Dir, FileClass::LnkFile] {
                rules.allow("self", class.name(), &of_file(path, class, file.access));
            }
            continue;
        }
        let labels = labels_of(profile, path, file);
        if labels.is_empty() {
            unknown.push(format!("the type of {} ({})", shown(path), accesses(file)));
        }
        for label in &labels {
            rules.allow(
                label.kind(),
                label.class().name(),
                &of_file(path, label.class(), file.access),
            );
            if label.class() == FileClass::SockFile && file.access.connect {
                unknown.push(format!(
                    "the domain that waits on the socket {} (connectto)",
                    shown(path)
                ));
            }
        }
        let above = std::iter::successors(directory_of(path), |directory| directory_of(directory));
        for (nearest, directory) in above
            .enumerate()
            .map(|(steps, directory)| (steps == 0, directory))
        {
            for label in profile.labels.get(directory).into_iter().flatten() {
                let changes = nearest && file.access.change;
                rules.allow(label.kind(), FileClass::Dir.name(), of_directory(changes));
                // Links there were followed before the file was told.
                rules.allow(label.kind(), FileClass::LnkFile.name(), &["getattr", "read"]);
            }
        }
    }
}

/// The labels of a file; of one that is gone again, the type of its directory, which new files are given.
fn labels_of(profile: &Profile, path: &str, file: &FileUse) -> Vec<FileLabel> {
    if let Some(labels) = profile.labels.get(path) {
        return labels.iter().cloned().collect();
    }
    let class = if file.access.directory {
        FileClass::Dir
    } else {
        FileClass::File
    };
    directory_of(path)
        .filter(|_| file.access.change)
        .and_then(|directory| profile.labels.get(directory))
        .into_iter()
        .flatten()
        .map(|label| label.of_class(class))
        .collect()
}

/// A path within a comment: profiles hold no control characters, and those that were written by others may.
fn shown(path: &str) -> String {
    path.escape_debug().to_string()
}

fn accesses(file: &FileUse) -> String {
    let access = file.access;
    let words = [
        (access.read, "read"),
        (access.write, "write"),
        (access.change, "change"),
        (access.execute, "execute"),
        (access.connect, "connect"),
    ];
    let all: Vec<&str> = words
        .into_iter()
        .filter_map(|(does, word)| does.then_some(word))
        .collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Access;
    use crate::window::Window;

    fn profile(window: Window) -> Profile {
        let mut profile = Profile::new("shop/web", crate::Architecture::X86_64);
        profile.add(window, true);
        profile
    }

    fn window(files: &[(&str, Access)]) -> Window {
        let mut window = Window::default();
        for (path, access) in files {
            window.files.insert((*path).to_owned(), *access);
        }
        window
    }

    #[test]
    fn what_is_not_known_is_said_and_not_allowed() {
        let mut seen = window(&[
            ("/srv/a)(b\u{2028}", Access::EXECUTE),
            ("/run/db.sock", Access::CONNECT),
        ]);
        let socket = FileLabel::new(FileClass::SockFile, "db_run_t").unwrap();
        seen.labels.insert("/run/db.sock".to_owned(), [socket].into());
        seen.connects.insert((Transport::Tcp, [10, 0, 0, 1].into(), 9999));
        let module = selinux(&profile(seen), &PortTypes::well_known());
        assert_eq!(module.unknown.len(), 4, "{:?}", module.unknown);
        let (comments, rules): (Vec<&str>, Vec<&str>) =
            module.text.lines().partition(|line| line.starts_with("; "));
        assert_eq!(
            comments
                .iter()
                .filter(|line| line.starts_with("; Not known: "))
                .count(),
            4
        );
        assert_eq!(
            rules,
            [
                "(block bartizan_shop_web",
                "    (blockinherit container)",
                "    (allow process db_run_t (sock_file (getattr write)))",
                ")"
            ]
        );
    }

    #[test]
    fn each_capability_is_in_its_class_and_what_is_none_is_in_neither() {
        let names = ["CAP_CHOWN", "CAP_BPF", "CAP_X) (y"];
        let mut seen = window(&[("/proc/self/maps", Access::default())]);
        seen.capabilities = Some(names.map(|name| (name.to_owned(), BTreeSet::new())).into());
        let text = selinux(&profile(seen), &PortTypes::well_known()).text;
        assert!(
            text.contains("(allow process self (capability (chown)))"),
            "{text}"
        );
        assert!(
            text.contains("(allow process self (capability2 (bpf)))"),
            "{text}"
        );
        assert!(text.contains("(allow process self (file (getattr)))"), "{text}");
        assert!(!text.contains("y)"), "{text}");
    }

    #[test]
    fn what_is_gone_has_the_type_of_its_directory() {
        let mut seen = window(&[("/var/log/web/a", Access::CHANGE)]);
        let directory = FileLabel::new(FileClass::Dir, "var_log_t").unwrap();
        seen.labels.insert("/var/log/web".to_owned(), [directory].into());
        let module = selinux(&profile(seen), &PortTypes::well_known());
        assert!(module.text.contains("var_log_t (file (create"), "{}", module.text);
        assert!(
            module.text.contains("var_log_t (dir (add_name"),
            "{}",
            module.text
        );
        assert_eq!(module.unknown.len(), 1, "capabilities: {:?}", module.unknown);
    }
}
