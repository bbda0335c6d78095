//! Streams of modules, in which distributions of the family of Red Hat build a package in several versions side by side.
//! <https://docs.fedoraproject.org/en-US/modularity/>
//!
//! In: a component and an entry of an advisory. Out: whether the entry speaks of that build. A build of a module says so in its
//! release (`1.module+el8.9.0+…`). OSV records have no field for the stream; the summaries of AlmaLinux, Rocky Linux and Red Hat
//! name it: `Important: nodejs:16 security update`. What is fixed in one stream says nothing of another, nor of builds outside
//! of modules.

use super::index::Listed;
use super::naming::Release;
use super::range::Event;
use bartizan_model::Component;

/// Whether a version is that of a build in a module.
pub(super) fn is_modular(version: &str) -> bool {
    version.contains(".module+") || version.contains(".module_")
}

/// The stream that the summary of a record names: `nodejs:16`.
pub(super) fn named_in(summary: &str) -> Option<&str> {
    let is_part = |part: &str| {
        let known = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '+');
        part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.chars().all(known)
    };
    summary.split_ascii_whitespace().find_map(|word| {
        // Some name a package of the module behind it: `httpd:2.4/mod_http2`.
        let word = word
            .split('/')
            .next()
            .unwrap_or(word)
            .trim_end_matches([',', '.', ';']);
        let (name, stream) = word.split_once(':')?;
        (is_part(name) && is_part(stream)).then_some(word)
    })
}

/// What a release in the index is narrowed to, and the stream behind it.
pub(super) fn split(release: Option<&str>) -> (Option<&str>, Option<&str>) {
    let (release, stream) = match release.and_then(|release| release.split_once(' ')) {
        Some((release, stream)) => (Some(release), Some(stream)),
        None => (release, None),
    };
    (release.filter(|release| !release.is_empty()), stream)
}

/// A release as it stands in the index, with the stream.
pub(super) fn joined(release: Option<&str>, stream: Option<&str>) -> Option<String> {
    match stream {
        Some(stream) => Some(format!("{} {stream}", release.unwrap_or_default())),
        None => release.map(str::to_owned),
    }
}

/// Whether an entry speaks of the build that a component is.
pub(super) fn speaks(component: &Component, listed: &Listed<'_>) -> Release {
    let mut fixes = listed
        .ranges
        .iter()
        .flat_map(|(_, events)| events)
        .filter_map(|event| match event {
            Event::Fixed(version) => Some(*version),
            _ => None,
        })
        .peekable();
    if fixes.peek().is_none() {
        return Release::Same;
    }
    let entry = fixes.any(is_modular);
    let label = component.purl.qualifiers().get("rpmmod").map(String::as_str);
    let own = label.is_some() || component.version.as_deref().is_some_and(is_modular);
    if !entry || !own {
        return if entry == own {
            Release::Same
        } else {
            Release::Other
        };
    }
    let (_, stream) = split(listed.release);
    match (label.and_then(stream_of), stream) {
        (Some(own), Some(stream)) if own == stream => Release::Same,
        (Some(_), Some(_)) => Release::Other,
        _ => Release::Unknown,
    }
}

/// Name and stream of a label `name:stream:version:context`.
fn stream_of(label: &str) -> Option<&str> {
    let (name, rest) = label.split_once(':')?;
    let stream = rest.split(':').next().filter(|stream| !stream.is_empty())?;
    label.get(..name.len() + 1 + stream.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_name_the_stream() {
        // As AlmaLinux, Rocky Linux and Red Hat write them.
        for (summary, stream) in [
            ("Important: nodejs:16 security update", Some("nodejs:16")),
            ("new module: postgresql:13", Some("postgresql:13")),
            (
                "Moderate: container-tools:rhel8 security, bug fix, and enhancement update",
                Some("container-tools:rhel8"),
            ),
            (
                "Important: httpd:2.4/mod_http2 security update",
                Some("httpd:2.4"),
            ),
            (
                "Red Hat Security Advisory: squid:4 security update",
                Some("squid:4"),
            ),
            (
                "Moderate: virt:rhel and virt-devel:rhel security update",
                Some("virt:rhel"),
            ),
            ("Important: ruby security update", None),
            ("https://example.com security update", None),
        ] {
            assert_eq!(named_in(summary), stream, "{summary}");
        }
    }

    #[test]
    fn labels_begin_with_the_stream() {
        assert_eq!(
            stream_of("nodejs:16:8060020220523160029:ad008a3a"),
            Some("nodejs:16")
        );
        assert_eq!(stream_of("nodejs"), None);
        assert_eq!(stream_of("nodejs:"), None);
    }
}
