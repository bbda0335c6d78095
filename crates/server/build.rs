//! Makes the table of the console's files from `console/dist`, which `make console` builds. Without it the table is empty and the
//! server says so; npm never runs here.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let console = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../console");
    let dist = console.join("dist");
    // What is not there cannot be watched; the directory that it appears in can.
    let watched = if dist.is_dir() { &dist } else { &console };
    println!("cargo::rerun-if-changed={}", watched.display());
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files)?;
    }
    files.sort();
    let mut table = String::from("static FILES: &[File] = &[\n");
    for file in files.iter().filter(|file| extension(file) != "gz") {
        table.push_str(&entry(&dist, file)?);
    }
    table.push_str("];\n");
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("console.rs"), table)?;
    Ok(())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn extension(file: &Path) -> &str {
    file.extension()
        .and_then(|text| text.to_str())
        .unwrap_or_default()
}

fn entry(dist: &Path, file: &Path) -> Result<String, Box<dyn Error>> {
    let name = file
        .strip_prefix(dist)?
        .to_str()
        .ok_or("a name of a file is no text")?;
    let kind = match extension(file) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        other => return Err(format!("{}: no content type is known for `{other}`", file.display()).into()),
    };
    let packed = PathBuf::from(format!("{}.gz", file.display()));
    let mut entry = String::new();
    writeln!(
        entry,
        "File {{ path: {:?}, kind: {kind:?}, is_immutable: {}, etag: {:?}, plain: include_bytes!({file:?}), gzip: {} }},",
        format!("/{name}"),
        // The names under assets/ hold a digest of what is in the file.
        name.starts_with("assets/"),
        format!("\"{:016x}\"", digest(&std::fs::read(file)?)),
        if packed.is_file() {
            format!("Some(include_bytes!({packed:?}))")
        } else {
            "None".to_owned()
        },
    )?;
    Ok(entry)
}

/// FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>: tells two builds of a file apart, and protects nothing.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
