//! The calls that are told of, by the numbers that programs and the sensor speak of them with, and by those of each processor.

/// Makes the enumeration and its table of numbers: name, name of the system call, number on `x86_64`, for 32-bit programs there, and on `aarch64`.
macro_rules! calls {
    ($($variant:ident $name:literal $x86_64:tt $i386:tt $aarch64:tt;)*) => {
        /// A call that is told of. The order is that of `enum call` in `bpf/wire.h`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Call { $($variant,)* }

        impl Call {
            /// All of them, in their order
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Name of the system call
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Numbers as a system call: `x86_64`, 32-bit programs on it, `aarch64`
            const fn numbers(self) -> [Option<u16>; 3] {
                match self { $(Self::$variant => [number!($x86_64), number!($i386), number!($aarch64)],)* }
            }
        }
    };
}

macro_rules! number {
    (-) => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}

calls! {
    Execute "execve" - - -;
    Fork "clone" - - -;
    Exit "procexit" - - -;
    Execve "execve" 59 11 221;
    Execveat "execveat" 322 358 281;
    Open "open" 2 5 -;
    Openat "openat" 257 295 56;
    Openat2 "openat2" 437 437 437;
    Creat "creat" 85 8 -;
    Unlink "unlink" 87 10 -;
    Unlinkat "unlinkat" 263 301 35;
    Rmdir "rmdir" 84 40 -;
    Rename "rename" 82 38 -;
    Renameat "renameat" 264 302 38;
    Renameat2 "renameat2" 316 353 276;
    Link "link" 86 9 -;
    Linkat "linkat" 265 303 37;
    Symlink "symlink" 88 83 -;
    Symlinkat "symlinkat" 266 304 36;
    Mkdir "mkdir" 83 39 -;
    Mkdirat "mkdirat" 258 296 34;
    Chmod "chmod" 90 15 -;
    Fchmod "fchmod" 91 94 52;
    Fchmodat "fchmodat" 268 306 53;
    Fchmodat2 "fchmodat2" 452 452 452;
    Chown "chown" 92 212 -;
    Lchown "lchown" 94 198 -;
    Fchown "fchown" 93 207 55;
    Fchownat "fchownat" 260 298 54;
    Mount "mount" 165 21 40;
    Umount2 "umount2" 166 52 39;
    MoveMount "move_mount" 429 429 429;
    Utime "utime" 132 30 -;
    Utimes "utimes" 235 271 -;
    Futimesat "futimesat" 261 299 -;
    Utimensat "utimensat" 280 320 88;
    UtimensatTime64 "utimensat_time64" - 412 -;
    Setxattr "setxattr" 188 226 5;
    Lsetxattr "lsetxattr" 189 227 6;
    Fsetxattr "fsetxattr" 190 228 7;
    Setxattrat "setxattrat" 463 463 463;
    Removexattr "removexattr" 197 235 14;
    Lremovexattr "lremovexattr" 198 236 15;
    Fremovexattr "fremovexattr" 199 237 16;
    Removexattrat "removexattrat" 466 466 466;
    MemfdCreate "memfd_create" 319 356 279;
    Ptrace "ptrace" 101 26 117;
    InitModule "init_module" 175 128 105;
    FinitModule "finit_module" 313 350 273;
    Bpf "bpf" 321 357 280;
    Setuid "setuid" 105 213 146;
    Setreuid "setreuid" 113 203 145;
    Setresuid "setresuid" 117 208 147;
    Setgid "setgid" 106 214 144;
    Setregid "setregid" 114 204 143;
    Setresgid "setresgid" 119 210 149;
    Capset "capset" 126 185 91;
    Socket "socket" 41 359 198;
    Connect "connect" 42 362 203;
    Accept "accept" 43 - 202;
    Accept4 "accept4" 288 364 242;
    Bind "bind" 49 361 200;
    Listen "listen" 50 363 201;
    Sendto "sendto" 44 369 206;
    Sendmsg "sendmsg" 46 370 211;
    Sendmmsg "sendmmsg" 307 345 269;
    Recvfrom "recvfrom" 45 371 207;
    Recvmsg "recvmsg" 47 372 212;
    Dup "dup" 32 41 23;
    Dup2 "dup2" 33 63 -;
    Dup3 "dup3" 292 330 24;
    Fcntl "fcntl" 72 55 25;
    Fcntl64 "fcntl64" - 221 -;
    Unshare "unshare" 272 310 97;
    Setns "setns" 308 346 268;
    Userfaultfd "userfaultfd" 323 374 282;
    Chroot "chroot" 161 61 51;
    PivotRoot "pivot_root" 155 217 41;
    Kill "kill" 62 37 129;
    Tkill "tkill" 200 238 130;
    Tgkill "tgkill" 234 270 131;
    RtSigqueueinfo "rt_sigqueueinfo" 129 178 138;
    RtTgsigqueueinfo "rt_tgsigqueueinfo" 297 335 240;
    PidfdSendSignal "pidfd_send_signal" 424 424 424;
}

/// Entries of the table that tells a call by the number of a system call (`NUMBERS_OF_CALLS`)
const NUMBERS: usize = 512;

impl Call {
    /// The number that programs in the kernel speak of it with; 0 is none
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The call of a code
    #[must_use]
    pub fn of_code(code: u16) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// Those that have this name
    pub fn named(name: &str) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |call| call.name() == name)
    }

    /// Whether it sends a signal
    #[must_use]
    pub const fn signals(self) -> bool {
        matches!(
            self,
            Self::Kill
                | Self::Tkill
                | Self::Tgkill
                | Self::RtSigqueueinfo
                | Self::RtTgsigqueueinfo
                | Self::PidfdSendSignal
        )
    }

    /// Whether it opens a file
    #[must_use]
    pub const fn opens(self) -> bool {
        matches!(self, Self::Open | Self::Openat | Self::Openat2 | Self::Creat)
    }
}

/// The table `call_of`: codes by numbers of system calls of this processor, then by those of 32-bit programs on it.
pub(crate) fn codes_by_number() -> [u8; 2 * NUMBERS] {
    let mut table = [0; 2 * NUMBERS];
    let (native, compat) = if cfg!(target_arch = "aarch64") {
        (2, None)
    } else {
        (0, Some(1))
    };
    for &call in Call::ALL {
        let numbers = call.numbers();
        let mut put = |column: usize, base: usize| {
            if let Some(number) = numbers.get(column).copied().flatten()
                && let Some(entry) = table.get_mut(base + usize::from(number))
            {
                *entry = call.code();
            }
        };
        put(native, 0);
        if let Some(column) = compat {
            put(column, NUMBERS);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_calls_is_that_of_the_programs() {
        let header = include_str!("../bpf/wire.h");
        let names = header
            .lines()
            .filter_map(|line| line.trim().strip_prefix("CALL_")?.strip_suffix(','))
            .filter(|name| *name != "NONE")
            .map(|name| name.replace('_', "").to_lowercase());
        let ours = Call::ALL.iter().map(|call| format!("{call:?}").to_lowercase());
        assert_eq!(names.collect::<Vec<_>>(), ours.collect::<Vec<_>>());
    }

    #[test]
    fn no_two_calls_have_the_same_number() {
        for column in 0..3 {
            let mut numbers: Vec<_> = Call::ALL
                .iter()
                .filter_map(|call| call.numbers().get(column).copied().flatten())
                .collect();
            let all = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), all, "column {column}");
        }
    }
}
