//! The bus within a process. A store rings it once a transaction that appended something is durable.

use super::{BusState, Heard, Listener, ROOM};
use crate::TenantId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{broadcast, watch};

/// The bus within a process.
#[derive(Debug)]
pub struct Local {
    told: broadcast::Sender<Heard>,
    state: watch::Sender<BusState>,
    /// The newest statement of each tenant that was told of.
    last: Mutex<HashMap<TenantId, i64>>,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            told: broadcast::Sender::new(ROOM),
            state: watch::Sender::new(BusState::Up),
            last: Mutex::default(),
        }
    }
}

impl Local {
    /// Tells of a statement, unless a later one of the same log was told of: who heard of that one saw this one too.
    pub(crate) fn tell(&self, tenant: TenantId, seq: i64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.entry(tenant).or_insert(-1);
        if *known >= seq {
            return;
        }
        *known = seq;
        // That nobody listens is no error.
        let _ = self.told.send(Heard::Grew(tenant));
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.told.subscribe())
    }

    pub(super) fn state(&self) -> watch::Receiver<BusState> {
        self.state.subscribe()
    }
}
