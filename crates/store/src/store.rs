//! Connections, and transactions on them.
//!
//! Transactions that write are run one at a time with SQLite, which has one writer; PostgreSQL runs as many as there are
//! connections, and those that need an order within a tenant take the row of its log first.

use crate::backend::postgres::Postgres;
use crate::backend::sqlite::Sqlite;
use crate::backend::{Dialect, Link};
use crate::bus::Local;
use crate::pool::{Pool, PoolUse};
use crate::session::Sql;
use crate::{DatabaseUrl, Installation, Session, StoreError, TenantId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How often a transaction is tried that lost against another one.
const TRIES: u32 = 5;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Connections for reading (SQLite), or in all (PostgreSQL): at least 1.
    pub connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

/// The state of the control plane. Shared between threads; every call blocks.
pub struct Store {
    url: DatabaseUrl,
    dialect: Dialect,
    writers: Pool,
    readers: Option<Pool>,
    grown: Arc<Local>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database without touching its schema; [`Store::upgrade`] lays or renews it.
    ///
    /// # Errors
    /// When the file cannot be opened or the engine cannot be reached.
    pub fn open(url: &DatabaseUrl, options: Options) -> Result<Self, StoreError> {
        let connections = options.connections.max(1);
        let dialect = match url {
            DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
            DatabaseUrl::Postgres(_) => Dialect::Postgres,
        };
        let store = match url {
            DatabaseUrl::Sqlite(path) => {
                prepare_file(path)?;
                Self {
                    url: url.clone(),
                    dialect,
                    writers: Pool::new(1),
                    readers: Some(Pool::new(connections)),
                    grown: Arc::default(),
                }
            }
            DatabaseUrl::Postgres(_) => Self {
                url: url.clone(),
                dialect,
                writers: Pool::new(connections),
                readers: None,
                grown: Arc::default(),
            },
        };
        store.writers.take()?.link(|| store.connect(true))?;
        Ok(store)
    }

    /// Which database it is.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The bus on which it is heard that somebody appended to a log through this store.
    #[must_use]
    pub fn grown(&self) -> Arc<Local> {
        Arc::clone(&self.grown)
    }

    /// Whether other servers may use the same database at the same time.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.dialect, Dialect::Postgres)
    }

    /// How many connections there are, and what they do: those that write (with PostgreSQL all), and those that only read.
    #[must_use]
    pub fn pools(&self) -> Vec<(&'static str, PoolUse)> {
        let readers = self.readers.as_ref().map(|readers| ("read", readers.usage()));
        std::iter::once(("write", self.writers.usage()))
            .chain(readers)
            .collect()
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Reads within one tenant, from one state of everything.
    ///
    /// # Errors
    /// Those of `work`, and those of the engine.
    pub fn read<T, E: From<StoreError>>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_all(|installation| work(&mut installation.within(tenant)))
    }

    /// Reads what belongs to the installation.
    ///
    /// # Errors
    /// Those of `work`, and those of the engine.
    pub fn read_all<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Installation<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (pool, writes) = match &self.readers {
            Some(readers) => (readers, false),
            None => (&self.writers, true),
        };
        let mut lease = pool.take()?;
        if let Err(error) = lease.link(|| self.connect(writes))?.begin(false) {
            // The engine may have been restarted since the connection was last used.
            lease.close();
            if !matches!(error, StoreError::Unavailable(_)) {
                return Err(error.into());
            }
            lease.link(|| self.connect(writes))?.begin(false)?;
        }
        let link = lease.link(|| self.connect(writes))?;
        let done = work(&mut Installation::new(Sql {
            connection: link,
            dialect: self.dialect,
        }));
        link.rollback();
        done
    }

    /// Changes something within one tenant: all of `work`, durable when this returns, or nothing. `work` is run again where it
    /// lost against another transaction.
    ///
    /// # Errors
    /// Those of `work`, and those of the engine. After [`StoreError::Unavailable`] it is not known whether it was done.
    pub fn write<T, E: From<StoreError>>(
        &self,
        tenant: TenantId,
        mut work: impl FnMut(&mut Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_all(|installation| work(&mut installation.within(tenant)))
    }

    /// Changes something that belongs to the installation; else as [`Store::write`].
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_all<T, E: From<StoreError>>(
        &self,
        mut work: impl FnMut(&mut Installation<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = self.writers.take()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let link = lease.link(|| self.connect(true))?;
            match self.attempt(link, &mut work) {
                Ok(done) => {
                    for (tenant, seq) in link.appended() {
                        self.grown.tell(tenant, seq);
                    }
                    return Ok(done);
                }
                Err(Failure { error, again }) if !again || tries == TRIES => return Err(error),
                Err(_) => lease.close_unusable(),
            }
            #[allow(
                clippy::disallowed_methods,
                reason = "lets the transaction that won come to its end"
            )]
            std::thread::sleep(Duration::from_millis(u64::from(tries) * 5));
        }
    }

    fn attempt<T, E: From<StoreError>>(
        &self,
        link: &mut Link,
        work: &mut impl FnMut(&mut Installation<'_>) -> Result<T, E>,
    ) -> Result<T, Failure<E>> {
        link.begin(true).map_err(|error| {
            link.rollback();
            Failure {
                // Nothing was done yet: whatever is wrong with the connection, a fresh one may do.
                again: matches!(error, StoreError::Unavailable(_)),
                error: error.into(),
            }
        })?;
        let worked = work(&mut Installation::new(Sql {
            connection: link,
            dialect: self.dialect,
        }));
        let again = link.lost_against_another();
        let done = worked
            .map_err(|error| Failure { error, again })
            .and_then(|done| match link.commit() {
                Ok(()) => Ok(done),
                Err(error) => Err(Failure {
                    again: again || matches!(error, StoreError::Conflict(_)),
                    error: error.into(),
                }),
            });
        if done.is_err() {
            link.rollback();
        }
        done
    }

    /// A connection of its own, outside the pools.
    pub(crate) fn connect(&self, writes: bool) -> Result<Link, StoreError> {
        Ok(Link::new(match &self.url {
            DatabaseUrl::Sqlite(path) => Box::new(Sqlite::open(path, writes)?),
            DatabaseUrl::Postgres(url) => Box::new(Postgres::open(url)?),
        }))
    }

    /// Writes a copy of the whole database as it is now into a new file.
    ///
    /// # Errors
    /// When the file exists, cannot be written, or the engine is none that keeps files: PostgreSQL has tools of its own.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        match &self.url {
            DatabaseUrl::Sqlite(file) => {
                if path.exists() {
                    return Err(StoreError::File {
                        path: path.display().to_string(),
                        source: std::io::ErrorKind::AlreadyExists.into(),
                    });
                }
                copy_file(file, path)
            }
            DatabaseUrl::Postgres(_) => Err(StoreError::Misunderstood(
                "PostgreSQL is copied by pg_dump".to_owned(),
            )),
        }
    }
}

