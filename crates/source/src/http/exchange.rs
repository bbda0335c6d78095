//! One exchange: a request, the redirects it meets, and the head of the answer. Nothing is tried twice here.

use super::guard::Unreachable;
use super::trust::Verification;
use super::url::{Scheme, Url};
use super::{Client, Fetched, HttpError, Method, Request, proxy};
use base64::Engine as _;
use std::io::Read;
use ureq::http::{HeaderMap, Response};

/// Redirects followed in a row.
const MOST_REDIRECTS: usize = 8;
/// Bytes that are read at once.
const STEP: usize = 64 * 1024;

/// The head of an answer, and its body still to be read.
pub(crate) struct Answer {
    url: Url,
    status: u16,
    headers: HeaderMap,
    body: ureq::BodyReader<'static>,
}

impl Client {
    /// Asks once, and follows redirects.
    pub(super) fn exchange(&self, request: &Request<'_>) -> Result<Answer, HttpError> {
        let mut url = request.url.clone();
        let basic = request.url.user().map(|(user, password)| basic(user, password));
        let authorization = request.authorization.or(basic.as_deref());
        for _ in 0..=MOST_REDIRECTS {
            let credentials = authorization.filter(|_| url.same_origin(request.url));
            let response = self.once(request, &url, credentials)?;
            let status = response.status().as_u16();
            let location = match status {
                301 | 302 | 303 | 307 | 308 => response.headers().get("location").cloned(),
                _ => None,
            };
            let Some(location) = location else {
                let (head, body) = response.into_parts();
                return Ok(Answer {
                    url,
                    status,
                    headers: head.headers,
                    body: body.into_reader(),
                });
            };
            let next = location
                .to_str()
                .map_err(|error| error.to_string())
                .and_then(|location| url.join(location).map_err(|error| error.to_string()))
                .map_err(|cause| HttpError::Protocol {
                    url: url.to_string(),
                    cause,
                })?;
            refuse(request, &url, &next)?;
            url = next;
        }
        Err(HttpError::Redirect {
            url: request.url.to_string(),
            to: url.to_string(),
            reason: "there are too many redirects in a row",
        })
    }

    fn once(
        &self,
        request: &Request<'_>,
        url: &Url,
        credentials: Option<&str>,
    ) -> Result<Response<ureq::Body>, HttpError> {
        if self.options.offline {
            return Err(HttpError::Offline { url: url.to_string() });
        }
        let proxy = self.options.proxies.of(url);
        let agent = self.agent(match (url.scheme(), proxy) {
            // What holds for the server that was named does not hold for any other.
            (Scheme::Https, _) if request.unverified && url.same_origin(request.url) => Verification::None,
            (Scheme::Http, None) => Verification::Clear,
            _ => Verification::Full,
        })?;
        let mut head = ureq::http::Request::builder()
            .uri(url.request_target())
            .header("accept-encoding", "identity");
        for (name, value) in request.headers {
            head = head.header(*name, *value);
        }
        if let Some(credentials) = credentials {
            head = head.header("authorization", credentials);
        }
        let through = proxy
            .map(|(variable, value)| proxy::read(variable, value))
            .transpose()?;
        let failed = |error: ureq::http::Error| HttpError::Protocol {
            url: url.to_string(),
            cause: error.to_string(),
        };
        let (verb, content_type, body): (_, _, &[u8]) = match request.method {
            Method::Get => {
                let built = head.body(()).map_err(failed)?;
                let response = match through {
                    Some(through) => agent.run(agent.configure_request(built).proxy(Some(through)).build()),
                    None => agent.run(built),
                };
                return response.map_err(|error| explained(url, error));
            }
            Method::Form(form) => ("POST", "application/x-www-form-urlencoded", form.as_bytes()),
            Method::Post { content_type, body } => ("POST", content_type, body),
            Method::Change {
                verb,
                content_type,
                body,
            } => (verb.as_str(), content_type, body),
        };
        let built = head
            .method(verb)
            .header("content-type", content_type)
            .body(body)
            .map_err(failed)?;
        let response = match through {
            Some(through) => agent.run(agent.configure_request(built).proxy(Some(through)).build()),
            None => agent.run(built),
        };
        response.map_err(|error| explained(url, error))
    }
}

