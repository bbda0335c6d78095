//! The connection to a mail server, in the clear or over TLS, which ends at a deadline however slowly the other side goes.

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes that are read at once.
const STEP: usize = 4 * 1024;

/// The first address that answers.
pub(super) fn connect(addresses: &[SocketAddr], patience: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(ErrorKind::NotFound, "there is no host of that name");
    for address in addresses {
        match TcpStream::connect_timeout(address, patience) {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// How we introduce ourselves: our address as the other side sees it, or nearly. <https://www.rfc-editor.org/rfc/rfc5321#section-4.1.3>
pub(super) fn own_name(tcp: &TcpStream) -> String {
    match tcp.local_addr().map(|address| address.ip()) {
        Ok(IpAddr::V4(four)) => format!("[{four}]"),
        Ok(IpAddr::V6(six)) => format!("[IPv6:{six}]"),
        Err(_) => "[127.0.0.1]".to_owned(),
    }
}

/// A connection.
pub(super) struct Link {
    stream: Stream,
    deadline: Instant,
    buffer: Vec<u8>,
    at: usize,
}

enum Stream {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
    /// While one becomes the other.
    Gone,
}

impl Link {
    pub(super) const fn new(tcp: TcpStream, deadline: Instant) -> Self {
        Self {
            stream: Stream::Clear(tcp),
            deadline,
            buffer: Vec::new(),
            at: 0,
        }
    }

    pub(super) const fn is_protected(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }

    /// Whether something was read that nobody asked for yet.
    pub(super) fn has_more(&self) -> bool {
        self.at < self.buffer.len()
    }

    /// Goes on over TLS, with a server whose certificate is for this name or address.
    pub(super) fn protect(&mut self, config: Arc<ClientConfig>, host: &str) -> io::Result<()> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned())
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string()))?;
        let Stream::Clear(tcp) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(ErrorKind::NotConnected.into());
        };
        let connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, tcp);
        while stream.conn.is_handshaking() {
            limit(&stream.sock, self.deadline)?;
            stream.conn.complete_io(&mut stream.sock)?;
        }
        self.stream = Stream::Tls(Box::new(stream));
        Ok(())
    }

    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Clear(tcp) => {
                limit(tcp, self.deadline)?;
                tcp.write_all(bytes)?;
                tcp.flush()
            }
            Stream::Tls(tls) => {
                limit(&tls.sock, self.deadline)?;
                tls.write_all(bytes)?;
                tls.flush()
            }
            Stream::Gone => Err(ErrorKind::NotConnected.into()),
        }
    }
}

/// Nothing takes longer than until the deadline.
fn limit(tcp: &TcpStream, deadline: Instant) -> io::Result<()> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    tcp.set_read_timeout(Some(left))?;
    tcp.set_write_timeout(Some(left))
}

impl Read for Link {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            *to = *from;
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Link {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            self.buffer.resize(STEP, 0);
            self.at = 0;
            let read = match &mut self.stream {
                Stream::Clear(tcp) => limit(tcp, self.deadline).and_then(|()| tcp.read(&mut self.buffer)),
                Stream::Tls(tls) => limit(&tls.sock, self.deadline).and_then(|()| tls.read(&mut self.buffer)),
                Stream::Gone => Err(ErrorKind::NotConnected.into()),
            };
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(self.buffer.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.buffer.len().min(self.at + count);
    }
}
