//! One question to a gRPC service on a socket of this host, and its answer: as much of HTTP/2 as that takes
//! (<https://www.rfc-editor.org/rfc/rfc9113>, <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).
//!
//! In: a path of a service and a message. Out: the message that it answers with. Each question has a connection of its own, on which there is one
//! stream. What headers say is not read: a service that refuses sends no message.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::host::runtime::MOST;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `SETTINGS_HEADER_TABLE_SIZE` 0, `SETTINGS_ENABLE_PUSH` 0, `SETTINGS_INITIAL_WINDOW_SIZE` [`MOST`]
const SETTINGS: [(u16, u32); 3] = [(1, 0), (2, 0), (4, MOST)];
/// Bytes of one frame at most, as long as nobody asks for more
const LARGEST_FRAME: usize = 1 << 14;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS_FRAME: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW: u8 = 8;

const END_STREAM: u8 = 1;
const ACKNOWLEDGED: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const STREAM: u32 = 1;

/// Asks, and waits for the answer for at most so long.
pub(super) fn ask(socket: &Path, path: &str, message: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let until = Instant::now() + patience;
    let mut stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(&question(path, message)?)?;
    let mut body = Vec::new();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let frame = Frame::read(&mut stream)?;
        match frame.kind {
            SETTINGS_FRAME if frame.flags & ACKNOWLEDGED == 0 => {
                stream.write_all(&encoded(SETTINGS_FRAME, ACKNOWLEDGED, 0, &[]))?;
            }
            PING if frame.flags & ACKNOWLEDGED == 0 => {
                stream.write_all(&encoded(PING, ACKNOWLEDGED, 0, &frame.bytes))?;
            }
            RESET | GO_AWAY => return Err(io::Error::other("the runtime broke off")),
            DATA => body.extend_from_slice(frame.data()?),
            _ => {}
        }
        if body.len() > MOST as usize {
            return Err(io::Error::other(
                "the runtime answers with more than there is room for",
            ));
        }
        if matches!(frame.kind, DATA | HEADERS) && frame.flags & END_STREAM != 0 {
            return message_in(&body).ok_or_else(|| io::Error::other("the runtime refuses to answer"));
        }
    }
}

/// Everything that is sent: the preface, settings, headers and the message.
fn question(path: &str, message: &[u8]) -> io::Result<Vec<u8>> {
    let too_long = || io::Error::other("the question is too long");
    let mut settings = Vec::new();
    for (name, value) in SETTINGS {
        settings.extend_from_slice(&name.to_be_bytes());
        settings.extend_from_slice(&value.to_be_bytes());
    }
    let mut headers = Vec::new();
    for (name, value) in [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "localhost"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ] {
        // Literal, not indexed, as it is (RFC 7541, 6.2.2); a length below 127 is one byte.
        headers.push(0);
        for text in [name, value] {
            let length = u8::try_from(text.len()).ok().filter(|length| *length < 127);
            headers.push(length.ok_or_else(too_long)?);
            headers.extend_from_slice(text.as_bytes());
        }
    }
    let mut data = vec![0];
    data.extend_from_slice(
        &u32::try_from(message.len())
            .map_err(|_| too_long())?
            .to_be_bytes(),
    );
    data.extend_from_slice(message);
    if data.len() > LARGEST_FRAME {
        return Err(too_long());
    }
    let mut all = PREFACE.to_vec();
    all.extend(encoded(SETTINGS_FRAME, 0, 0, &settings));
    all.extend(encoded(WINDOW, 0, 0, &MOST.to_be_bytes()));
    all.extend(encoded(HEADERS, END_HEADERS, STREAM, &headers));
    all.extend(encoded(DATA, END_STREAM, STREAM, &data));
    Ok(all)
}

fn encoded(kind: u8, flags: u8, stream: u32, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut frame = length.get(1..).unwrap_or_default().to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(bytes);
    frame
}

/// A message with five bytes before it: whether it is compressed, and its length.
fn message_in(body: &[u8]) -> Option<Vec<u8>> {
    let ([0, l0, l1, l2, l3], message) = body.split_first_chunk()? else {
        return None;
    };
    let length = u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize;
    message.get(..length).map(<[u8]>::to_vec)
}

struct Frame {
    kind: u8,
    flags: u8,
    bytes: Vec<u8>,
}

impl Frame {
    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut head = [0; 9];
        from.read_exact(&mut head)?;
        let [l0, l1, l2, kind, flags, ..] = head;
        let length = u32::from_be_bytes([0, l0, l1, l2]) as usize;
        if length > LARGEST_FRAME {
            return Err(io::Error::other("a frame is larger than was asked for"));
        }
        let mut bytes = vec![0; length];
        from.read_exact(&mut bytes)?;
        Ok(Self { kind, flags, bytes })
    }

    /// What a frame of data holds, without padding
    fn data(&self) -> io::Result<&[u8]> {
        if self.flags & PADDED == 0 {
            return Ok(&self.bytes);
        }
        let inner = self.bytes.split_first().and_then(|(padding, rest)| {
            let length = rest.len().checked_sub(usize::from(*padding))?;
            rest.get(..length)
        });
        inner.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    /// Answers one question with these bytes.
    fn answering(bytes: Vec<u8>) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut sent = [0; 4096];
            let _ = client.read(&mut sent);
            let _ = client.write_all(&bytes);
            let _ = client.shutdown(std::net::Shutdown::Write);
            // Whoever asks may still acknowledge something.
            let _ = client.read_to_end(&mut Vec::new());
        });
        (dir, path)
    }

    fn asked(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let (_dir, path) = answering(bytes);
        ask(&path, "/a.B/C", b"x", Duration::from_secs(5))
    }

    #[test]
    fn an_answer_in_pieces_among_other_frames_is_put_together() {
        let mut bytes = encoded(SETTINGS_FRAME, 0, 0, &[]);
        bytes.extend(encoded(HEADERS, END_HEADERS, STREAM, b"\x88"));
        bytes.extend(encoded(DATA, 0, STREAM, &[0, 0, 0, 0, 5, b'h']));
        bytes.extend(encoded(PING, 0, 0, &[0; 8]));
        bytes.extend(encoded(DATA, PADDED, STREAM, b"\x02ello.."));
        bytes.extend(encoded(HEADERS, END_HEADERS | END_STREAM, STREAM, b"\x88"));
        assert_eq!(asked(bytes).unwrap(), b"hello");
    }

    #[test]
    fn refusals_and_whatever_is_no_answer_are_errors() {
        let refused = encoded(HEADERS, END_HEADERS | END_STREAM, STREAM, b"\x88");
        assert!(asked(refused).unwrap_err().to_string().contains("refuses"));
        assert!(asked(encoded(RESET, 0, STREAM, &[0; 4])).is_err());
        assert!(asked(Vec::new()).is_err());
        assert!(asked(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).is_err());
        let short = encoded(DATA, END_STREAM, STREAM, &[0, 0, 0, 0, 9, 1]);
        assert!(asked(short).is_err());
        let padded = encoded(DATA, END_STREAM | PADDED, STREAM, &[200, 1]);
        assert!(asked(padded).is_err());
    }

    #[test]
    fn who_does_not_answer_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let _silent = UnixListener::bind(&path).unwrap();
        let began = Instant::now();
        assert!(ask(&path, "/a.B/C", b"", Duration::from_millis(50)).is_err());
        assert!(began.elapsed() < Duration::from_secs(20));
    }
}
