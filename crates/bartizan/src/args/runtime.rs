//! Options of the verbs that look at a running host.

use clap::Args;

pub(super) const WATCH: &str = "\
Show what processes on this host do, as the kernel sees it: programs that start and end, files, connections, privileges, \
modules, mounts. What is done by way of io_uring is shown, too. Files are shown by where they lie, whatever link led to them.

Without options everything is shown but files that are opened for reading and calls that fail. Nothing is judged and nothing \
leaves this host. It needs root, or CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE, and a kernel from 5.11 on that describes its types.";

pub(super) const WATCH_EXAMPLES: &str = "\
Examples:
  bartizan watch                                    what happens now, until Ctrl-C
  bartizan watch --call execve                      programs that start
  bartizan watch --path /etc/ --reads               who opens files below /etc
  bartizan watch --process nginx -o json            what nginx does, a JSON object a line
  bartizan watch --container 3f2a --seconds 10      what one container does for ten seconds

Exit codes:
  0    it ended by itself, or by Ctrl-C
  2    the kernel refuses, or privileges lack
  4    events were lost, or a part of the kernel could not be watched: what was shown is not all";

/// `bartizan watch`.
#[derive(Debug, Clone, Args)]
pub(crate) struct WatchArgs {
    /// Only these system calls, by their names (repeatable): execve, openat, connect
    #[arg(long, value_name = "NAME")]
    pub(crate) call: Vec<String>,

    /// Only processes of this name, and what they start (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) process: Vec<String>,

    /// Only this process, and what it starts (repeatable)
    #[arg(long, value_name = "NUMBER")]
    pub(crate) pid: Vec<u32>,

    /// Only in containers whose name or number begins so (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) container: Vec<String>,

    /// Of files that are opened, only those whose path begins so (repeatable); chosen in the kernel
    #[arg(long, value_name = "PREFIX")]
    pub(crate) path: Vec<String>,

    /// Files that are opened for reading, too
    #[arg(long)]
    pub(crate) reads: bool,

    /// Calls that fail, too
    #[arg(long)]
    pub(crate) failed: bool,

    /// End after so many events
    #[arg(long, value_name = "NUMBER")]
    pub(crate) count: Option<u64>,

    /// End after so many seconds
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seconds: Option<u64>,

    /// Print as text, or as json with an object a line
    #[arg(
        short,
        long,
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) output: String,
}
