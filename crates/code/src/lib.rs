//! COMMIT: what is judged in source code: leaked credentials, and files of continuous integration. Static analysis joins them later.
//!
//! In: bytes through [`bartizan_engine::Check`]. Out: findings. Pure: no input or output of its own.

pub mod ci;
pub mod leak;
pub mod sast;