impl Answer {
    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Bytes that the body says to have.
    pub(super) fn length(&self) -> Option<u64> {
        self.header("content-length")?.trim().parse().ok()
    }

    /// Reads the next bytes of the body; 0 at its end.
    pub(super) fn next(&mut self, buffer: &mut [u8]) -> Result<usize, HttpError> {
        self.body
            .read(buffer)
            .map_err(|error| explained(&self.url, ureq::Error::from(error)))
    }

    /// Reads the whole body.
    pub(super) fn read(mut self, limit: u64) -> Result<Fetched, HttpError> {
        let mut body = Vec::new();
        let mut buffer = vec![0; STEP];
        loop {
            let count = self.next(&mut buffer)?;
            if count == 0 {
                break;
            }
            body.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if body.len() as u64 > limit {
                return Err(HttpError::TooLarge {
                    url: self.url.to_string(),
                    limit,
                });
            }
        }
        Ok(Fetched {
            url: self.url,
            status: self.status,
            body,
            headers: self.headers,
            attempts: 1,
        })
    }

    /// The error that the answer is.
    pub(super) fn refusal(&self) -> HttpError {
        HttpError::Status {
            url: self.url.to_string(),
            status: self.status,
            attempts: 1,
        }
    }

    /// The address in the end, for messages.
    pub(super) fn shown(&self) -> String {
        self.url.to_string()
    }
}

/// The value of an `Authorization` header. <https://www.rfc-editor.org/rfc/rfc7617>
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    let both = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("Basic {both}")
}

fn refuse(request: &Request<'_>, from: &Url, to: &Url) -> Result<(), HttpError> {
    let reason = if from.scheme() == Scheme::Https && to.scheme() == Scheme::Http {
        "it leads from an encrypted connection to one in the clear"
    } else if request.method != Method::Get {
        "what was sent there is meant for nobody else"
    } else {
        return Ok(());
    };
    Err(HttpError::Redirect {
        url: from.to_string(),
        to: to.to_string(),
        reason,
    })
}

/// What went wrong below HTTP.
fn explained(url: &Url, error: ureq::Error) -> HttpError {
    use ureq::Error as Wrong;
    let url = url.to_string();
    let unreachable = |cause: String| HttpError::Unreachable {
        url: url.clone(),
        cause,
        attempts: 1,
    };
    match error {
        Wrong::Io(error) => match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(inner) => tls(url, inner),
            None => unreachable(super::plain(&error)),
        },
        Wrong::Rustls(error) => tls(url, &error),
        Wrong::Tls(cause) => HttpError::Tls {
            url,
            cause: cause.to_owned(),
        },
        Wrong::Timeout(what) => HttpError::TimedOut {
            url,
            what: match what {
                ureq::Timeout::Connect | ureq::Timeout::Resolve => "connecting",
                ureq::Timeout::RecvResponse => "the beginning of its answer",
                _ => "the rest of its answer",
            },
            attempts: 1,
        },
        Wrong::Other(error) if error.is::<Unreachable>() => HttpError::Forbidden { url },
        Wrong::HostNotFound => unreachable("there is no host of that name".to_owned()),
        Wrong::ConnectProxyFailed(cause) => unreachable(format!("the proxy refused: {cause}")),
        Wrong::ConnectionFailed | Wrong::BodyStalled => unreachable("the connection broke".to_owned()),
        other => HttpError::Protocol {
            url,
            cause: other.to_string(),
        },
    }
}

fn tls(url: String, error: &rustls::Error) -> HttpError {
    let cause = error.to_string();
    match error {
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
            HttpError::Certificate { url, cause }
        }
        _ => HttpError::Tls { url, cause },
    }
}
