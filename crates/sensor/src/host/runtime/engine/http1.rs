//! One question to an HTTP service on a socket of this host, and its answer. It is asked by version 1.0 (<https://www.rfc-editor.org/rfc/rfc1945>), in
//! which an answer comes in one piece and ends with its connection.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::host::runtime::MOST;

/// Bytes that are read at once
const PIECE: usize = 16 << 10;

/// Gets what is at a path, which is waited for for at most so long: the status, and the content.
pub(super) fn get(socket: &Path, path: &str, patience: Duration) -> io::Result<(u16, Vec<u8>)> {
    let until = Instant::now() + patience;
    let mut stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(patience))?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; PIECE];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let count = stream.read(&mut piece)?;
        answer.extend_from_slice(piece.get(..count).unwrap_or_default());
        if count == 0 {
            return split(&answer).ok_or_else(|| io::Error::other("the runtime does not answer by HTTP"));
        }
        if answer.len() > MOST as usize {
            return Err(io::Error::other(
                "the runtime answers with more than there is room for",
            ));
        }
    }
}

/// The status of an answer and its content; None when it is none, or was cut off.
fn split(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    const END: &[u8] = b"\r\n\r\n";
    let end = answer.windows(END.len()).position(|window| window == END)?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let body = answer.get(end + END.len()..)?;
    let mut lines = head.lines();
    let mut first = lines.next()?.strip_prefix("HTTP/1.")?.split(' ');
    let status = first.nth(1)?.parse().ok()?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim())
    });
    let is_whole = length.is_none_or(|length| length.parse() == Ok(body.len()));
    is_whole.then(|| (status, body.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_status_and_content() {
        let found = split(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\n{}");
        assert_eq!(found, Some((200, b"{}".to_vec())));
        let open = split(b"HTTP/1.1 404 Not Found\r\n\r\nno\r\n\r\nmore");
        assert_eq!(open, Some((404, b"no\r\n\r\nmore".to_vec())));
    }

    #[test]
    fn whatever_else_comes_is_none() {
        for bytes in [
            &b""[..],
            b"\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"HTTP/1.0\r\n\r\n",
            b"HTTP/1.0 x\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\ncut",
            b"HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.0 200 \xff\r\n\r\n",
            b"HTTP/1.0 200 OK\r\n",
        ] {
            assert_eq!(split(bytes), None, "{bytes:?}");
        }
    }
}
