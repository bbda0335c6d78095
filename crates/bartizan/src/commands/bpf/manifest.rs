//! `bartizan bpf manifest`: who may load programs into the kernel, signed.

use std::os::unix::fs::MetadataExt;

use bartizan_engine::system::{Machine, System};
use bartizan_model::Timestamp;
use bartizan_model::guard::Loader;

use crate::args::BpfManifestArgs;
use crate::commands::sign;
use crate::error::{Error, Outcome};
use crate::loaders;
use crate::output;
use crate::terminal::Terminal;

const SECONDS_OF_DAY: i64 = 24 * 60 * 60;
/// Who may write: the group and all others
const OTHERS_WRITE: u32 = 0o022;

pub(super) fn run(args: &BpfManifestArgs, terminal: Terminal) -> Outcome {
    let key = sign::key(&args.sign)?;
    let mut all: Vec<Loader> = Vec::new();
    for executable in &args.executables {
        let file = loaders::listed(&executable.path)?;
        let about =
            std::fs::metadata(&*file.path).map_err(|error| Error::reading(&executable.path, &error))?;
        if about.uid() != 0 || about.mode() & OTHERS_WRITE != 0 {
            terminal.warn(format!(
                "others than root may write `{}`: once they do, it may load nothing any more",
                bartizan_model::text::line(&file.path)
            ));
        }
        if all.iter().any(|other| other.file.path == file.path) {
            return Err(Error::usage(
                format!("`{}` is named twice", bartizan_model::text::line(&file.path)),
                "name each executable once, with all types that it may load",
            ));
        }
        all.push(Loader {
            file,
            types: executable.types.clone(),
        });
    }
    let expires = Machine.now().unix_seconds() + i64::from(args.days) * SECONDS_OF_DAY;
    let statement = loaders::statement(&all, Timestamp::from_unix_seconds(expires));
    output::print(format!("{}\n", sign::sealed(statement.as_bytes(), &key)?))?;
    Ok(0)
}
