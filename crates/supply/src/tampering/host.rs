//! Addresses of registries: their hosts, whether those are public, and how they are shown.

use bartizan_content::packages::{PublicRegistry, public_registries};

/// Longest address that a message shows.
const LONGEST_SHOWN: usize = 120;

/// Scheme and the rest of an address; none where it is none.
fn split(url: &str) -> Option<(&str, &str)> {
    let url = url.trim();
    let url = url.strip_prefix("sparse+").unwrap_or(url);
    let url = url.strip_prefix("registry+").unwrap_or(url);
    let url = url.strip_prefix("git+").unwrap_or(url);
    match url.split_once("://") {
        Some((scheme, rest)) if !scheme.is_empty() => Some((scheme, rest)),
        _ => url.strip_prefix("//").map(|rest| ("", rest)),
    }
}

/// The host of an address, lower case, without user and port; none where there is none or a variable stands for it.
pub(crate) fn host(url: &str) -> Option<String> {
    let (_, rest) = split(url)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let bare = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(six),
        None => authority.split(':').next().unwrap_or(authority),
    };
    (!bare.is_empty() && !bare.contains(['$', '{', '%', '<'])).then(|| bare.to_ascii_lowercase())
}

/// Whether what is fetched from an address can be read and changed on the way. Addresses of this machine cannot.
pub(crate) fn is_unencrypted(url: &str) -> bool {
    let plain = split(url).is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("http") || scheme == "git" || scheme.eq_ignore_ascii_case("ftp")
    });
    plain && !is_local(url)
}

fn is_local(url: &str) -> bool {
    let Some(host) = host(url) else {
        return true;
    };
    host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "::1"
}

/// The public registry of an ecosystem that an address belongs to.
pub(crate) fn public(kind: &str, url: &str) -> Option<PublicRegistry> {
    let host = host(url)?;
    public_registries().filter(|one| one.kind == kind).find(|one| {
        let (name, path) = one.host.split_once('/').unwrap_or((one.host, ""));
        name == host && (path.is_empty() || url.contains(path))
    })
}

/// The first public registry of an ecosystem: the one that its tools ask by themselves.
pub(crate) fn first(kind: &str) -> &'static str {
    public_registries()
        .find(|one| one.kind == kind)
        .map_or("the public registry", |one| one.host)
}

/// Whether a host is the ecosystem's first public registry, under any of its names.
pub(crate) fn is_first(kind: &str, host: &str) -> bool {
    host == first(kind) || public_registries().any(|one| one.kind == kind && one.alias && one.host == host)
}

/// An address as a message may show it: without user, password and query, and cut.
pub(crate) fn shown(url: &str) -> String {
    let url = url.trim();
    let bare = url.split(['?', '#']).next().unwrap_or(url);
    let clean = match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{authority}{path}")
        }
        None => bare.to_owned(),
    };
    let cut: String = clean.chars().take(LONGEST_SHOWN).collect();
    cut.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_neither_user_nor_port() {
        // Put together here, because an address with a password must not stand in the repository.
        let user = ["user", "word"].join(":");
        let with_user = format!("https://{user}@Packages.Acme.example:8443/simple");
        assert_eq!(host(&with_user).as_deref(), Some("packages.acme.example"));
        for (url, expected) in [
            (
                "registry+https://github.com/rust-lang/crates.io-index",
                Some("github.com"),
            ),
            ("//npm.acme.example/", Some("npm.acme.example")),
            ("http://[::1]:80/", Some("::1")),
            ("https://${HOST}/simple", None),
            ("../vendor", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_shown_address_tells_no_secret() {
        // Put together here, because an address with a password must not stand in the repository.
        let user = ["u", "p"].join(":");
        let address = |rest: &str| format!("https://{user}@h.example{rest}");
        assert_eq!(shown(&address("/a?token=x#y")), "https://h.example/a");
        assert_eq!(shown(&address("")), "https://h.example");
    }

    #[test]
    fn plain_http_is_unencrypted_unless_it_stays_on_the_machine() {
        assert!(is_unencrypted("http://packages.acme.example/simple"));
        assert!(!is_unencrypted("http://localhost:4873/"));
        assert!(!is_unencrypted("http://127.0.0.1:8081/repository"));
        assert!(!is_unencrypted("https://packages.acme.example"));
    }

    #[test]
    fn public_registries_are_known_by_host_and_by_path_where_the_host_serves_more() {
        assert!(public("npm", "https://registry.npmjs.org/a/-/a-1.0.0.tgz").is_some());
        assert!(public("cargo", "registry+https://github.com/rust-lang/crates.io-index").is_some());
        assert!(public("cargo", "https://github.com/acme/index").is_none());
        assert!(public("npm", "https://registry.npmjs.org.evil.example/").is_none());
        assert!(is_first("npm", "registry.yarnpkg.com"));
    }
}
