//! Telling formats by their first bytes, and the decoders of compressed streams.
//!
//! gzip is RFC 1952, zstd RFC 8878, xz <https://tukaani.org/xz/xz-file-format.txt>, bzip2
//! <https://sourceware.org/bzip2/>.

use super::bounds::{at_end, pass};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// Bytes that are needed to tell every format.
pub(crate) const HEAD: usize = 512;
/// Most memory an xz decoder may ask for, in KiB.
const XZ_MEMORY: u32 = 128 << 10;

/// A format that is expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Zip,
    Tar,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
}

/// Names of archives that may begin with something else: a script that starts the program inside.
const PREFIXED: [&str; 8] = [".jar", ".war", ".ear", ".zip", ".whl", ".pyz", ".egg", ".apk"];

/// The format of what starts with `head` and is named `name`.
pub(crate) fn sniff(head: &[u8], name: &str) -> Option<Format> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Some(Format::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Format::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Format::Zstd),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Format::Xz),
        [
            b'B',
            b'Z',
            b'h',
            b'1'..=b'9',
            0x31,
            0x41,
            0x59,
            0x26,
            0x53,
            0x59,
            ..,
        ] => Some(Format::Bzip2),
        _ if head.get(257..262) == Some(b"ustar") => Some(Format::Tar),
        [b'#', b'!', ..] if has_extension(name, &PREFIXED) => Some(Format::Zip),
        _ => None,
    }
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    extensions.iter().any(|extension| {
        let start = name.len().saturating_sub(extension.len());
        name.get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(extension))
    })
}

/// Name of what a compressed stream holds: its own name without the mark of the compression.
pub(super) fn inner_name(name: &str) -> String {
    let file = name.rsplit(['/', '!']).next().unwrap_or(name);
    for (end, instead) in [
        (".tgz", ".tar"),
        (".tzst", ".tar"),
        (".txz", ".tar"),
        (".tbz2", ".tar"),
    ] {
        if has_extension(file, &[end]) {
            return format!("{}{instead}", file.get(..file.len() - end.len()).unwrap_or(file));
        }
    }
    for end in [".gz", ".zst", ".xz", ".bz2"] {
        if has_extension(file, &[end]) && file.len() > end.len() {
            return file.get(..file.len() - end.len()).unwrap_or(file).to_owned();
        }
    }
    "content".to_owned()
}

/// What a compressed stream holds; `None` for formats that are no compressed stream.
pub(crate) fn decoder<'a>(format: Format, input: impl BufRead + 'a) -> Option<Box<dyn Read + 'a>> {
    Some(match format {
        Format::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(input)),
        Format::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Format::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_MEMORY)),
        Format::Zstd => Box::new(Zstd {
            input,
            frame: FrameDecoder::new(),
            open: false,
        }),
        Format::Zip | Format::Tar => return None,
    })
}

/// The frames of a zstd stream, one after the other.
struct Zstd<R> {
    input: R,
    frame: FrameDecoder,
    open: bool,
}

impl<R: BufRead> Zstd<R> {
    /// Opens the next frame that holds data; `false` at the end.
    fn open_next(&mut self) -> io::Result<bool> {
        while !at_end(&mut self.input)? {
            match self.frame.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    pass(&mut self.input, u64::from(length))?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.open {
                self.open = self.open_next()?;
                if !self.open {
                    return Ok(0);
                }
            }
            while self.frame.can_collect() == 0 && !self.frame.is_finished() {
                self.frame
                    .decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(io::Error::other)?;
            }
            let count = self.frame.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.open = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes_not_by_their_names() {
        assert_eq!(sniff(b"PK\x03\x04....", "report.docx"), Some(Format::Zip));
        assert_eq!(sniff(b"\x1f\x8b\x08\0", "x"), Some(Format::Gzip));
        assert_eq!(sniff(b"plain text", "x.zip"), None);
        assert_eq!(sniff(b"BZh9 is how bzip2 starts", "x.bz2"), None);
        assert_eq!(sniff(b"#!/bin/sh\n", "app.jar"), Some(Format::Zip));
        assert_eq!(sniff(b"#!/bin/sh\n", "app.sh"), None);
        assert_eq!(sniff(b"", ""), None);
    }

    #[test]
    fn a_compressed_stream_names_what_it_holds() {
        assert_eq!(inner_name("a/b.txt.gz"), "b.txt");
        assert_eq!(inner_name("a/b.tgz"), "b.tar");
        assert_eq!(inner_name("a.zip!/c.log.XZ"), "c.log");
        assert_eq!(inner_name("a/.gz"), "content");
        assert_eq!(inner_name("blob"), "content");
    }
}
