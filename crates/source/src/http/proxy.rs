//! Which proxy a request goes through: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
//!
//! In: the environment and an address. Out: a proxy, or none. A variable in lower case wins, as with curl; this machine is never
//! asked through a proxy.

use super::HttpError;
use super::url::{Scheme, Url};
use std::net::IpAddr;

/// The proxies of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    https: Option<(&'static str, String)>,
    http: Option<(&'static str, String)>,
    all: Option<(&'static str, String)>,
    except: Vec<String>,
}

impl Proxies {
    /// No proxy for anything.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// As environment variables say.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            names
                .into_iter()
                .find_map(|name| Some((name, variable(name).filter(|value| !value.trim().is_empty())?)))
        };
        let except = first(["no_proxy", "NO_PROXY"]).map_or_else(String::new, |(_, value)| value);
        Self {
            https: first(["https_proxy", "HTTPS_PROXY"]),
            http: first(["http_proxy", "HTTP_PROXY"]),
            all: first(["all_proxy", "ALL_PROXY"]),
            except: except
                .split([',', ' '])
                .filter(|entry| !entry.is_empty())
                .map(str::to_ascii_lowercase)
                .collect(),
        }
    }

    /// The proxy for an address: the variable that names it, and what it says.
    pub(super) fn of(&self, url: &Url) -> Option<(&'static str, &str)> {
        // A proxy elsewhere has another idea of what this machine is.
        if url.is_loopback() || self.except.iter().any(|entry| excepts(entry, url)) {
            return None;
        }
        let chosen = match url.scheme() {
            Scheme::Https => self.https.as_ref(),
            Scheme::Http => self.http.as_ref(),
        };
        chosen
            .or(self.all.as_ref())
            .map(|(variable, value)| (*variable, value.as_str()))
    }
}

/// A proxy as the client understands it.
pub(super) fn read(variable: &'static str, value: &str) -> Result<ureq::Proxy, HttpError> {
    ureq::Proxy::new(value.trim()).map_err(|_| HttpError::Proxy { variable })
}

/// Whether an entry of `NO_PROXY` covers an address: `*`, a host with everything below it, an address, a network such as
/// `10.0.0.0/8`; each with or without a port.
fn excepts(entry: &str, url: &Url) -> bool {
    if entry == "*" {
        return true;
    }
    let host = url.host().trim_start_matches('[').trim_end_matches(']');
    if let (Some((network, length)), Ok(address)) = (entry.split_once('/'), host.parse::<IpAddr>()) {
        return network.parse().is_ok_and(|network| {
            length
                .parse()
                .is_ok_and(|length| is_within(address, network, length))
        });
    }
    let entry = match entry.rsplit_once(':') {
        Some((before, port)) if !before.contains(':') || before.ends_with(']') => {
            if port.parse() != Ok(url.port()) {
                return false;
            }
            before
        }
        _ => entry,
    };
    let entry = entry.trim_start_matches('[').trim_end_matches(']');
    if let (Ok(one), Ok(other)) = (entry.parse::<IpAddr>(), host.parse::<IpAddr>()) {
        return one == other;
    }
    let domain = entry.strip_prefix("*.").unwrap_or(entry).trim_start_matches('.');
    !domain.is_empty()
        && host
            .strip_suffix(domain)
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

fn is_within(address: IpAddr, network: IpAddr, length: u32) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let ((address_bits, width), (network_bits, network_width)) = (bits(address), bits(network));
    if width != network_width || length > width {
        return false;
    }
    length == 0 || (address_bits ^ network_bits) >> (128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(pairs: &[(&str, &str)]) -> Proxies {
        Proxies::from_variables(|name| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn of(proxies: &Proxies, url: &str) -> Option<String> {
        let url = Url::parse(url).unwrap();
        proxies.of(&url).map(|(_, value)| value.to_owned())
    }

    #[test]
    fn each_scheme_has_its_proxy_and_all_is_the_fallback() {
        let set = proxies(&[
            ("HTTPS_PROXY", "http://a:1"),
            ("all_proxy", "http://b:2"),
            ("https_proxy", " "),
        ]);
        assert_eq!(of(&set, "https://host/").as_deref(), Some("http://a:1"));
        assert_eq!(of(&set, "http://host/").as_deref(), Some("http://b:2"));
        assert_eq!(of(&Proxies::none(), "https://host/"), None);
    }

    #[test]
    fn exceptions_are_hosts_domains_addresses_and_networks() {
        let with = |except: &str, url: &str| {
            of(
                &proxies(&[("ALL_PROXY", "http://p:1"), ("NO_PROXY", except)]),
                url,
            )
            .is_none()
        };
        assert!(with("*", "https://host/"));
        assert!(with("other, example.com", "https://example.com/"));
        assert!(with(".example.com", "https://a.example.com/"));
        assert!(with("*.example.com", "https://a.example.com/"));
        assert!(with("Example.com:443", "https://example.com/"));
        assert!(!with("example.com:444", "https://example.com/"));
        assert!(!with("ample.com", "https://example.com/"));
        assert!(with("10.0.0.0/8", "http://10.3.4.5/"));
        assert!(!with("10.0.0.0/8", "http://11.3.4.5/"));
        assert!(with("fd00::1", "http://[fd00::1]:5000/"));
        assert!(with("[fd00::1]:5000", "http://[fd00::1]:5000/"));
        assert!(with("x", "http://127.0.0.1/") && with("x", "http://localhost/") && !with("x", "http://y/"));
        assert!(with("fd00::/8", "http://[fd12::1]/"));
        assert!(!with("10.0.0.0/99,10.0.0.0/x,/,:", "http://10.0.0.1/"));
    }
}
