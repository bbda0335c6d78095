//! Pulled images, kept as an OCI image layout that every run on this machine shares.
//!
//! In: manifests and blobs by digest. Out: a directory with `oci-layout`, `index.json` and `blobs/<algorithm>/<digest>`, in which every
//! file is whole or absent. Runs that read or pull hold `lock` together; forgetting old images needs it alone, and is put off
//! while anybody holds it. <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>

use super::error::RegistryError;
use super::manifest::{Descriptor, Manifest};
use crate::digest::Digest;
use crate::http::plain;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The name of an image in `index.json`.
const NAME: &str = "org.opencontainers.image.ref.name";
/// Which of the images of that name it is.
const PLATFORM: &str = "security.bartizan.image.platform";
/// How long what a pull that was broken off left behind is kept to go on from.
const LEFTOVERS_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// The directory.
pub(super) struct Layout {
    path: PathBuf,
}

impl Layout {
    /// Opens the directory, and makes it where it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, RegistryError> {
        for directory in ["blobs/sha256", "blobs/sha512"] {
            let directory = path.join(directory);
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&directory)
                .map_err(|error| wrong(&directory, &error))?;
        }
        let layout = Self {
            path: path.to_path_buf(),
        };
        if !path.join("oci-layout").exists() {
            layout.write(&path.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        }
        Ok(layout)
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps everything in it from being forgotten as long as the file is held.
    pub(super) fn hold(&self) -> Result<File, RegistryError> {
        let (path, file) = self.lock("lock")?;
        file.lock_shared().map_err(|error| wrong(&path, &error))?;
        Ok(file)
    }

    /// Where a blob lies, or would.
    pub(super) fn blob(&self, digest: &Digest) -> PathBuf {
        self.path
            .join("blobs")
            .join(digest.algorithm())
            .join(digest.hex())
    }

    /// Whether a blob is there. One of another size suffered, and is taken away.
    pub(super) fn has(&self, blob: &Descriptor) -> bool {
        let path = self.blob(&blob.digest);
        match std::fs::metadata(&path) {
            Ok(about) if about.len() == blob.size => true,
            Ok(_) => {
                let _ = std::fs::remove_file(path);
                false
            }
            Err(_) => false,
        }
    }

    /// Keeps a manifest whose digest was checked.
    pub(super) fn keep_manifest(&self, digest: &Digest, bytes: &[u8]) -> Result<(), RegistryError> {
        self.write(&self.blob(digest), bytes)
    }

    /// Enters an image into `index.json`, in the place of what had its name for that platform.
    pub(super) fn enter(
        &self,
        name: &str,
        platform: &str,
        media_type: &str,
        digest: &Digest,
        size: u64,
    ) -> Result<(), RegistryError> {
        let (path, file) = self.lock("index.lock")?;
        file.lock().map_err(|error| wrong(&path, &error))?;
        let mut entries = self.entries();
        entries.retain(|entry| {
            annotation(entry, NAME) != Some(name) || annotation(entry, PLATFORM) != Some(platform)
        });
        entries.push(json!({
            "mediaType": media_type,
            "digest": digest.to_string(),
            "size": size,
            "annotations": { NAME: name, PLATFORM: platform },
        }));
        self.write_index(&entries)
    }

    /// The manifest of an image that was pulled before, by its name and platform.
    pub(super) fn find(&self, name: &str, platform: &str) -> Option<(Digest, String)> {
        let entries = self.entries();
        let entry = entries.iter().find(|entry| {
            annotation(entry, NAME) == Some(name) && annotation(entry, PLATFORM) == Some(platform)
        })?;
        let media_type = entry.get("mediaType").and_then(Value::as_str).unwrap_or_default();
        Some((digest_of(entry)?, media_type.to_owned()))
    }

    /// Marks an image as used now.
    pub(super) fn touch(&self, digest: &Digest) {
        // Only the order in which images are forgotten depends on it.
        if let Ok(file) = OpenOptions::new().append(true).open(self.blob(digest)) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    /// Forgets the images that were not used for longest until what is left has at most `limit` bytes, and what pulls that were
    /// broken off left behind a week ago. Nothing happens while another run reads or pulls.
    pub(super) fn prune(&self, limit: u64) -> Result<(), RegistryError> {
        let (_, file) = self.lock("lock")?;
        if file.try_lock().is_err() {
            return Ok(());
        }
        let mut entries: Vec<(SystemTime, Value)> = self
            .entries()
            .into_iter()
            .filter_map(|entry| {
                let about = std::fs::metadata(self.blob(&digest_of(&entry)?)).ok()?;
                Some((about.modified().ok()?, entry))
            })
            .collect();
        entries.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
        let (mut kept, mut forgotten, mut bytes) = (Vec::new(), BTreeSet::new(), 0_u64);
        let mut blobs = BTreeSet::new();
        let mut is_full = false;
        for (_, entry) in entries {
            let needed = self.needed(&entry);
            let size = |path: &PathBuf| std::fs::metadata(path).map_or(0, |about| about.len());
            let more: u64 = needed.difference(&blobs).map(size).sum();
            is_full |= bytes.saturating_add(more) > limit;
            if is_full {
                forgotten.extend(needed);
            } else {
                bytes += more;
                blobs.extend(needed);
                kept.push(entry);
            }
        }
        if !forgotten.is_empty() {
            self.write_index(&kept)?;
        }
        self.remove_others(&blobs, &forgotten)
    }

    fn remove_others(
        &self,
        keep: &BTreeSet<PathBuf>,
        forgotten: &BTreeSet<PathBuf>,
    ) -> Result<(), RegistryError> {
        for algorithm in ["sha256", "sha512"] {
            let directory = self.path.join("blobs").join(algorithm);
            let entries = std::fs::read_dir(&directory).map_err(|error| wrong(&directory, &error))?;
            for entry in entries.flatten() {
                let path = entry.path();
                let changed = entry.metadata().and_then(|about| about.modified()).ok();
                let is_old = changed.is_none_or(|at| at.elapsed().unwrap_or_default() > LEFTOVERS_KEPT);
                if !keep.contains(&path) && (is_old || forgotten.contains(&path)) {
                    std::fs::remove_file(&path).map_err(|error| wrong(&path, &error))?;
                }
            }
        }
        Ok(())
    }

    /// Everything that an image is made of.
    fn needed(&self, entry: &Value) -> BTreeSet<PathBuf> {
        let Some(digest) = digest_of(entry) else {
            return BTreeSet::new();
        };
        let manifest = self.blob(&digest);
        let bytes = std::fs::read(&manifest).unwrap_or_default();
        let mut needed = BTreeSet::from([manifest]);
        if let Ok(Manifest::Image { config, layers, .. }) = Manifest::read(&bytes, None) {
            needed.extend(layers.iter().chain([&config]).map(|part| self.blob(&part.digest)));
        }
        needed
    }

    /// What stands in `index.json`. One that cannot be read is begun anew: images are then pulled again by name, and their
    /// layers found by digest.
    fn entries(&self) -> Vec<Value> {
        let bytes = std::fs::read(self.path.join("index.json")).unwrap_or_default();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        value
            .get("manifests")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    }

    fn write_index(&self, entries: &[Value]) -> Result<(), RegistryError> {
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": entries,
        });
        self.write(&self.path.join("index.json"), index.to_string().as_bytes())
    }

    fn lock(&self, name: &str) -> Result<(PathBuf, File), RegistryError> {
        let path = self.path.join(name);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| wrong(&path, &error))?;
        Ok((path, file))
    }

    /// Writes a file whole: beside its place first.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let thread = format!("{:?}", std::thread::current().id());
        let number: String = thread.chars().filter(char::is_ascii_digit).collect();
        let beside = path.with_file_name(format!("{name}.new-{}-{number}", std::process::id()));
        let written = File::create(&beside)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&beside, path));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written.map_err(|error| wrong(path, &error))
    }
}

fn annotation<'a>(entry: &'a Value, name: &str) -> Option<&'a str> {
    entry.get("annotations")?.get(name)?.as_str()
}

fn digest_of(entry: &Value) -> Option<Digest> {
    entry.get("digest")?.as_str()?.parse().ok()
}

fn wrong(path: &Path, error: &std::io::Error) -> RegistryError {
    RegistryError::Layout {
        path: path.to_path_buf(),
        cause: plain(error),
    }
}
