//! Who connects, as rules of an AuthorizationPolicy name it.
//!
//! Source: <https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source>,
//! <https://istio.io/latest/docs/reference/config/security/conditions/>.

use super::super::address::{Block, Range, block};
use super::super::policy::list;
use bartizan_document::Node;
use std::net::Ipv4Addr;

/// The trust domain that names the mesh's own, whatever it is called.
const OWN_DOMAIN: &str = "cluster.local/";

/// A text to match: whole, or by how it begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Glob {
    Any,
    Whole(Box<str>),
    Begins(Box<str>),
    Ends(Box<str>),
}

impl Glob {
    pub(super) fn read(text: &str) -> Self {
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(""), _) => Self::Any,
            (Some(end), _) => Self::Ends(end.into()),
            (_, Some(begin)) => Self::Begins(begin.into()),
            _ => Self::Whole(text.into()),
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => !text.is_empty(),
            Self::Whole(whole) => **whole == *text,
            Self::Begins(begin) => text.starts_with(&**begin),
            Self::Ends(end) => text.ends_with(&**end),
        }
    }
}

/// What is asked to be one of some, and none of others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Among<T> {
    is: Option<Vec<T>>,
    is_not: Vec<T>,
}

impl<T> Default for Among<T> {
    fn default() -> Self {
        Self {
            is: None,
            is_not: Vec::new(),
        }
    }
}

/// One source of a rule: everything it says must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Source {
    principals: Among<Box<str>>,
    namespaces: Among<Glob>,
    accounts: Among<(Box<str>, Box<str>)>,
    blocks: Among<Range>,
    /// As the blocks are written.
    written: Vec<Box<str>>,
    /// What is asked of the request, in words.
    asked: Vec<Box<str>>,
}

/// Who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller<'c> {
    /// A pod that proves its namespace and service account.
    Named(&'c str, &'c str),
    /// One that proves nothing, from an address outside.
    From(Range),
    /// One that proves nothing, from an address that is not known.
    Nobody,
    /// It is not known what it proves.
    Unknown,
}

/// How far a source fits: not, or as far as these bits leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fit(u8);

impl Fit {
    pub(super) const NO: Self = Self(u8::MAX);
    pub(super) const YES: Self = Self(0);
    /// What the request says decides.
    const REQUEST: Self = Self(1);
    const ADDRESS: Self = Self(2);
    const DOMAIN: Self = Self(4);
    const CALLER: Self = Self(8);

    pub(super) const fn and(self, other: Self) -> Self {
        if self.0 == u8::MAX || other.0 == u8::MAX {
            Self::NO
        } else {
            Self(self.0 | other.0)
        }
    }

    /// What fits one of two: what is surer.
    fn or(self, other: Self) -> Self {
        if self == Self::YES || other == Self::NO {
            self
        } else if other == Self::YES || self == Self::NO {
            other
        } else {
            Self(self.0 | other.0)
        }
    }

    const fn not(self) -> Self {
        match self {
            Self::NO => Self::YES,
            Self::YES => Self::NO,
            other => other,
        }
    }

    pub(super) const fn byte(self) -> u8 {
        self.0
    }

    const fn has(self, bit: Self) -> bool {
        self.0 & bit.0 != 0
    }
}

impl<T> Among<T> {
    fn fit(&self, one: impl Fn(&T) -> Fit) -> Fit {
        let any = |all: &[T]| all.iter().fold(Fit::NO, |sum, value| sum.or(one(value)));
        let is = self.is.as_ref().map_or(Fit::YES, |all| any(all));
        let is_not = if self.is_not.is_empty() {
            Fit::YES
        } else {
            any(&self.is_not).not()
        };
        is.and(is_not)
    }

    /// Reads the values of a key and of its negation.
    fn read(
        node: &Node,
        (key, not): (&str, &str),
        mut one: impl FnMut(&str) -> Result<Vec<T>, String>,
    ) -> Result<Self, String> {
        let mut all = |key: &str| {
            let nodes = list(node, key)?;
            let mut values = Vec::new();
            for node in nodes {
                let text = node.text().ok_or_else(|| format!("{key} are not all text"))?;
                values.extend(one(text)?);
            }
            Ok::<_, String>((!nodes.is_empty()).then_some(values))
        };
        Ok(Self {
            is: all(key)?,
            is_not: all(not)?.unwrap_or_default(),
        })
    }
}

