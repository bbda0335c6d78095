//! From one archive to the units of its members.

use super::bounds::{Bounds, Counted, Intake, Limit, Metered, limit_of, pass};
use super::decode::{Format, HEAD, decoder, inner_name, sniff};
use super::tar::{Kind, Member, Tar};
use super::zip::{self, ReadSeek};
use crate::digest::ContentDigests;
use crate::window::{ReadFill, deliver};
use crate::{Consumer, FileMeta, Interest, SourceOptions, WindowSize};
use bartizan_model::Skipped;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

/// Deepest nesting that is followed whatever the limits say: the stack is finite.
const DEEPEST: u32 = 64;

/// The bytes of an archive.
pub(crate) enum Input<'r> {
    /// They can be read at any position.
    Seekable(&'r mut dyn ReadSeek),
    /// They come once, in order.
    Stream(&'r mut dyn Read),
}

impl<'r> Input<'r> {
    pub(crate) fn seekable(input: &'r mut (impl Read + io::Seek)) -> Self {
        Self::Seekable(input)
    }

    fn stream(self) -> io::Result<&'r mut dyn Read> {
        match self {
            Self::Seekable(input) => {
                input.seek(io::SeekFrom::Start(0))?;
                Ok(input)
            }
            Self::Stream(input) => Ok(input),
        }
    }
}

