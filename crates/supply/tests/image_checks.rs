//! Runs the Markdown tests of the checks of images: every `*.md` under `src/image/checks` is a list of cases. A block `config` is
//! what stands under `config` in the configuration, `history` one step a line, `tree` one `MODE OWNER PATH` a line (a directory ends
//! with `/`, a link with `@` and what it names, a device with `%`; a file may have its size behind it), `file PATH` what is in a file; `packages` one `TYPE/NAME[@PROOF]` a line
//! with what it depends on behind it, `used` the paths that the service was seen to use. A block `findings` follows with what is to be found by the rule of that page;
//! where the service was watched, indented lines below say what is told of each package.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its cases from disk"
)]

use bartizan_model::{Component, Location, PackageUrl};
use bartizan_source::image::{Digest, Image, ImageConfig, Layer, NodeKind, Planted, Step, Tree};
use bartizan_supply::image::Attribution;
use bartizan_supply::image::checks::{ALL, Facts, Making, rules};
use bartizan_supply::image::minimal::{self, Noted, Observed};
use bartizan_supply::in_use::in_use;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[derive(Default)]
struct Case {
    config: String,
    history: Vec<String>,
    tree: Vec<String>,
    files: Vec<(String, String)>,
    packages: Vec<String>,
    used: Option<Vec<String>>,
}

impl Case {
    fn image(&self) -> Image {
        let config = if self.config.is_empty() {
            "{}"
        } else {
            &self.config
        };
        let history = self.history.iter().map(|line| Step {
            created_by: line.clone(),
            ..Step::default()
        });
        let nodes = self.tree.iter().map(|line| {
            let mut words = line.splitn(3, ' ');
            let mode = u32::from_str_radix(words.next().unwrap(), 8).unwrap();
            let owner = words.next().unwrap().parse().unwrap();
            let (path, more) = match words.next().unwrap().split_once(' ') {
                Some((path, more)) => (path, more),
                None => (words_of(line), ""),
            };
            let kind = match path.chars().last() {
                Some('/') => NodeKind::Directory,
                Some('@') => NodeKind::Link,
                Some('%') => NodeKind::Other,
                _ => NodeKind::File,
            };
            Planted {
                path: path.trim_end_matches(['/', '@', '%']),
                kind,
                mode,
                owner,
                group: owner,
                size: more.parse().unwrap_or(0),
                link: more,
            }
        });
        let digest = Digest::sha256(b"layer");
        Image {
            identity: bartizan_model::ImageIdentity::default(),
            config: ImageConfig {
                config: serde_json::from_str(config).unwrap(),
                history: history.collect(),
                ..ImageConfig::default()
            },
            annotations: BTreeMap::new(),
            layers: vec![Layer {
                digest: None,
                diff_id: digest,
            }],
            tree: Tree::planted(nodes),
            is_whole: true,
        }
    }

    fn components(&self) -> Vec<Component> {
        let purl = |word: &str| {
            PackageUrl::parse(&format!("pkg:{}@1", word.replace("deb/", "deb/debian/"))).unwrap()
        };
        let lines = self.packages.iter().map(|line| {
            let mut words = line.split(' ');
            let (name, proof) = words
                .next()
                .map(|word| word.split_once('@').unwrap_or((word, "")))
                .unwrap();
            let purl_of_it = purl(name);
            let name = purl_of_it.name().to_owned();
            let mut component = Component::new(purl_of_it, name, "test", Location::of_file(proof));
            component.depends_on = words.map(purl).collect();
            component
        });
        lines.collect()
    }

    fn observed(&self, image: &Image, noted: &Noted) -> Option<Observed> {
        let paths: BTreeSet<String> = self.used.clone()?.into_iter().collect();
        let owners = noted.owners(image);
        Some(Observed {
            in_use: in_use(&self.components(), &owners, paths.iter().map(String::as_str)),
            owners,
            paths,
            said: Vec::new(),
            is_enough: true,
        })
    }

