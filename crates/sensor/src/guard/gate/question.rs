//! What a process waits for that opens a file: to run it, to run it by another program, or to write it.
//!
//! In: the system call that the process is in, and how the file begins. Out: the [`Question`] to ask policies. Nothing here is read of the memory of the
//! process: who waits for an answer must not be able to delay it, or to change what it was asked about.

use std::sync::LazyLock;

use rustix::fs::OFlags;

use crate::call::{Call, codes_by_number};

/// What policies are asked about. The order is that of `enum question` in `bpf/question.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// A program is to be run
    Program,
    /// A file is to be run by another program, which its first line or its kind names
    Script,
    /// The loader of a program is to be mapped
    Loader,
    /// A file is to be written
    Write,
}

/// `open_by_handle_at`, whose flags stand where those of `openat` do
const BY_HANDLE: u64 = if cfg!(target_arch = "aarch64") { 265 } else { 304 };

/// Whether a file is to be written, by the line of `/proc/TID/syscall` of the thread that opens it: the number of the call and its arguments, hexadecimal.
///
/// None where that stands in memory of the process (`openat2`), in a ring (`io_uring`), or is that of a 32-bit program: these are judged when the file is open.
pub(super) fn writes(line: &str) -> Option<bool> {
    static CALLS: LazyLock<[u8; 1024]> = LazyLock::new(codes_by_number);
    let mut words = line.split_ascii_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    let mut argument = |at: usize| {
        let word = words.nth(at)?.strip_prefix("0x")?;
        u64::from_str_radix(word, 16).ok()
    };
    let flags = if number == BY_HANDLE {
        argument(2)?
    } else {
        let native = CALLS.get(..CALLS.len() / 2).unwrap_or_default();
        let code = native.get(usize::try_from(number).ok()?)?;
        match Call::of_code(u16::from(*code))? {
            Call::Creat => return Some(true),
            Call::Open => argument(1)?,
            Call::Openat => argument(2)?,
            _ => return None,
        }
    };
    let flags = OFlags::from_bits_retain(u32::try_from(flags & u64::from(u32::MAX)).ok()?);
    Some(flags.intersects(OFlags::WRONLY | OFlags::RDWR | OFlags::TRUNC))
}

/// How a file that is to be run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    /// A program that is run by itself
    Alone,
    /// A program that a loader is mapped for
    Loaded,
    /// Anything else, which another program runs
    Other,
}

/// Bytes of the beginning of a file that are looked at
pub(super) const BEGINNING: usize = 4096;
const INTERPRETER: u32 = 3;

/// Looks at the header of ELF and the segments that it tells of, as `elf(5)` describes them for 64 and 32 bits.
pub(super) fn beginning(bytes: &[u8]) -> Beginning {
    if !bytes.starts_with(b"\x7fELF") {
        return Beginning::Other;
    }
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let order = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
        usize::try_from(bytes.iter().rev().fold(0, order)).ok()
    };
    let wide = bytes.get(4) == Some(&2);
    let (offset, length, count) = if wide {
        (number(32, 8), number(54, 2), number(56, 2))
    } else {
        (number(28, 4), number(42, 2), number(44, 2))
    };
    let (Some(offset), Some(length), Some(count)) = (offset, length, count) else {
        return Beginning::Alone;
    };
    let loaded = (0..count).any(|index| {
        let at = index.checked_mul(length).and_then(|far| far.checked_add(offset));
        at.and_then(|at| number(at, 4)) == Some(INTERPRETER as usize)
    });
    if loaded {
        Beginning::Loaded
    } else {
        Beginning::Alone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_call_says_by_its_registers_whether_it_writes() {
        let openat = |flags: &str| format!("257 0xffffff9c 0x7ffc0000 {flags} 0x1b6 0x0 0x0 0x7ffd 0x7f10\n");
        assert_eq!(writes(&openat("0x0")), Some(false));
        assert_eq!(writes(&openat("0x80000")), Some(false), "O_CLOEXEC");
        assert_eq!(writes(&openat("0x241")), Some(true));
        assert_eq!(writes(&openat("0x2")), Some(true));
        assert_eq!(writes(&openat("0x200")), Some(true), "O_RDONLY | O_TRUNC");
        assert_eq!(
            writes(&openat("0xffffffff00000001")),
            Some(true),
            "the kernel takes 32 bits"
        );
        assert_eq!(writes("2 0x7ffc 0x1 0x0 0x0 0x0 0x0 0x7ffd 0x7f10"), Some(true));
        assert_eq!(
            writes("85 0x7ffc 0x1ff 0x0 0x0 0x0 0x0 0x7ffd 0x7f10"),
            Some(true),
            "creat"
        );
        assert_eq!(
            writes("304 0x3 0x7ffc 0x1 0x0 0x0 0x0 0x7ffd 0x7f10"),
            Some(true),
            "by handle"
        );
    }

    #[test]
    fn what_registers_do_not_say_is_not_known() {
        for line in [
            "437 0xffffff9c 0x7ffc 0x7ffc 0x18",
            "426 0x3 0x1",
            "running",
            "-1 0x7ffd 0x0",
            "",
            "999999 0x0",
            "257 0x0",
            "257 0x0 0x0 x",
        ] {
            assert_eq!(writes(line), None, "{line}");
        }
    }

    #[test]
    fn a_program_with_a_loader_is_told_from_one_without_and_from_a_script() {
        // One segment behind the header, of 64 bits
        let program = |kind: u8| {
            let mut bytes = vec![0; 120];
            bytes.splice(..5, *b"\x7fELF\x02");
            for (at, value) in [(32, 64), (54, 56), (56, 1), (64, kind)] {
                *bytes.get_mut(at).unwrap() = value;
            }
            bytes
        };
        assert_eq!(beginning(&program(3)), Beginning::Loaded);
        assert_eq!(beginning(&program(1)), Beginning::Alone);
        assert_eq!(beginning(b"#!/bin/sh\n"), Beginning::Other);
        assert_eq!(beginning(b""), Beginning::Other);
        assert_eq!(beginning(b"\x7fELF\x02"), Beginning::Alone, "cut short");
        let mut hostile = vec![0xff; 64];
        hostile.splice(..5, *b"\x7fELF\x02");
        assert_eq!(beginning(&hostile), Beginning::Alone, "numbers beyond all bounds");
    }
}