/// Expands one outer archive.
pub(crate) struct Expander<'a> {
    bounds: Rc<Bounds>,
    windows: WindowSize,
    outer: &'a FileMeta,
    buffer: &'a mut Vec<u8>,
    consumer: &'a mut dyn Consumer,
    exhausted: bool,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(
        options: &SourceOptions,
        outer: &'a FileMeta,
        buffer: &'a mut Vec<u8>,
        consumer: &'a mut dyn Consumer,
    ) -> Self {
        let bounds = Rc::new(Bounds::new(options.archives));
        Self {
            bounds,
            windows: options.windows,
            outer,
            buffer,
            consumer,
            exhausted: false,
        }
    }

    /// Delivers the members of the outer archive.
    pub(crate) fn expand(&mut self, format: Format, input: Input<'_>) {
        let label = self.outer.path.to_string();
        self.archive(format, input, &label, 1);
    }

    /// Delivers the files of a layer under the paths that `place` gives to its members; what has none is passed over.
    /// Each archive among them is an outer archive, with bounds of its own.
    ///
    /// # Errors
    /// When the layer breaks, or `place` says that it must not go on. What came before has been delivered.
    pub(crate) fn layer(
        &mut self,
        input: &mut dyn Read,
        place: &mut dyn FnMut(&Member) -> io::Result<Option<String>>,
    ) -> io::Result<()> {
        let mut tar = Tar::new(input);
        while !self.consumer.stopped() {
            let Some(member) = tar.next()? else { break };
            let Some(path) = place(&member)? else { continue };
            self.bounds = Rc::new(Bounds::new(self.bounds.limits));
            self.exhausted = false;
            if let Some((meta, want)) = self.wants(path, member.size) {
                self.member(&meta, want, &mut tar, 0)?;
            }
        }
        Ok(())
    }

    /// Whether the consumer wants no more.
    pub(crate) fn stopped(&self) -> bool {
        self.consumer.stopped()
    }

    fn ends(&self) -> bool {
        self.exhausted || self.consumer.stopped()
    }

    fn archive(&mut self, format: Format, input: Input<'_>, label: &str, depth: u32) {
        let most = self.bounds.limits.depth.min(DEEPEST);
        if depth > most {
            let reason =
                format!("archives are expanded {most} deep; raise `scan.archive-depth` to look into it");
            return self.skip(label, reason);
        }
        let outcome = match (format, input) {
            (Format::Zip, Input::Seekable(input)) => self.zip(input, label, depth),
            (Format::Zip, Input::Stream(input)) => self.zip_stream(input, label, depth),
            (Format::Tar, input) => input.stream().and_then(|input| self.tar(input, label, depth)),
            (format, input) => input
                .stream()
                .and_then(|input| self.compressed(format, input, label, depth)),
        };
        if let Err(error) = outcome {
            self.tell(label, &error, false);
        }
    }

    fn skip(&mut self, path: &str, reason: String) {
        self.consumer.skipped(Skipped {
            path: path.to_owned(),
            reason,
            required: true,
        });
    }

    /// Says why an archive or member is not read, or not fully.
    fn tell(&mut self, path: &str, error: &io::Error, ended: bool) {
        if self.exhausted {
            return;
        }
        let reason = match limit_of(error) {
            Some(limit) => {
                self.exhausted = !matches!(limit, Limit::Ratio(_));
                format!("{limit}; what came before was looked at")
            }
            None if ended || error.kind() == io::ErrorKind::UnexpectedEof => {
                "it is truncated; what came before was looked at; get a whole copy and scan that".to_owned()
            }
            None => format!(
                "it is damaged ({error}); what came before was looked at; get a sound copy and scan that"
            ),
        };
        self.skip(path, reason);
    }

    /// Asks whether a member is wanted; `None` when it is not, or may not be read any more.
    fn wants(&mut self, path: String, size: u64) -> Option<(FileMeta, Interest)> {
        if let Err(limit) = self.bounds.count_member() {
            self.tell(&path, &io::Error::other(limit), false);
            return None;
        }
        let meta = FileMeta {
            path: path.into(),
            size,
            ..self.outer.clone()
        };
        let want = self.consumer.wants(&meta);
        (want != Interest::No).then_some((meta, want))
    }

    /// Delivers one member, or what is in it if it is an archive. The bytes delivered, where that tells anything.
    fn member(
        &mut self,
        meta: &FileMeta,
        want: Interest,
        stream: &mut dyn Read,
        depth: u32,
    ) -> io::Result<Option<u64>> {
        let mut head = Vec::with_capacity(HEAD);
        (&mut *stream).take(HEAD as u64).read_to_end(&mut head)?;
        let Some(format) = sniff(&head, &meta.path) else {
            self.buffer.clear();
            self.buffer.append(&mut head);
            let mut stream = ReadFill(stream);
            let outcome = deliver(
                &mut stream,
                meta,
                want,
                self.windows,
                (self.buffer, false),
                self.consumer,
            )?;
            return Ok((want.is_all() && !self.consumer.stopped()).then_some(outcome.bytes));
        };
        let mut stream = Cursor::new(head).chain(stream);
        // A small file of a layer is held, too, so that it can be told by its digest.
        let is_small = depth == 0 && meta.size <= self.windows.window() as u64;
        if format == Format::Zip || is_small {
            let most = self.bounds.limits.nested;
            let mut bytes = Vec::new();
            let read = stream.by_ref().take(most as u64 + 1).read_to_end(&mut bytes);
            if let Err(error) = read {
                let mut bytes = Cursor::new(bytes);
                self.archive(format, Input::Stream(&mut bytes), &meta.path, depth + 1);
                return Err(error);
            }
            let whole = bytes.len() <= most;
            let mut bytes = Cursor::new(bytes);
            if whole {
                self.archive(format, Input::seekable(&mut bytes), &meta.path, depth + 1);
                if depth == 0 {
                    let bytes = bytes.get_ref();
                    self.consumer
                        .expanded(meta, &mut || Some(ContentDigests::of(bytes)));
                }
            } else {
                self.archive(
                    format,
                    Input::Stream(&mut bytes.chain(stream)),
                    &meta.path,
                    depth + 1,
                );
            }
        } else {
            self.archive(format, Input::Stream(&mut stream), &meta.path, depth + 1);
        }
        Ok(None)
    }

    /// A compressed stream holds one file, or a tar archive, which counts as one archive together with it.
    fn compressed(
        &mut self,
        format: Format,
        input: &mut dyn Read,
        label: &str,
        depth: u32,
    ) -> io::Result<()> {
        let intake = Intake::default();
        let counted = BufReader::new(Counted {
            inner: input,
            intake: &intake,
        });
        let Some(decoder) = decoder(format, counted) else {
            return Ok(());
        };
        let mut stream = Metered::new(decoder, &intake, Rc::clone(&self.bounds));
        if let Err(error) = self.content(&mut stream, label, depth) {
            self.tell(label, &error, intake.ended());
        }
        Ok(())
    }

    fn content(&mut self, stream: &mut dyn Read, label: &str, depth: u32) -> io::Result<()> {
        let mut head = Vec::with_capacity(HEAD);
        let outcome = (&mut *stream).take(HEAD as u64).read_to_end(&mut head);
        let name = inner_name(label);
        if outcome.is_ok() && sniff(&head, &name) == Some(Format::Tar) {
            return self.tar(&mut Cursor::new(head).chain(stream), label, depth);
        }
        let Some((meta, want)) = self.wants(format!("{label}!/{name}"), 0) else {
            return Ok(());
        };
        match outcome {
            Ok(_) => self
                .member(&meta, want, &mut Cursor::new(head).chain(stream), depth)
                .map(|_| ()),
            Err(error) => {
                self.member(&meta, want, &mut Cursor::new(head), depth)?;
                Err(error)
            }
        }
    }

    fn tar(&mut self, input: &mut dyn Read, label: &str, depth: u32) -> io::Result<()> {
        let mut tar = Tar::new(input);
        while !self.ends() {
            let Some(member) = tar.next()? else { break };
            if member.kind != Kind::File || member.name.ends_with(b"/") {
                continue;
            }
            let path = format!("{label}!/{}", clean(&member.name));
            if let Some((meta, want)) = self.wants(path, member.size) {
                self.member(&meta, want, &mut tar, depth)?;
            }
        }
        Ok(())
    }

    fn zip(&mut self, input: &mut dyn ReadSeek, label: &str, depth: u32) -> io::Result<()> {
        let Some(members) = zip::directory(input)? else {
            input.seek(io::SeekFrom::Start(0))?;
            let starts = zip::starts_with_member(input)?;
            input.seek(io::SeekFrom::Start(0))?;
            return if starts {
                self.zip_stream(input, label, depth)
            } else {
                self.raw(input, label)
            };
        };
        for member in members {
            if self.ends() {
                break;
            }
            let path = format!("{label}!/{}", clean(&member.name));
            if member.name.ends_with(b"/") {
                continue;
            }
            let Some((meta, want)) = self.wants(path, member.size.unwrap_or(0)) else {
                continue;
            };
            if let Err(error) = zip::seek_to(input, &member) {
                self.tell(&meta.path, &error, false);
                continue;
            }
            let mut stored = input.take(member.stored.unwrap_or(0));
            self.zip_member(&member, &meta, want, &mut stored, depth);
        }
        Ok(())
    }

    /// What only its name made look like an archive is a file as any other.
    fn raw(&mut self, input: &mut dyn Read, label: &str) -> io::Result<()> {
        let meta = FileMeta {
            path: label.into(),
            ..self.outer.clone()
        };
        let want = self.consumer.wants(&meta);
        self.buffer.clear();
        deliver(
            &mut ReadFill(input),
            &meta,
            want,
            self.windows,
            (self.buffer, false),
            self.consumer,
        )
        .map(|_| ())
    }

    /// Without a directory, members are read one after the other; what precedes the first is no member.
    fn zip_stream(&mut self, input: &mut dyn Read, label: &str, depth: u32) -> io::Result<()> {
        let mut input = BufReader::new(input);
        while !self.ends() {
            let Some(member) = zip::next_local(&mut input)? else {
                break;
            };
            let path = format!("{label}!/{}", clean(&member.name));
            let wanted = if member.name.ends_with(b"/") {
                None
            } else {
                self.wants(path, member.size.unwrap_or(0))
            };
            if let Some(stored) = member.stored {
                let mut stored = input.by_ref().take(stored);
                if let Some((meta, want)) = wanted {
                    self.zip_member(&member, &meta, want, &mut stored, depth);
                }
                let left = stored.limit();
                pass(&mut stored, left)?;
            } else if member.method == zip::DEFLATED && !member.encrypted {
                let intake = Intake::unknown();
                let decoder = flate2::bufread::DeflateDecoder::new(&mut input);
                let mut stream = Metered::new(decoder, &intake, Rc::clone(&self.bounds));
                if let Some((meta, want)) = wanted {
                    self.member(&meta, want, &mut stream, depth)?;
                }
                io::copy(&mut stream, &mut io::sink())?;
            } else {
                return Err(zip::damaged(
                    "where a member ends cannot be told without the directory",
                ));
            }
        }
        Ok(())
    }

    fn zip_member(
        &mut self,
        member: &zip::Member,
        meta: &FileMeta,
        want: Interest,
        stored: &mut dyn Read,
        depth: u32,
    ) {
        if member.encrypted {
            return self.skip(
                &meta.path,
                "it is encrypted; decrypt the archive and scan what it holds".to_owned(),
            );
        }
        let intake = Intake::default();
        let counted = BufReader::new(Counted {
            inner: stored,
            intake: &intake,
        });
        let Some(decoder) = zip::decoder(member.method, counted) else {
            let reason = format!(
                "compression method {} is not supported; expand it and scan that",
                member.method
            );
            return self.skip(&meta.path, reason);
        };
        let metered = Metered::new(decoder, &intake, Rc::clone(&self.bounds));
        let mut stream = flate2::CrcReader::new(metered);
        match self.member(meta, want, &mut stream, depth) {
            Ok(Some(bytes)) => {
                let sound = member.size.is_none_or(|size| size == bytes)
                    && member
                        .checksum
                        .is_none_or(|checksum| checksum == stream.crc().sum());
                if !sound {
                    let error = zip::damaged("its length or checksum is not what the archive says");
                    let short = member.size.is_some_and(|size| bytes < size);
                    self.tell(&meta.path, &error, short && intake.ended());
                }
            }
            Ok(None) => {}
            Err(error) => self.tell(&meta.path, &error, intake.ended()),
        }
    }
}

/// The name of a member as a label: relative, with `/`, and without steps upwards.
fn clean(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let parts: Vec<&str> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    if parts.is_empty() {
        "unnamed".to_owned()
    } else {
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_members_lead_nowhere() {
        assert_eq!(clean(b"a/b.txt"), "a/b.txt");
        assert_eq!(clean(b"../../etc/passwd"), "etc/passwd");
        assert_eq!(clean(b"/etc//./passwd"), "etc/passwd");
        assert_eq!(clean(b"a\\..\\b"), "a/b");
        assert_eq!(clean(b"../"), "unnamed");
        assert_eq!(clean(b"caf\xe9"), "caf\u{fffd}");
    }
}
