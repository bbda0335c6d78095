//! Packs `content/rules` and `content/flow` into the blobs that `src/builtin.rs` embeds, and `content/controls/evidence` into the one of
//! `src/controls`. A file that is not valid stops the build and is named.

// The modules are shared with the library, where their items are public.
#![allow(unreachable_pub)]

#[path = "src/controls"]
#[allow(dead_code)]
mod controls {
    pub mod catalog;
    pub mod evidence;
}
#[path = "src/cloud.rs"]
#[allow(dead_code)]
mod cloud;
#[path = "src/code.rs"]
#[allow(dead_code)]
mod code;
#[path = "src/detect.rs"]
#[allow(dead_code)]
mod detect;
#[path = "src/facts.rs"]
#[allow(dead_code)]
mod facts;
#[path = "src/flow.rs"]
#[allow(dead_code)]
mod flow;
#[path = "src/leak.rs"]
#[allow(dead_code)]
mod leak;
#[path = "src/literals.rs"]
#[allow(dead_code)]
mod literals;
#[path = "src/load.rs"]
#[allow(dead_code)]
mod load;
#[path = "src/pack.rs"]
#[allow(dead_code)]
mod pack;
#[path = "src/requirements.rs"]
mod requirements;

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let content = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../content");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    leak_rules(&content, &out)?;
    cloud_rules(&content, &out)?;
    code_rules(&content, &out)?;
    detect_rules(&content, &out)?;
    libraries(&content, &out)?;
    control_tests(&content, &out)
}

/// Files of a directory with this extension, ordered. The build runs again when one of them changes.
fn files_of(directory: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|e| e == extension));
    files.sort();
    Ok(files)
}

fn control_tests(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut catalogs = Vec::new();
    for file in files_of(&content.join("controls/catalogs"), "txt")? {
        let catalog = controls::catalog::read(&std::fs::read_to_string(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        catalogs.push(catalog);
    }
    let mut tests = Vec::new();
    for file in files_of(&content.join("controls/evidence"), "yaml")? {
        let test = controls::evidence::read(&std::fs::read_to_string(&file)?, &catalogs)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        if file.file_stem().is_none_or(|stem| stem != test.id.as_str()) {
            return Err(format!("{}: the file is called as its id, {}", file.display(), test.id).into());
        }
        tests.push(test);
    }
    tests.sort_by(|a, b| a.id.cmp(&b.id));
    std::fs::write(out.join("control-tests.postcard"), postcard::to_allocvec(&tests)?)?;
    Ok(())
}

fn cloud_rules(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut rules = Vec::new();
    for file in files_of(&content.join("rules/deploy/cloud"), "yaml")? {
        let rule = cloud::read(&std::fs::read_to_string(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let name = rule.id.strip_prefix("deploy/");
        if file.file_stem().and_then(|stem| stem.to_str()) != name {
            return Err(format!("{}: the file is called as its id, {}", file.display(), rule.id).into());
        }
        rules.push(rule);
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    std::fs::write(out.join("cloud-rules.postcard"), postcard::to_allocvec(&rules)?)?;
    Ok(())
}

fn code_rules(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut rules = Vec::new();
    for language in code::LANGUAGES {
        let directory = content.join("rules/code").join(language);
        if !directory.is_dir() {
            continue;
        }
        for file in files_of(&directory, "yaml")? {
            let rule = code::complete(&std::fs::read_to_string(&file)?)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            let name = file
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            if rule.id != format!("code/{name}") || !name.starts_with(&format!("{language}-")) {
                return Err(format!(
                    "{}: the file is called as its id, {}, in the directory of its first language",
                    file.display(),
                    rule.id
                )
                .into());
            }
            rules.push(rule);
        }
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    std::fs::write(out.join("code-rules.postcard"), postcard::to_allocvec(&rules)?)?;
    Ok(())
}

fn detect_rules(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let directory = content.join("rules/detect");
    let mut pack = detect::DetectPack::default();
    for file in files_of(&directory.join("shared"), "yaml")? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        pack.shared
            .push((name.into_owned(), std::fs::read_to_string(&file)?));
    }
    for file in files_of(&directory, "yaml")? {
        let rule = detect::read(&std::fs::read_to_string(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let name = rule.id.strip_prefix("detect/");
        if file.file_stem().and_then(|stem| stem.to_str()) != name {
            return Err(format!("{}: the file is called as its id, {}", file.display(), rule.id).into());
        }
        pack.rules.push(rule);
    }
    pack.rules.sort_by(|a, b| a.id.cmp(&b.id));
    std::fs::write(out.join("detect-rules.postcard"), postcard::to_allocvec(&pack)?)?;
    Ok(())
}

fn libraries(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut libraries = Vec::new();
    for language in code::LANGUAGES.iter().chain(code::FOLLOWED) {
        let directory = content.join("flow").join(language);
        if !directory.is_dir() {
            continue;
        }
        for file in files_of(&directory, "yaml")? {
            let library = flow::read(&std::fs::read_to_string(&file)?)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            libraries.push(library);
        }
    }
    std::fs::write(out.join("libraries.postcard"), postcard::to_allocvec(&libraries)?)?;
    Ok(())
}

fn leak_rules(content: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let files = files_of(&content.join("rules/leak"), "yaml")?;
    let mut rules = Vec::with_capacity(files.len());
    for file in files {
        let rule = load::leak_rule(&std::fs::read_to_string(&file)?)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        rules.push(rule);
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(pair) = rules
        .windows(2)
        .find(|pair| pair.first().map(|r| &r.id) == pair.last().map(|r| &r.id))
    {
        return Err(format!("two rules are called {}", pair.first().map_or("", |r| &r.id)).into());
    }
    let matchers: Vec<pack::LeakMatcher> = rules.iter().map(pack::LeakMatcher::from).collect();
    let packed = postcard::to_allocvec(&matchers)?;
    std::fs::write(out.join("leak-matchers.blake3"), blake3::hash(&packed).as_bytes())?;
    std::fs::write(out.join("leak-matchers.postcard"), packed)?;
    std::fs::write(out.join("leak-rules.postcard"), postcard::to_allocvec(&rules)?)?;
    Ok(())
}
