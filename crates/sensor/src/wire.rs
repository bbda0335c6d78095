//! What programs in the kernel tell, as it comes from the ring (`bpf/wire.h`): a head, then texts behind one another.
//!
//! Nothing is copied: texts live in the ring. Whatever is shorter than it says is no record.

use crate::call::Call;

const NUMBERS: usize = 6;
const TEXTS: usize = 6;

pub(crate) const CHANGEABLE: u16 = 1;
pub(crate) const BY_RING: u16 = 2;
pub(crate) const CUT: u16 = 4;
pub(crate) const RESOLVED: u16 = 16;
pub(crate) const UPPER: u16 = 32;
pub(crate) const REACHED: u16 = 128;

/// One thing that a program told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Nanoseconds since the host was started
    pub(crate) time: u64,
    /// When the process was started, in the same measure
    pub(crate) started: u64,
    pub(crate) cgroup: u64,
    pub(crate) result: i64,
    pub(crate) number: [u64; NUMBERS],
    pub(crate) process: u32,
    pub(crate) thread: u32,
    pub(crate) user: u32,
    pub(crate) group: u32,
    pub(crate) call: Call,
    pub(crate) flags: u16,
    pub(crate) processor: u32,
    text: [&'a [u8]; TEXTS],
}

/// Takes numbers from the front of bytes.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_ne_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_ne_bytes)
    }
}

impl<'a> Record<'a> {
    /// What is known of a process by something else than a record: its number with that of the thread, and its user with the group
    pub(crate) const fn of_process(
        time: u64,
        started: u64,
        cgroup: u64,
        [process, thread]: [u32; 2],
        [user, group]: [u32; 2],
    ) -> Self {
        Self {
            time,
            started,
            cgroup,
            result: 0,
            number: [0; NUMBERS],
            process,
            thread,
            user,
            group,
            call: Call::Bpf,
            flags: 0,
            processor: 0,
            text: [&[]; TEXTS],
        }
    }

    /// Reads a record; None when it is none.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        let time = from.u64()?;
        let started = from.u64()?;
        let cgroup = from.u64()?;
        let result = from.take().map(i64::from_ne_bytes)?;
        let mut number = [0; NUMBERS];
        for each in &mut number {
            *each = from.u64()?;
        }
        let process = from.u32()?;
        let thread = from.u32()?;
        let user = from.u32()?;
        let group = from.u32()?;
        let call = Call::of_code(from.u16()?)?;
        let flags = from.u16()?;
        let processor = from.u32()?;
        let mut lengths = [0; TEXTS];
        for each in &mut lengths {
            *each = usize::try_from(from.u32()?).ok()?;
        }
        let mut text: [&[u8]; TEXTS] = [&[]; TEXTS];
        for (text, length) in text.iter_mut().zip(lengths) {
            *text = from.slice(length)?;
        }
        Some(Self {
            time,
            started,
            cgroup,
            result,
            number,
            process,
            thread,
            user,
            group,
            call,
            flags,
            processor,
            text,
        })
    }

    /// A text; empty where there is none
    pub(crate) fn text(&self, index: usize) -> &'a [u8] {
        self.text.get(index).copied().unwrap_or_default()
    }

    /// The directory that a path starts from: the text of this index, or the working directory, which is the third
    pub(crate) fn from(&self, index: usize) -> &'a [u8] {
        let own = self.text(index);
        if own.is_empty() { self.text(2) } else { own }
    }

    /// The lower half of a number
    pub(crate) fn low(&self, index: usize) -> u32 {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the lower half is what is asked for"
        )]
        let low = self.number.get(index).copied().unwrap_or_default() as u32;
        low
    }

    pub(crate) const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// The descriptor that a call gave
    pub(crate) fn descriptor(&self) -> Option<u32> {
        u32::try_from(self.result).ok()
    }
}

/// What is told of a process that runs another program (`struct identity`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    pub(crate) permitted: u64,
    pub(crate) effective: u64,
    pub(crate) inheritable: u64,
    pub(crate) device: u32,
    pub(crate) inode: u64,
    pub(crate) parent: u32,
    pub(crate) process_group: u32,
    pub(crate) session: u32,
    pub(crate) inner: u32,
    pub(crate) effective_user: u32,
    pub(crate) login: u32,
    pub(crate) terminal_major: u32,
    pub(crate) terminal_minor: u32,
    /// uts, ipc, mnt, pid, net, cgroup
    pub(crate) namespaces: [u32; 6],
    pub(crate) links: u32,
    pub(crate) mode: u32,
    pub(crate) name: [u8; 16],
}

impl Identity {
    /// Reads it; None when it is cut off.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        Some(Self {
            permitted: from.u64()?,
            effective: from.u64()?,
            inheritable: from.u64()?,
            device: u32::try_from(from.u64()?).ok()?,
            inode: from.u64()?,
            parent: from.u32()?,
            process_group: from.u32()?,
            session: from.u32()?,
            inner: from.u32()?,
            effective_user: from.u32()?,
            login: from.u32()?,
            terminal_major: from.u32()?,
            terminal_minor: from.u32()?,
            namespaces: {
                let mut all = [0; 6];
                for each in &mut all {
                    *each = from.u32()?;
                }
                all
            },
            links: from.u32()?,
            mode: from.u32()?,
            name: from.take()?,
        })
    }
}
