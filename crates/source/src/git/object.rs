//! Git objects, from packs and from loose files.
//!
//! In: an object id. Out: its kind and bytes, or an [`ObjectError`] that says what is wrong with it. The formats are
//! <https://git-scm.com/docs/gitformat-pack> and the loose objects of
//! <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>. What a delta chain needs on the way is cached, so that
//! objects of one chain cost one decoding each when they are read one after the other.

use super::delta;
use gix::ObjectId;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use gix::objs::Kind;

/// Longest chain of deltas that is followed; git itself writes at most 4095.
const LONGEST_CHAIN: usize = 10_000;
/// Deflate cannot expand a byte to more than this.
const DEFLATE_RATIO: u64 = 1_040;

/// One object, decoded.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) data: Vec<u8>,
}

/// Why an object cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    #[error(
        "it is not in this clone; fetch it with `git fetch --refetch` (and `git fetch --unshallow` in a shallow clone)"
    )]
    Missing,
    #[error("it is corrupt ({0}); run `git fsck`, then restore it from another clone")]
    Corrupt(String),
    #[error("it has {size} bytes, more than the {limit} that are decoded at once; raise `scan.max-object`")]
    TooLarge { size: u64, limit: u64 },
}

impl ObjectError {
    fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }
}

/// A blob that is too large to be held in memory.
pub(super) struct Stream<'a> {
    /// Bytes of it.
    pub(super) size: u64,
    pub(super) reader: Box<dyn Read + 'a>,
}

/// Where an object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    /// Position of the pack in the store.
    pub(super) pack: usize,
    /// Offset of the entry in the pack.
    pub(super) offset: u64,
}

/// All object directories of a repository.
pub(super) struct Store {
    directories: Vec<PathBuf>,
    packs: Vec<Pack>,
    hash: gix::hash::Kind,
}

struct Pack {
    index: index::File,
    data: data::File,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("directories", &self.directories)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the packs of `objects` and its alternates. Packs that cannot be opened are told in `broken`.
    pub(super) fn open(objects: &Path, hash: gix::hash::Kind, broken: &mut Vec<(String, String)>) -> Self {
        let mut directories = vec![objects.to_owned()];
        let here = std::env::current_dir().unwrap_or_default();
        match gix::odb::alternate::resolve(objects.to_owned(), &here) {
            Ok(alternates) => directories.extend(alternates),
            Err(error) => broken.push(("objects/info/alternates".to_owned(), error.to_string())),
        }
        let mut packs = Vec::new();
        for directory in &directories {
            for path in pack_indices(&directory.join("pack")) {
                match Pack::open(&path, hash) {
                    Ok(pack) => packs.push(pack),
                    Err(error) => broken.push((path.display().to_string(), error)),
                }
            }
        }
        Self {
            directories,
            packs,
            hash,
        }
    }

    /// The hash that makes object ids.
    pub(super) const fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    /// Bytes of an object id in this repository.
    pub(super) fn id_length(&self) -> usize {
        self.hash.len_in_bytes()
    }

    /// Where `id` lies in a pack, if it does.
    pub(super) fn place(&self, id: &ObjectId) -> Option<Place> {
        self.packs.iter().enumerate().find_map(|(pack, one)| {
            let at = one.index.lookup(id)?;
            Some(Place {
                pack,
                offset: one.index.pack_offset_at_index(at),
            })
        })
    }

    /// What the delta at `place` is based on; `None` when it is no delta or cannot be told.
    pub(super) fn base(&self, place: Place) -> Option<Place> {
        let entry = self.packs.get(place.pack)?.data.entry(place.offset).ok()?;
        self.base_of(place, &entry).ok()?
    }

    fn base_of(&self, place: Place, entry: &data::Entry) -> Result<Option<Place>, ObjectError> {
        match entry.header {
            Header::OfsDelta { base_distance } => {
                let offset = entry.checked_base_pack_offset(base_distance);
                let offset =
                    offset.ok_or_else(|| ObjectError::corrupt("a delta is based outside its pack"))?;
                Ok(Some(Place { offset, ..place }))
            }
            Header::RefDelta { base_id } => self.place(&base_id).map(Some).ok_or_else(|| {
                ObjectError::corrupt(format_args!("its delta is based on {base_id}, which is missing"))
            }),
            _ => Ok(None),
        }
    }

