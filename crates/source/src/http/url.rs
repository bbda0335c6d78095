//! Addresses of web resources, as far as this client follows them: `http` and `https`.
//!
//! In: text from a flag, a setting or a `Location` header. Out: a [`Url`] that can be asked, and shown without what is
//! secret in it: neither user nor query, since a query may carry a signature. <https://www.rfc-editor.org/rfc/rfc3986>

use std::fmt;
use std::net::IpAddr;

/// Longest address that is read, in bytes.
const LONGEST: usize = 8192;

/// Whether the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Text that is no address this client can ask.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no address of the form https://HOST/PATH: {0}")]
pub struct InvalidUrl(pub &'static str);

/// An address. Its [`Display`](fmt::Display) leaves out user and query; [`Url::request_target`] is what is asked for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    scheme: Scheme,
    user: Option<(String, String)>,
    host: String,
    port: u16,
    /// Begins with `/`; may hold a query.
    path: String,
}

impl Url {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        check_characters(text)?;
        let (scheme, rest) = text.split_once("://").ok_or(InvalidUrl("it has no scheme"))?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::Https
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::Http
        } else {
            return Err(InvalidUrl("its scheme is neither http nor https"));
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let (host, port) = host_and_port(authority)?;
        Ok(Self {
            scheme,
            user: user.map(user_and_password).transpose()?,
            host,
            port: port.unwrap_or(scheme.port()),
            path: rooted(path),
        })
    }

    /// The address that a reference found at this one leads to, for instance in a `Location` header. Users are not taken
    /// over.
    ///
    /// # Errors
    /// What is wrong with the reference.
    pub fn join(&self, reference: &str) -> Result<Self, InvalidUrl> {
        check_characters(reference)?;
        let reference = reference.split('#').next().unwrap_or(reference);
        if has_scheme(reference) {
            return Self::parse(reference);
        }
        if let Some(rest) = reference.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", self.scheme.as_str()));
        }
        let directory = self.path.split('?').next().unwrap_or("/");
        let path = if reference.starts_with('/') {
            reference.to_owned()
        } else if reference.starts_with('?') || reference.is_empty() {
            format!("{directory}{reference}")
        } else {
            let end = directory.rfind('/').map_or(0, |slash| slash + 1);
            format!("{}{reference}", directory.get(..end).unwrap_or("/"))
        };
        Ok(Self {
            user: None,
            path: without_dots(&rooted(&path)),
            ..self.clone()
        })
    }

    /// The address below this one: its path, a slash, and the segments, each of which is escaped.
    #[must_use]
    pub fn below(&self, segments: &[&str]) -> Self {
        let mut path = self.path.split('?').next().unwrap_or("/").to_owned();
        for segment in segments {
            if !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(&escaped(segment));
        }
        Self { path, ..self.clone() }
    }

    /// The address with more in its query.
    #[must_use]
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> Self {
        let mut path = self.path.clone();
        for (name, value) in pairs {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str(&format!("{}={}", escaped(name), escaped(value)));
        }
        Self { path, ..self.clone() }
    }

    /// Scheme.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Host, in lower case; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port, whether it was written or not.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// User and password that were written before the host.
    #[must_use]
    pub fn user(&self) -> Option<(&str, &str)> {
        self.user
            .as_ref()
            .map(|(user, password)| (user.as_str(), password.as_str()))
    }

    /// The part of the path after the last slash, without a query.
    #[must_use]
    pub fn file_name(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether both have scheme, host and port in common: what may see the same credentials.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        (self.scheme, &self.host, self.port) == (other.scheme, &other.host, other.port)
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The whole of it without the user, as it is asked for. May hold secrets: never for people.
    #[must_use]
    pub fn request_target(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    /// Scheme, host and, where it is not the usual one, port.
    #[must_use]
    pub fn origin(&self) -> String {
        let port = if self.port == self.scheme.port() {
            String::new()
        } else {
            format!(":{}", self.port)
        };
        format!("{}://{}{port}", self.scheme.as_str(), self.host)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, query) = match self.path.split_once('?') {
            Some((path, _)) => (path, "?…"),
            None => (self.path.as_str(), ""),
        };
        write!(f, "{}{path}{query}", self.origin())
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// Whether a host, without port, is this machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost") {
        return true;
    }
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

/// Escapes everything but unreserved characters and `:`, which buckets have in names.
#[must_use]
pub fn escaped(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn check_characters(text: &str) -> Result<(), InvalidUrl> {
    if text.len() > LONGEST {
        return Err(InvalidUrl("it is longer than 8,192 bytes"));
    }
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        Ok(())
    } else {
        Err(InvalidUrl(
            "it has a space or another character that must be escaped",
        ))
    }
}

fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), InvalidUrl> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        None | Some("") => None,
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(
            port.parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or(InvalidUrl("its port is none"))?,
        ),
        Some(_) => return Err(InvalidUrl("its port is no number")),
    };
    if is_host(host) {
        Ok((host.to_ascii_lowercase(), port))
    } else {
        Err(InvalidUrl("its host is none"))
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.len() <= 253
        && host
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn user_and_password(text: &str) -> Result<(String, String), InvalidUrl> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    Ok((unescaped(user)?, unescaped(password)?))
}

