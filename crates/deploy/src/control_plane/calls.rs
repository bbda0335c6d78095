//! Where programs of the control plane are called: containers of pods, and configurations of kubeadm.
//!
//! <https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/>,
//! <https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/>.

use super::flags::{Flag, Invocation, Missing, Program, flags};
use super::settings;
use crate::kube::rule::scalar;
use crate::kube::{Container, Object, Pod};
use bartizan_document::{Node, Span};

/// Every program that an object calls or configures.
pub(crate) fn calls(object: &Object) -> Vec<Invocation> {
    if let Some(one) = settings::of(object) {
        return vec![one];
    }
    if object.group() == "kubeadm.k8s.io" {
        return kubeadm(object);
    }
    let Some(pod) = Pod::of(object) else {
        return Vec::new();
    };
    pod.containers().filter_map(call).collect()
}

/// Name and tag of an image: the last part of its repository, and what stands behind the colon.
pub(crate) fn name_and_tag(image: &str) -> (&str, Option<&str>) {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (last, None),
    }
}

/// The minor version in a tag such as `v1.29.3`.
pub(crate) fn minor_of(tag: &str) -> Option<u16> {
    let mut parts = tag.strip_prefix('v').unwrap_or(tag).split('.');
    (parts.next() == Some("1")).then_some(())?;
    let minor = parts.next()?;
    let digits = minor.bytes().take_while(u8::is_ascii_digit).count();
    minor.get(..digits)?.parse().ok()
}

fn call(container: Container<'_>) -> Option<Invocation> {
    let words = |field: &str| -> Vec<Word> {
        let items = container.node.items_of(field).iter();
        items
            .filter_map(|item| Some((scalar(item)?, item.span)))
            .collect()
    };
    let (command, args) = (words("command"), words("args"));
    let image = container.node.text_of("image").unwrap_or_default();
    let (name, tag) = name_and_tag(image);
    let by_image = command.is_empty().then(|| Program::of(name)).flatten();
    let all: Vec<Word> = command.into_iter().chain(args).collect();
    let Call { program, rest, place } = match program_in(&all) {
        Some(call) => call,
        None => Call {
            program: by_image?,
            rest: all,
            place: container.node.span,
        },
    };
    let mut found = Vec::new();
    if program == Program::Etcd {
        found.extend(environment(container.node));
    }
    found.extend(flags(&rest, program == Program::Etcd));
    // What is written into the container's place, so that the finding shows a line and not the whole of it.
    let place = Span {
        start: place.start,
        end: place.end.min(place.start.saturating_add(120)),
    };
    let mut one = Invocation::of_flags(program, found, place, Missing::Default);
    if let Some((word, _)) = rest.iter().find(|(word, _)| word.starts_with('$')) {
        one.missing = Missing::Open(format!(
            "flags of {} come from the variable `{word}`",
            program.name()
        ));
    }
    one.minor = tag.and_then(minor_of).filter(|_| program != Program::Etcd);
    Some(one)
}

/// A word, and where it is written.
pub(crate) type Word = (String, Span);

/// A program that words call.
pub(crate) struct Call {
    pub(crate) program: Program,
    /// The words behind it.
    pub(crate) rest: Vec<Word>,
    pub(crate) place: Span,
}

/// The program that words call.
pub(crate) fn program_in(words: &[Word]) -> Option<Call> {
    let (first, at) = words.first()?;
    let name = first.rsplit('/').next()?;
    if ["sh", "bash", "ash", "dash"].contains(&name) {
        let (script, at) = words
            .iter()
            .skip(1)
            .find(|(word, _)| !word.starts_with('-') && !word.starts_with('+'))?;
        return script
            .replace("\\\n", " ")
            .lines()
            .find_map(|line| in_line(line, *at));
    }
    if name == "hyperkube" {
        let (name, at) = words.get(1)?;
        let rest = words.get(2..).unwrap_or_default();
        return Some(Call {
            program: Program::of_hyperkube(name)?,
            rest: rest.to_vec(),
            place: *at,
        });
    }
    // A wrapper may stand before it: `go-runner --log-file=… /usr/local/bin/kube-apiserver …`.
    let wraps = ["dumb-init", "env", "exec", "go-runner", "nice", "tini"].contains(&name);
    let call = words
        .iter()
        .take(if wraps { 8 } else { 1 })
        .position(|(word, _)| Program::of(word).is_some())?;
    let (word, place) = words.get(call).map_or((first, at), |(word, place)| (word, place));
    let rest = words.get(call + 1..).unwrap_or_default();
    Some(Call {
        program: Program::of(word)?,
        rest: rest.to_vec(),
        place: *place,
    })
}