    fn entry(&self, place: Place) -> Result<(&data::File, data::Entry), ObjectError> {
        let pack = self.packs.get(place.pack).ok_or(ObjectError::Missing)?;
        Ok((
            &pack.data,
            pack.data.entry(place.offset).map_err(ObjectError::corrupt)?,
        ))
    }

    /// The bytes of a blob as a stream, without holding all of them. `None` when it is stored as a delta, which
    /// cannot be streamed.
    pub(super) fn stream(&self, id: &ObjectId) -> Result<Option<Stream<'_>>, ObjectError> {
        let Some(place) = self.place(id) else {
            let (_, size, reader) = self.loose(id)?;
            return Ok(Some(Stream {
                size,
                reader: Box::new(reader),
            }));
        };
        let (pack, entry) = self.entry(place)?;
        if entry.header.is_delta() {
            return Ok(None);
        }
        let bytes = pack.entry_slice(entry.data_offset..pack.pack_end() as u64);
        let bytes = bytes.ok_or_else(|| ObjectError::corrupt("its pack is truncated"))?;
        let size = entry.decompressed_size;
        let reader = flate2::bufread::ZlibDecoder::new(bytes).take(size);
        Ok(Some(Stream {
            size,
            reader: Box::new(reader),
        }))
    }

    fn loose(&self, id: &ObjectId) -> Result<(Kind, u64, impl Read + use<>), ObjectError> {
        let hex = id.to_hex().to_string();
        let (fan, rest) = hex.split_at_checked(2).unwrap_or((&hex, ""));
        for directory in &self.directories {
            let file = match File::open(directory.join(fan).join(rest)) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(ObjectError::corrupt(error)),
            };
            let mut reader = BufReader::new(flate2::read::ZlibDecoder::new(file));
            let (kind, size) = loose_header(&mut reader)?;
            return Ok((kind, size, reader.take(size)));
        }
        Err(ObjectError::Missing)
    }
}

fn loose_header(reader: &mut impl BufRead) -> Result<(Kind, u64), ObjectError> {
    let mut header = Vec::with_capacity(32);
    reader
        .take(64)
        .read_until(0, &mut header)
        .map_err(ObjectError::corrupt)?;
    let header = header
        .strip_suffix(&[0])
        .and_then(|header| std::str::from_utf8(header).ok());
    let parsed = header.and_then(|header| {
        let (kind, size) = header.split_once(' ')?;
        Some((Kind::from_bytes(kind.as_bytes()).ok()?, size.parse().ok()?))
    });
    parsed.ok_or_else(|| ObjectError::corrupt("its header is not understood"))
}

fn pack_indices(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "idx"))
        .collect();
    paths.sort_unstable();
    paths
}

impl Pack {
    fn open(path: &Path, hash: gix::hash::Kind) -> Result<Self, String> {
        let index = index::File::at(path, hash).map_err(|error| error.to_string())?;
        let data = data::File::at(path.with_extension("pack"), hash).map_err(|error| error.to_string())?;
        Ok(Self { index, data })
    }
}

/// Decodes objects, one after the other; one per thread.
pub(super) struct Decoder {
    inflate: gix::zlib::Inflate,
    instructions: Vec<u8>,
    chain: Vec<(Place, data::Entry)>,
    cache: Cache,
    limit: u64,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

impl Decoder {
    /// Refuses objects of more than `limit` bytes; caches up to `cache` bytes.
    pub(super) fn new(limit: u64, cache: usize) -> Self {
        Self {
            inflate: gix::zlib::Inflate::default(),
            instructions: Vec::new(),
            chain: Vec::new(),
            cache: Cache {
                most: cache,
                ..Cache::default()
            },
            limit,
        }
    }

