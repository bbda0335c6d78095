//! The programs for the kernel as they were built, and that they still are those.

use aya::Btf;
use aya_obj::btf::BtfKind;
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
    /// What sees processes and system calls, on kernels from 5.10 on.
    #[cfg(target_arch = "x86_64")]
    pub const OBSERVE: Self = object!("observe.x86_64.o");
    /// What counts all that one workload asks for, on kernels from 5.10 on.
    #[cfg(target_arch = "x86_64")]
    pub const LEARN: Self = object!("learn.x86_64.o");
    /// What sees processes and system calls, on kernels from 5.10 on.
    #[cfg(target_arch = "aarch64")]
    pub const OBSERVE: Self = object!("observe.aarch64.o");
    /// What counts all that one workload asks for, on kernels from 5.10 on.
    #[cfg(target_arch = "aarch64")]
    pub const LEARN: Self = object!("learn.aarch64.o");

    /// What decides by policies, on kernels from 5.11 on.
    #[cfg(target_arch = "x86_64")]
    pub const GUARD: Self = object!("guard.x86_64.o");
    /// What lists programs that cgroups hold, on kernels from 5.8 on.
    #[cfg(target_arch = "x86_64")]
    pub const CGROUPS: Self = object!("cgroups.x86_64.o");
    /// What decides by policies, on kernels from 5.11 on.
    #[cfg(target_arch = "aarch64")]
    pub const GUARD: Self = object!("guard.aarch64.o");
    /// What lists programs that cgroups hold, on kernels from 5.8 on.
    #[cfg(target_arch = "aarch64")]
    pub const CGROUPS: Self = object!("cgroups.aarch64.o");

    /// Its bytes, once they were held against the digest, with calls of a function of the kernel where instructions stand for one: of `bpf_rdonly_cast`,
    /// which lets programs read memory of the kernel by plain loads (bpf/words.h). None where a kernel with these types has no such function.
    pub(crate) fn reading_by_loads(&self, btf: &Btf) -> Result<Option<Vec<u8>>> {
        let bytes = self.verified()?;
        let function = btf.id_by_type_name_kind("bpf_rdonly_cast", BtfKind::Func);
        Ok(function.ok().map(|function| with_calls_of(function, bytes)))
    }

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

/// Bytes of an instruction of a program
const INSTRUCTION: usize = 8;
/// The instruction that stands for a call of `bpf_rdonly_cast` (`CALL_OF_CAST` in bpf/words.h)
const STANDS_FOR_CAST: [u8; INSTRUCTION] = [0x85, 0, 0, 0, 0x57, 0xca, 0x57, 0x7a];
/// Of an instruction that calls: that it calls a function of the kernel by its type (`BPF_PSEUDO_KFUNC_CALL`), in the half of a byte above the register
const OF_KERNEL: u8 = 2 << 4;

/// An object whose instructions that stand for a call do call the function of the kernel that has this type. Instructions lie at multiples of their size.
fn with_calls_of(function: u32, object: &[u8]) -> Vec<u8> {
    let [operation, ..] = STANDS_FOR_CAST;
    let [a, b, c, d] = function.to_le_bytes();
    let call = [operation, OF_KERNEL, 0, 0, a, b, c, d];
    let mut object = object.to_vec();
    for instruction in object
        .chunks_exact_mut(INSTRUCTION)
        .filter(|chunk| *chunk == STANDS_FOR_CAST)
    {
        instruction.copy_from_slice(&call);
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_for_a_call_becomes_one() {
        let object = Object::OBSERVE.verified().unwrap();
        let changed = with_calls_of(0x0102_0304, object);
        let differing: Vec<_> = object
            .chunks(INSTRUCTION)
            .zip(changed.chunks(INSTRUCTION))
            .filter(|(before, after)| before != after)
            .collect();
        assert!(!differing.is_empty(), "programs read by loads somewhere");
        for (before, after) in differing {
            assert_eq!(before, STANDS_FOR_CAST);
            assert_eq!(after, [0x85, 0x20, 0, 0, 4, 3, 2, 1]);
        }
        assert_eq!(object.len(), changed.len());
    }
}
