//! Options of `bartizan fix`.

use clap::{Args, ValueHint};

pub(super) const FIX: &str = "\
Scan, and mend in the files what can be mended safely: findings that carry edits, which change what they say and nothing \
else. Comments, order and spacing stay. What was changed is printed as a diff, and every change is proved: the file is read \
and judged again, the finding must be gone, and nothing may be worse than before; else that edit is taken back.

Findings that are waived are left alone, and so is everything that a person must decide. Files are replaced whole or not at \
all, and not if they changed meanwhile.";

pub(super) const FIX_EXAMPLES: &str = "\
Examples:
  bartizan fix --dry-run                        what would be changed
  bartizan fix deploy/ | less                   mend manifests, and read what was done
  bartizan fix --only 'deploy/pod-security/*'   only what these rules find
  bartizan fix .github/workflows/ci.yml         a single file

Exit codes:
  0    what can be mended safely is mended, or would be
  2    the target is nothing whose files can be edited
  4    unknown: a file with something to mend was changed meanwhile, or could not be read or written";

/// `bartizan fix`.
#[derive(Debug, Clone, Args)]
pub(crate) struct FixArgs {
    /// Directory or file
    #[arg(value_name = "TARGET", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) target: String,

    /// Mend only what these rules find: ids or globs such as ci/* (repeatable, or with commas)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,

    /// Print what would be changed, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
