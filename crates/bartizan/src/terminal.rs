//! What is known of the terminal, and the words that go to standard error.

use crate::args::Common;
use crate::error::Error;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// Colours, width, and how much to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Whether text for people on standard output is coloured.
    pub(crate) color_out: bool,
    /// Whether text on standard error is coloured.
    pub(crate) color_err: bool,
    /// Columns; 0 where unknown.
    pub(crate) width: u16,
    /// Whether a progress bar may be shown.
    pub(crate) progress: bool,
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// Whether `-q` was given.
    pub(crate) quiet: bool,
}

impl Terminal {
    /// As flags and environment say; the setting `output.color` is added later by [`Terminal::with_setting`].
    pub(crate) fn new(common: &Common) -> Self {
        let choice = common.color.map_or("auto", crate::args::ColorChoice::as_str);
        let stderr = std::io::stderr().is_terminal();
        Self {
            color_out: false,
            color_err: false,
            width: terminal_size::terminal_size().map_or(0, |(width, _)| width.0),
            progress: stderr && !common.no_progress && common.quiet == 0,
            verbose: common.verbose,
            quiet: common.quiet > 0,
        }
        .with_setting(choice)
    }

    /// With colours as the word `auto`, `always` or `never` says.
    pub(crate) fn with_setting(mut self, choice: &str) -> Self {
        self.color_out = colored(choice, std::io::stdout().is_terminal());
        self.color_err = colored(choice, std::io::stderr().is_terminal());
        self
    }

    /// Something worth knowing.
    pub(crate) fn note(self, text: impl Display) {
        if !self.quiet {
            self.say("36", "note", text);
        }
    }

    /// Something that may surprise.
    pub(crate) fn warn(self, text: impl Display) {
        if !self.quiet {
            self.say("33", "warning", text);
        }
    }

    /// The error that ended the run.
    pub(crate) fn error(self, error: &Error) {
        if error.message.is_empty() {
            return;
        }
        self.say("31", "error", &error.message);
        if let Some(help) = &error.help {
            self.say("32", "help", help);
        }
    }

    /// One line on standard error. There is nobody left to tell when that fails.
    pub(crate) fn line(self, text: impl Display) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    fn say(self, color: &str, label: &str, text: impl Display) {
        if self.color_err {
            self.line(format_args!("\u{1b}[1;{color}m{label}\u{1b}[0m: {text}"));
        } else {
            self.line(format_args!("{label}: {text}"));
        }
    }
}

/// NO_COLOR (<https://no-color.org>) and FORCE_COLOR (<https://force-color.org>) decide where the word is `auto`; an
/// empty variable counts as unset.
fn colored(choice: &str, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        "always" => true,
        "never" => false,
        _ if set("NO_COLOR") => false,
        _ if std::env::var_os("FORCE_COLOR").is_some_and(|value| value == "0" || value == "false") => false,
        _ if set("FORCE_COLOR") => true,
        _ => is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}