/// The program that a line of a script calls: its name stands where a command does, not among the words of another.
fn in_line(line: &str, at: Span) -> Option<Call> {
    let words: Vec<Word> = split(line).into_iter().map(|word| (word, at)).collect();
    let begins = |word: &str| {
        let is_word = ["exec", "then", "do", "else", "&&", "||", "|", "(", "{", "!"].contains(&word);
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| {
            name.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        is_word || is_assignment || word.ends_with([';', '&'])
    };
    let mut before = true;
    for (place, (word, _)) in words.iter().enumerate() {
        if before && let Some(program) = Program::of(word) {
            let rest = words.get(place + 1..).unwrap_or_default().iter();
            return Some(Call {
                program,
                rest: rest.take_while(|(word, _)| !is_operator(word)).cloned().collect(),
                place: at,
            });
        }
        before = begins(word);
    }
    None
}

fn is_operator(word: &str) -> bool {
    word.starts_with([';', '&', '|', '>', '<']) || word.starts_with("1>") || word.starts_with("2>")
}

/// The words of a line of shell: quotes group, a backslash takes the next character as it is.
pub(crate) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => {
                // A line that goes on in the next.
                if let Some(next) = characters.next().filter(|next| *next != '\n') {
                    word.get_or_insert_default().push(next);
                }
            }
            (mark @ ('"' | '\''), None) => {
                quote = Some(mark);
                word.get_or_insert_default();
            }
            (mark, Some(open)) if mark == open => quote = None,
            (space, None) if space.is_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

/// What the environment tells etcd: `ETCD_CLIENT_CERT_AUTH` is `--client-cert-auth`.
fn environment(container: &Node) -> Vec<Flag> {
    let entries = container.items_of("env").iter();
    entries
        .filter_map(|entry| {
            let name = entry.text_of("name")?.strip_prefix("ETCD_")?;
            let value = entry.get("value")?;
            Some(Flag {
                name: name.to_ascii_lowercase().replace('_', "-"),
                value: scalar(value)?,
                at: value.span,
            })
        })
        .collect()
}

/// A component in a configuration of kubeadm, and the flags that kubeadm sets itself.
type Component = (
    &'static [&'static str],
    Program,
    &'static [(&'static str, &'static str)],
);

