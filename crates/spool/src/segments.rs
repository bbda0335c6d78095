//! The segments: the last one grows, the first one goes when all of it was acknowledged or when there is no room.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::record::{self, MAGIC};
use crate::state::State;
use crate::{LARGEST_RECORD, Recovered, SpoolError, Waiting};

/// End of the names of segments
const END: &str = "seg";
/// Into how many segments the room is divided at least
const PARTS: u64 = 16;
/// Bytes of a segment at most, but for one record that is larger
const LARGEST_SEGMENT: u64 = 4 << 20;

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    /// Number of its first record
    first: u64,
    /// Number of its last record; one less than `first` where there is none
    last: u64,
    /// How many records it has
    count: u64,
    /// Bytes that are whole records, with the beginning
    bytes: u64,
}

/// All segments in order.
#[derive(Debug)]
pub(crate) struct Segments {
    dir: PathBuf,
    most: u64,
    list: VecDeque<Segment>,
    /// The last segment, where it may grow
    writer: Option<File>,
    /// Segments that are complete and perhaps not on the disk yet
    complete: Vec<File>,
    dirty: bool,
    /// Number of the next record
    next: u64,
    /// Whether numbers were used up that no file knows of
    wasted: bool,
    acknowledged: u64,
    /// Where in the first segment the first record stands that was not acknowledged, and how many stand before
    offset: u64,
    passed: u64,
    dropped: u64,
}

impl Segments {
    pub(crate) fn open(
        dir: &Path,
        most: u64,
        state: &State,
        sealed: u64,
    ) -> Result<(Self, Recovered), SpoolError> {
        let mut recovered = Recovered::default();
        let mut list = VecDeque::new();
        let found = found(dir)?;
        let mut before = 0;
        for (at, (first, path)) in found.iter().enumerate() {
            let (segment, lost) = checked(path, *first, before)?;
            if at + 1 == found.len() {
                recovered.torn += lost;
            } else {
                recovered.damaged += lost;
            }
            before = before.max(segment.last);
            if segment.count == 0 {
                fs::remove_file(path).map_err(|error| SpoolError::at(path, error))?;
            } else {
                list.push_back(segment);
            }
        }
        let mut segments = Self {
            dir: dir.to_owned(),
            most,
            next: state.next.max(before.max(state.acknowledged).max(sealed) + 1),
            wasted: false,
            list,
            writer: None,
            complete: Vec::new(),
            dirty: false,
            acknowledged: state.acknowledged,
            offset: MAGIC.len() as u64,
            passed: 0,
            dropped: 0,
        };
        segments.acknowledge(state.acknowledged)?;
        recovered.waiting = segments.count();
        Ok((segments, recovered))
    }

    pub(crate) fn append(&mut self, bytes: &[u8]) -> Result<u64, SpoolError> {
        let number = self.next;
        self.next += 1;
        let size = record::size(bytes);
        let encoded = record::encoded(number, bytes)
            .filter(|_| bytes.len() <= LARGEST_RECORD && size + MAGIC.len() as u64 <= self.most);
        let Some(encoded) = encoded else {
            self.dropped += 1;
            self.wasted = true;
            return Err(SpoolError::TooLarge(bytes.len()));
        };
        loop {
            let room = self.make_room(size);
            match room.and_then(|()| self.write(number, &encoded)) {
                Ok(()) => return Ok(number),
                // What is full holds something of ours that is older.
                Err(SpoolError::Io { error, .. }) if is_full(&error) && self.holds_something() => {
                    self.drop_first()?;
                }
                Err(error) => {
                    self.dropped += 1;
                    self.wasted = true;
                    return Err(error);
                }
            }
        }
    }

    fn holds_something(&self) -> bool {
        self.list.iter().any(|segment| segment.count > 0)
    }

    /// Drops what is oldest until there is room for so many bytes more.
    fn make_room(&mut self, size: u64) -> Result<(), SpoolError> {
        while !self.list.is_empty() && self.bytes() + size + MAGIC.len() as u64 > self.most {
            self.drop_first()?;
        }
        Ok(())
    }

