//! Which database: what `--database` says.

use crate::backend::tls;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL, `postgres://user:password@host:port/name?sslmode=…`.
    Postgres(String),
}

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// What stands before the first colon is no engine.
    #[error("`{0}` names no database")]
    Unknown(String),
    /// The engine is known, the rest is not understood.
    #[error("the URL of the database is not understood: {0}")]
    Wrong(String),
}

impl UrlError {
    /// What would have been understood.
    #[must_use]
    pub fn help(&self) -> String {
        "write `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`".to_owned()
    }
}

impl FromStr for DatabaseUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(UrlError::Wrong("there is no file in it".to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            tls::parse(text).map_err(UrlError::Wrong)?;
            return Ok(Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once(':').map_or(text, |(scheme, _)| scheme);
        Err(UrlError::Unknown(scheme.to_owned()))
    }
}

/// Without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "postgres:".to_owned();
    };
    // Who reads such URLs takes what stands before the first `@` for user and password, whatever is in there.
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) => (user.split([':', '/', '?']).next(), rest),
        None => (None, rest),
    };
    // Parameters may carry a password too: only host and path are shown.
    let rest = rest.split('?').next().unwrap_or_default();
    match user {
        Some(user) => format!("{scheme}://{user}@{rest}"),
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_by_its_url_and_shown_without_its_password() {
        let shown = |text: &str| text.parse::<DatabaseUrl>().map(|url| url.to_string());
        assert_eq!(shown("sqlite:/var/lib/b.db").unwrap(), "sqlite:/var/lib/b.db");
        assert_eq!(shown("sqlite:///var/lib/b.db").unwrap(), "sqlite:/var/lib/b.db");
        let secret = format!("p{}w", "ass");
        assert_eq!(
            shown(&format!(
                "postgres://me:{secret}@db:5432/x?password={secret}&sslmode=require"
            ))
            .unwrap(),
            "postgres://me@db:5432/x"
        );
        assert_eq!(shown("postgres:///x?host=/run").unwrap(), "postgres:///x");
        for strange in ["p/w", "p?w", "p:w"] {
            assert_eq!(
                shown(&format!("postgres://me:{strange}@db/x")).unwrap(),
                "postgres://me@db/x"
            );
        }
        for bad in [
            "",
            "sqlite:",
            "mysql://x",
            "b.db",
            "postgres://db:port/x",
            "postgres://db/x?sslmode=maybe",
        ] {
            assert!(shown(bad).is_err(), "{bad}");
        }
    }
}