    /// The object `id`.
    pub(super) fn decode(&mut self, store: &Store, id: &ObjectId) -> Result<Arc<Object>, ObjectError> {
        match store.place(id) {
            Some(place) => self.packed(store, place),
            None => {
                let (kind, size, reader) = store.loose(id)?;
                self.check_size(size)?;
                let mut data = Vec::new();
                { reader }.read_to_end(&mut data).map_err(ObjectError::corrupt)?;
                if data.len() as u64 != size {
                    return Err(ObjectError::corrupt("it is truncated"));
                }
                Ok(Arc::new(Object { kind, data }))
            }
        }
    }

    fn check_size(&self, size: u64) -> Result<(), ObjectError> {
        if size > self.limit {
            Err(ObjectError::TooLarge {
                size,
                limit: self.limit,
            })
        } else {
            Ok(())
        }
    }

    fn packed(&mut self, store: &Store, place: Place) -> Result<Arc<Object>, ObjectError> {
        self.chain.clear();
        let mut next = place;
        let mut object = loop {
            if let Some(object) = self.cache.get(next) {
                break object;
            }
            let (pack, entry) = store.entry(next)?;
            let Some(base) = store.base_of(next, &entry)? else {
                break self.whole(pack, next, &entry)?;
            };
            self.chain.push((next, entry));
            if self.chain.len() > LONGEST_CHAIN {
                return Err(ObjectError::corrupt("its chain of deltas does not end"));
            }
            next = base;
        };
        while let Some((at, entry)) = self.chain.pop() {
            let (pack, _) = store.entry(at)?;
            object = self.apply(pack, at, &entry, &object)?;
        }
        Ok(object)
    }

    fn whole(
        &mut self,
        pack: &data::File,
        at: Place,
        entry: &data::Entry,
    ) -> Result<Arc<Object>, ObjectError> {
        let kind = entry
            .header
            .as_kind()
            .ok_or_else(|| ObjectError::corrupt("its kind is unknown"))?;
        let mut data = self.cache.spare.pop().unwrap_or_default();
        self.inflate(pack, entry, &mut data)?;
        Ok(self.cache.put(at, Object { kind, data }))
    }

    fn apply(
        &mut self,
        pack: &data::File,
        at: Place,
        entry: &data::Entry,
        base: &Object,
    ) -> Result<Arc<Object>, ObjectError> {
        let mut instructions = std::mem::take(&mut self.instructions);
        self.inflate(pack, entry, &mut instructions)?;
        let mut data = self.cache.spare.pop().unwrap_or_default();
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let outcome = delta::apply(&base.data, &instructions, limit, &mut data);
        self.instructions = instructions;
        outcome?;
        Ok(self.cache.put(
            at,
            Object {
                kind: base.kind,
                data,
            },
        ))
    }

    fn inflate(
        &mut self,
        pack: &data::File,
        entry: &data::Entry,
        out: &mut Vec<u8>,
    ) -> Result<(), ObjectError> {
        let size = entry.decompressed_size;
        self.check_size(size)?;
        let available = (pack.data_len() as u64).saturating_sub(entry.data_offset);
        if size / DEFLATE_RATIO > available {
            return Err(ObjectError::corrupt("its pack is truncated"));
        }
        out.clear();
        out.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
        pack.decompress_entry(entry, &mut self.inflate, out)
            .map_err(ObjectError::corrupt)?;
        Ok(())
    }
}

/// The objects decoded last, up to a number of bytes.
#[derive(Default)]
struct Cache {
    objects: HashMap<Place, Arc<Object>>,
    order: VecDeque<Place>,
    bytes: usize,
    most: usize,
    spare: Vec<Vec<u8>>,
}

impl Cache {
    fn get(&self, place: Place) -> Option<Arc<Object>> {
        self.objects.get(&place).map(Arc::clone)
    }

    fn put(&mut self, place: Place, object: Object) -> Arc<Object> {
        let object = Arc::new(object);
        self.bytes += object.data.len();
        if self.objects.insert(place, Arc::clone(&object)).is_none() {
            self.order.push_back(place);
        }
        while self.bytes > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            let Some(old) = self.objects.remove(&oldest) else {
                continue;
            };
            self.bytes = self.bytes.saturating_sub(old.data.len());
            if self.spare.len() < 8
                && let Some(old) = Arc::into_inner(old)
            {
                self.spare.push(old.data);
            }
        }
        object
    }
}