    fn drop_first(&mut self) -> Result<(), SpoolError> {
        if let Some(first) = self.list.front() {
            self.dropped += first.count - self.passed;
        }
        self.remove_first()
    }

    fn remove_first(&mut self) -> Result<(), SpoolError> {
        let Some(first) = self.list.pop_front() else {
            return Ok(());
        };
        if self.list.is_empty() {
            self.writer = None;
            self.dirty = false;
        }
        self.offset = MAGIC.len() as u64;
        self.passed = 0;
        // Who still writes it to the disk holds it open: its room is to be free at once.
        let _ = OpenOptions::new().write(true).truncate(true).open(&first.path);
        match fs::remove_file(&first.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(SpoolError::at(&first.path, error)),
            _ => Ok(()),
        }
    }

    fn write(&mut self, number: u64, encoded: &[u8]) -> Result<(), SpoolError> {
        let size = encoded.len() as u64;
        let limit = (self.most / PARTS).min(LARGEST_SEGMENT);
        let grows = self
            .list
            .back()
            .is_some_and(|last| last.count == 0 || last.bytes + size <= limit);
        if self.writer.is_none() || !grows {
            self.begin(number)?;
        }
        let (Some(file), Some(last)) = (&mut self.writer, self.list.back_mut()) else {
            return Err(SpoolError::Form(self.dir.clone()));
        };
        if let Err(error) = file.write_all(encoded) {
            // Half a record must not stand before the next one; where it cannot be taken away another segment is begun.
            if file.set_len(last.bytes).is_err() || file.seek(SeekFrom::Start(last.bytes)).is_err() {
                self.writer = None;
            }
            return Err(SpoolError::at(&last.path, error));
        }
        last.bytes += size;
        last.last = number;
        last.count += 1;
        self.dirty = true;
        Ok(())
    }

