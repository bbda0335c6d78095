//! The cookie of a session: for this host only, out of the reach of scripts, and never sent along from another site
//! (<https://www.rfc-editor.org/rfc/rfc6265>, and its successor for `SameSite` and `__Host-`).

use axum::http::{HeaderMap, HeaderValue, header};

/// How browsers reach us, as far as it concerns cookies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS, which we speak ourselves.
    #[default]
    Tls,
    /// Over TLS, which a proxy in front of us speaks.
    Proxied,
    /// Over HTTP without TLS, from this machine only: browsers refuse `__Host-` cookies there.
    Loopback,
}

impl Transport {
    /// What the cookie is called.
    #[must_use]
    pub const fn cookie(self) -> &'static str {
        match self {
            Self::Tls | Self::Proxied => "__Host-bartizan",
            Self::Loopback => "bartizan",
        }
    }

    /// What the cookie is called of a browser that was sent to sign in elsewhere.
    const fn away(self) -> &'static str {
        match self {
            Self::Tls | Self::Proxied => "__Host-bartizan-away",
            Self::Loopback => "bartizan-away",
        }
    }

    /// The header that gives the cookie to a browser, for so many seconds.
    pub(crate) fn give(self, secret: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(self.cookie(), (secret, seconds), "Strict")
    }

    /// The header that gives a cookie to a browser which is sent to sign in elsewhere. It is sent along when another site leads back
    /// here, which one that is strict is not.
    pub(crate) fn give_away(self, secret: &str, seconds: i64) -> Option<HeaderValue> {
        self.header(self.away(), (secret, seconds), "Lax")
    }

    fn header(self, name: &str, (secret, seconds): (&str, i64), same_site: &str) -> Option<HeaderValue> {
        let secure = match self {
            Self::Tls | Self::Proxied => "; Secure",
            Self::Loopback => "",
        };
        let text =
            format!("{name}={secret}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// The cookie that a browser sent; none where it sent two.
    pub(crate) fn find(self, headers: &HeaderMap) -> Option<&str> {
        one(headers, self.cookie())
    }

    /// The cookie of a browser that comes back from elsewhere; none where it sent two.
    pub(crate) fn find_away(self, headers: &HeaderMap) -> Option<&str> {
        one(headers, self.away())
    }
}

fn one<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == wanted)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_not_guessed_between_two() {
        let with = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            Transport::Loopback.find(&headers).map(str::to_owned)
        };
        assert_eq!(with(&["a=b; bartizan=x; c"]).as_deref(), Some("x"));
        assert_eq!(with(&["a=b", "bartizan=x"]).as_deref(), Some("x"));
        assert_eq!(with(&["bartizan=x; bartizan=y"]), None);
        assert_eq!(with(&["__Host-bartizan=x"]), None);
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn over_tls_the_cookie_is_bound_to_the_host_and_to_tls() {
        let given = Transport::Tls.give("s", 60).unwrap();
        assert_eq!(
            given.to_str().unwrap(),
            "__Host-bartizan=s; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure"
        );
    }
}
