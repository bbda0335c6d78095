//! A panic inside an engine is an answer like another: that there is none.

use crate::Cause;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`; a panic becomes [`Cause::Panicked`]. What `work` has changed is to be thrown away then.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Cause>) -> Result<T, Cause> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Cause::Panicked(said.unwrap_or_else(|| "no message".to_owned())))
    })
}
