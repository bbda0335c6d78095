//! A way to a database that can be slow, or let nothing through.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Milliseconds by which it holds back what it gets; [`STALLED`] for ever.
const STALLED: u64 = u64::MAX;

/// Passes bytes on between whoever connects and `to`. Threads end with their connections.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) at: SocketAddr,
    delay: Arc<AtomicU64>,
}

impl Proxy {
    pub(crate) fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            at: listener.local_addr().unwrap(),
            delay: Arc::default(),
        };
        let delay = Arc::clone(&proxy.delay);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(to) else {
                    continue;
                };
                for (from, into) in [(&client, &server), (&server, &client)] {
                    let (from, into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
                    let delay = Arc::clone(&delay);
                    std::thread::spawn(move || pass(from, into, &delay));
                }
            }
        });
        proxy
    }

    pub(crate) fn delay(&self, by: Duration) {
        self.delay.store(by.as_millis() as u64, Ordering::Relaxed);
    }

    /// Takes everything, and passes nothing on, on connections that are there and on new ones.
    pub(crate) fn stall(&self) {
        self.delay.store(STALLED, Ordering::Relaxed);
    }
}

fn pass(mut from: TcpStream, mut into: TcpStream, delay: &AtomicU64) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count) = from.read(&mut bytes) {
        match delay.load(Ordering::Relaxed) {
            // What was held back once never arrives: nobody may rely on it.
            STALLED => {
                let _ = from.read_to_end(&mut Vec::new());
                break;
            }
            by => std::thread::sleep(Duration::from_millis(by)),
        }
        if count == 0 || into.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = into.shutdown(std::net::Shutdown::Both);
}
