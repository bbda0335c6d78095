//! Real things that tests run against: an empty database of either engine, a PostgreSQL and a NATS server that only the test has, a containerd with its pods, and a disk
//! that becomes full.
//!
//! In: which engine. Out: the URL of an empty database, in the words of `--database`. Beside it, what tests of many crates are read from:
//! pages in Markdown, public data, and certificates. What a test needs and
//! this system does not have is an error that says what to install. Only development dependencies name this crate.

mod again;
mod certificates;
mod cgroups;
mod containerd;
mod disk;
mod nats;
mod pages;
mod postgres;
mod testdata;

pub use again::again;
pub use certificates::{authority, certificate, openssl};
pub use cgroups::{remove_cgroup, remove_cgroups_everywhere};
pub use containerd::Containerd;
pub use disk::SmallDisk;
pub use nats::{Kept, Nats};
pub use pages::{Case, Page, pages};
pub use postgres::{Options, Postgres};
use std::path::PathBuf;
use tempfile::TempDir;
pub use testdata::testdata;

/// Why there is no such thing to test against.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL is not installed.
    #[error(
        "PostgreSQL is not installed: `apt-get install postgresql`, or scripts/setup.sh test (looked for /usr/lib/postgresql/*/bin/initdb)"
    )]
    NoPostgres,
    /// PostgreSQL is there and does not do what it was told.
    #[error("PostgreSQL does not {what}: {log}")]
    Postgres {
        /// What it was told.
        what: String,
        /// What it said.
        log: String,
    },
    /// The NATS server is not installed, or does not start.
    #[error("there is no NATS server: `apt-get install nats-server`, or scripts/setup.sh test; it said: {0}")]
    Nats(String),
    /// There is no containerd, or it does not do what it was told.
    #[error(
        "there is no containerd with pods: `apt-get install containerd runc busybox-static umoci skopeo curl`, or scripts/setup.sh test; it said: {0}"
    )]
    Containerd(String),
    /// openssl does not do what it was told.
    #[error("openssl {arguments}: {log}")]
    Openssl {
        /// What it was told.
        arguments: String,
        /// What it said.
        log: String,
    },
    /// The file system or a process.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// An engine that keeps the state of the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// An empty database that nobody else has.
#[derive(Debug)]
pub struct Database {
    /// Which engine keeps it.
    pub engine: Engine,
    /// Where it is, as `--database` names it.
    pub url: String,
    directory: Option<TempDir>,
}

impl Engine {
    /// An empty database. Those of PostgreSQL are in one server a process.
    ///
    /// # Errors
    /// When there is no PostgreSQL, or no room for temporary files.
    pub fn database(self) -> Result<Database, Error> {
        Ok(match self {
            Self::Sqlite => {
                let directory = tempfile::tempdir()?;
                Database {
                    engine: self,
                    url: format!("sqlite:{}", directory.path().join("state.db").display()),
                    directory: Some(directory),
                }
            }
            Self::Postgres => Database {
                engine: self,
                url: Postgres::shared()?.database()?,
                directory: None,
            },
        })
    }
}

impl Database {
    /// The name of the database within its server; empty where it is a file.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.url.strip_prefix("postgres:///").unwrap_or_default();
        name.split('?').next().unwrap_or_default()
    }

    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        self.directory
            .as_ref()
            .map(|directory| directory.path().join("state.db"))
    }
}

/// Makes a test of each of these functions for each engine: each gets an empty [`Database`].
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&$crate::Engine::Sqlite.database().unwrap());
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&$crate::Engine::Postgres.database().unwrap());
            })+
        }
    };
}
