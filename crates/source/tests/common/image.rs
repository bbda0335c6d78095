//! Images made by hand: tar archives of any members, and OCI layouts around them.

use super::write;
use bartizan_source::image::Digest;
use std::io::Write;
use std::path::Path;

/// A member of a tar archive, with everything a header can say.
#[derive(Debug, Clone)]
pub struct Piece {
    pub name: Vec<u8>,
    pub kind: u8,
    pub mode: u32,
    pub link: Vec<u8>,
    pub bytes: Vec<u8>,
}

pub fn file(name: &str, bytes: impl AsRef<[u8]>) -> Piece {
    Piece {
        name: name.into(),
        kind: b'0',
        mode: 0o644,
        link: Vec::new(),
        bytes: bytes.as_ref().to_vec(),
    }
}

pub fn directory(name: &str) -> Piece {
    Piece {
        kind: b'5',
        mode: 0o755,
        ..file(&format!("{name}/"), b"")
    }
}

pub fn symlink(name: &str, target: &str) -> Piece {
    Piece {
        kind: b'2',
        mode: 0o777,
        link: target.into(),
        ..file(name, b"")
    }
}

pub fn hardlink(name: &str, target: &str) -> Piece {
    Piece {
        kind: b'1',
        link: target.into(),
        ..file(name, b"")
    }
}

/// The header of a member and its content, padded.
pub fn member(piece: &Piece) -> Vec<u8> {
    let mut out = Vec::new();
    if piece.name.len() > 100 {
        out.extend(header(b"././@LongLink", b'L', 0o644, b"", piece.name.len() + 1));
        out.extend(padded(&[&piece.name[..], b"\0"].concat()));
    }
    if piece.link.len() > 100 {
        out.extend(header(b"././@LongLink", b'K', 0o644, b"", piece.link.len() + 1));
        out.extend(padded(&[&piece.link[..], b"\0"].concat()));
    }
    let size = piece.bytes.len();
    let short = |bytes: &[u8]| bytes[..bytes.len().min(100)].to_vec();
    out.extend(header(
        &short(&piece.name),
        piece.kind,
        piece.mode,
        &short(&piece.link),
        size,
    ));
    out.extend(padded(&piece.bytes));
    out
}

pub fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

pub fn header(name: &[u8], kind: u8, mode: u32, link: &[u8], size: usize) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    let mut put = |at: usize, text: String| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(100, format!("{mode:07o}"));
    put(108, "0000000".into());
    put(116, "0000000".into());
    put(124, format!("{size:011o}"));
    put(136, "00000000000".into());
    block[156] = kind;
    block[157..157 + link.len()].copy_from_slice(link);
    block[257..265].copy_from_slice(b"ustar  \0");
    sum(&mut block);
    block
}

/// Writes the checksum of a header.
pub fn sum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

pub fn tar(pieces: &[Piece]) -> Vec<u8> {
    let mut out: Vec<u8> = pieces.iter().flat_map(member).collect();
    out.extend([0; 1024]);
    out
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A layer: its blob, and the digest of what it expands to.
#[derive(Debug, Clone)]
pub struct Layer {
    pub media_type: &'static str,
    pub blob: Vec<u8>,
    pub diff_id: String,
}

pub const PLAIN: &str = "application/vnd.oci.image.layer.v1.tar";
pub const GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

pub fn plain(pieces: &[Piece]) -> Layer {
    let blob = tar(pieces);
    Layer {
        media_type: PLAIN,
        diff_id: Digest::sha256(&blob).to_string(),
        blob,
    }
}

pub fn zipped(pieces: &[Piece]) -> Layer {
    let layer = plain(pieces);
    Layer {
        media_type: GZIP,
        blob: gzip(&layer.blob),
        ..layer
    }
}

/// Stores a blob; its descriptor.
pub fn store(root: &Path, media_type: &str, bytes: &[u8]) -> String {
    let digest = Digest::sha256(bytes);
    write(root, &format!("blobs/sha256/{}", digest.hex()), bytes);
    format!(
        r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{}}}"#,
        bytes.len()
    )
}

/// Stores an image of these layers; the descriptor of its manifest. `config` and `history` are JSON.
pub fn image(root: &Path, layers: &[Layer], platform: &str, config: &str, history: &str) -> String {
    let (os, architecture) = platform.split_once('/').unwrap();
    let diff_ids: Vec<String> = layers
        .iter()
        .map(|layer| format!("{:?}", layer.diff_id))
        .collect();
    let config = format!(
        r#"{{"os":"{os}","architecture":"{architecture}","config":{config},"history":{history},
            "rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#,
        diff_ids.join(",")
    );
    let config = store(
        root,
        "application/vnd.oci.image.config.v1+json",
        config.as_bytes(),
    );
    let layers: Vec<String> = layers
        .iter()
        .map(|layer| store(root, layer.media_type, &layer.blob))
        .collect();
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{kind}","config":{config},"layers":[{}]}}"#,
        layers.join(",")
    );
    store(root, kind, manifest.as_bytes())
}

/// Writes the index of a layout.
pub fn index(root: &Path, manifests: &[String]) {
    write(root, "oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, manifests.join(","));
    write(root, "index.json", index);
}

/// A descriptor with a name.
pub fn named(descriptor: &str, name: &str) -> String {
    let body = descriptor.strip_suffix('}').unwrap();
    format!(r#"{body},"annotations":{{"org.opencontainers.image.ref.name":"{name}"}}}}"#)
}

/// A layout with one image of these layers.
pub fn layout(layers: &[Layer]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let manifest = image(root.path(), layers, "linux/amd64", "{}", "[]");
    index(root.path(), &[named(&manifest, "latest")]);
    root
}