    fn begin(&mut self, number: u64) -> Result<(), SpoolError> {
        if let Some(complete) = self.writer.take()
            && self.dirty
        {
            self.complete.push(complete);
            self.dirty = false;
        }
        if self.list.back().is_some_and(|last| last.count == 0)
            && let Some(empty) = self.list.pop_back()
        {
            let _ = fs::remove_file(&empty.path);
        }
        let path = self.dir.join(format!("{number:020}.{END}"));
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(MAGIC).map(|()| file));
        let file = file.map_err(|error| {
            let _ = fs::remove_file(&path);
            SpoolError::at(&path, error)
        })?;
        self.writer = Some(file);
        self.list.push_back(Segment {
            path,
            first: number,
            last: number - 1,
            count: 0,
            bytes: MAGIC.len() as u64,
        });
        Ok(())
    }

    pub(crate) fn waiting(&mut self, most: usize, bytes: usize) -> Result<Waiting, SpoolError> {
        let mut found = Waiting {
            after: self.acknowledged,
            records: Vec::new(),
            last: self.next - 1,
        };
        let mut held = 0;
        let mut offset = self.offset;
        for segment in &mut self.list {
            let mut last = self.acknowledged.max(segment.first - 1);
            let mut file = open_at(&segment.path, offset)?;
            let mut at = offset;
            offset = MAGIC.len() as u64;
            while at < segment.bytes {
                if found.records.len() >= most || held >= bytes {
                    found.last = found
                        .records
                        .last()
                        .map_or(self.acknowledged, |(number, _)| *number);
                    return Ok(found);
                }
                let next = record::next(&mut file).map_err(|error| SpoolError::at(&segment.path, error))?;
                let Some((number, record)) = next else {
                    // The rest of it is lost; the numbers say so.
                    let lost = (segment.last - last).min(segment.count);
                    self.dropped += lost;
                    segment.count -= lost;
                    segment.last = last;
                    segment.bytes = at;
                    break;
                };
                at += record::size(&record);
                last = number;
                held += record.len();
                found.records.push((number, record));
            }
        }
        Ok(found)
    }

    /// Takes segments away that were acknowledged through this number, but for the last one, so that its numbers are still known.
    pub(crate) fn relieve(&mut self, through: u64) -> Result<(), SpoolError> {
        while self.list.len() > 1 && self.list.front().is_some_and(|first| first.last <= through) {
            self.remove_first()?;
        }
        Ok(())
    }

    pub(crate) fn acknowledge(&mut self, through: u64) -> Result<(), SpoolError> {
        self.acknowledged = self.acknowledged.max(through);
        while self.list.front().is_some_and(|first| first.last <= through) {
            self.remove_first()?;
        }
        let Some(first) = self.list.front().filter(|first| first.first <= through) else {
            return Ok(());
        };
        let mut file = open_at(&first.path, self.offset)?;
        while self.offset < first.bytes {
            let next = record::next(&mut file).map_err(|error| SpoolError::at(&first.path, error))?;
            match next {
                Some((number, record)) if number <= through => {
                    self.offset += record::size(&record);
                    self.passed += 1;
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// Files whose records may not be on the disk; they count as if they were from now on.
    pub(crate) fn unsynced(&mut self) -> Result<Vec<File>, SpoolError> {
        let mut files = std::mem::take(&mut self.complete);
        if self.dirty
            && let Some(writer) = &self.writer
        {
            files.push(
                writer
                    .try_clone()
                    .map_err(|error| SpoolError::at(&self.dir, error))?,
            );
            self.dirty = false;
        }
        Ok(files)
    }

    /// The number of the next record, where numbers were used up that no file knows of; from now on one does.
    pub(crate) const fn take_wasted(&mut self) -> Option<u64> {
        let next = if self.wasted { Some(self.next) } else { None };
        self.wasted = false;
        next
    }

    /// The number of the next record
    pub(crate) const fn next(&self) -> u64 {
        self.next
    }

    /// What was appended last may not be on the disk after all.
    pub(crate) const fn not_synced(&mut self) {
        self.dirty = true;
        self.wasted = true;
    }

    pub(crate) const fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.list.iter().map(|segment| segment.bytes).sum()
    }

    pub(crate) fn count(&self) -> u64 {
        self.list.iter().map(|segment| segment.count).sum::<u64>() - self.passed
    }

    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}

fn open_at(path: &Path, offset: u64) -> Result<BufReader<File>, SpoolError> {
    let open = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(BufReader::new(file))
    };
    open().map_err(|error| SpoolError::at(path, error))
}

/// Segments in a directory, by the number of their first record.
fn found(dir: &Path) -> Result<Vec<(u64, PathBuf)>, SpoolError> {
    let failed = |error| SpoolError::at(dir, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_none_or(|end| end != END) {
            continue;
        }
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        let number = number
            .filter(|number| *number > 0)
            .ok_or_else(|| SpoolError::Form(path.clone()))?;
        found.push((number, path));
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads a segment through and cuts away what is no whole record, or out of order; how many bytes that were.
fn checked(path: &Path, first: u64, before: u64) -> Result<(Segment, u64), SpoolError> {
    let mut segment = Segment {
        path: path.to_owned(),
        first,
        last: first - 1,
        count: 0,
        bytes: MAGIC.len() as u64,
    };
    let mut read = || {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut file = BufReader::new(file);
        if !record::begins(&mut file)? {
            return Ok(length);
        }
        let mut last = before;
        while let Some((number, record)) = record::next(&mut file)? {
            if number <= last || number < first {
                break;
            }
            last = number;
            segment.last = number;
            segment.count += 1;
            segment.bytes += record::size(&record);
        }
        let lost = length.saturating_sub(segment.bytes);
        if lost > 0 {
            OpenOptions::new()
                .write(true)
                .open(path)?
                .set_len(segment.bytes)?;
        }
        Ok(lost)
    };
    let lost = read().map_err(|error| SpoolError::at(path, error))?;
    Ok((segment, lost))
}
