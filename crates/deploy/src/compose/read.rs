//! The services of a Compose file.

use super::files::{File, Files};
use super::interpolate::interpolate;
use crate::doubt::Doubt;
use bartizan_document::{Node, Value};
use std::ops::Range;

/// One service.
pub(super) struct Service<'n> {
    pub(super) name: &'n str,
    pub(super) name_at: Range<usize>,
    pub(super) node: &'n Node,
    /// The services that it extends or is laid over, in this file or another, the nearest first.
    pub(super) extends: Vec<&'n Node>,
}

/// A Compose file.
pub(super) struct Compose<'n> {
    pub(super) text: &'n str,
    pub(super) services: Vec<Service<'n>>,
    /// What takes part and was not read.
    pub(super) doubts: Vec<Doubt>,
}

/// A mount of a service.
pub(super) struct Mount {
    pub(super) source: String,
    pub(super) target: String,
    pub(super) read_only: bool,
    pub(super) at: Range<usize>,
}

/// A published port.
pub(super) struct Published {
    /// The address of the machine; none for all of them.
    pub(super) address: Option<String>,
    pub(super) text: String,
    pub(super) at: Range<usize>,
}

impl<'n> Compose<'n> {
    /// One document of a file, with what its services take from others.
    pub(super) fn of(file: &'n File<'n>, root: &'n Node, files: &Files<'n>) -> Self {
        let mut doubts = files.unread_includes(file.path, root);
        let mut services = Vec::new();
        for entry in root.get("services").map_or(&[][..], Node::entries) {
            let (extends, doubt) = files.inherited(file.path, entry);
            doubts.extend(doubt);
            services.push(Service {
                name: &entry.key,
                name_at: entry.key_span.range(),
                node: &entry.value,
                extends,
            });
        }
        Self {
            text: file.text,
            services,
            doubts,
        }
    }
}

impl<'n> Service<'n> {
    /// What it says of a key itself.
    pub(super) fn own(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| !node.is_null())
    }

    /// What it, or one that it extends, says of a key: the nearest first.
    pub(super) fn all(&self, key: &str) -> Vec<&'n Node> {
        std::iter::once(self.node)
            .chain(self.extends.iter().copied())
            .filter_map(|node| node.get(key).filter(|node| !node.is_null()))
            .collect()
    }

    /// The text of a node with variables filled in; where one is not known, that is noted.
    pub(super) fn text(&self, node: &Node, doubts: &mut Vec<Doubt>) -> Option<String> {
        let text = match &node.value {
            Value::Text(text) => text.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Float(number) => number.to_string(),
            _ => return None,
        };
        match interpolate(&text) {
            Ok(text) => Some(text),
            Err(name) => {
                let reason = format!("`${}` is given from outside", name.escape_debug());
                doubts.push(Doubt::new(reason, &node.span.range()));
                None
            }
        }
    }

    /// The items of a list of texts that it says itself, with their places.
    pub(super) fn texts(&self, key: &str, doubts: &mut Vec<Doubt>) -> Vec<(String, Range<usize>)> {
        let items = self.own(key).map_or(&[][..], Node::items).iter();
        items
            .filter_map(|item| Some((self.text(item, doubts)?, item.span.range())))
            .collect()
    }

    /// Its mounts of the machine's own paths.
    pub(super) fn binds(&self, doubts: &mut Vec<Doubt>) -> Vec<Mount> {
        let mut mounts = Vec::new();
        for item in self.own("volumes").map_or(&[][..], Node::items) {
            let at = item.span.range();
            if item.get("source").is_some() {
                let is_bind = item.text_of("type").is_none_or(|kind| kind == "bind");
                let source = item.get("source").and_then(|source| self.text(source, doubts));
                let target = item.get("target").and_then(|target| self.text(target, doubts));
                if let Some(source) = source.filter(|_| is_bind) {
                    mounts.push(Mount {
                        source,
                        target: target.unwrap_or_default(),
                        read_only: item.get("read_only").and_then(Node::bool) == Some(true),
                        at,
                    });
                }
                continue;
            }
            let Some(text) = self.text(item, doubts) else {
                continue;
            };
            let mut parts = text.split(':');
            let (source, target, mode) = (parts.next(), parts.next(), parts.next());
            if let (Some(source), Some(target)) = (source, target) {
                mounts.push(Mount {
                    source: source.to_owned(),
                    target: target.to_owned(),
                    read_only: mode.is_some_and(|mode| mode.split(',').any(|one| one == "ro")),
                    at,
                });
            }
        }
        mounts.retain(|mount| mount.source.starts_with(['/', '~']) || mount.source.starts_with("$HOME"));
        mounts
    }

    /// Its published ports.
    pub(super) fn published(&self, doubts: &mut Vec<Doubt>) -> Vec<Published> {
        let mut ports = Vec::new();
        for item in self.own("ports").map_or(&[][..], Node::items) {
            let at = item.span.range();
            if item.get("target").is_some() {
                let target = item.get("target").and_then(|target| self.text(target, doubts));
                if item.get("published").is_some() {
                    ports.push(Published {
                        address: item.text_of("host_ip").map(str::to_owned),
                        text: target.unwrap_or_default(),
                        at,
                    });
                }
                continue;
            }
            let Some(text) = self.text(item, doubts) else {
                continue;
            };
            ports.push(Published {
                address: address_of(&text),
                text,
                at,
            });
        }
        ports
    }
}

/// The address before the ports: `127.0.0.1:80:80`, `[::1]:80:80`.
fn address_of(port: &str) -> Option<String> {
    if let Some(rest) = port.strip_prefix('[') {
        return rest.split_once(']').map(|(address, _)| address.to_owned());
    }
    let parts: Vec<&str> = port.split(':').collect();
    match parts.as_slice() {
        [address, _, _] => Some((*address).to_owned()),
        _ => None,
    }
}
