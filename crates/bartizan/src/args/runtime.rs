//! Options of the verbs that look at a running host.

use bartizan_model::runtime::Priority;
use clap::{Args, ValueHint};
use std::path::PathBuf;

pub(super) const WATCH: &str = "\
Show what processes on this host do, as the kernel sees it: programs that start and end, files, connections, privileges, \
modules, mounts. What is done by way of io_uring is shown, too. Files are shown by where they lie, whatever link led to them.

Without options everything is shown but files that are opened for reading and calls that fail. Nothing is judged and nothing \
leaves this host. It needs root, or CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE, and a kernel from 5.10 on that describes its types.";

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

/// How long a verb that watches runs, and how it prints.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunningArgs {
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

    /// How long it runs, and how it prints.
    #[command(flatten)]
    pub(crate) running: RunningArgs,
}

pub(super) const AGENT: &str = "\
Watch this host and tell of what rules forbid: the built-in ones (`bartizan rules list 'detect/*'`), or files of Falco's rules, as \
they are. What they do not need is not told by the kernel at all. A rule that cannot be understood in every word does not run, and \
that is said.

Alerts go to standard output, to a file, to the system log, to a webhook or to the control plane, as many of these as are named. What could not be \
told is counted, said, and an alert itself. Once programs are in the kernel the agent gives up all privileges but those to \
read of processes. Rules only tell.

Policies are files that say what must not happen in which workloads: programs in memory or where anybody may write, writing to \
protected paths, connections beyond a list, modules, tracing, mounts, programs for the kernel. They tell until they are said to \
be enforced. How much can be stopped depends on the kernel, is found by trying, and is said first.";

pub(super) const AGENT_EXAMPLES: &str = "\
Examples:
  bartizan agent                                                alerts of the built-in rules, as lines
  bartizan agent --rules falco_rules.yaml                       those of a file alone
  bartizan agent --rules builtin --rules ours.yaml              both; ours.yaml may change built-in ones
  bartizan agent --rules rules/ -o json=/var/log/alerts.jsonl   an object a line, in a file
  bartizan agent --rules rules/ --syslog                        to the system log
  bartizan agent --rules rules/ --webhook https://hooks.example/alerts --priority warning
  bartizan agent --policy policies.yaml                         tell of what policies forbid, and stop it where they say so
  bartizan agent --policy policies.yaml --tier guard            only where the kernel itself can refuse
  bartizan agent --rules rules/ --push                          to the control plane; they wait while it is away
  bartizan agent --rules rules/ --check                         say which rules run and what they need

Exit codes:
  0    it ended by itself, or by Ctrl-C
  2    the kernel refuses, privileges lack, there are no rules, a policy is wrong, or the tier that was asked for is not reached
  4    events or alerts were lost, a rule does not run, or a part of the kernel could not be watched";

/// `bartizan agent`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgentArgs {
    /// Files of Falco's rules, or directories with them, in order: a later one may change what an earlier one defines. `builtin` stands for the
    /// built-in rules, which are taken where neither rules nor policies are named (repeatable)
    #[arg(long, value_name = "FILE|DIR|builtin", value_hint = ValueHint::AnyPath)]
    pub(crate) rules: Vec<PathBuf>,

    /// Only alerts that are at least so pressing: emergency, alert, critical, error, warning, notice, informational, debug
    #[arg(long, value_name = "PRIORITY", default_value = "debug", value_parser = priority)]
    pub(crate) priority: Priority,

    /// Send each alert to the system log, too
    #[arg(long)]
    pub(crate) syslog: bool,

    /// Send each alert to this address, too (JSON, signed with the key in BARTIZAN_WEBHOOK_KEY where there is one)
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) webhook: Option<String>,

    /// Whether and how alerts reach the control plane.
    #[command(flatten)]
    pub(crate) delivery: DeliveryArgs,

    /// Answer /healthz and /metrics (Prometheus) at this address of this machine: 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics: Option<std::net::SocketAddr>,

    /// Ask the container runtime that listens here about images, labels and pods [default: containerd, CRI-O, Docker and Podman, where they answer]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) runtime_socket: Option<PathBuf>,

    /// Read programs for their SHA-256 digests, also where no rule asks for proc.hash: alerts name them
    #[arg(long)]
    pub(crate) digests: bool,

    /// Look up the addresses of hosts that rules name, every five minutes
    #[arg(long)]
    pub(crate) resolve: bool,

    /// Of each cgroup take at most so many events a second on one processor, beside programs that start and end: one that floods loses its own
    /// events, not those of others
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) most_events: Option<u64>,

    /// Say which rules run and what the kernel has to tell for them, and end
    #[arg(long)]
    pub(crate) check: bool,

    /// What is stopped, and how surely.
    #[command(flatten)]
    pub(crate) guard: super::guard::GuardArgs,

    /// How long it runs, and how it prints.
    #[command(flatten)]
    pub(crate) running: RunningArgs,
}

/// Whether and how alerts reach the control plane.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeliveryArgs {
    /// Send alerts to the control plane that `bartizan login` remembers; they wait on disk while it is away
    #[arg(long, help_heading = "Control plane")]
    pub(crate) push: bool,

    /// Sign what is sent with this private key, in PEM
    #[arg(long, value_name = "KEY", help_heading = "Control plane", requires = "push", value_hint = ValueHint::FilePath)]
    pub(crate) sign: Option<PathBuf>,

    /// Where alerts wait [default: agent-spool in the data directory]
    #[arg(long, value_name = "DIR", help_heading = "Control plane", requires = "push", value_hint = ValueHint::DirPath)]
    pub(crate) spool: Option<PathBuf>,

    /// How much may wait, as 64KiB, 256MiB or 2GiB; the oldest alerts are dropped for new ones, which is told
    #[arg(long, value_name = "SIZE", help_heading = "Control plane", requires = "push", default_value = "256MiB", value_parser = size)]
    pub(crate) spool_size: u64,

    /// By which name the control plane knows this host [default: the number in /etc/machine-id]
    #[arg(long, value_name = "NAME", help_heading = "Control plane", requires = "push")]
    pub(crate) host: Option<String>,

    /// The cluster that this host is a node of, by which pods become known as workloads
    #[arg(long, value_name = "NAME", help_heading = "Control plane", requires = "push")]
    pub(crate) cluster: Option<String>,
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..) {
        Some("KiB") => 10,
        Some("MiB") => 20,
        Some("GiB") => 30,
        _ => return Err("write a number with KiB, MiB or GiB, such as 256MiB".to_owned()),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
        .filter(|size| *size >= bartizan_spool::SMALLEST)
        .ok_or_else(|| "it has at least 64KiB, and at most what a machine can count".to_owned())
}

fn priority(text: &str) -> Result<Priority, String> {
    Priority::named(text).ok_or_else(|| {
        let names: Vec<&str> = Priority::ALL.iter().map(|priority| priority.name()).collect();
        format!("the priorities are {}", names.join(", "))
    })
}
