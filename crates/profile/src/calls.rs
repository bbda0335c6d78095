//! Names of system calls by their numbers, for each processor (`asm/unistd.h` of Linux 6.1, and `syscall.tbl` of 6.18 for those above 450).

use serde::{Deserialize, Serialize};

/// A processor whose numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// 64 bits of Intel and AMD
    #[serde(rename = "x86_64")]
    X86_64,
    /// 32-bit programs there
    I386,
    /// 64 bits of ARM
    Aarch64,
}

impl Architecture {
    /// The one that this program was built for; its 32-bit programs are [`Self::compat`].
    pub const HERE: Self = if cfg!(target_arch = "aarch64") {
        Self::Aarch64
    } else {
        Self::X86_64
    };

    /// The numbers that 32-bit programs use; None where they are not told apart
    #[must_use]
    pub const fn compat(self) -> Option<Self> {
        match self {
            Self::X86_64 => Some(Self::I386),
            Self::I386 | Self::Aarch64 => None,
        }
    }

    /// As libseccomp names it
    #[must_use]
    pub const fn in_seccomp(self) -> &'static str {
        match self {
            Self::X86_64 => "SCMP_ARCH_X86_64",
            Self::I386 => "SCMP_ARCH_X86",
            Self::Aarch64 => "SCMP_ARCH_AARCH64",
        }
    }

    const fn table(self) -> &'static str {
        match self {
            Self::X86_64 => include_str!("numbers/x86_64.txt"),
            Self::I386 => include_str!("numbers/i386.txt"),
            Self::Aarch64 => include_str!("numbers/aarch64.txt"),
        }
    }
}

/// The name of a system call; None for a number that no call had when this was written.
#[must_use]
pub fn name_of(architecture: Architecture, number: u16) -> Option<&'static str> {
    architecture.table().lines().find_map(|line| {
        let (own, name) = line.split_once(' ')?;
        (own.parse() == Ok(number)).then_some(name)
    })
}

/// Whether a processor has a call of this name.
pub(crate) fn has(architecture: Architecture, name: &str) -> bool {
    architecture
        .table()
        .lines()
        .any(|line| line.split_once(' ').is_some_and(|(_, own)| own == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_names_of_their_processor() {
        assert_eq!(name_of(Architecture::X86_64, 0), Some("read"));
        assert_eq!(name_of(Architecture::I386, 3), Some("read"));
        assert_eq!(name_of(Architecture::Aarch64, 63), Some("read"));
        assert_eq!(name_of(Architecture::X86_64, 425), Some("io_uring_setup"));
        assert_eq!(name_of(Architecture::X86_64, 511), None);
    }

    #[test]
    fn each_line_of_a_table_is_a_number_and_a_name_in_order() {
        for architecture in [Architecture::X86_64, Architecture::I386, Architecture::Aarch64] {
            let numbers: Vec<u16> = architecture
                .table()
                .lines()
                .map(|line| line.split_once(' ').unwrap().0.parse().unwrap())
                .collect();
            assert!(numbers.len() > 300);
            assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
