//! Options of `bartizan profile`.

use clap::{Args, Subcommand, ValueHint};
use std::path::PathBuf;
use std::time::Duration;

use super::duration::duration;

pub(super) const PROFILE: &str = "\
Learn what a workload needs of the kernel, write policies that allow no more, and prove that it still works under them.

`learn` watches a workload and adds to its profile; `show` writes the profile as a filter of system calls and other policies; \
`verify` runs the workload under them in a container and says what broke, and `run` starts it with files and ports held to what was seen. `packages` says which \
of the packages that are installed it uses. Nothing is stopped or changed while it is watched.";

pub(super) const LEARN_EXAMPLES: &str = "\
Examples:
  bartizan profile learn nginx --for 10m                          a unit of systemd, or a container, by its name
  bartizan profile learn /system.slice/nginx.service              a cgroup by its path
  bartizan profile learn curl --starts 10 -- curl -s https://example.com
  bartizan profile learn web --exercise 'curl -s localhost:8080' -- nginx -g 'daemon off;'
  bartizan profile learn web --container -- runc run web          a container from its start

Exit codes:
  0    it was watched, and nothing was missed
  2    the kernel refuses, or privileges lack
  3    no process belongs to a workload of this name
  4    something was missed: the profile allows less than the workload did";

pub(super) const SHOW_EXAMPLES: &str = "\
Examples:
  bartizan profile show nginx                          what is known, and whether it is enough
  bartizan profile show nginx -o seccomp=nginx.json    for Docker, containerd, CRI-O, Podman and Kubernetes
  bartizan profile show nginx -o kubernetes            the part of a pod that gives it no more than it needs

Formats: text, json, seccomp, capabilities, kubernetes (securityContext and mounts), networkpolicy,
mesh (Istio), apparmor, selinux (a module in CIL), landlock

Exit codes:
  0    it was written
  3    there is no profile of this name
  4    something of the workload is not known and therefore not allowed: capabilities, types of SELinux";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  bartizan profile run curl                              the command that was learned
  bartizan profile run curl -- curl -s https://example.com

Exit codes:
  that of the command, or
  2    this kernel has no Landlock, or the command cannot be started
  3    there is no profile of this name";

pub(super) const PACKAGES_EXAMPLES: &str = "\
Examples:
  bartizan profile packages nginx                                   of the packages of this host
  bartizan profile packages web --root image/                       of those of an unpacked image
  bartizan profile packages web --root image/ --asset image:web -o statement=used.json
  bartizan profile packages web --image docker-archive:web.tar
  bartizan push used.json                                           so that the control plane ranks by it

Formats: text, json, statement (links of the kind `loads`, for `bartizan push`)

Exit codes:
  0    every package was judged
  3    there is no profile of this name, or no package below the root
  4    of some packages it is not known which files are theirs, or something was missed when it was learned";

pub(super) const VERIFY_EXAMPLES: &str = "\
Examples:
  bartizan profile verify curl                                            the command that was learned
  bartizan profile verify web --exercise 'curl -s localhost:8080'
  bartizan profile verify web --rootfs root/ -- /usr/sbin/nginx           another root, another command
  bartizan profile verify web --image docker-archive:web.tar              an image, its command, environment, user and directory

Formats: text, json

Exit codes:
  0    nothing broke
  1    something broke: a call, a file or a capability was refused, or it ended otherwise
  2    there is no runc, or privileges lack
  3    there is no profile of this name
  4    something was missed while it ran";

/// `bartizan profile`.
#[derive(Debug, Subcommand)]
pub(crate) enum ProfileVerb {
    /// Watch a workload, and add what it needs to its profile
    #[command(after_long_help = LEARN_EXAMPLES)]
    Learn(LearnArgs),

    /// Show a profile, or write it as a policy
    #[command(after_long_help = SHOW_EXAMPLES)]
    Show(ShowArgs),

    /// Start a command that gives up all files and TCP ports but those of its profile (Landlock)
    #[command(after_long_help = RUN_EXAMPLES)]
    Run(RunArgs),