const COMPONENTS: [Component; 4] = [
    (
        &["apiServer"],
        Program::ApiServer,
        &[
            ("authorization-mode", "Node,RBAC"),
            ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
            ("enable-admission-plugins", "NodeRestriction"),
            ("etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt"),
            ("etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
            ("etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
            ("etcd-servers", "https://127.0.0.1:2379"),
            (
                "kubelet-client-certificate",
                "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
            ),
            (
                "kubelet-client-key",
                "/etc/kubernetes/pki/apiserver-kubelet-client.key",
            ),
            ("service-account-key-file", "/etc/kubernetes/pki/sa.pub"),
            ("tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
            ("tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
        ],
    ),
    (
        &["controllerManager"],
        Program::ControllerManager,
        &[
            ("bind-address", "127.0.0.1"),
            ("root-ca-file", "/etc/kubernetes/pki/ca.crt"),
            ("service-account-private-key-file", "/etc/kubernetes/pki/sa.key"),
            ("use-service-account-credentials", "true"),
        ],
    ),
    (
        &["scheduler"],
        Program::Scheduler,
        &[("bind-address", "127.0.0.1")],
    ),
    (
        &["etcd", "local"],
        Program::Etcd,
        &[
            ("cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
            ("client-cert-auth", "true"),
            ("key-file", "/etc/kubernetes/pki/etcd/server.key"),
            ("listen-client-urls", "https://127.0.0.1:2379"),
            ("peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
            ("peer-client-cert-auth", "true"),
            ("peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
            ("trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
        ],
    ),
];

fn kubeadm(object: &Object) -> Vec<Invocation> {
    if matches!(object.kind.as_str(), "InitConfiguration" | "JoinConfiguration") {
        let extra = object.root.at(&["nodeRegistration", "kubeletExtraArgs"]);
        let flags = extra.map(extra_args).unwrap_or_default();
        let place = object.place();
        return vec![Invocation::of_flags(
            Program::Kubelet,
            flags,
            place,
            Missing::Silent,
        )];
    }
    if object.kind != "ClusterConfiguration" {
        return Vec::new();
    }
    let minor = object.root.text_of("kubernetesVersion").and_then(minor_of);
    let kind = object
        .root
        .entry("kind")
        .map_or_else(|| object.place(), |kind| kind.value.span);
    let components = COMPONENTS.iter().filter_map(|(way, program, own)| {
        let section = object.root.at(way);
        // An etcd of its own is made only where no other is named.
        if *program == Program::Etcd && object.root.at(&["etcd", "external"]).is_some() {
            return None;
        }
        let place = way
            .split_last()
            .and_then(|(last, before)| object.root.at(before)?.entry(last))
            .map_or(kind, |entry| entry.key_span);
        let mut all: Vec<Flag> = own
            .iter()
            .map(|(name, value)| Flag {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                at: place,
            })
            .collect();
        all.extend(
            section
                .and_then(|section| section.get("extraArgs"))
                .map(extra_args)
                .unwrap_or_default(),
        );
        let mut one = Invocation::of_flags(*program, all, place, Missing::Default);
        one.minor = minor;
        Some(one)
    });
    components.collect()
}

/// Flags as kubeadm takes them: a map up to `v1beta3`, a list of names and values from `v1beta4` on.
fn extra_args(node: &Node) -> Vec<Flag> {
    let flag = |name: &str, value: &Node| {
        Some(Flag {
            name: name.trim_start_matches('-').to_owned(),
            value: scalar(value)?,
            at: value.span,
        })
    };
    let of_map = node.entries().iter();
    let of_map = of_map.filter_map(|entry| flag(&entry.key, &entry.value));
    let of_list = node.items().iter();
    let of_list = of_list.filter_map(|item| flag(item.text_of("name")?, item.get("value")?));
    of_map.chain(of_list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_are_split_as_a_shell_splits_them() {
        let words = split("exec /bin/x --a='b c' \\\n --d \"e\\\"f\" g''h\n");
        assert_eq!(words, ["exec", "/bin/x", "--a=b c", "--d", "e\"f", "gh"]);
        assert_eq!(split("a 'open"), ["a", "open"]);
    }

    #[test]
    fn a_program_is_found_behind_a_shell_a_wrapper_and_in_the_binary_of_all() {
        let found = |words: &[&str]| {
            let words: Vec<(String, Span)> = words
                .iter()
                .map(|word| ((*word).to_owned(), Span::default()))
                .collect();
            program_in(&words).map(|call| (call.program, call.rest.len()))
        };
        assert_eq!(
            found(&["kube-apiserver", "--a", "b"]),
            Some((Program::ApiServer, 2))
        );
        assert_eq!(
            found(&["/bin/sh", "-c", "exec kube-scheduler --a=b 1>>/var/log/x 2>&1"]),
            Some((Program::Scheduler, 1))
        );
        assert_eq!(
            found(&["/hyperkube", "apiserver", "--a"]),
            Some((Program::ApiServer, 1))
        );
        assert_eq!(
            found(&["/go-runner", "--log-file=x", "/usr/local/bin/kube-proxy", "--a"]),
            Some((Program::Proxy, 1))
        );
        assert_eq!(
            found(&["sh", "-c", "set -e\nA=1 exec etcd \\\n  --a=b\n"]),
            Some((Program::Etcd, 1))
        );
        for words in [
            &["/bin/sleep", "1"][..],
            &["cp", "/usr/local/bin/etcd", "/x"],
            &["sh", "-c", "cp /usr/local/bin/kubelet /host/bin/kubelet"],
            &["sh", "-c"],
            &["sh"],
            &["hyperkube"],
            &[],
        ] {
            assert_eq!(found(words), None, "{words:?}");
        }
    }

    #[test]
    fn minor_versions_are_read_from_tags() {
        assert_eq!(minor_of("v1.29.3"), Some(29));
        assert_eq!(minor_of("1.7"), Some(7));
        assert_eq!(minor_of("v1.34.0-rc.1"), Some(34));
        assert_eq!(minor_of("latest"), None);
        assert_eq!(minor_of("v2.1"), None);
    }

    #[test]
    fn images_are_split_into_name_and_tag() {
        assert_eq!(name_and_tag("registry:5000/a/b:1@sha256:00"), ("b", Some("1")));
        assert_eq!(name_and_tag("registry:5000/a/b"), ("b", None));
    }
}
