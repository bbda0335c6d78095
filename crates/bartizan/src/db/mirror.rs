//! Which archives of a mirror to fetch.
//!
//! In: `ecosystems.txt` of a mirror in the layout of the OSV bucket, and the ecosystems that the user wants. Out: names of
//! directories that hold an `all.zip` each. <https://google.github.io/osv.dev/data/#data-dumps>

use bartizan_engine::suggest::did_you_mean;
use bartizan_supply::ecosystem::Ecosystem;
use std::collections::BTreeSet;

/// Largest list, in bytes.
pub(crate) const LARGEST_LIST: u64 = 256 << 10;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 128;

/// Ecosystems of commits, devices and projects: nothing that a scan lists is a component of them.
const UNLISTED: [&str; 4] = ["Android", "GIT", "Linux", "OSS-Fuzz"];

/// What to fetch of a mirror.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Names of the directories.
    pub(crate) ecosystems: Vec<String>,
    /// Ecosystems that are left out because no component is of them.
    pub(crate) left_out: Vec<String>,
}

/// Why nothing is fetched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unchosen {
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Chooses from the list of a mirror: what is wanted, or else everything that components can be of. Releases such as
/// `Debian:12` are parts of their distribution.
pub(crate) fn choose(list: &str, wanted: &[String]) -> Result<Choice, Unchosen> {
    let names: BTreeSet<&str> = list.lines().map(str::trim).filter(|name| is_name(name)).collect();
    if names.is_empty() {
        return Err(Unchosen {
            message: "the list of ecosystems is empty".to_owned(),
            help: "check the address: it must be that of a mirror in the layout of the OSV bucket".to_owned(),
        });
    }
    if wanted.is_empty() {
        let mut choice = Choice::default();
        for name in &names {
            let base = name.split(':').next().unwrap_or(name);
            if base != *name && names.contains(base) {
                continue;
            }
            if UNLISTED.contains(&base) || Ecosystem::parse(name).is_err() {
                choice.left_out.push((*name).to_owned());
            } else {
                choice.ecosystems.push((*name).to_owned());
            }
        }
        return Ok(choice);
    }
    let mut ecosystems = BTreeSet::new();
    for wish in wanted {
        let found = names.iter().find(|name| name.eq_ignore_ascii_case(wish));
        let Some(found) = found else {
            let near = did_you_mean(wish, names.iter().copied());
            return Err(Unchosen {
                message: format!("the mirror has no ecosystem `{wish}`"),
                help: near.unwrap_or_else(|| {
                    format!("it has {}", names.iter().copied().collect::<Vec<_>>().join(", "))
                }),
            });
        };
        ecosystems.insert((*found).to_owned());
    }
    Ok(Choice {
        ecosystems: ecosystems.into_iter().collect(),
        left_out: Vec::new(),
    })
}

/// Names are those of directories; anything else in the list is a remark.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with(['.', '['])
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " .:-_+".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "Debian\nDebian:12\nUbuntu:22.04\nGIT\nGitHub Actions\nNovel\nnpm\n[EMPTY]\n../etc\n";

    fn wanted(names: &[&str]) -> Result<Choice, Unchosen> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        choose(LIST, &names)
    }

    #[test]
    fn everything_that_a_component_can_be_of_is_fetched_once() {
        let choice = wanted(&[]).unwrap();
        assert_eq!(
            choice.ecosystems,
            ["Debian", "GitHub Actions", "Ubuntu:22.04", "npm"]
        );
        assert_eq!(choice.left_out, ["GIT", "Novel"]);
    }

    #[test]
    fn what_is_wanted_is_found_whatever_its_case_and_what_is_not_there_is_told() {
        assert_eq!(
            wanted(&["NPM", "debian:12"]).unwrap().ecosystems,
            ["Debian:12", "npm"]
        );
        let error = wanted(&["nmp"]).unwrap_err();
        assert!(
            error.message.contains("no ecosystem `nmp`") && error.help.contains("npm"),
            "{error:?}"
        );
        assert!(choose("", &[]).is_err());
        assert!(choose("<html>\n", &[]).is_err());
    }
}
