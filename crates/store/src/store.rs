//! Connections, and transactions on them.
//!
//! Transactions that write are run one at a time with SQLite, which has one writer; PostgreSQL runs as many as there are
//! connections, and those that need an order within a tenant take the row of its log first.

use crate::backend::postgres::Postgres;
use crate::backend::sqlite::Sqlite;
use crate::backend::{Connection, Dialect};
use crate::session::Sql;
use crate::{DatabaseUrl, Installation, Session, StoreError, TenantId};
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often a transaction is tried that lost against another one.
const TRIES: u32 = 5;
/// How long we wait for a connection that others use.
const PATIENCE: Duration = Duration::from_secs(30);

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
                }
            }
            DatabaseUrl::Postgres(_) => Self {
                url: url.clone(),
                dialect,
                writers: Pool::new(connections),
                readers: None,
            },
        };
        let opened = store.writers.take(|| store.connect(true))?;
        store.writers.give_back(opened);
        Ok(store)
    }

    /// Which database it is.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
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
        let mut connection = pool.take(|| self.connect(writes))?;
        if let Err(error) = connection.begin(false) {
            // The engine may have been restarted since the connection was last used.
            if !matches!(error, StoreError::Unavailable(_)) {
                pool.give_back(connection);
                return Err(error.into());
            }
            connection = match self.connect(writes).and_then(|mut fresh| {
                fresh.begin(false)?;
                Ok(fresh)
            }) {
                Ok(fresh) => fresh,
                Err(error) => {
                    pool.lost();
                    return Err(error.into());
                }
            };
        }
        let done = work(&mut Installation::new(Sql {
            connection: connection.as_mut(),
            dialect: self.dialect,
        }));
        connection.rollback();
        pool.give_back(connection);
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
        let mut connection = self.writers.take(|| self.connect(true))?;
        let mut tries = 0;
        let done = loop {
            tries += 1;
            match self.attempt(connection.as_mut(), &mut work) {
                Err(Failure::Again(_)) if tries < TRIES => {
                    if !connection.is_usable() {
                        match self.connect(true) {
                            Ok(fresh) => connection = fresh,
                            Err(error) => {
                                self.writers.lost();
                                return Err(error.into());
                            }
                        }
                    }
                    #[allow(
                        clippy::disallowed_methods,
                        reason = "lets the transaction that won come to its end"
                    )]
                    std::thread::sleep(Duration::from_millis(u64::from(tries) * 5));
                }
                Err(Failure::Again(error)) => break Err(error.into()),
                Err(Failure::Final(error)) => break Err(error),
                Ok(done) => break Ok(done),
            }
        };
        self.writers.give_back(connection);
        done
    }

    fn attempt<T, E: From<StoreError>>(
        &self,
        connection: &mut dyn Connection,
        work: &mut impl FnMut(&mut Installation<'_>) -> Result<T, E>,
    ) -> Result<T, Failure<E>> {
        // Nothing was done yet: whatever is wrong with the connection, a fresh one may do.
        connection.begin(true).map_err(|error| {
            connection.rollback();
            match error {
                StoreError::Unavailable(_) => Failure::Again(error),
                other => Failure::Final(other.into()),
            }
        })?;
        let done = work(&mut Installation::new(Sql {
            connection,
            dialect: self.dialect,
        }));
        match done {
            Ok(done) => match connection.commit() {
                Ok(()) => Ok(done),
                Err(error) => {
                    connection.rollback();
                    Err(match error {
                        StoreError::Busy(_) => Failure::Again(error),
                        other => Failure::Final(other.into()),
                    })
                }
            },
            Err(error) => {
                connection.rollback();
                Err(Failure::Final(error))
            }
        }
    }

    /// A connection of its own, outside the pools.
    pub(crate) fn connect(&self, writes: bool) -> Result<Box<dyn Connection>, StoreError> {
        Ok(match &self.url {
            DatabaseUrl::Sqlite(path) => Box::new(Sqlite::open(path, writes)?),
            DatabaseUrl::Postgres(url) => Box::new(Postgres::open(url)?),
        })
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
                Sqlite::open(file, false)?;
                let source = Sqlite::open(file, true)?;
                source.copy_to(path)?;
                sync_file(path)
            }
            DatabaseUrl::Postgres(_) => Err(StoreError::Misunderstood(
                "PostgreSQL is copied by pg_dump".to_owned(),
            )),
        }
    }
}

enum Failure<E> {
    Again(StoreError),
    Final(E),
}

/// The directory of the file, for its owner only where we make it.
fn prepare_file(path: &Path) -> Result<(), StoreError> {
    let lift = |path: &Path| {
        let path = path.display().to_string();
        move |source| StoreError::File { path, source }
    };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(lift(parent))?;
    }
    if !path.exists() {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(lift(path))?;
    }
    Ok(())
}

fn sync_file(path: &Path) -> Result<(), StoreError> {
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|source| StoreError::File {
            path: path.display().to_string(),
            source,
        })
}

/// Connections that are opened when they are needed and kept afterwards.
struct Pool {
    size: usize,
    state: Mutex<PoolState>,
    freed: Condvar,
}

#[derive(Default)]
struct PoolState {
    idle: Vec<Box<dyn Connection>>,
    /// Connections that are idle or lent.
    open: usize,
}

impl Pool {
    fn new(size: usize) -> Self {
        Self {
            size,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(
        &self,
        connect: impl FnOnce() -> Result<Box<dyn Connection>, StoreError>,
    ) -> Result<Box<dyn Connection>, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(connection);
            }
            if state.open < self.size {
                state.open += 1;
                drop(state);
                return connect().inspect_err(|_| self.lost());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy("every connection is in use".to_owned()));
            }
            state = self
                .freed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn give_back(&self, mut connection: Box<dyn Connection>) {
        if connection.is_usable() {
            self.lock().idle.push(connection);
            self.freed.notify_one();
        } else {
            drop(connection);
            self.lost();
        }
    }

    /// A connection that was lent does not come back.
    fn lost(&self) {
        let mut state = self.lock();
        state.open = state.open.saturating_sub(1);
        drop(state);
        self.freed.notify_one();
    }
}