impl Source {
    /// Reads `source` of a rule; `namespace` is that of the policy.
    pub(super) fn read(node: &Node, namespace: &str) -> Result<Self, String> {
        const KNOWN: [&str; 12] = [
            "principals",
            "notPrincipals",
            "requestPrincipals",
            "notRequestPrincipals",
            "namespaces",
            "notNamespaces",
            "serviceAccounts",
            "notServiceAccounts",
            "ipBlocks",
            "notIpBlocks",
            "remoteIpBlocks",
            "notRemoteIpBlocks",
        ];
        known(node, &KNOWN)?;
        let mut source = Self {
            principals: Among::read(node, ("principals", "notPrincipals"), |text| {
                Ok(vec![text.into()])
            })?,
            namespaces: Among::read(node, ("namespaces", "notNamespaces"), |text| {
                Ok(vec![Glob::read(text)])
            })?,
            accounts: Among::read(node, ("serviceAccounts", "notServiceAccounts"), |text| {
                Ok(vec![account(text, namespace)])
            })?,
            ..Self::default()
        };
        source.addresses(node, ("ipBlocks", "notIpBlocks"))?;
        for (key, told) in [
            ("requestPrincipals", "with a token of"),
            ("notRequestPrincipals", "without a token of"),
            ("remoteIpBlocks", "from clients at"),
            ("notRemoteIpBlocks", "not from clients at"),
        ] {
            let values = list(node, key)?;
            if !values.is_empty() {
                source.asked.push(format!("{told} {}", joined(values)).into());
            }
        }
        Ok(source)
    }

    /// Reads an entry of `when` that speaks of who connects; none where it does not.
    pub(super) fn condition(node: &Node, key: &str, namespace: &str) -> Result<Option<Self>, String> {
        let values = ("values", "notValues");
        let mut source = Self::default();
        match key {
            "source.principal" => {
                source.principals = Among::read(node, values, |text| Ok(vec![text.into()]))?;
            }
            "source.namespace" => {
                source.namespaces = Among::read(node, values, |text| Ok(vec![Glob::read(text)]))?;
            }
            "source.serviceAccount" => {
                source.accounts = Among::read(node, values, |text| Ok(vec![account(text, namespace)]))?;
            }
            "source.ip" => source.addresses(node, values)?,
            _ => return Ok(None),
        }
        Ok(Some(source))
    }

