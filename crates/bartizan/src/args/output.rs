//! The option that says how a verb prints, of those that print text or JSON.

use clap::Args;

/// Text or JSON, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct TextOrJson {
    /// Print as text or json, to FILE or else to standard output
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) output: String,
}