struct Failure<E> {
    error: E,
    /// Whether the same again can do.
    again: bool,
}

/// Makes the file and its directory where they are missing, for their owner only: what is in there is nobody else's business.
fn prepare_file(path: &Path) -> Result<(), StoreError> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(parent).map_err(lift(parent))?;
    }
    if !path.exists() {
        create(path, false)?;
    }
    Ok(())
}

fn create(path: &Path, new: bool) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).create_new(new).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(lift(path))
}

/// Copies a database as it is now, in place of what is at `path`: a copy that is there is whole, whenever we are stopped.
pub(crate) fn copy_file(database: &Path, path: &Path) -> Result<(), StoreError> {
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".part-{}", std::process::id()));
    let part = PathBuf::from(part);
    let copied = copy_parts(database, &part, path);
    if copied.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    copied
}

fn copy_parts(database: &Path, part: &Path, path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(lift(part)(error)),
        _ => {}
    }
    // The engine fills an empty file, and would let others read one that it makes.
    create(part, true)?;
    Sqlite::open(database, false)?.copy_to(part)?;
    sync(part)?;
    std::fs::rename(part, path).map_err(lift(path))?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync(parent),
        _ => sync(Path::new(".")),
    }
}

fn sync(path: &Path) -> Result<(), StoreError> {
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(lift(path))
}

fn lift(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::File { path, source }
}