fn unescaped(text: &str) -> Result<String, InvalidUrl> {
    let wrong = InvalidUrl("its user is not escaped as it should be");
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(wrong);
        };
        out.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    String::from_utf8(out).map_err(|_| wrong)
}

fn rooted(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

/// Removes `.` and `..` from a path. <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>
fn without_dots(path: &str) -> String {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (path, String::new()),
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_parts_of_an_address_are_told_apart() {
        let parsed = url("HTTPS://us%40er:p%3Aw@Example.COM:8443/a/b.zip?sig=1#top");
        assert_eq!(parsed.host(), "example.com");
        assert_eq!(parsed.port(), 8443);
        assert_eq!(parsed.user(), Some(("us@er", "p:w")));
        assert_eq!(parsed.file_name(), "b.zip");
        assert_eq!(parsed.request_target(), "https://example.com:8443/a/b.zip?sig=1");
        assert_eq!(url("http://[::1]:5000/v2/").host(), "[::1]");
        assert_eq!(url("http://host").request_target(), "http://host/");
    }

    #[test]
    fn neither_user_nor_query_is_shown() {
        let parsed = url("https://user:word@host/path?token=word");
        for shown in [format!("{parsed}"), format!("{parsed:?}")] {
            assert!(shown.contains("https://host/path?…"), "{shown}");
            assert!(!shown.contains("word"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "host/path",
            "ftp://host/",
            "https://",
            "https:///path",
            "https://ho st/",
            "https://host:0/",
            "https://host:99999/",
            "https://host:x/",
            "https://[::1/",
            "https://-host/",
            "https://a..b/",
            "https://%41/",
            "https://u%zz@host/",
            "https://host/a\r\nX: y",
            "https://host\\@other/",
        ] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
        assert!(Url::parse(&format!("https://host/{}", "a".repeat(9000))).is_err());
    }

    #[test]
    fn references_are_resolved_against_the_address_they_stand_at() {
        let base = url("https://user@host/a/b/c?q=1");
        for (reference, target) in [
            ("d", "https://host/a/b/d"),
            ("../d", "https://host/a/d"),
            ("../../../d", "https://host/d"),
            ("./", "https://host/a/b/"),
            ("..", "https://host/a/"),
            ("/d?x=../y", "https://host/d?x=../y"),
            ("?q=2", "https://host/a/b/c?q=2"),
            ("//other/d", "https://other/d"),
            ("http://other/d", "http://other/d"),
            ("d?u=https://x/", "https://host/a/b/d?u=https://x/"),
        ] {
            let joined = base.join(reference).unwrap();
            assert_eq!(joined.request_target(), target, "{reference}");
            assert_eq!(joined.user(), None);
        }
    }

    #[test]
    fn segments_are_escaped() {
        let base = url("https://host/mirror");
        assert_eq!(
            base.below(&["GitHub Actions", "../all.zip"]).request_target(),
            "https://host/mirror/GitHub%20Actions/..%2Fall.zip"
        );
        let query = base.with_query(&[("scope", "repository:a/b:pull"), ("x", "1&2")]);
        assert_eq!(
            query.request_target(),
            "https://host/mirror?scope=repository:a%2Fb:pull&x=1%262"
        );
    }

    #[test]
    fn this_machine_is_recognised() {
        for host in ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.com", "10.0.0.1", "[::2]", "128.0.0.1"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
