//! `package.json`. <https://docs.npmjs.com/cli/v11/configuring-npm/package-json>

use crate::catalog::Unreadable;
use crate::tampering::document::{Asked, Commit, Document, From, Part, Recorded, SwitchKind, Version};
use crate::tampering::form::json::{self, Json, Member, Value};

/// What replaces dependencies of dependencies, by tool.
const OVERRIDES: [&str; 2] = ["overrides", "resolutions"];

pub(super) fn read(text: &str, _: &str) -> Result<Vec<Document>, Unreadable> {
    let json = json::read(text)?;
    let mut document = Document::of("npm", "npm", Part::Manifest);
    for group in ["dependencies", "devDependencies", "optionalDependencies"] {
        for member in json.members_of(group) {
            if let Some(spec) = member.json.text() {
                document.asked.push(asked(member, spec));
            }
        }
    }
    let own = json.text_of("name").map(str::to_owned);
    document.recorded = Recorded::Names(own.into_iter().collect());
    for key in OVERRIDES {
        if let Some(overrides) = json.get(key) {
            // Yarn writes the replaced request into its lock file.
            document.conditional = true;
            read_overrides(overrides, 0, &mut document);
        }
    }
    if let Some(pnpm) = json.get("pnpm") {
        if let Some(overrides) = pnpm.get("overrides") {
            read_overrides(overrides, 0, &mut document);
        }
        for key in ["onlyBuiltDependencies", "neverBuiltDependencies"] {
            if let Some(member) = pnpm.member(key) {
                document.switch(SwitchKind::ScriptsChosen, key, "", member.at.clone());
            }
        }
    }
    Ok(vec![document])
}

fn asked(member: &Member<'_>, spec: &str) -> Asked {
    let (name, spec_of_target) = match alias(spec) {
        Some((name, range)) => (name, range),
        None => (member.key.as_ref(), spec),
    };
    Asked {
        name: name.to_owned(),
        spec: spec.to_owned(),
        from: origin(spec_of_target),
        version: version(spec_of_target),
        alias: (name != member.key).then(|| member.key.to_string()),
        conditional: false,
        digest: false,
        at: member.at.clone(),
    }
}

/// The package that `npm:name@range` stands for.
pub(super) fn alias(spec: &str) -> Option<(&str, &str)> {
    let target = spec.strip_prefix("npm:")?;
    let at = target
        .bytes()
        .skip(1)
        .position(|byte| byte == b'@')
        .map(|at| at + 1);
    let Some(at) = at else {
        let is_name = target.starts_with(|first: char| first.is_ascii_alphabetic() || first == '@');
        return is_name.then_some((target, "*"));
    };
    let (name, range) = target.split_at_checked(at)?;
    Some((name, range.strip_prefix('@').unwrap_or(range)))
}

/// Where a request leads. <https://docs.npmjs.com/cli/v11/using-npm/package-spec>
pub(super) fn origin(spec: &str) -> From {
    let spec = spec.trim();
    for here in ["workspace:", "file:", "link:", "portal:", "./", "../", "/", "~/"] {
        if spec.starts_with(here) {
            return From::Here;
        }
    }
    let spec = spec.strip_prefix("patch:").unwrap_or(spec);
    let lower = spec.to_ascii_lowercase();
    let hosted = ["github:", "gitlab:", "bitbucket:", "gist:"];
    let is_git = lower.starts_with("git+")
        || lower.starts_with("git:")
        || lower.starts_with("git@")
        || lower.starts_with("ssh:")
        || hosted.iter().any(|prefix| lower.starts_with(prefix));
    let (address, fragment) = spec.split_once('#').unwrap_or((spec, ""));
    let commit = fragment.strip_prefix("commit=").unwrap_or(fragment);
    let repository = || From::Repository {
        url: address.to_owned(),
        commit: Commit::of(Some(commit)),
    };
    if is_git {
        return repository();
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let file = address.split('?').next().unwrap_or(address);
        return if file.ends_with(".git") || is_hosted(file) {
            repository()
        } else {
            From::Archive {
                url: address.to_owned(),
            }
        };
    }
    let short = address.split('/').collect::<Vec<_>>();
    let is_word = |word: &&str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    if short.len() == 2 && !address.starts_with('@') && short.iter().all(is_word) {
        return repository();
    }
    From::Registry
}

/// Whether an address is that of a repository at a host that npm knows: owner and name, and nothing behind them.
fn is_hosted(address: &str) -> bool {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    let host = parts
        .first()
        .map_or("", |host| host.rsplit('@').next().unwrap_or(host));
    parts.len() == 3 && matches!(host, "github.com" | "gitlab.com" | "bitbucket.org")
}

fn version(spec: &str) -> Version {
    let spec = spec.trim();
    if spec.contains(':') {
        return Version::Unknown;
    }
    let word = spec.strip_prefix(['=', 'v']).unwrap_or(spec);
    let first = word.bytes().next();
    if matches!(spec, "" | "*" | "x" | "X") || first.is_some_and(|b| b.is_ascii_alphabetic() && b != b'x') {
        return Version::Newest;
    }
    let exact = first.is_some_and(|b| b.is_ascii_digit())
        && word.split('.').count() >= 3
        && !word.contains([' ', '|', '*', 'x']);
    if exact { Version::Exact } else { Version::Range }
}

fn read_overrides(json: &Json<'_>, depth: usize, document: &mut Document) {
    if depth > 16 {
        return;
    }
    for member in json.members() {
        match &member.json.value {
            Value::Text(spec) => {
                if matches!(origin(spec), From::Archive { .. } | From::Repository { .. }) {
                    let written = format!("{}: {}", member.key, crate::tampering::host::shown(spec));
                    let effect =
                        "every package that asks for it, however deep, gets what stands at that address";
                    document.switch(SwitchKind::Replaced, written, effect, member.at.clone());
                }
            }
            Value::Object(_) => read_overrides(&member.json, depth + 1, document),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_leads_to_a_registry_a_repository_an_archive_or_here() {
        for spec in [
            "^1.2.3",
            "latest",
            "1.x || 2.x",
            "npm:left-pad@1",
            "catalog:",
            "*",
            ">=1.0.0 <2",
        ] {
            assert_eq!(origin(spec), From::Registry, "{spec}");
        }
        for (spec, commit) in [
            ("acme/cart", Commit::None),
            ("github:acme/cart#main", Commit::Name),
            (
                "git+ssh://git@github.com/acme/cart.git#0123456789abcdef0123456789abcdef01234567",
                Commit::Digest,
            ),
            ("https://git.acme.example/cart.git", Commit::None),
            ("acme/cart#semver:^2", Commit::Name),
            ("https://github.com/acme/cart#0123456", Commit::Digest),
        ] {
            let From::Repository { commit: found, .. } = origin(spec) else {
                panic!("{spec} is a repository")
            };
            assert_eq!(found, commit, "{spec}");
        }
        assert!(matches!(
            origin("https://acme.example/cart.tgz"),
            From::Archive { .. }
        ));
        assert_eq!(origin("file:../cart"), From::Here);
        assert_eq!(alias("npm:@acme/cart@^1"), Some(("@acme/cart", "^1")));
    }

    #[test]
    fn only_three_numbers_are_one_version() {
        assert_eq!(version("1.2.3"), Version::Exact);
        assert_eq!(version("1.2.3-beta.1"), Version::Exact);
        assert_eq!(version("1.2"), Version::Range);
        assert_eq!(version("^1.2.3"), Version::Range);
        assert_eq!(version("latest"), Version::Newest);
        assert_eq!(version("workspace:*"), Version::Unknown);
    }
}