    fn addresses(&mut self, node: &Node, keys: (&str, &str)) -> Result<(), String> {
        let mut written = Vec::new();
        self.blocks = Among::read(node, keys, |text| {
            written.push(text.into());
            let single = text.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits);
            if let Some(address) = single {
                return Ok(vec![Range {
                    first: address,
                    last: address,
                }]);
            }
            match block(text) {
                Some(Block::V4(range)) => Ok(vec![range]),
                Some(Block::V6) => Ok(Vec::new()),
                None if text.parse::<std::net::Ipv6Addr>().is_ok() => Ok(Vec::new()),
                None => Err(format!("{text:?} is no block of addresses")),
            }
        })?;
        self.written = written;
        Ok(())
    }

    /// Blocks that it names.
    pub(super) fn ranges(&self) -> impl Iterator<Item = &Range> {
        self.blocks.is.iter().flatten().chain(&self.blocks.is_not)
    }

    /// Whether it asks what only requests have.
    pub(super) fn asks_requests(&self) -> bool {
        !self.asked.is_empty()
    }

    /// How far it fits one who connects.
    pub(super) fn fit(&self, caller: Caller<'_>) -> Fit {
        let name = match caller {
            Caller::Named(namespace, account) => Some(format!("{OWN_DOMAIN}ns/{namespace}/sa/{account}")),
            _ => None,
        };
        let unproven = if caller == Caller::Unknown {
            Fit::CALLER
        } else {
            Fit::NO
        };
        let sure = |is: bool| if is { Fit::YES } else { Fit::NO };
        let principal = self
            .principals
            .fit(|value| name.as_deref().map_or(unproven, |name| principal(value, name)));
        let namespace = self.namespaces.fit(|value| match caller {
            Caller::Named(namespace, _) => sure(value.matches(namespace)),
            _ => unproven,
        });
        let account = self.accounts.fit(|(of, account)| match caller {
            Caller::Named(namespace, own) => sure(**of == *namespace && **account == *own),
            _ => unproven,
        });
        let address = self.blocks.fit(|range| match caller {
            Caller::From(from) => sure(range.covers(&from)),
            _ if *range == EVERY => Fit::YES,
            _ if PRIVATE
                .iter()
                .any(|one| one.first <= range.last && range.first <= one.last) =>
            {
                Fit::ADDRESS
            }
            _ => Fit::NO,
        });
        let request = if self.asked.is_empty() {
            Fit::YES
        } else {
            Fit::REQUEST
        };
        let all = [principal, namespace, account, address, request];
        all.into_iter().fold(Fit::YES, Fit::and)
    }

    /// What is left open, in words, and whether it is known what is asked.
    pub(super) fn told(&self, fit: Fit, told: &mut Vec<String>) -> bool {
        told.extend(self.asked.iter().map(ToString::to_string));
        let mut decided = true;
        let mut doubt = |is: bool, text: String| {
            if is {
                decided = false;
                told.push(text);
            }
        };
        doubt(
            fit.has(Fit::ADDRESS) && !self.written.is_empty(),
            format!("whether its address is in {}", self.written.join(", ")),
        );
        doubt(
            fit.has(Fit::DOMAIN) && (self.principals.is.is_some() || !self.principals.is_not.is_empty()),
            "whether the trust domain that the policy names is that of the mesh".to_owned(),
        );
        doubt(
            fit.has(Fit::CALLER),
            "whether it proves to be who the policy names".to_owned(),
        );
        decided
    }
}

/// How a principal fits a name: one of another trust domain may be the mesh's own under its real name.
fn principal(value: &str, name: &str) -> Fit {
    if Glob::read(value).matches(name) {
        return Fit::YES;
    }
    let other = value.split_once('/').filter(|(domain, _)| !domain.contains('*'));
    match other {
        Some((_, rest)) if !value.starts_with(OWN_DOMAIN) => {
            if Glob::read(&format!("{OWN_DOMAIN}{rest}")).matches(name) {
                Fit::DOMAIN
            } else {
                Fit::NO
            }
        }
        _ => Fit::NO,
    }
}

fn account(text: &str, namespace: &str) -> (Box<str>, Box<str>) {
    match text.split_once('/') {
        Some((namespace, name)) => (namespace.into(), name.into()),
        None => (namespace.into(), text.into()),
    }
}

/// Refuses fields that are not known: what they would ask is not asked then.
pub(super) fn known(node: &Node, keys: &[&str]) -> Result<(), String> {
    let unknown = node.entries().iter().find(|entry| !keys.contains(&&*entry.key));
    unknown.map_or(Ok(()), |entry| Err(format!("no field is called {}", entry.key)))
}

/// Texts of a list, joined.
pub(super) fn joined(nodes: &[Node]) -> String {
    let texts: Vec<&str> = nodes.iter().filter_map(Node::text).collect();
    texts.join(", ")
}

const EVERY: Range = Range {
    first: 0,
    last: u32::MAX,
};

/// Where addresses of pods and nodes commonly are (RFC 1918, RFC 6598): a block that meets none of these holds no pod.
const PRIVATE: [Range; 4] = [
    Range {
        first: 0x0a00_0000,
        last: 0x0aff_ffff,
    },
    Range {
        first: 0xac10_0000,
        last: 0xac1f_ffff,
    },
    Range {
        first: 0xc0a8_0000,
        last: 0xc0a8_ffff,
    },
    Range {
        first: 0x6440_0000,
        last: 0x647f_ffff,
    },
];
