//! Connections that are opened when they are needed and kept afterwards.

use crate::StoreError;
use crate::backend::Link;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long we wait for a connection that others use.
const PATIENCE: Duration = Duration::from_secs(30);

/// As many connections as are open at once, at most.
pub(crate) struct Pool {
    size: usize,
    state: Mutex<PoolState>,
    freed: Condvar,
}

/// What the connections of a pool do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections at most.
    pub size: usize,
    /// Connections that are open and wait to be used.
    pub idle: usize,
    /// Connections that are used.
    pub used: usize,
}

#[derive(Default)]
struct PoolState {
    idle: Vec<Link>,
    /// Connections that are idle or lent.
    open: usize,
}

/// A connection that is lent, or the right to open one. It goes back by itself, also where the borrower panics: then it is closed, since
/// nobody knows in what state it is.
pub(crate) struct Lease<'p> {
    pool: &'p Pool,
    link: Option<Link>,
}

impl Pool {
    pub(crate) fn new(size: usize) -> Self {
        Self {
            size,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn usage(&self) -> PoolUse {
        let state = self.lock();
        PoolUse {
            size: self.size,
            idle: state.idle.len(),
            used: state.open.saturating_sub(state.idle.len()),
        }
    }

    /// A connection, or the right to open one, as soon as there is one.
    pub(crate) fn take(&self) -> Result<Lease<'_>, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            let idle = state.idle.pop();
            if idle.is_none() && state.open < self.size {
                state.open += 1;
            } else if idle.is_none() {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(StoreError::Busy("every connection is in use".to_owned()));
                }
                state = self
                    .freed
                    .wait_timeout(state, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
                continue;
            }
            return Ok(Lease {
                pool: self,
                link: idle,
            });
        }
    }
}

impl Lease<'_> {
    /// The connection; it is opened where there is none.
    pub(crate) fn link(
        &mut self,
        connect: impl FnOnce() -> Result<Link, StoreError>,
    ) -> Result<&mut Link, StoreError> {
        if self.link.is_none() {
            self.link = Some(connect()?);
        }
        self.link
            .as_mut()
            .ok_or_else(|| StoreError::Unavailable("there is no connection".to_owned()))
    }

    /// Closes the connection.
    pub(crate) fn close(&mut self) {
        self.link = None;
    }

    /// Closes the connection where it cannot be used again. Not within a transaction.
    pub(crate) fn close_unusable(&mut self) {
        if self.link.as_mut().is_some_and(|link| !link.is_usable()) {
            self.close();
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let usable = self
            .link
            .take()
            .filter(|_| !std::thread::panicking())
            .and_then(|mut link| link.is_usable().then_some(link));
        let mut state = self.pool.lock();
        match usable {
            Some(link) => state.idle.push(link),
            None => state.open = state.open.saturating_sub(1),
        }
        drop(state);
        self.pool.freed.notify_one();
    }
}
