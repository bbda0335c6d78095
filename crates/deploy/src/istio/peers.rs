//! PeerAuthentication: which connections a workload takes, and what several of them decide together.

use crate::reach::Selector;
use bartizan_document::{Node, Span};

/// What a workload takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Mode {
    /// Only what the mesh does not encrypt.
    Disable,
    /// Both.
    Permissive,
    /// Only what proves who connects.
    Strict,
}

impl Mode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Disable => "DISABLE",
            Self::Permissive => "PERMISSIVE",
            Self::Strict => "STRICT",
        }
    }

    /// Whether it takes what does not prove who connects.
    pub(crate) const fn is_lax(self) -> bool {
        !matches!(self, Self::Strict)
    }
}

/// A mode where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) mode: Mode,
    pub(crate) at: Span,
}

/// What is said of one port.
#[derive(Debug, Clone)]
pub(crate) struct OfPort {
    /// The port as it is written.
    pub(crate) key: Box<str>,
    /// Absent where it is no port.
    pub(crate) number: Option<u16>,
    /// Absent where it is left to what holds for the workload.
    pub(crate) said: Option<Said>,
    pub(crate) at: Span,
}

/// A PeerAuthentication.
#[derive(Debug, Clone)]
pub(crate) struct PeerAuthentication {
    /// Which pods; all where it asks for nothing.
    pub(crate) selector: Selector,
    /// Absent where it is left to what holds more widely.
    pub(crate) said: Option<Said>,
    /// Istio minds them only beside a selector.
    pub(crate) ports: Vec<OfPort>,
    /// What an API server would not accept, in words.
    pub(crate) refused: Option<String>,
}

impl PeerAuthentication {
    /// Reads one from the root of its object.
    pub(crate) fn read(root: &Node) -> Self {
        let mut refused = None;
        let mut mode = |node: Option<&Node>| {
            let node = node.filter(|node| !node.is_null())?;
            match node.text() {
                Some("UNSET") => None,
                Some("DISABLE") => Some(Mode::Disable),
                Some("PERMISSIVE") => Some(Mode::Permissive),
                Some("STRICT") => Some(Mode::Strict),
                other => {
                    let other = other.unwrap_or(node.kind());
                    refused.get_or_insert(format!("no mode of mutual TLS is called {other:?}"));
                    None
                }
            }
            .map(|mode| Said { mode, at: node.span })
        };
        let said = mode(root.at(&["spec", "mtls", "mode"]));
        let ports = root.at(&["spec", "portLevelMtls"]).map_or(&[][..], Node::entries);
        let ports: Vec<OfPort> = ports
            .iter()
            .map(|entry| OfPort {
                key: entry.key.clone(),
                number: entry.key.parse().ok().filter(|number| *number != 0),
                said: mode(entry.value.get("mode")),
                at: entry.value.span,
            })
            .collect();
        let selector = root.at(&["spec", "selector", "matchLabels"]);
        let selector = match selector.map(Selector::equal).transpose() {
            Ok(selector) => selector.unwrap_or_default(),
            Err(why) => {
                refused.get_or_insert(why);
                Selector::default()
            }
        };
        Self {
            selector,
            said,
            ports,
            refused,
        }
    }

    /// Whether it is for every pod of its namespace, or of the mesh.
    pub(crate) fn is_for_all(&self) -> bool {
        self.selector.is_empty()
    }

    pub(crate) fn mode(&self) -> Option<Mode> {
        self.said.map(|said| said.mode)
    }
}

/// Several say different things of the same pods, and the oldest counts, which manifests do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Differ;

/// The mode that all of one scope say; none where they leave it to what holds more widely, or there is none.
pub(crate) fn agreed<'p>(
    all: impl IntoIterator<Item = &'p PeerAuthentication>,
) -> Result<Option<Mode>, Differ> {
    let mut all = all.into_iter().map(PeerAuthentication::mode);
    let Some(first) = all.next() else {
        return Ok(None);
    };
    if all.all(|other| other == first) {
        Ok(first)
    } else {
        Err(Differ)
    }
}
