//! Bodies of requests, read piece by piece: within a size, at a pace, and within what all requests together may hold in memory.
//!
//! In: a request. Out: its bytes, or a problem as soon as it is known: a length that is too great is refused before anything was read.
//! Nobody who sends little by little holds memory for long, and no number of clients holds more of it than there is.

use super::problem::{Kind, Problem};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Bytes of evidence at most; a bill of materials of 256 MB fits.
pub(crate) const LARGEST: usize = 512 * 1024 * 1024;
/// Bytes of any other body at most.
pub(crate) const USUAL: usize = 8 * 1024 * 1024;
/// Bytes of a body for which nobody has to ask.
const SMALL: usize = 64 * 1024;
/// What all larger bodies together may hold, in pieces of [`SMALL`]: twice the largest.
const ROOM: usize = 2 * LARGEST / SMALL;
static ROOM_LEFT: Semaphore = Semaphore::const_new(ROOM);

/// How long a body may take however short it is, and how many bytes of a longer one come in a second at least.
const AT_LEAST: Duration = Duration::from_secs(30);
const PACE: u64 = 32 * 1024;
/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(20);

/// What is read on, and thrown away, of a request that was answered before it was read: so that the answer is read, and not lost with a
/// connection that was reset.
const LINGER: Duration = Duration::from_secs(5);

/// The bytes of a body, and the room they take.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    _room: Vec<SemaphorePermit<'static>>,
}

/// From how many bytes on one body is worked on at a time: what is made of it takes several times its size.
const ONE_AT_A_TIME: usize = 16 * 1024 * 1024;
static TURN: Semaphore = Semaphore::const_new(1);
/// How long a large body waits for its turn.
const QUEUE: Duration = Duration::from_secs(60);

impl Held {
    /// Waits until it is the turn of this body, where it is large. The turn lasts until what comes out is dropped.
    ///
    /// # Errors
    /// When others are worked on for too long.
    pub(crate) async fn turn(&self) -> Result<Option<SemaphorePermit<'static>>, Problem> {
        if self.bytes.len() < ONE_AT_A_TIME {
            return Ok(None);
        }
        match tokio::time::timeout(QUEUE, TURN.acquire()).await {
            Ok(Ok(turn)) => Ok(Some(turn)),
            _ => Err(no_room()),
        }
    }
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// When it is larger, encoded, too slow, or breaks off, and when others hold the room that it needs.
pub(crate) async fn read(request: Request, most: usize) -> Result<Held, Problem> {
    refuse_early(request.headers(), most)?;
    let mut body = request.into_body();
    // Takes no memory before it is written to.
    let length = usize::try_from(body.size_hint().exact().unwrap_or_default()).unwrap_or_default();
    let mut bytes: Vec<u8> = Vec::with_capacity(length.min(most));
    let mut room = Vec::new();
    let mut free = SMALL;
    let begun = Instant::now();
    while let Some(piece) = next(&mut body, begun, bytes.len()).await? {
        let length = bytes.len() + piece.len();
        if length > most {
            return Err(too_large(most));
        }
        if free == SMALL && length > free && bytes.capacity() < length {
            // A buffer that grew by doubling would be there several times for a while; what is not written to takes no memory.
            let _ = bytes.try_reserve_exact(most.saturating_sub(bytes.len()));
        }
        while length > free {
            room.push(ROOM_LEFT.try_acquire().map_err(|_| no_room())?);
            free += SMALL;
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Held {
        bytes: bytes.into(),
        _room: room,
    })
}

fn refuse_early(headers: &HeaderMap, most: usize) -> Result<(), Problem> {
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(
            Problem::new(Kind::Unsupported, "bodies are read as they are, not compressed")
                .help("send it without Content-Encoding"),
        );
    }
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > most as u64 => Err(too_large(most)),
        _ => Ok(()),
    }
}

fn too_large(most: usize) -> Problem {
    Problem::new(Kind::TooLarge, format!("a body may have {most} bytes here"))
        .help("cut it in several, for instance one bill of materials for each thing")
}

fn no_room() -> Problem {
    Problem::new(
        Kind::Unavailable,
        "others send so much that there is no room for this body",
    )
    .help("send it again in a moment")
    .retry_after(10)
}

/// The next piece of a body; none at its end.
async fn next(body: &mut Body, begun: Instant, received: usize) -> Result<Option<Bytes>, Problem> {
    let allowed = AT_LEAST + Duration::from_secs(received as u64 / PACE);
    let until = (begun + allowed).min(Instant::now() + SILENCE);
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let Ok(frame) = tokio::time::timeout_at(until, frame).await else {
            return Err(Problem::new(
                Kind::TooSlow,
                format!("after {} s {received} bytes had come", begun.elapsed().as_secs()),
            )
            .help("send it again, over a better connection"));
        };
        match frame {
            None => return Ok(None),
            Some(Ok(frame)) => {
                // Trailers say nothing to us.
                if let Ok(piece) = frame.into_data() {
                    return Ok(Some(piece));
                }
            }
            Some(Err(error)) => {
                return Err(Problem::new(
                    Kind::Malformed,
                    format!("the body breaks off: {error}"),
                ));
            }
        }
    }
}

/// A body that is read on for a moment once nobody wants it any more.
struct Lingering(Option<Body>);

/// The request, whose body is read on for a moment where the answer does not wait for it.
pub(crate) fn lingering(request: Request) -> Request {
    request.map(|body| {
        if body.is_end_stream() {
            body
        } else {
            Body::new(Lingering(Some(body)))
        }
    })
}

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let frame = std::task::ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0
            .as_ref()
            .map_or_else(http_body::SizeHint::default, HttpBody::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let left = self.0.take().filter(|body| !body.is_end_stream());
        if let (Some(mut body), Ok(runtime)) = (left, tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let end = Instant::now() + LINGER;
                let frame = |body: &mut Body, context: &mut Context<'_>| Pin::new(body).poll_frame(context);
                while let Ok(Some(Ok(_))) =
                    tokio::time::timeout_at(end, std::future::poll_fn(|context| frame(&mut body, context)))
                        .await
                {
                    // Frames that are always there would never meet the end of the time otherwise.
                    if Instant::now() >= end {
                        break;
                    }
                }
            });
        }
    }
}
