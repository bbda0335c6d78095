//! COMMIT: what is judged in source code. Today leaked credentials; static analysis joins them later.
//!
//! In: bytes through [`bartizan_engine::Check`]. Out: findings. Pure: no input or output of its own.

pub mod leak;