    fn found(&self, rule: &str) -> String {
        let image = self.image();
        let attribution = Attribution::of(&image, None);
        let noted = Noted::default();
        for (path, text) in &self.files {
            noted.add(&image.layers[0].diff_id.to_string(), path, text.as_bytes());
        }
        let observed = self.observed(&image, &noted);
        let minimal = minimal::judge(&image, &noted, (&self.components(), &[]), observed.as_ref()).ok();
        let facts = Facts {
            tree: &image.tree,
            making: Some(Making {
                image: &image,
                attribution: &attribution,
            }),
            minimal: minimal.as_ref(),
            is_command_harmless: true,
        };
        let check = ALL.iter().find(|check| check.rule().id == rule).unwrap();
        let lines = check.run(&facts).into_iter().map(|finding| {
            let place = finding.primary().unwrap();
            let mut text = format!(
                "{} {} {}:{} {}\n",
                finding.severity, finding.rule, place.path, place.line, finding.message
            );
            if observed.is_some() {
                let told = finding
                    .evidence
                    .iter()
                    .filter(|step| step.message.contains(": ") && !step.message.starts_with("in use: "));
                told.for_each(|step| text.push_str(&format!("  {}\n", step.message)));
            }
            text
        });
        lines.collect()
    }
}

/// The path of a line without anything behind it.
fn words_of(line: &str) -> &str {
    line.splitn(3, ' ').nth(2).unwrap()
}

/// Every case of a page: what it expects, and what is found.
fn cases(page: &str, rule: &str) -> Vec<(String, String)> {
    let mut done = Vec::new();
    let mut case = Case::default();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(block) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<String> = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(str::to_owned)
            .collect();
        match block {
            "config" => case.config = body.join("\n"),
            "history" => case.history = body,
            "tree" => case.tree = body,
            "packages" => case.packages = body,
            "used" => case.used = Some(body),
            "findings" => {
                let expected = body.iter().map(|line| format!("{line}\n")).collect();
                done.push((expected, std::mem::take(&mut case).found(rule)));
            }
            other if other.starts_with("file ") => {
                let path = other.trim_start_matches("file ").to_owned();
                case.files.push((path, body.join("\n") + "\n"));
            }
            other => panic!("what is a block `{other}`?"),
        }
    }
    done
}

#[test]
fn every_check_of_images_finds_what_its_page_says_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/image/checks");
    for check in ALL {
        let rule = check.rule();
        let name = rule.id.strip_prefix("image/").unwrap().replace('-', "_");
        let page = std::fs::read_to_string(root.join(format!("{name}.md"))).unwrap();
        let cases = cases(&page, &rule.id);
        for (expected, found) in &cases {
            assert_eq!(found, expected, "{name}");
        }
        assert!(
            cases.iter().any(|(expected, _)| !expected.is_empty()),
            "{name}: no positive example"
        );
        assert!(
            cases.iter().any(|(expected, _)| expected.is_empty()),
            "{name}: no negative example"
        );
    }
}

#[test]
fn every_check_of_images_has_a_manual_and_the_registry_is_complete_and_in_order() {
    let ids: Vec<String> = rules().into_iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/image/checks");
    let files: BTreeSet<String> = std::fs::read_dir(root)
        .unwrap()
        .filter_map(|entry| {
            entry
                .unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .strip_suffix(".rs")
                .map(str::to_owned)
        })
        .filter(|name| name != "mod")
        .collect();
    let listed: BTreeSet<String> = ids
        .iter()
        .map(|id| id.replace("image/", "").replace('-', "_"))
        .collect();
    assert_eq!(files, listed);
    for rule in rules() {
        assert!(
            rule.manual.len() > 80 && rule.remediation.contains("1. "),
            "{}",
            rule.id
        );
        assert!(
            !rule.title.is_empty() && !rule.references.is_empty(),
            "{}",
            rule.id
        );
        assert!(!rule.cwe.is_empty() || !rule.controls.is_empty(), "{}", rule.id);
    }
}
