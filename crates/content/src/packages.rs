//! What is known of packages everywhere: names that are widely used, and the hosts of public registries.
//!
//! In: `content/supply`. Out: names by ecosystem in the order of their use, and hosts. Ecosystems are called by the type
//! that they have in package URLs (<https://github.com/package-url/purl-spec>).

static NPM: &str = include_str!("../../../content/supply/popular/npm.txt");
static PYPI: &str = include_str!("../../../content/supply/popular/pypi.txt");
static GEM: &str = include_str!("../../../content/supply/popular/gem.txt");
static GOLANG: &str = include_str!("../../../content/supply/popular/golang.txt");
static REGISTRIES: &str = include_str!("../../../content/supply/public-registries.txt");

/// Widely used names of an ecosystem, the most used first as far as the list is ordered; none where there is no list.
pub fn popular_names(kind: &str) -> impl Iterator<Item = &'static str> {
    let list = match kind {
        "npm" => NPM,
        "pypi" => PYPI,
        "gem" => GEM,
        "golang" => GOLANG,
        _ => "",
    };
    entries(list)
}

/// A host from which anybody's packages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicRegistry {
    /// Type of package URL.
    pub kind: &'static str,
    /// The host, with the path that belongs to it where the host serves other things too.
    pub host: &'static str,
    /// Whether it is another name of the ecosystem's first registry.
    pub alias: bool,
    /// The documentation that names it.
    pub documentation: &'static str,
}

/// Every public registry that is known; the first of a kind is the one its tools ask by themselves.
pub fn public_registries() -> impl Iterator<Item = PublicRegistry> {
    entries(REGISTRIES).filter_map(|line| {
        let mut words = line.split_whitespace();
        let (kind, host, documentation) = (words.next()?, words.next()?, words.next()?);
        let bare = host.strip_prefix('=');
        Some(PublicRegistry {
            kind,
            host: bare.unwrap_or(host),
            alias: bare.is_some(),
            documentation,
        })
    })
}

/// Everything these functions are read from.
pub fn texts() -> [&'static str; 5] {
    [NPM, PYPI, GEM, GOLANG, REGISTRIES]
}

pub(crate) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_lists_hold_what_everybody_uses_once() {
        for (kind, name) in [
            ("npm", "lodash"),
            ("pypi", "requests"),
            ("gem", "rails"),
            ("golang", "github.com/stretchr/testify"),
        ] {
            let names: Vec<&str> = popular_names(kind).collect();
            assert!(names.contains(&name), "{kind}: {name}");
            assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "{kind}");
        }
        assert_eq!(popular_names("swift").count(), 0);
    }

    #[test]
    fn every_line_about_a_registry_is_read_and_documented() {
        let lines = entries(REGISTRIES).count();
        let registries: Vec<_> = public_registries().collect();
        assert_eq!(registries.len(), lines);
        for one in &registries {
            assert!(one.documentation.starts_with("https://"), "{one:?}");
            assert!(!one.host.contains("://"), "{one:?}");
        }
    }
}
