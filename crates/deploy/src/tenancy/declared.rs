//! Which tenant owns a namespace, as settings and labels say.

use crate::reach::Labels;

/// Keys of labels that name the tenant of a namespace where the settings name none, the first that a namespace has.
///
/// Sources: <https://projectcapsule.dev/docs/tenants/>, <https://fluxcd.io/flux/cmd/flux_create_tenant/>,
/// <https://kubesphere.io/docs/>, <https://ranchermanager.docs.rancher.com/how-to-guides/new-user-guides/manage-namespaces>.
pub const COMMON_LABELS: [&str; 6] = [
    "bartizan.dev/tenant",
    "capsule.clastix.io/tenant",
    "toolkit.fluxcd.io/tenant",
    "kubesphere.io/workspace",
    "field.cattle.io/projectId",
    "tenant",
];

/// Longest name of a tenant, in bytes: what a label can hold.
const LONGEST: usize = 63;

/// How tenants are declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    labels: Vec<String>,
    tenants: Vec<(String, Vec<Pick>)>,
}

/// Namespaces of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pick {
    /// Those whose name fits; `*` stands for any text.
    Name(String),
    /// Those with a label.
    Label(String, String),
}

/// A declaration that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` declares no tenant: {why}; write `acme: acme-prod acme-dev-* team=acme`")]
pub struct NoDeclaration {
    given: String,
    why: &'static str,
}

impl Default for Declared {
    fn default() -> Self {
        Self {
            labels: COMMON_LABELS.map(str::to_owned).to_vec(),
            tenants: Vec::new(),
        }
    }
}

impl Declared {
    /// Reads the settings: keys of labels, the common ones where there is none; and tenants, each as `name: namespace… key=value…`.
    ///
    /// # Errors
    ///
    /// The first declaration that is none.
    pub fn new(labels: &[String], tenants: &[String]) -> Result<Self, NoDeclaration> {
        let mut declared = Self::default();
        if !labels.is_empty() {
            declared.labels = labels.to_vec();
        }
        for given in tenants {
            let wrong = |why| NoDeclaration {
                given: given.clone(),
                why,
            };
            let (name, picks) = given.split_once(':').ok_or_else(|| wrong("it has no colon"))?;
            let name = name.trim();
            if !is_name(name) {
                return Err(wrong("the name is none that a label could hold"));
            }
            let picks: Vec<Pick> = picks
                .split_whitespace()
                .map(|pick| match pick.split_once('=') {
                    Some((key, value)) => Pick::Label(key.to_owned(), value.to_owned()),
                    None => Pick::Name(pick.to_owned()),
                })
                .collect();
            if picks.is_empty() {
                return Err(wrong("it names no namespace"));
            }
            declared.tenants.push((name.to_owned(), picks));
        }
        declared.tenants.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(declared)
    }

    /// Whether settings name tenants, so that labels need not be there.
    #[must_use]
    pub const fn has_names(&self) -> bool {
        !self.tenants.is_empty()
    }

    /// Keys of labels that name tenants.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The tenant of a namespace, and what is wrong with the declaration where something is.
    pub(super) fn owner(&self, namespace: &str, labels: &Labels) -> (Option<String>, Option<String>) {
        let named = self.tenants.iter().filter(|(_, picks)| {
            picks.iter().any(|pick| match pick {
                Pick::Name(glob) => fits(glob, namespace),
                Pick::Label(key, value) => labels.get(key.as_str()).is_some_and(|found| **found == **value),
            })
        });
        let mut named: Vec<&str> = named.map(|(name, _)| name.as_str()).collect();
        named.dedup();
        match named.as_slice() {
            [] => {}
            [one] => return (Some((*one).to_owned()), None),
            [one, rest @ ..] => {
                let why = format!(
                    "the settings give it to {} and {}; it counts as the first one's",
                    one,
                    rest.join(", ")
                );
                return (Some((*one).to_owned()), Some(why));
            }
        }
        let labelled = self.labels.iter().find_map(|key| {
            let value = labels.get(key.as_str()).filter(|value| !value.is_empty())?;
            Some((key, value))
        });
        match labelled {
            Some((_, value)) if is_name(value) => (Some(value.to_string()), None),
            Some((key, _)) => (
                None,
                Some(format!(
                    "its label {key} holds what no label can; it counts as the platform's"
                )),
            ),
            None => (None, None),
        }
    }
}

/// Whether a text can be the value of a label, and so the name of a tenant.
pub(super) fn is_name(text: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() <= LONGEST
        && text.bytes().all(fits)
        && ends(text.bytes().next())
        && ends(text.bytes().next_back())
}

/// Whether a text fits a glob in which `*` stands for any text. Takes time by the product of both lengths at most.
fn fits(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(pairs: &[(&str, &str)]) -> Labels {
        pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect()
    }

    fn owner(declared: &Declared, namespace: &str, labels: &[(&str, &str)]) -> Option<String> {
        declared.owner(namespace, &labelled(labels)).0
    }

    #[test]
    fn settings_name_namespaces_by_name_by_part_of_it_and_by_label() {
        let given = ["acme: acme-* team=acme".to_owned(), "globex: g".to_owned()];
        let declared = Declared::new(&[], &given).unwrap();
        assert_eq!(owner(&declared, "acme-dev", &[]).as_deref(), Some("acme"));
        assert_eq!(
            owner(&declared, "x", &[("team", "acme")]).as_deref(),
            Some("acme")
        );
        assert_eq!(owner(&declared, "g", &[]).as_deref(), Some("globex"));
        assert_eq!(owner(&declared, "go", &[]), None);
    }

    #[test]
    fn settings_win_over_labels_and_the_first_key_over_later_ones() {
        let declared = Declared::new(&[], &["acme: a".to_owned()]).unwrap();
        assert_eq!(owner(&declared, "a", &[("tenant", "x")]).as_deref(), Some("acme"));
        let labels = [("tenant", "x"), ("capsule.clastix.io/tenant", "y")];
        assert_eq!(owner(&declared, "b", &labels).as_deref(), Some("y"));
        let own = Declared::new(&["owner".to_owned()], &[]).unwrap();
        assert_eq!(owner(&own, "b", &labels), None);
        assert_eq!(owner(&own, "b", &[("owner", "z")]).as_deref(), Some("z"));
    }

    #[test]
    fn a_namespace_of_two_and_a_value_that_no_label_holds_are_said() {
        let given = ["b: ns".to_owned(), "a: ns".to_owned()];
        let declared = Declared::new(&[], &given).unwrap();
        let (owner, why) = declared.owner("ns", &Labels::new());
        assert_eq!(owner.as_deref(), Some("a"));
        assert!(why.unwrap().contains("a and b"));
        let (owner, why) = declared.owner("x", &labelled(&[("tenant", "a\nb")]));
        assert!(owner.is_none() && why.is_some());
    }

    #[test]
    fn what_declares_nothing_is_refused() {
        for text in ["", "acme", "acme:", ": a", "a b: c", "-a: b", "a\nb: c"] {
            assert!(Declared::new(&[], &[text.to_owned()]).is_err(), "{text:?}");
        }
    }

    #[test]
    fn globs_fit_whole_names() {
        for (glob, text, is) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(glob, text), is, "{glob} {text}");
        }
    }
}
