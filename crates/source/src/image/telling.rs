//! Telling how much of a layer was read, between what is delivered from it.

use crate::{Consumer, ContentDigests, FileMeta, Interest, Unit};
use bartizan_model::Skipped;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a layer that are told at once.
const TOLD_AT_ONCE: u64 = 256 << 10;

/// Tells a consumer how much of a layer was read, as it is stored.
pub(super) struct Telling<'a> {
    consumer: &'a mut dyn Consumer,
    taken: &'a AtomicU64,
    told: u64,
}

impl<'a> Telling<'a> {
    /// `taken` counts the bytes as they are read.
    pub(super) fn new(consumer: &'a mut dyn Consumer, taken: &'a AtomicU64) -> Self {
        Self {
            consumer,
            taken,
            told: 0,
        }
    }

    fn tell(&mut self) {
        let taken = self.taken.load(Ordering::Relaxed);
        if taken.saturating_sub(self.told) >= TOLD_AT_ONCE {
            self.consumer.read_so_far(taken - self.told);
            self.told = taken;
        }
    }
}

impl Consumer for Telling<'_> {
    fn wants(&mut self, meta: &FileMeta) -> Interest {
        self.consumer.wants(meta)
    }

    fn unit(&mut self, unit: Unit<'_>) {
        self.tell();
        self.consumer.unit(unit);
    }

    fn skipped(&mut self, skipped: Skipped) {
        self.consumer.skipped(skipped);
    }

    fn stopped(&self) -> bool {
        self.consumer.stopped()
    }

    fn expanded(&mut self, meta: &FileMeta, content: &mut dyn FnMut() -> Option<ContentDigests>) {
        self.consumer.expanded(meta, content);
    }
}
