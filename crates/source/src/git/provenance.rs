//! Where a work tree comes from, so far as its repository says: the address of its remote and the branch.
//!
//! In: a path in a repository. Out: an address that may stand in a report: without user names and passwords, which
//! people do write into addresses (<https://git-scm.com/docs/git-clone#_git_urls>).

use super::repository::Repository;
use gix::bstr::ByteSlice;
use std::path::Path;

/// Characters of the longest address that is believed.
const LONGEST: usize = 2_048;

/// Schemes of addresses that mean the same to everybody; a path on this machine does not.
const SCHEMES: [&str; 6] = ["https", "http", "ssh", "git", "git+ssh", "git+https"];

/// Where a work tree comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Address of the remote of the branch, else of `origin`, else of the only remote; without credentials.
    pub repository: Option<String>,
    /// The branch that is checked out; absent where the head is detached.
    pub branch: Option<String>,
}

/// Where the work tree that holds `path` comes from; nothing outside of repositories.
#[must_use]
pub fn provenance(path: &Path) -> Provenance {
    let Ok(local) = Repository::discover_plain(path) else {
        return Provenance::default();
    };
    let head = local.head_name().ok().flatten();
    let branch = head.and_then(|name| {
        let short = name.as_bstr().strip_prefix(b"refs/heads/")?;
        Some(short.to_str_lossy().into_owned())
    });
    let config = local.config_snapshot();
    let value = |key: String| Some(config.string(key.as_str())?.to_str_lossy().into_owned());
    let upstream = branch
        .as_ref()
        .and_then(|branch| value(format!("branch.{branch}.remote")));
    let names = local.remote_names();
    let only = names
        .first()
        .filter(|_| names.len() == 1)
        .map(|name| name.to_str_lossy().into_owned());
    let repository = [upstream, Some("origin".to_owned()), only]
        .into_iter()
        .flatten()
        .filter_map(|remote| value(format!("remote.{remote}.url")))
        .find_map(|url| public_address(&url));
    Provenance { repository, branch }
}

/// The address as a URI without credentials, or nothing when it is no address that others could use.
fn public_address(url: &str) -> Option<String> {
    let is_plain = url.len() <= LONGEST
        && url
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    if !is_plain {
        return None;
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (
            SCHEMES.into_iter().find(|known| *known == scheme)?,
            rest.to_owned(),
        ),
        None => ("ssh", of_scp(url)?),
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/')?;
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if host.is_empty() {
        return None;
    }
    // The one user name that is no credential and that a reader needs in order to use the address.
    let user = if scheme.ends_with("ssh") && user == "git" {
        "git@"
    } else {
        ""
    };
    Some(format!(
        "{scheme}://{user}{host}/{}",
        path.trim_start_matches('/')
    ))
}

/// `host:path`, as ssh writes it, as authority and path.
fn of_scp(url: &str) -> Option<String> {
    let (host, path) = url.split_once(':')?;
    let is_host = !host.contains('/') && !path.starts_with(':') && !host.starts_with('[');
    is_host.then(|| format!("{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_loses_its_credentials_and_keeps_what_finds_the_repository() {
        for (given, shown) in [
            (
                "https://github.com/acme/app.git",
                "https://github.com/acme/app.git",
            ),
            (
                concat!("https://user", ":word@host.example:8443/a/b"),
                "https://host.example:8443/a/b",
            ),
            (
                "https://word@host.example/a/b?x=word#word",
                "https://host.example/a/b",
            ),
            ("https://a@b@host.example/a", "https://host.example/a"),
            ("git@github.com:acme/app.git", "ssh://git@github.com/acme/app.git"),
            (
                concat!("ssh://git", ":word@host.example/a.git"),
                "ssh://host.example/a.git",
            ),
            ("ada@host.example:/srv/a.git", "ssh://host.example/srv/a.git"),
        ] {
            assert_eq!(public_address(given).as_deref(), Some(shown), "{given}");
        }
    }

    #[test]
    fn what_means_nothing_to_others_is_no_address() {
        for given in [
            "/srv/git/a.git",
            "../a",
            "file:///srv/a",
            "ext::sh -c x",
            "ext::x/y",
            "https:///a",
            "https://host.example",
            "https://host.example/a b",
            "https://host.example/\u{1b}[31m",
            "",
        ] {
            assert_eq!(public_address(given), None, "{given}");
        }
    }

    proptest! {
        #[test]
        fn no_password_outlasts_the_cleaning(
            word in "[a-z0-9]{12}",
            scheme in "(https|http|ssh|git)",
            path in "[a-z/]{1,12}",
        ) {
            for url in [
                format!("{scheme}://git:{word}@host.example/{path}"),
                format!("{scheme}://{word}@host.example/{path}?t={word}"),
                format!("{word}@host.example:{path}"),
            ] {
                prop_assert!(!public_address(&url).unwrap_or_default().contains(&word));
            }
        }
    }
}
