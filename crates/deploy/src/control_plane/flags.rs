//! What a program of the control plane was told, by flags or by its file of settings, in one form.
//!
//! Flags: <https://kubernetes.io/docs/reference/command-line-tools-reference/> and <https://etcd.io/docs/v3.6/op-guide/configuration/>.

use crate::kube::rule::is_open;
use bartizan_document::Span;

/// A program of the control plane or of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Program {
    ApiServer,
    ControllerManager,
    Scheduler,
    Etcd,
    Kubelet,
    Proxy,
}

/// How it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By flags.
    Flags,
    /// By a file of settings, whose defaults may differ from those of the flags.
    File,
}

/// What it means that a flag is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The program's default is in force.
    Default,
    /// Nothing: only some flags are seen here, and the others stand elsewhere.
    Silent,
    /// It cannot be told, for this reason.
    Open(String),
}

/// One flag, its name without dashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) at: Span,
}

/// A program with what it was told.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    pub(crate) program: Program,
    pub(crate) form: Form,
    pub(crate) flags: Vec<Flag>,
    /// Where it is called; what is missing is shown there.
    pub(crate) place: Span,
    pub(crate) missing: Missing,
    /// Minor version of Kubernetes, where it is known.
    pub(crate) minor: Option<u16>,
}

/// What is known of a flag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told<'i> {
    Said(&'i Flag),
    /// The default is in force.
    Default,
    /// It is not told here, and that is no reason to say anything.
    Silent,
    Unknown(String),
}

/// Flags that need no value.
const SWITCHES: [&str; 22] = [
    "allow-privileged",
    "anonymous-auth",
    "authentication-token-webhook",
    "auto-tls",
    "client-cert-auth",
    "contention-profiling",
    "enable-aggregator-routing",
    "enable-bootstrap-token-auth",
    "enable-debugging-handlers",
    "fail-swap-on",
    "leader-elect",
    "make-iptables-util-chains",
    "peer-auto-tls",
    "peer-client-cert-auth",
    "profiling",
    "protect-kernel-defaults",
    "rotate-certificates",
    "rotate-server-certificates",
    "seccomp-default",
    "service-account-extend-token-expiration",
    "service-account-lookup",
    "use-service-account-credentials",
];

impl Program {
    /// The program of a name, as of a file `/usr/local/bin/kube-apiserver` or an image.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name.rsplit('/').next()? {
            "kube-apiserver" => Self::ApiServer,
            "kube-controller-manager" => Self::ControllerManager,
            "kube-scheduler" => Self::Scheduler,
            "etcd" => Self::Etcd,
            "kubelet" => Self::Kubelet,
            "kube-proxy" => Self::Proxy,
            _ => return None,
        })
    }

    /// The program of a subcommand of the one binary that held them all.
    pub(crate) fn of_hyperkube(name: &str) -> Option<Self> {
        match name {
            "apiserver" => Some(Self::ApiServer),
            "controller-manager" => Some(Self::ControllerManager),
            "scheduler" => Some(Self::Scheduler),
            "proxy" => Some(Self::Proxy),
            other => Self::of(other),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ApiServer => "kube-apiserver",
            Self::ControllerManager => "kube-controller-manager",
            Self::Scheduler => "kube-scheduler",
            Self::Etcd => "etcd",
            Self::Kubelet => "kubelet",
            Self::Proxy => "kube-proxy",
        }
    }

    /// The flag by which it is given a file whose settings stand beside its flags.
    const fn file_flag(self) -> &'static str {
        match self {
            Self::Etcd => "config-file",
            _ => "config",
        }
    }
}

impl Invocation {
    /// A program with its flags; a file of settings that they name leaves open what is not among them.
    pub(crate) fn of_flags(program: Program, flags: Vec<Flag>, place: Span, missing: Missing) -> Self {
        let file = flags.iter().find(|flag| flag.name == program.file_flag());
        let missing = match (file, missing) {
            (Some(flag), Missing::Default) => Missing::Open(format!(
                "`--{}` of {} names a file of settings that is judged by itself where it is scanned",
                flag.name,
                program.name()
            )),
            (_, missing) => missing,
        };
        Self {
            program,
            form: Form::Flags,
            flags,
            place,
            missing,
            minor: None,
        }
    }

    /// What is known of a flag; the last of several counts.
    pub(crate) fn told(&self, name: &str) -> Told<'_> {
        let flag = self.flags.iter().rev().find(|flag| flag.name == name);
        match (flag, &self.missing) {
            (Some(flag), _) if is_open(&flag.value) => {
                Told::Unknown(format!("{} is filled in elsewhere", self.label(name)))
            }
            (Some(flag), _) => Told::Said(flag),
            (None, Missing::Default) => Told::Default,
            (None, Missing::Silent) => Told::Silent,
            (None, Missing::Open(why)) => Told::Unknown(why.clone()),
        }
    }

    /// The parts of a flag that holds a list, and may stand several times.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let flags = self.flags.iter().filter(|flag| flag.name == name);
        flags
            .flat_map(|flag| flag.value.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// What the flag is called where it was told.
    pub(crate) fn label(&self, name: &str) -> String {
        match self.form {
            Form::Flags => format!("`--{name}`"),
            Form::File => {
                let way = super::settings::way_of(self.program, name);
                format!("`{}`", way.map_or_else(|| name.to_owned(), |way| way.join(".")))
            }
        }
    }
}

/// The flags among words: `--flag=value`, `--flag value`, and `--flag` for one that needs no value.
pub(crate) fn flags(words: &[(String, Span)], single_dash: bool) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut words = words.iter().peekable();
    while let Some((word, at)) = words.next() {
        let Some(bare) = word
            .strip_prefix("--")
            .or_else(|| word.strip_prefix('-').filter(|_| single_dash))
            .filter(|bare| !bare.is_empty())
        else {
            continue;
        };
        let (name, value) = match bare.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None if SWITCHES.contains(&bare) => (bare, "true".to_owned()),
            None => {
                let next = words.next_if(|(next, _)| !next.starts_with("--"));
                (
                    bare,
                    next.map_or_else(|| "true".to_owned(), |(next, _)| next.clone()),
                )
            }
        };
        flags.push(Flag {
            name: name.replace('_', "-"),
            value: value.trim_matches(['"', '\'']).to_owned(),
            at: *at,
        });
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Vec<(String, String)> {
        let words: Vec<(String, Span)> = words
            .iter()
            .map(|word| ((*word).to_owned(), Span::default()))
            .collect();
        flags(&words, false)
            .into_iter()
            .map(|flag| (flag.name, flag.value))
            .collect()
    }

    #[test]
    fn a_flag_is_read_with_its_value_behind_an_equals_sign_or_in_the_next_word() {
        let read = read(&[
            "--a=1",
            "--b",
            "2",
            "--profiling",
            "x",
            "--c",
            "--d=e=f",
            "-v",
            "2",
            "--",
        ]);
        let expected = [
            ("a", "1"),
            ("b", "2"),
            ("profiling", "true"),
            ("c", "true"),
            ("d", "e=f"),
        ];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn the_last_of_several_counts_and_a_variable_is_unknown() {
        let words = ["--a=1", "--a=2", "--b=$(B)"].map(|word| (word.to_owned(), Span::default()));
        let found = flags(&words, false);
        let one = Invocation::of_flags(Program::ApiServer, found, Span::default(), Missing::Default);
        assert!(matches!(one.told("a"), Told::Said(flag) if flag.value == "2"));
        assert!(matches!(one.told("b"), Told::Unknown(_)));
        assert_eq!(one.told("c"), Told::Default);
    }
}
