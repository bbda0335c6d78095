//! Who is granted something: users, groups and service accounts.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects>,
//! <https://kubernetes.io/docs/reference/access-authn-authz/authentication/>.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Everybody whom the cluster knows by name.
pub const AUTHENTICATED: &str = "system:authenticated";
/// Everybody else.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user that a request without credentials is.
pub const ANONYMOUS: &str = "system:anonymous";
/// Every service account; with `:NAMESPACE`, those of one namespace.
pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
/// Whom nothing is refused, whatever the roles say.
pub const MASTERS: &str = "system:masters";

/// Somebody whom a binding can name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// A service account.
    Account {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A group.
    Group(String),
    /// A user.
    User(String),
}

impl Subject {
    /// A service account.
    #[must_use]
    pub fn account(namespace: &str, name: &str) -> Self {
        Self::Account {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// A user; a service account where the name is that of one (`system:serviceaccount:NAMESPACE:NAME`).
    #[must_use]
    pub fn user(name: &str) -> Self {
        let account = name.strip_prefix("system:serviceaccount:");
        match account.and_then(|rest| rest.split_once(':')) {
            Some((namespace, account)) if !namespace.is_empty() && !account.is_empty() => {
                Self::account(namespace, account)
            }
            _ => Self::User(name.to_owned()),
        }
    }

    /// The groups that the API server puts it into by itself; of a group, those that everybody in it is in.
    #[must_use]
    pub fn groups(&self) -> Vec<Self> {
        let names = match self {
            Self::Account { namespace, .. } => vec![
                format!("{SERVICE_ACCOUNTS}:{namespace}"),
                SERVICE_ACCOUNTS.to_owned(),
                AUTHENTICATED.to_owned(),
            ],
            Self::User(name) if name == ANONYMOUS => vec![UNAUTHENTICATED.to_owned()],
            Self::User(_) => vec![AUTHENTICATED.to_owned()],
            Self::Group(name) => match name.strip_prefix(SERVICE_ACCOUNTS) {
                Some("") => vec![AUTHENTICATED.to_owned()],
                Some(rest) if rest.starts_with(':') => {
                    vec![SERVICE_ACCOUNTS.to_owned(), AUTHENTICATED.to_owned()]
                }
                _ if name == AUTHENTICATED || name == UNAUTHENTICATED => Vec::new(),
                _ => vec![AUTHENTICATED.to_owned()],
            },
        };
        names.into_iter().map(Self::Group).collect()
    }

    /// Whether requests without credentials are it.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        match self {
            Self::User(name) => name == ANONYMOUS,
            Self::Group(name) => name == UNAUTHENTICATED,
            Self::Account { .. } => false,
        }
    }

    /// Whether it is a group of everybody, or of every service account of the cluster.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        matches!(self, Self::Group(name) if name == AUTHENTICATED || name == SERVICE_ACCOUNTS)
    }

    /// The subject that people write: `NAMESPACE/NAME` for a service account, `group:NAME`, `user:NAME`, or a name that is a group's
    /// where Kubernetes has such a group, and else a user's.
    #[must_use]
    pub fn written(text: &str) -> Self {
        if let Some(name) = text.strip_prefix("group:") {
            return Self::Group(name.to_owned());
        }
        if let Some(name) = text.strip_prefix("user:") {
            return Self::user(name);
        }
        let is_group = [AUTHENTICATED, UNAUTHENTICATED, MASTERS, SERVICE_ACCOUNTS].contains(&text)
            || text
                .strip_prefix(SERVICE_ACCOUNTS)
                .is_some_and(|rest| rest.starts_with(':'));
        match text.split_once('/') {
            _ if is_group => Self::Group(text.to_owned()),
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                Self::account(namespace, name)
            }
            _ => Self::user(text),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { namespace, name } => write!(f, "ServiceAccount {namespace}/{name}"),
            Self::Group(name) => write!(f, "Group {name}"),
            Self::User(name) => write!(f, "User {name}"),
        }
    }
}
