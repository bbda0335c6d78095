//! A root that can be written to without changing what it is made of: an overlay.

use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::error::{Error, Result};

/// A mounted overlay. When it goes, it is unmounted; what was written lies in the directory that was lent.
#[derive(Debug)]
pub struct Overlay {
    place: PathBuf,
}

impl Overlay {
    /// Mounts `lower` at `rootfs` below a directory, which takes what is written.
    ///
    /// # Errors
    /// When the kernel refuses, or the directory cannot be written to.
    pub fn mount(lower: &Path, directory: &Path) -> Result<Self> {
        let failed = |path: &Path, cause: std::io::Error| Error::Overlay {
            path: path.to_owned(),
            cause,
        };
        let [place, upper, work] = ["rootfs", "upper", "work"].map(|name| directory.join(name));
        for path in [&place, &upper, &work] {
            std::fs::create_dir(path).map_err(|cause| failed(path, cause))?;
        }
        let options = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.display(),
            upper.display(),
            work.display()
        );
        let lay = |options: String| {
            let options = std::ffi::CString::new(options)?;
            mount(
                "overlay",
                &place,
                "overlay",
                MountFlags::empty(),
                Some(options.as_c_str()),
            )?;
            Ok(())
        };
        // With an index, a further name of a file is that of the same file; not every file system below can keep one.
        lay(format!("{options},index=on"))
            .or_else(|_: std::io::Error| lay(options))
            .map_err(|cause| failed(lower, cause))?;
        Ok(Self { place })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.place
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        // Whoever still stands in it does not keep it.
        let _ = unmount(&self.place, UnmountFlags::DETACH);
    }
}
