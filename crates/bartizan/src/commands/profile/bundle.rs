//! A container that runs a command under a profile: its root, made of a directory that it does not change, and its configuration (OCI runtime
//! specification, `config.json`).

use std::path::{Path, PathBuf};

use bartizan_profile::{Profile, render};
use bartizan_sensor::learn::Overlay;
use serde_json::{Value, json};

use super::launch::Launch;
use super::root::below;
use crate::error::Error;
use crate::output;

/// What is run.
pub(super) struct Run<'a> {
    pub(super) profile: &'a Profile,
    pub(super) width: render::Width,
    pub(super) launch: &'a Launch,
    /// Its cgroup, by the path below the root of all
    pub(super) cgroup: &'a str,
}

/// A bundle in a directory of its own. When it goes, its root is unmounted and all of it is removed.
pub(super) struct Bundle {
    // In this order: the root is unmounted before the directory is removed.
    _root: Overlay,
    directory: tempfile::TempDir,
}

impl Bundle {
    /// Makes the bundle on top of a root.
    pub(super) fn make(lower: &Path, run: &Run<'_>) -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("bartizan-verify-")
            .tempdir()
            .map_err(|error| Error::writing(&std::env::temp_dir(), &error))?;
        let root = Overlay::mount(lower, directory.path())
            .map_err(|error| Error::usage(error.to_string(), error.help()))?;
        let config = configuration(run, root.place())?;
        let bundle = Self {
            _root: root,
            directory,
        };
        let path = bundle.path().join("config.json");
        std::fs::write(&path, output::pretty(&config)?).map_err(|error| Error::writing(&path, &error))?;
        Ok(bundle)
    }

    /// Its directory
    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Where the runtime keeps its state
    pub(super) fn state(&self) -> PathBuf {
        self.path().join("state")
    }
}

/// Makes a place in the root that is to be writable, where it is not there.
fn prepare(root: &Path, place: &render::Writable) -> Result<PathBuf, Error> {
    let path = below(root, &place.path)?;
    let made = if path.exists() {
        Ok(())
    } else if place.directory {
        std::fs::create_dir_all(&path)
    } else {
        std::fs::write(&path, b"")
    };
    made.map_err(|error| Error::writing(&path, &error))?;
    Ok(path)
}

fn configuration(run: &Run<'_>, root: &Path) -> Result<Value, Error> {
    let mut mounts = vec![
        json!({"destination": "/proc", "type": "proc", "source": "proc"}),
        json!({"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]}),
        json!({"destination": "/dev/pts", "type": "devpts", "source": "devpts",
               "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}),
        json!({"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777"]}),
        json!({"destination": "/sys", "type": "none", "source": "/sys", "options": ["rbind", "nosuid", "noexec", "nodev", "ro"]}),
    ];
    for place in render::writable(run.profile) {
        if place.path != "/dev/shm" {
            let source = prepare(root, &place)?;
            mounts.push(json!({"destination": place.path, "type": "none", "source": source, "options": ["rbind", "rw"]}));
        }
    }
    let capabilities: Vec<&str> = match &run.profile.capabilities {
        Some(needed) => needed.keys().map(String::as_str).collect(),
        None => render::DEFAULT_CAPABILITIES.to_vec(),
    };
    let launch = run.launch;
    let directory = below(root, &launch.directory)?;
    std::fs::create_dir_all(&directory).map_err(|error| Error::writing(&directory, &error))?;
    Ok(json!({
        "ociVersion": "1.0.2",
        "root": {"path": root, "readonly": true},
        "process": {
            "terminal": false,
            "user": {"uid": launch.user.id, "gid": launch.user.group, "additionalGids": launch.user.further},
            "args": launch.command,
            "env": launch.environment,
            "cwd": launch.directory,
            "noNewPrivileges": true,
            "capabilities": {"bounding": capabilities, "effective": capabilities, "permitted": capabilities},
        },
        "mounts": mounts,
        "linux": {
            "cgroupsPath": run.cgroup,
            "namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"}],
            "seccomp": render::seccomp(run.profile, run.width),
        },
    }))
}
