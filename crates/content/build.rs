//! Packs `content/rules/leak` into the blobs that `src/builtin.rs` embeds. A rule file that is not valid stops the
//! build and is named.

// The modules are shared with the library, where their items are public.
#![allow(unreachable_pub)]

#[path = "src/facts.rs"]
#[allow(dead_code)]
mod facts;
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

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../content/rules/leak");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=build.rs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&root)?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|e| e == "yaml"));
    files.sort();
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
