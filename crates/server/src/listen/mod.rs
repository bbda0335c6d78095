//! Connections: who is let in, how long one may take to say what one wants, and TLS.
//!
//! In: a listener and the routes. Out: answers, over HTTP/1.1, and HTTP/2 where a client asks for it within TLS (ALPN). Whoever connects and
//! says nothing, or says it byte by byte, is cut off; so is whoever takes more connections than there are for one address.

mod crowd;
mod tls;

pub use tls::{Certificate, TlsError, TlsFiles};

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use crowd::Crowd;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// How much of us one may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address; none where a proxy in front has the address of everybody. Programs on the same
    /// machine are not counted.
    pub per_address: Option<usize>,
    /// How long the handshake of TLS may take, and how long the head of a request.
    pub head: Duration,
}

impl Limits {
    /// 1024 connections, of which one address has at most 256, and ten seconds.
    pub const USUAL: Self = Self {
        connections: 1_024,
        per_address: Some(256),
        head: Duration::from_secs(10),
    };
}

/// Requests of one HTTP/2 connection at once.
const STREAMS: u32 = 128;
/// How often a client with HTTP/2 is asked whether it is still there, and how long it may take to say so.
const PULSE: Duration = Duration::from_secs(30);
/// How long we wait before we accept again after the system would not let us.
const BREATH: Duration = Duration::from_millis(200);

/// What all connections share.
struct Shared {
    router: Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    crowd: Crowd,
}

/// Answers until `stop` changes; then no new connections are taken, and requests that were begun have `finish` to end.
pub async fn answer(
    listener: TcpListener,
    router: Router,
    tls: Option<&Certificate>,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
    finish: Duration,
) {
    let room = Arc::new(Semaphore::new(limits.connections));
    let shared = Arc::new(Shared {
        router,
        tls: tls.map(|certificate| TlsAcceptor::from(certificate.configuration())),
        limits,
        crowd: Crowd::default(),
    });
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            _ = stop.changed() => break,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (shared, stop) = (Arc::clone(&shared), stop.clone());
                tokio::spawn(async move {
                    let _permit = permit;
                    take(&shared, stream, peer, stop).await;
                });
            }
            // Out of descriptors, most likely: others have to end first.
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
    drop(listener);
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(finish, room.acquire_many(all)).await;
}

/// One connection from its first byte to its last.
async fn take(shared: &Shared, stream: TcpStream, peer: SocketAddr, stop: watch::Receiver<bool>) {
    let most = shared.limits.per_address.filter(|_| !peer.ip().is_loopback());
    let Some(_place) = shared.crowd.join(peer.ip(), most) else {
        return;
    };
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = &shared.tls else {
        return speak(shared, stream, peer, false, stop).await;
    };
    if let Ok(Ok(stream)) = tokio::time::timeout(shared.limits.head, acceptor.accept(stream)).await {
        let is_two = stream.get_ref().1.alpn_protocol() == Some(tls::HTTP_2);
        speak(shared, stream, peer, is_two, stop).await;
    }
}

async fn speak<I: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    shared: &Shared,
    stream: I,
    peer: SocketAddr,
    is_two: bool,
    stop: watch::Receiver<bool>,
) {
    let has_asked = Arc::new(AtomicBool::new(false));
    let inner = TowerToHyperService::new(shared.router.clone());
    let seen = Arc::clone(&has_asked);
    let service = service_fn(move |mut request: Request<Incoming>| {
        seen.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        inner.call(request)
    });
    let (io, head) = (TokioIo::new(stream), shared.limits.head);
    if is_two {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .keep_alive_interval(PULSE)
            .keep_alive_timeout(PULSE)
            .serve_connection(io, service);
        drive(connection, &has_asked, head, stop).await;
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .serve_connection(io, service);
        drive(connection, &has_asked, head, stop).await;
    }
}

/// Lets a connection go on until it ends, or has not asked for anything when `head` is over.
async fn drive<C: GracefulConnection>(
    connection: C,
    has_asked: &AtomicBool,
    head: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let mut connection = pin!(connection);
    let mut first = pin!(tokio::time::sleep(head));
    let (mut is_first, mut is_stopping) = (true, false);
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = &mut first, if is_first => {
                if !has_asked.load(Ordering::Relaxed) {
                    return;
                }
                is_first = false;
            }
            _ = stop.changed(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
