//! Who vouches for what: keys, envelopes with signatures around statements, signed notes about a log, and signed tokens.
//!
//! In: bytes and texts that came from elsewhere, keys, and what to trust. Out: bytes to hand on, and only what a trusted key has
//! signed; secrets, sealed to be kept. Nothing here reads or writes files, or knows the time. Randomness comes from the system, for new keys and ECDSA.

pub mod checkpoint;
mod der;
pub mod dsse;
mod encoding;
pub mod jws;
pub mod keys;
pub mod note;
mod pem;
pub mod seal;
pub mod webhook;
