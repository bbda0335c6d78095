//! The programs for the kernel as they were built, and that they still are those.

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// An object with programs for the kernel, built from `bpf/` and kept beside it (`make bpf`).
#[derive(Debug, Clone, Copy)]
pub struct Object {
    /// Its name in `bpf/`
    pub name: &'static str,
    /// SHA-256 that it was built with, lower-case hexadecimal
    pub digest: &'static str,
    bytes: &'static [u8],
}

/// SHA-256 as lower-case hexadecimal
pub(crate) fn digest(bytes: &[u8]) -> String {
    bartizan_model::encoding::hex(&Sha256::digest(bytes))
}

macro_rules! object {
    ($name:literal) => {
        Object {
            name: $name,
            digest: include_str!(concat!("../bpf/", $name, ".sha256")),
            bytes: aya::include_bytes_aligned!(concat!("../bpf/", $name)),
        }
    };
}

impl Object {
    /// What sees processes and system calls, on kernels from 5.11 on.
    #[cfg(target_arch = "x86_64")]
    pub const OBSERVE: Self = object!("observe.x86_64.o");
    /// What counts all that one workload asks for, on kernels from 5.11 on.
    #[cfg(target_arch = "x86_64")]
    pub const LEARN: Self = object!("learn.x86_64.o");
    /// What sees processes and system calls, on kernels from 5.11 on.
    #[cfg(target_arch = "aarch64")]
    pub const OBSERVE: Self = object!("observe.aarch64.o");
    /// What counts all that one workload asks for, on kernels from 5.11 on.
    #[cfg(target_arch = "aarch64")]
    pub const LEARN: Self = object!("learn.aarch64.o");

    /// What decides by policies, on kernels from 5.11 on.
    #[cfg(target_arch = "x86_64")]
    pub const GUARD: Self = object!("guard.x86_64.o");
    /// What decides by policies, on kernels from 5.11 on.
    #[cfg(target_arch = "aarch64")]
    pub const GUARD: Self = object!("guard.aarch64.o");

    /// Its bytes, once they were held against the digest.
    pub(crate) fn verified(&self) -> Result<&'static [u8]> {
        let found = digest(self.bytes);
        let expected = self.digest.trim();
        if found == expected {
            Ok(self.bytes)
        } else {
            Err(Error::Damaged {
                name: self.name,
                found,
                expected,
            })
        }
    }
}
