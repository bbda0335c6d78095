//! COMMIT: what is judged in source code: leaked credentials, files of continuous integration, static analysis, and measures of quality.
//!
//! In: bytes through [`bartizan_engine::Check`]. Out: findings. Pure: no input or output of its own.

pub mod ci;
pub mod leak;
pub mod quality;
pub mod sast;