    /// Say which packages a workload uses, and which it never touched
    #[command(after_long_help = PACKAGES_EXAMPLES)]
    Packages(PackagesArgs),

    /// Run a workload under its profile in a container, and say what broke
    #[command(after_long_help = VERIFY_EXAMPLES)]
    Verify(VerifyArgs),
}

/// Which profile.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhichArgs {
    /// Name of the workload
    #[arg(value_name = "WORKLOAD")]
    pub(crate) workload: String,

    /// Keep the profile in this file, not in the data directory
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
}

/// What is written, and where.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutputArgs {
    /// Write in this format (those below), to FILE or else to standard output
    #[arg(
        short = 'o',
        long = "output",
        value_name = "FORMAT[=FILE]",
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) format: String,
}

/// An image that a workload runs in.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImageArgs {
    /// The image whose file system that is, which is unpacked for it: oci:DIR[:NAME] or docker-archive:FILE[:NAME]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) image: Option<String>,
}

/// How a workload is made to do things, and how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct DriveArgs {
    /// End after so long: 60s, 10m, 2h; a command that still runs is asked to end (SIGTERM)
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) limit: Option<Duration>,

    /// Run this with /bin/sh, again and again, while the workload runs: each time is one window
    #[arg(long, value_name = "COMMAND")]
    pub(crate) exercise: Option<String>,

    /// How often
    #[arg(long, value_name = "NUMBER", default_value_t = 10, requires = "exercise")]
    pub(crate) rounds: u32,

    /// Start this as the workload
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<String>,
}

/// `bartizan profile learn`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LearnArgs {
    /// Which profile.
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// How long.
    #[command(flatten)]
    pub(crate) drive: DriveArgs,

    /// How often the command is started
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "command")]
    pub(crate) starts: u32,

    /// The command starts a container: what its runtime does before the first program in the container's root is not the workload's
    #[arg(long, requires = "command")]
    pub(crate) container: bool,

    /// How long a window is where nothing is exercised
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub(crate) window: Duration,

    /// Forget what was learned before
    #[arg(long)]
    pub(crate) fresh: bool,
}

/// `bartizan profile show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShowArgs {
    /// Which profile.
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// Allow only system calls that were seen, not those that give nothing further
    #[arg(long)]
    pub(crate) exact: bool,

    /// Allow what runc needs, too, where a container may gain privileges (allowPrivilegeEscalation: true)
    #[arg(long)]
    pub(crate) new_privileges: bool,

    /// What is written, and where.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// `bartizan profile run`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RunArgs {
    /// Which profile.
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// Start this, not the command that was learned
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<String>,
}

/// `bartizan profile packages`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PackagesArgs {
    /// Which profile.
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// The root that the workload ran in
    #[arg(long, value_name = "DIR", default_value = "/", value_hint = ValueHint::DirPath, conflicts_with = "image")]
    pub(crate) root: PathBuf,

    /// Or an image.
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// Id of the thing that uses them in the statement, as scans of it have it: image:NAME, workload:CLUSTER/NAMESPACE/KIND/NAME [default: workload:WORKLOAD]
    #[arg(long, value_name = "ID")]
    pub(crate) asset: Option<String>,

    /// What is written, and where.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// `bartizan profile verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyArgs {
    /// Which profile.
    #[command(flatten)]
    pub(crate) which: WhichArgs,

    /// How long.
    #[command(flatten)]
    pub(crate) drive: DriveArgs,

    /// The file system that it runs in; without it, that of this host. Nothing in it is changed
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with = "image")]
    pub(crate) rootfs: Option<PathBuf>,

    /// Or an image.
    #[command(flatten)]
    pub(crate) image: ImageArgs,

    /// The runtime of containers
    #[arg(long, value_name = "PROGRAM", default_value = "runc", value_hint = ValueHint::CommandName)]
    pub(crate) runtime: PathBuf,

    /// Allow only system calls that were seen, not those that give nothing further
    #[arg(long)]
    pub(crate) exact: bool,

    /// What is written, and where.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
