//! Options of `bartizan bpf`.

use super::output::TextOrJson;
use bartizan_model::guard::program_type;
use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;

pub(super) const BPF: &str = "\
Who gets programs into the kernel of this host: `list` says what eBPF is loaded, where it is attached, which processes hold it and which could load \
more; `manifest` lists the executables that may, signed, for `list` to judge by and for policies of `bartizan agent` to enforce.";

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  sudo bartizan bpf list
  sudo bartizan bpf list -o json=inventory.json
  sudo bartizan bpf list --manifest loaders.json --key loaders.key.pub     who is not on the manifest

Exit codes:
  0    all was read, and with --manifest all that is loaded belongs to who is on it
  1    something is loaded by who is not on the manifest, or by nobody who is known
  2    privileges lack, or the manifest does not hold
  4    something could not be read: what is listed is not all";

pub(super) const MANIFEST_EXAMPLES: &str = "\
Examples:
  bartizan sign --new-key loaders.key
  bartizan bpf manifest /usr/lib/systemd/systemd /usr/bin/bartizan --sign loaders.key > loaders.json
  bartizan bpf manifest /usr/bin/cilium-agent:sched_cls,xdp --days 30 --sign loaders.key > loaders.json

Exit codes:
  0    it was made
  2    an executable or the key cannot be read";

/// `bartizan bpf`.
#[derive(Debug, Subcommand)]
pub(crate) enum BpfVerb {
    /// List programs, maps and links in the kernel, who holds them, and who could load more
    #[command(after_long_help = LIST_EXAMPLES)]
    List(BpfListArgs),

    /// Make a signed manifest of who may load programs into the kernel
    #[command(after_long_help = MANIFEST_EXAMPLES)]
    Manifest(BpfManifestArgs),
}

/// `bartizan bpf list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BpfListArgs {
    /// Judge by this manifest: whatever is held by who is not on it is told
    #[arg(long, value_name = "FILE", requires = "key", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,

    /// The public key that must have signed the manifest, in PEM
    #[arg(long, value_name = "FILE", requires = "manifest", value_hint = ValueHint::FilePath)]
    pub(crate) key: Option<PathBuf>,

    /// End with 0 where something is not on the manifest, too
    #[arg(long, requires = "manifest")]
    pub(crate) exit_zero: bool,

    #[command(flatten)]
    pub(crate) output: TextOrJson,
}

/// `bartizan bpf manifest`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BpfManifestArgs {
    /// Executables that may load programs; after a colon the types of programs, as lsm,xdp: all without them
    #[arg(value_name = "EXECUTABLE[:TYPE,…]", required = true, value_parser = executable, value_hint = ValueHint::ExecutablePath)]
    pub(crate) executables: Vec<ExecutableArg>,

    /// Sign it with this private key, in PEM
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub(crate) sign: PathBuf,

    /// For how many days it holds
    #[arg(long, value_name = "NUMBER", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) days: u16,
}

/// An executable, and the types of programs that it may load; None for all.
#[derive(Debug, Clone)]
pub(crate) struct ExecutableArg {
    pub(crate) path: PathBuf,
    pub(crate) types: Option<Vec<u32>>,
}

fn executable(text: &str) -> Result<ExecutableArg, String> {
    let Some((path, names)) = text.rsplit_once(':') else {
        return Ok(ExecutableArg {
            path: text.into(),
            types: None,
        });
    };
    let number = |name: &str| {
        program_type(name).ok_or_else(|| {
            format!(
                "`{name}` is no type of program; write such as `bartizan bpf list` shows: lsm, tracing, xdp"
            )
        })
    };
    Ok(ExecutableArg {
        path: path.into(),
        types: Some(names.split(',').map(number).collect::<Result<_, _>>()?),
    })
}
